"""Upgrading from the addon's first version keeps every row."""

import subprocess

import pytest

from dev.checkout import ROOT
from dev.database import copied
from dev.tests.processes import ask, this_odoo, with_addons_of
from dev.tests.whole_database import lost, rows

FIRST_VERSION = '"version": "19.0.1.0.0"'
MANIFEST = "sales_funnel_stages/__manifest__.py"
# what came with the second version, and has to be missing in the first
LEDGER_FILE = "sales_funnel_stages/models/crm_stage_transition.py"

# what people make with the first version, as they do: with tracking
USE = """
lead_model, cr = env["crm.lead"], env.cr
framework = env["crm.qualification.framework"].create({"name": "Ours"})
criterion = env["crm.qualification.criterion"].create(
    {"name": "Pays", "framework_id": framework.id, "domain": "[('budget_amount', '>', 5)]"}
)
stages = env["crm.stage"].search([("is_won", "=", False)])
env["crm.stage.rule"].create(
    {"framework_id": framework.id, "criterion_id": criterion.id, "stage_id": stages[1].id}
)
env.ref("sales_funnel_stages.criterion_bant_need").guidance = "Ask them twice"
team = env["crm.team"].create(
    {"name": "Movers", "framework_id": framework.id, "stage_rule_policy": "enforce"}
)
stages[2].is_outside_pipeline = not stages[2].rule_ids
lead, other = lead_model.create(
    [
        {"name": name, "type": "lead", "team_id": team.id, "need_level": "weak"}
        for name in ("Moved", "Lost")
    ]
)
env["crm.lead.stakeholder"].create({"lead_id": lead.id, "contact_name": "Bo", "role": "buyer"})
cr.commit()
lead.write({"type": "opportunity", "budget_amount": 10})
cr.commit()
lead.stage_id = stages[1]
cr.commit()
lead.action_set_won()
other.action_set_lost()
cr.commit()
print("ANSWER", lead.id)
print("ANSWER", other.id)
"""

# the steps of two leads, and how many leads have none
LEDGER = """
transition_model = env["crm.stage.transition"]
for lead_id in (%s, %s):
    for row in transition_model.search([("lead_ref", "=", lead_id)], order="date, id"):
        print("ANSWER", row.direction, row.to_type, row.to_status, row.is_reconstructed)
leads = env["crm.lead"].with_context(active_test=False).search([])
print("ANSWER", len(leads - transition_model.search([]).lead_id))
"""


@pytest.fixture
def first_version(tmp_path):
    """A folder with the addons as they were before the second version was begun."""
    commit = first_version_commit()
    archive = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    folder = tmp_path / "first_version"
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


def first_version_commit():
    """→ the last commit of the first version; found by what is in it, whatever its name."""
    commits = _git("log", "--format=%H", "HEAD", "--", MANIFEST, LEDGER_FILE).split()
    for commit in commits:
        for each in (commit, f"{commit}^"):
            if FIRST_VERSION in _git("show", f"{each}:{MANIFEST}") and not _git(
                "ls-tree", each, LEDGER_FILE
            ):
                return each
    pytest.fail(
        "No commit here has the addon's first version, from which this test upgrades:"
        " run it in a clone with the whole history (git fetch --unshallow).",
        pytrace=False,
    )


def _git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout


def test_every_row_is_kept(first_version, tmp_path):
    odoo = this_odoo()
    with copied(odoo) as database:
        old_odoo = with_addons_of(odoo, first_version, tmp_path)
        names = ",".join(each.parent.name for each in first_version.glob("*/__manifest__.py"))
        assert not old_odoo.load(database, "-i", names)
        moved, lost_lead = ask(old_odoo, database, USE)
        before = rows(database)
        assert "crm_stage_transition" not in before
        assert not odoo.load(database, "-u", names)
        after = rows(database)
        # what defines an application comes from its files
        definitions = [table for table in before if table.startswith(("ir_", "orm_signaling_"))]
        assert lost(before, after, ignored=definitions) == {}
        assert len(before["crm_lead_stakeholder"]) == len(after["crm_lead_stakeholder"]) > 0
        assert ask(odoo, database, LEDGER % (moved, lost_lead)) == [
            "created lead open True",
            "forward opportunity open True",
            "forward opportunity open True",
            "skipped opportunity won True",
            "created lead open True",
            "lost lead lost True",
            "0",
        ]
