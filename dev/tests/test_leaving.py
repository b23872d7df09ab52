"""Uninstalling the addon leaves what used it in a state in which it works without.

Somebody has made on it what can be made in Odoo, and beside it the same without it: see
``leaving.py``.
"""

import json
import subprocess
from configparser import RawConfigParser
from dataclasses import replace

import pytest

from dev.database import claimed, copied, copy
from dev.odoo import warnings_in
from dev.worlds import apps
from dev.worlds.world import WITHOUT_DEMO, World

from .clients import WebClient
from .leaving import CUSTOM, CUSTOM_FAVORITES, MAKE, USE
from .processes import ask, this_odoo
from .server import Server
from .whole_database import lost, query, rows

ADDON = "sales_funnel_stages"
GLUE = "sales_funnel_stages_sale_crm"
CUSTOM_ADDON = "sales_funnel_stages_of_a_customer"
USED = World(
    "leaving",
    "Odoo's apps with which somebody may build on the addon",
    ("crm", "sale_crm", "base_automation", "board", "mass_mailing_crm"),
)
FILTERS = "SELECT name, domain, context FROM ir_filters WHERE name LIKE 'Custom%' ORDER BY name"
ACTIVE = """
    SELECT name->>'en_US', active FROM base_automation
     UNION ALL SELECT cron_name, active FROM ir_cron WHERE cron_name LIKE '% job'
     UNION ALL SELECT name->>'en_US', active FROM mail_template
                WHERE name->>'en_US' LIKE '% template'
"""
DOMAINS = """
    SELECT team.name->>'en_US', team.assignment_domain FROM crm_team AS team
     UNION ALL SELECT name, domain_force FROM ir_rule WHERE name LIKE '% record rule'
     UNION ALL SELECT login, member.assignment_domain
                 FROM crm_team_member AS member JOIN res_users ON res_users.id = user_id
"""
NOTHING = "[(0, '=', 1)]"


class Used:
    """A database with all that somebody has made, and what it is like when the addon has left.

    :ivar before: the rows of all tables before
    :ivar after: those afterwards
    :ivar log: what the command that uninstalled the addon has logged
    """

    def __init__(self, odoo, made, database):
        self.odoo = odoo
        self.made = made
        self.database = database
        self.before = rows(database)
        self.log = uninstall(odoo, database, ADDON)
        self.after = rows(database)


@pytest.fixture(scope="module")
def made():
    """A database in which somebody has made things; to be copied only."""
    odoo = this_odoo()
    with copied(odoo, USED.template) as database:
        assert not odoo.load(database, "-i", ADDON, WITHOUT_DEMO)
        ask(odoo, database, MAKE)
        yield database


@pytest.fixture(scope="module")
def left(made):
    odoo = this_odoo()
    with claimed(odoo) as database:
        copy(odoo, made, database)
        yield Used(odoo, made, database)


