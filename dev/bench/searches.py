"""What the addon asks of PostgreSQL as it is shipped, which compiles what it takes for costly."""

from . import report
from .measure import Elapsed
from .side import Side
from .window import Window

DEALS = [("type", "=", "opportunity")]
LIMIT = 0.5


def _find(**values):
    def prepare(_env):
        domain = [(name, "=", value) for name, value in values.items()]
        return [lambda env: env["crm.lead"].web_search_read(domain, {"name": {}}, limit=80)]

    return prepare


def _teams(env):
    window = Window(env, "sales_team.crm_team_action_pipeline")
    return window.open_list([("use_opportunities", "=", True)], "kanban")


def _owed_by_teams(_env):
    # as the widget on the cards asks, once they are there
    names = ["override_debt_count", "arrival_debt_count"]
    return [lambda env: env["crm.team"].search([("use_opportunities", "=", True)]).read(names)]


def _group_by_missing(_env):
    def group(env):
        env["crm.lead"].formatted_read_group(DEALS, ["missing_first_id"], ["__count"])

    return [group]


def _rules_report(_env):
    def group(env):
        env["crm.gate.report"].formatted_read_grouping_sets(
            [],
            [[], ["criterion_id"], ["outcome"], ["criterion_id", "outcome"]],
            ["move_ref:count_distinct"],
        )

    return [group]


def _impact(_env):
    return [lambda env: env["crm.team"].search([]).read(["stage_rule_impact"])]


SEARCHES = [
    Elapsed("Override to Make Good", _find(has_override_debt=True), LIMIT),
    Elapsed("Override Overdue", _find(is_override_debt_overdue=True), LIMIT),
    Elapsed("Debt on Arrival", _find(has_arrival_debt=True), LIMIT),
    Elapsed("Qualified", _find(is_qualified=True), LIMIT),
    Elapsed("Stuck", _find(is_stuck=True), LIMIT),
    Elapsed("team kanban", _teams, LIMIT),
    Elapsed("what teams owe", _owed_by_teams, LIMIT),
    Elapsed("grouped by Missing First", _group_by_missing, LIMIT),
    Elapsed("stage rules report", _rules_report, LIMIT),
    Elapsed("impact of all teams", _impact, LIMIT),
]


def measure(database, *words):
    """Measure and print these, or those whose name has all the words → the exit code.

    :param database: the name of one with the addon
    """
    ours = Side(database, "admin")
    return report.tell(SEARCHES, ours, ours, *words)
