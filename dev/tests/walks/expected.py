"""What a row of the ledger has to say, by the pure verdict; of a walk's leads, from their facts."""

from odoo.addons.sales_funnel_stages.tools.transition import is_laxer
from odoo.addons.sales_funnel_stages.tools.verdict import State, case, judge, judge_arrival


def get_verdicts(before, after, facts, book, user_company_id, is_derived):
    """→ the names of the verdicts that a move may have, for whom rules can refuse; none where it
    is asked for what is not known.

    :param before: the :class:`State` of the lead; None where it was created
    :param after: the same, afterwards
    :param facts: ``{id: whether the lead meets the criterion}``
    :param is_derived: whether Odoo alone has said in whose hands it is to be; None: either
    """
    unmet = {id_ for id_, is_met in facts.items() if not is_met}
    found = set()
    for is_hand_derived in (True, False) if is_derived is None else (is_derived,):
        of_move = case(before, after, book, user_company_id, is_hand_derived)
        asked = of_move.owed.union(*(demand.criterion_ids for demand in of_move.demands))
        if not asked.issubset(facts):
            return set()
        verdict = judge(of_move.demands, unmet, is_gated=True, policy=of_move.policy)
        if owed := of_move.owed & unmet:
            verdict = judge_arrival(verdict, owed, is_welcome=True)
        found.add(verdict.name)
    return found


def is_to_laxer(row, hands_after, book, user_company_id):
    """→ whether a row has to be marked: its lead has come to a laxer team or company.

    :param hands_after: ``(team id, company id)`` of the lead, or of that which it was merged into
    """
    if not row["from_type"]:
        return False
    before = get_state(row, "from", row["team_before"], row["company_before"])
    after = State(before.is_opportunity, before.stage_id, *(id_ or 0 for id_ in hands_after))
    return is_laxer(before, after, book, user_company_id)


def get_state(row, prefix, team_id, company_id):
    """→ the :class:`State` that a row tells of, before (``from``) or after (``to``)."""
    return State(
        row[f"{prefix}_type"] == "opportunity",
        row[f"{prefix}_stage_id"] or 0,
        team_id or 0,
        company_id or 0,
        row[f"{prefix}_status"],
    )
