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