def uninstall(odoo, database, *names):
    """Uninstall modules from the command line → the log."""
    done = subprocess.run(
        odoo.command("module", "uninstall", "--database", database, *names),
        env=odoo.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_log_names_all_of_it(left):
    assert not warnings_in(left.log)
    first = left.log.splitlines()
    ours = [line for line in first if "sales_funnel_stages.models.leaving" in line]
    assert "which is used by" in ours[0]
    loading = next(index for index, line in enumerate(first) if "triggered module uninst" in line)
    assert first.index(ours[0]) == loading + 1
    for name in used_names(left):
        assert name in ours[0]
        assert name in "\n".join(ours[1:])
    assert "Theirs" not in "\n".join(ours)


def used_names(left):
    """→ names of what was made on ours, and is there with a name."""
    listed = query(
        left.made,
        """
        SELECT name->>'en_US' FROM base_automation UNION SELECT cron_name FROM ir_cron
         UNION SELECT name FROM ir_filters UNION SELECT name FROM ir_ui_view
         UNION SELECT name FROM ir_rule UNION SELECT name FROM ir_model_access
         UNION SELECT name->>'en_US' FROM ir_ui_menu UNION SELECT name FROM ir_exports
         UNION SELECT name->>'en_US' FROM mail_template
         UNION SELECT name->>'en_US' FROM crm_team
         UNION SELECT name->>'en_US' FROM ir_act_server
                WHERE state = 'code' AND usage <> 'base_automation'
        """,
    )
    return {name for (name,) in listed if (name or "").startswith("Ours")}


def test_each_administrator_has_a_note(left):
    [(summary, note, model)] = query(
        left.database, "SELECT summary, note, res_model FROM mail_activity"
    )
    assert summary.startswith("Uninstalled: sales_funnel_stages") and model is None
    for name in used_names(left):
        assert name in note
    assert "Theirs" not in note
    assert "“Ours team”: its domain matches nothing" in note


def test_what_does_not_use_it_stays_as_it_is(left):
    changed = lost(left.after, left.before)
    assert "Theirs" not in json.dumps(changed)
    for table in left.after.keys() & left.before.keys():
        count = {
            moment: sum("Theirs" in json.dumps(row) for row in rows_[table])
            for moment, rows_ in (("before", left.before), ("after", left.after))
        }
        assert count["before"] == count["after"], table


def test_what_acts_is_deactivated(left):
    active = query(left.database, ACTIVE)
    assert {name for name, is_active in active if is_active and "Theirs" in name} == {
        "Theirs rule",
        "Theirs job",
        "Theirs template",
    }
    assert not [name for name, is_active in active if is_active and "Ours" in name]
    codes = query(left.database, "SELECT name->>'en_US', code, binding_model_id FROM ir_act_server")
    told = {name: code for name, code, _model in codes}
    # it does nothing, and can be read
    assert told["Ours action"] == "# record.mapped('need_level')"
    assert told["Ours rule by value"] == "# need_level = strong"
    assert told["Theirs action"].startswith("# need_level is a word\ntext =")
    # a rule is deactivated, what it does has no need to be
    assert told["Ours rule by domain"] == told["Theirs rule"]
    assert {name for name, _code, model in codes if model and name.endswith("action")} == {
        "Theirs action"
    }


def test_a_domain_matches_nothing(left):
    domains = dict(query(left.database, DOMAINS))
    assert domains["Ours team"] == domains["Ours record rule"] == domains["admin"] == NOTHING
    assert NOTHING not in (domains["Theirs team"], domains["Theirs record rule"], domains["rita"])


def test_what_only_its_groups_had_is_for_administrators(left):
    [(group,)] = query(
        left.database,
        """SELECT data.name FROM ir_model_access AS access
             JOIN ir_model_data AS data ON data.model = 'res.groups' AND data.res_id = group_id
            WHERE access.name = 'Ours access'""",
    )
    [(menu_group,)] = query(
        left.database,
        """SELECT data.name FROM ir_ui_menu AS menu
             JOIN ir_ui_menu_group_rel AS rel ON rel.menu_id = menu.id
             JOIN ir_model_data AS data ON data.model = 'res.groups' AND data.res_id = rel.gid
            WHERE menu.name->>'en_US' = 'Ours menu'""",
    )
    assert group == menu_group == "group_system"
    assert not query(
        left.database, "SELECT 1 FROM ir_ui_menu WHERE active AND name->>'en_US' ~ 'of our model'"
    )


def test_what_shows_goes_on_without(left):
    [(arch,)] = query(left.database, "SELECT arch FROM ir_ui_view_custom WHERE arch ~ 'Ours'")
    assert "need_level" not in arch and "budget_status" not in arch and "Report" not in arch
    assert "['stage_id']" in arch and "uid" in arch
    [(domain, context)] = query(
        left.database,
        "SELECT domain, context FROM ir_act_window WHERE name->>'en_US' = 'Ours window'",
    )
    assert (domain, context) == ("[('type', '=', 'lead')]", "{'default_type': 'lead'}")
    [(defaults,)] = query(
        left.database,
        "SELECT alias_defaults FROM mail_alias WHERE alias_defaults ~ '.priority.: '"
        " AND alias_defaults !~ 'need_level'",
    )
    assert defaults == "{'priority': '1'}"
    assert query(
        left.database, "SELECT value FROM ir_config_parameter WHERE key = 'crm.pls_fields'"
    ) == [("country_id,source_id",)]


def test_people_go_on(left):
    """They open the pipeline, make leads, assign and export them; see the script."""
    assert ask(left.odoo, left.database, USE) == [
        "assigned to ['rita']",
        "Ours favorite True ['&', ('name', '!=', False), ('user_id', '=', uid)] ['stage_id'] id",
        "Theirs favorite False [('name', 'ilike', 'need_level'), ('user_id', '=', uid)]"
        " ['stage_id'] name desc, id",
        "Ours export ['name'] 1",
        "Theirs export ['name', 'partner_id/name'] 2",
        "Ours list True ['name', 'phone']",
        "Ours view True ['referred']",
        # it stood on a page of ours
        "Ours view on a page False ['referred']",
        "Ours view on our view True ['function']",
        "Ours view with a field of theirs True ['x_ours_reads', 'x_theirs']",
        "done",
    ]


def test_it_can_come_back(left):
    with claimed(left.odoo) as database:
        copy(left.odoo, left.database, database)
        assert not left.odoo.load(database, "-i", ADDON, WITHOUT_DEMO)
        assert not warnings_in(uninstall(left.odoo, database, ADDON))


def test_glue_that_leaves_alone_takes_nothing_along(made):
    odoo = this_odoo()
    with claimed(odoo) as database:
        copy(odoo, made, database)
        before = rows(database)
        log = uninstall(odoo, database, GLUE)
        assert not warnings_in(log) and "models.leaving" not in log
        changed = json.dumps(lost(rows(database), before)) + json.dumps(
            lost(before, rows(database))
        )
        assert "Ours" not in changed and "Theirs" not in changed
        assert not odoo.load(database, "-i", GLUE, WITHOUT_DEMO)


def test_an_addon_of_a_customer_that_needs_it(made, tmp_path):
    """Its fields count, too: alone they leave ours, and they go with ours."""
    odoo = with_custom_addon(this_odoo(), tmp_path)
    with claimed(odoo) as database:
        copy(odoo, made, database)
        assert not odoo.load(database, "-i", CUSTOM_ADDON, WITHOUT_DEMO)
        ask(odoo, database, CUSTOM_FAVORITES)
        with claimed(odoo) as other:
            copy(odoo, database, other)
            assert not warnings_in(uninstall(odoo, other, CUSTOM_ADDON))
            assert query(other, FILTERS) == [
                ("Custom", "[('need_level', '=', 'weak')]", "{'group_by': ['need_level']}")
            ]
        assert not warnings_in(uninstall(odoo, database, ADDON))
        assert query(database, FILTERS) == [("Custom", "[]", "{'group_by': []}")]


def with_custom_addon(odoo, folder):
    """→ an Odoo that finds an addon of a customer's, too."""
    addon = folder / "addons" / CUSTOM_ADDON
    addon.mkdir(parents=True)
    for name, text in CUSTOM.items():
        (addon / name).write_text(text)
    configuration = RawConfigParser()
    configuration.read(odoo.environment["ODOO_RC"])
    configuration["options"]["addons_path"] += f",{addon.parent}"
    with open(folder / "odoo.conf", "w") as file:
        configuration.write(file)
    return replace(odoo, environment={**odoo.environment, "ODOO_RC": str(folder / "odoo.conf")})


def test_the_uninstall_screen(made, tmp_path):
    odoo = this_odoo()
    with claimed(odoo) as database:
        copy(odoo, made, database)
        with Server(odoo, database, tmp_path, words=[WITHOUT_DEMO]) as server:
            admin = WebClient(server, "admin")
            assert "“Ours favorite”: goes on without it" in told_by_screen(admin, ADDON)
            assert told_by_screen(admin, GLUE) is False
            # of others' addons nothing is told
            assert told_by_screen(admin, "board") is False
            apps.uninstall(admin)
            assert apps.state(server) == "uninstalled"
            assert not server.new_complaints()
            assert "which is used by" in server.log.read_text()


def told_by_screen(admin, name):
    """→ what the uninstall screen says of what uses a module."""
    ids = admin.call("ir.module.module", "search", domain=[("name", "=", name)])
    wizard_id = admin.create("base.module.uninstall", {"module_ids": [(6, 0, ids)]})
    [told] = admin.call("base.module.uninstall", "read", [wizard_id], fields=["use_list"])
    return told["use_list"]
