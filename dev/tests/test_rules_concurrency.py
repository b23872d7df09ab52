"""Rules that somebody changes while others work: whoever begins afterwards goes by the new ones."""

import pytest

from dev.database import fresh

from .processes import ask, this_odoo

CHANGE = """
from odoo.api import SUPERUSER_ID, Environment

def env_of(cr):
    return Environment(cr, SUPERUSER_ID, {})

def policy(cr):
    book = env_of(cr)["crm.qualification.framework"]._get_rulebook()
    return book.teams[team.id].policy

registry = env.registry
team = env["crm.team"].search([], limit=1)
team.stage_rule_policy = "off"
env.cr.commit()
with registry.cursor() as reading, registry.cursor() as changing:
    # each sees the database as it is now
    reading.execute("SELECT 1")
    env_of(changing)["crm.team"].browse(team.id).stage_rule_policy = "enforce"
    changing.flush()
    before = [policy(reading)] if is_read_before else []
    changing.commit()
    registry.signal_changes()
    before.append(policy(reading))
with registry.cursor() as afterwards:
    print("ANSWER", set(before), policy(afterwards))
"""
UNDONE = """
with registry.cursor() as undoing:
    env_of(undoing)["crm.team"].browse(team.id).stage_rule_policy = "guide"
    policy(undoing)
    undoing.rollback()
with registry.cursor() as afterwards:
    print("ANSWER", policy(afterwards))
"""


@pytest.fixture(scope="module")
def database():
    with fresh(this_odoo()) as (name, _complaints):
        yield name


@pytest.mark.parametrize("is_read_before", [True, False])
def test_who_reads_while_somebody_changes(database, is_read_before):
    answers = ask(this_odoo(), database, f"is_read_before = {is_read_before}\n{CHANGE}")
    assert answers == ["{'off'} enforce"]


def test_what_is_undone_was_never_so(database):
    answers = ask(this_odoo(), database, f"is_read_before = True\n{CHANGE}{UNDONE}")
    assert answers[-1] == "enforce"
