"""Updates of a database in use, from each release that this repository has had.

Whatever the release, nothing that people have made is lost, all is defined as in a fresh
installation, and the database is served and used afterwards.
"""

import ast
from contextlib import contextmanager

import pytest

from dev.checkout import PLAIN, addon_names
from dev.database import copied
from dev.history import Release, present_version, releases, unpack
from dev.progress import Missing
from dev.worlds import screens, visits
from dev.worlds.catalog import NOTHING
from dev.worlds.world import WITHOUT_DEMO

from .clients import WebClient
from .definitions import definitions, differences, layout, our_tables
from .processes import ask, this_odoo, with_addons_of
from .release_in_use import SCRIPT
from .server import Server
from .whole_database import lost, query, rows

pytestmark = pytest.mark.needs_history

RELEASES = releases()
BEFORE_THE_LEDGER = "19.0.1.0.0-first"
# Whoever has the addons of a release has never heard of others.
FORGET = r"""
    DELETE FROM ir_model_data
     WHERE model = 'ir.module.module' AND name LIKE '%sales\_funnel\_stages%';
    DELETE FROM ir_module_module WHERE name LIKE '%sales\_funnel\_stages%'
"""
# What the demo data of some releases sets: whether leads are in use.
SETTINGS = {("res.groups", "base.group_user"), ("res.groups", "crm.group_use_lead")}
# Tables of what files define, and of the number by which changed rules are known.
DEFINING = ("ir_", "orm_signaling_", "crm_rulebook")
# What is called otherwise since 19.0.4.2.0: by table, values of the column ``state``.
RENAMED = {
    "crm_stage_request": {"refused": "declined"},
    "crm_lead_conversion_batch_line": {"held_back": "skipped"},
}
# What shipped criteria, and those that are answered, say of today since 19.0.4.3.0.
DATES = {
    "'<=', 'today')": "'<=', 'today +1d')",
    "'<=', 'today +6m')": "'<=', 'today +1d +6m')",
    "'<=', 'today +12m')": "'<=', 'today +1d +12m')",
    "'>=', 'today')": "'>=', 'today -1d')",
}
# The framework whose rules were edited before the update.
EDITED = "SPICED"
FOLLOWED = """
    SELECT name->>'en_US' FROM crm_qualification_framework
     WHERE id IN (
               SELECT framework_id FROM crm_team
                UNION
               SELECT qualification_framework_id FROM res_company
           )
"""
RULES_OF_STAGES = """
    SELECT framework.name->>'en_US', count(*)
      FROM crm_stage_rule AS rule
      JOIN crm_qualification_framework AS framework ON framework.id = rule.framework_id
     WHERE rule.stage_id IS NOT NULL
  GROUP BY 1
"""
NOTES = """
    SELECT body FROM mail_message
     WHERE model = 'discuss.channel' AND body LIKE '%Nobody follows%'
"""
STEPS = """
    SELECT direction, to_type, to_status, is_reconstructed
      FROM crm_stage_transition
     WHERE lead_ref = %s
  ORDER BY date, id
"""
WITHOUT_STEPS = """
    SELECT count(*) FROM crm_lead
     WHERE id NOT IN (SELECT lead_ref FROM crm_stage_transition)
"""
FAVOURITE = "SELECT domain FROM ir_filters WHERE name = 'Declined'"
VERSION = "SELECT latest_version FROM ir_module_module WHERE name = 'sales_funnel_stages'"
UNFINISHED = "SELECT count(*) FROM crm_lead_conversion_batch_line WHERE state = 'waiting'"


def each_release():
    """→ the parameters of a test: all but the oldest and the newest release take long."""
    earlier = [release for release in RELEASES if release.version != present_version()]
    for release in RELEASES or [None]:
        is_short = release in [None, *earlier[-1:]] or str(release) == BEFORE_THE_LEDGER
        yield pytest.param(release, id=str(release), marks=() if is_short else pytest.mark.long)


@contextmanager
def installed(release, folder, template=None, *words):
    """A database with the addons of a release, for the ``with`` statement.

    Of the first of its commits that can be installed.

    :param folder: for its files
    :param template: the :class:`Template` of the database, by default that of tests and demo
    :param words: more of what is said after ``odoo``
    :return: the database's name, the :class:`Odoo` with those addons, and their names
    """
    refusals = []
    for commit in release.commits:
        addons = folder / commit
        addons.mkdir()
        unpack(commit, addons)
        old = with_addons_of(this_odoo(), addons, addons)
        names = ",".join(plain_addons_in(addons))
        with copied(this_odoo(), template) as database:
            old.sql(FORGET, database)
            try:
                old.load(database, "-i", names, *words)
            except Missing as missing:
                refusals.append(f"{commit}: {missing}")
                continue
            yield database, old, names
            return
    pytest.fail("\n".join([f"No commit of {release} can be installed:", *refusals]))


def plain_addons_in(folder):
    """→ names of those addons there that work on Odoo's plain CRM, and with each other."""
    known = {*PLAIN, "sales_funnel_stages"}
    manifests = {each.parent.name: each.read_text() for each in folder.glob("*/__manifest__.py")}
    return sorted(
        name
        for name, text in manifests.items()
        if known.issuperset(ast.literal_eval(text)["depends"])
    )


def update(database, names):
    """Update addons to the present files, as people do; then add those that came later."""
    assert not this_odoo().load(database, "-u", names)
    if later := set(addon_names().split(",")) - set(names.split(",")):
        assert not this_odoo().load(database, "-i", ",".join(later))


