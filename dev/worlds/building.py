"""What makes a world what it is, before the addon is installed: run in Odoo's shell.

``calls`` writes a script that calls these functions with plain data, by which the catalog has a
line for each. Stages and teams are named, and named again where one refers to another.
"""


def calls(*steps):
    """→ a script for Odoo's shell that calls functions of this module.

    :param steps: (name, keyword arguments) of each

    >>> print(calls(("make_stages", {"rows": []})))
    from dev.worlds import building
    building.make_stages(env, **{'rows': []})
    """
    lines = [f"building.{name}(env, **{arguments!r})" for name, arguments in steps]
    return "\n".join(["from dev.worlds import building", *lines])


def make_stages(env, rows):
    """Let there be these stages and no others.

    :param rows: ``(name, {field: value})`` of each; ``teams`` are names of teams
    """
    env["crm.stage"].search([]).unlink()
    env["crm.stage"].create([_stage(env, name, dict(values)) for name, values in rows])


def _stage(env, name, values):
    teams = [find(env, "crm.team", each).id for each in values.pop("teams", ())]
    return {"name": name, "team_ids": teams, **values}


def make_teams(env, rows):
    """Add teams.

    :param rows: ``(name, {field: value})``; ``company`` is the name of one, ``members`` logins
    """
    for name, values in rows:
        values = dict(values)
        members = [find(env, "res.users", each, "login").id for each in values.pop("members", ())]
        if company := values.pop("company", None):
            values["company_id"] = find(env, "res.company", company).id
        env["crm.team"].create({"name": name, "use_leads": True, "member_ids": members, **values})


def find(env, model, name, field="name"):
    """→ the one record of a model that is called so."""
    found = env[model].with_context(active_test=False).search([(field, "=", name)])
    found.ensure_one()
    return found


def archive_teams(env):
    """Let there be no team that anybody sees."""
    env["crm.team"].search([]).action_archive()


def delete_teams(env):
    """Let there be no team, but for two of Odoo's that are archived: it keeps these."""
    kept = [f"sales_team.{name}" for name in ("salesteam_website_sales", "pos_sales_team")]
    teams = env["crm.team"].with_context(active_test=False).search([])
    (teams - teams.browse(env.ref(name).id for name in kept)).unlink()
    assert not env["crm.team"].search([])


def allow_several_teams(env):
    """Let salespeople be in more than one team."""
    env["ir.config_parameter"].set_param("sales_team.membership_multi", "True")


def make_companies(env, rows):
    """Add companies in which the administrator works, too.

    :param rows: ``(name, code of its currency, what a unit of the main one is worth in it)``
    """
    for name, code, rate in rows:
        currency = find(env, "res.currency", code)
        currency.active = True
        company = env["res.company"].create({"name": name, "currency_id": currency.id})
        env["res.currency.rate"].create(
            {"currency_id": currency.id, "rate": rate, "name": "2020-01-01"}
        )
        env.ref("base.user_admin").company_ids += company


def set_calendar(env, company, tz):
    """Let a company's days be those of a time zone.

    :param company: its name, or None for the main one
    """
    company = find(env, "res.company", company) if company else env.company
    company.resource_calendar_id.tz = tz


def make_users(env, rows):
    """Add salespeople, whose passwords are their logins.

    :param rows: ``(login, {field: value})``; ``companies`` are names, the first one theirs
    """
    for login, values in rows:
        values = dict(values)
        companies = [find(env, "res.company", each).id for each in values.pop("companies", ())]
        if companies:
            values |= {"company_id": companies[0], "company_ids": companies}
        group = values.pop("group", "sales_team.group_sale_salesman")
        groups = [env.ref(group).id, env.ref("base.group_user").id]
        person = {"name": login.title(), "login": login, "password": login, "group_ids": groups}
        env["res.users"].create({"email": f"{login}@world.example.com", **person, **values})


def speak(env, lang):
    """Let the administrator, and who comes after, speak a language."""
    languages = env["res.lang"].with_context(active_test=False).search([("code", "=", lang)])
    env["base.language.install"].create({"lang_ids": languages.ids}).lang_install()
    env.ref("base.user_admin").lang = lang
    env["ir.default"].set("res.partner", "lang", lang)