@pytest.fixture(scope="module")
def fresh(request):
    """The name of a database in which the addons have been installed as they are now."""
    return request.config.getoption("--odoo-database")


@pytest.mark.parametrize("release", each_release())
def test_update(release, fresh, tmp_path):
    with installed(release, tmp_path) as (database, old, names):
        moved, lost_lead = ask(old, database, SCRIPT)
        asked = dict(query(database, RULES_OF_STAGES))
        before = as_called_now(rows(database))
        empty = {name for name in our_tables(database) & before.keys() if not before[name]}
        assert not empty
        update(database, names)
        # what is defined comes from files, and is compared with a fresh installation
        defining = [table for table in before if table.startswith(DEFINING)]
        gone = lost(before, rows(database), ignored=defining)
        taken = gone.pop("crm_stage_rule", [])
        assert gone == {}
        assert all(rule["stage_id"] for rule in taken)
        assert_templates(database, asked)
        different = differences(definitions(database), definitions(fresh))
        assert {key: each for key, each in different.items() if key not in SETTINGS} == {}
        assert layout(database) == layout(fresh)
        assert query(database, FAVOURITE) in ([], [("[('state', '=', 'declined')]",)])
        if str(release) == BEFORE_THE_LEDGER:
            assert_history_is_told(database, moved, lost_lead)
        with Server(this_odoo(), database, tmp_path) as server:
            use(server)


def as_called_now(before):
    """Call states in rows of a database as the update is to call them → those rows."""
    for table, names in RENAMED.items():
        for row in before.get(table, ()):
            row["state"] = names.get(row["state"], row["state"])
    company_by_lead = {row["id"]: row["company_id"] or 0 for row in before["crm_lead"]}
    for row in before.get("crm_stage_request", ()):
        # without the company of the lead until 19.0.4.4.0
        if len(row["place"]) == 4:
            row["place"].append(company_by_lead[row["lead_id"]])
    for row in before["crm_qualification_criterion"]:
        for old, new in DATES.items():
            row["domain"] = row["domain"].replace(old, new)
    return before


def assert_templates(database, asked):
    """Assert that of what nobody follows, only what was edited still names stages.

    :param asked: ``{framework: number of rules that name a stage}``, before the update
    """
    kept = {EDITED, *(name for (name,) in query(database, FOLLOWED))}
    assert {"BANT", "Ours"}.issubset(kept) and "CHAMP" not in kept
    assert dict(query(database, RULES_OF_STAGES)) == {
        name: number for name, number in asked.items() if name in kept
    }
    notes = query(database, NOTES)
    assert len(notes) == int(EDITED in asked)
    assert all(EDITED in note and "CHAMP" not in note for (note,) in notes)


def assert_history_is_told(database, moved, lost_lead):
    """Assert that what Odoo has tracked before there was a ledger is in it."""
    assert query(database, STEPS, [moved]) == [
        ("created", "lead", "open", True),
        ("forward", "opportunity", "open", True),
        ("forward", "opportunity", "open", True),
        ("skipped", "opportunity", "won", True),
    ]
    assert query(database, STEPS, [lost_lead]) == [
        ("created", "lead", "open", True),
        ("lost", "lead", "lost", True),
    ]
    assert query(database, WITHOUT_STEPS) == [(0,)]


def use(server):
    """Use what was updated, as people do; an error or a warning fails."""
    admin = WebClient(server, "admin")
    opened = screens.open_app(admin)
    assert {"crm.menu_crm_opportunities", "sales_funnel_stages.crm_lead_menu_stuck"}.issubset(
        opened
    )
    [guided] = admin.call("crm.lead", "search", domain=[("name", "=", "Guided")])
    next_stage_id = screens.open_form(admin, "crm.lead", guided)["next_stage_id"]
    admin.call("crm.lead", "action_advance", [guided])
    assert screens.open_form(admin, "crm.lead", guided)["stage_id"] == next_stage_id
    lead_id = admin.create("crm.lead", {"name": "New", "type": "lead", "contact_name": "Cy"})
    visits.convert(admin, lead_id)
    visits.run_jobs(admin)
    # what was begun before the update is done after it
    assert server.rows(UNFINISHED) == [(0,)]
    steps = visits.get_dashboard(admin)["steps"]
    assert {step["type"]: step["now"]["reached"] > 0 for step in steps}["customer"]
    assert len(visits.export_dashboard(admin)) > len(steps)
    visits.find_stuck(admin)
    assert not server.new_complaints()


def test_update_without_any_lead(tmp_path):
    [oldest, *_later] = RELEASES
    template = NOTHING.template
    with installed(oldest, tmp_path, template, WITHOUT_DEMO) as (database, _old, names):
        update(database, names)
        with Server(this_odoo(), database, tmp_path) as server:
            admin = WebClient(server, "admin")
            screens.open_app(admin)
            assert not visits.get_dashboard(admin)["trend"]["rows"]
            assert not server.new_complaints()


@pytest.mark.long
def test_what_was_never_installed_is_left_out(tmp_path):
    """One commit has conflict markers in a Python file; the next one stands for it."""
    commits = next(each.commits for each in RELEASES if str(each) == "19.0.3.0.0-first")
    [place] = (place for place, each in enumerate(commits) if each.startswith("d13811c"))
    release = Release("19.0.3.0.0", "first", commits[place:])
    with installed(release, tmp_path) as (database, _old, _names):
        assert query(database, VERSION) == [("19.0.3.0.0",)]
    assert {each.name for each in tmp_path.iterdir()} == {*commits[place : place + 2]}
