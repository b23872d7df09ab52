"""What is asked of the rows that a step has added to the ledger."""

from odoo.addons.sales_funnel_stages.tools.verdict import REFUSED

from .contexts import WHISPERED
from .expected import get_state, get_verdicts, is_to_laxer
from .place import ASKED, MAY_OVERRIDE

ROWS = """
    SELECT row.lead_ref, row.lead_id, row.from_type, row.from_stage_id, row.from_status,
           row.to_type, row.to_stage_id, row.to_status, row.team_id, row.company_id,
           row.verdict, row.by_user_id, row.reason, row.approver_id, row.direction,
           row.is_to_laxer_team, row.rules_version,
           row.from_company_id AS company_before,
           (SELECT before.team_id FROM crm_stage_transition AS before
             WHERE before.lead_ref = row.lead_ref AND before.id < row.id
          ORDER BY before.id DESC LIMIT 1) AS team_before
      FROM crm_stage_transition AS row
     WHERE row.id > %s
  ORDER BY row.id
"""
#: of a lead: where it is, whose it is, and what is known of what is asked
LEADS = """
    SELECT id, type, stage_id, CASE won_status WHEN 'pending' THEN 'open' ELSE won_status END,
           team_id, company_id, need_level, budget_status, contract_status
      FROM crm_lead
"""
STANDING, HANDS, FACTS = slice(0, 3), slice(3, 5), slice(5, None)
ENDS = ("merged", "deleted")


class Rows:
    """The rows of a step, and what there was before and after it.

    :param place: a :class:`place.Place`
    :param calls: those of the step
    :param known: ``{id: rest of LEADS}``: the leads before
    :param leads: the same, afterwards
    :param rows: as ``ROWS`` says
    :param said: what was called, for whoever reads of a failure
    """

    def __init__(self, place, calls, known, leads, rows, said):
        self.place = place
        self.calls = calls
        self.known = known
        self.leads = leads
        self.rows = rows
        self.said = said

    def check(self):
        """Check each of them → how many of them let pass what was not met."""
        if not self.rows:
            return 0
        seen = set()
        for row in self.rows:
            self._check_who_and_why(row)
            if row["lead_ref"] not in seen:
                self._check_beginning(row)
            seen.add(row["lead_ref"])
        with self.place.registry.cursor() as cr:
            env = self.place.env(cr)
            self.book = env["crm.qualification.framework"]._get_rulebook()
            self.version = env["crm.rulebook"]._get_version()
            users = env["res.users"].browse({row["by_user_id"] for row in self.rows})
            self.company_by_user = {user.id: user.company_id.id for user in users}
        last = {row["lead_ref"]: row for row in self.rows}
        return sum(map(self._check_last, last.values()))

    def _check_who_and_why(self, row):
        people = {call.uid for call in self.calls}
        assert row["by_user_id"] in people, f"by somebody else: {row}\n{self.said}"
        assert WHISPERED not in (row["reason"] or ""), f"why was whispered: {row}\n{self.said}"

    def _check_beginning(self, row):
        here = self.known.get(row["lead_ref"], [None] * 3)[STANDING]
        there = [row["from_type"], row["from_stage_id"], row["from_status"]]
        assert here == there, f"it was at {here}: {row}\n{self.said}"

    def _check_last(self, row):
        """Check the last row of a lead, whose facts are known → whether it let pass."""
        lead_id = row["lead_id"] if row["direction"] == "merged" else row["lead_ref"]
        # other rules than today's are gone
        if row["rules_version"] != self.version or lead_id not in self.leads:
            return False
        if row["direction"] == "merged" and self._has_moved_since(row):
            # in whose hands it was merged is not known any more
            return False
        lead = self.leads[lead_id]
        company_id = self.company_by_user[row["by_user_id"]]
        is_laxer = is_to_laxer(row, lead[HANDS], self.book, company_id)
        assert bool(row["is_to_laxer_team"]) == is_laxer, f"marked wrongly: {row}\n{self.said}"
        return row["direction"] not in ENDS and self._check_verdict(row, lead, company_id)

    def _has_moved_since(self, merged):
        """Tell whether the lead that another one was merged into has moved after that."""
        after = self.rows[self.rows.index(merged) + 1 :]
        return any(row["lead_ref"] == merged["lead_id"] for row in after)

    def _check_verdict(self, row, lead, company_id):
        """Check that a move was judged as it must be → whether it let pass what was not met.

        A move through a gate that enforces has what it takes, or a permission of somebody.
        """
        login = next(name for name, id_ in self.place.users.items() if id_ == row["by_user_id"])
        if login == "walk_portal":
            return False
        fields = [field for field, _stage in ASKED]
        known = dict(zip(fields, lead[FACTS], strict=True))
        facts = {id_: bool(known[field]) for id_, field in self.place.criteria.items()}
        verdicts = self._get_verdicts(row, facts, company_id)
        # a team of somebody else's asks for something else
        if not verdicts or row["verdict"] in verdicts - {REFUSED}:
            return False
        assert REFUSED in verdicts, f"{verdicts} was to be said: {row}\n{self.said}"
        assert _is_permitted(row, login), f"let pass, of {facts}: {row}\n{self.said}"
        return True

    def _get_verdicts(self, row, facts, company_id):
        """→ the names of the verdicts that may be said of a row; none where that is not known."""
        after = get_state(row, "to", row["team_id"], row["company_id"])
        before = row["from_type"] and get_state(
            row, "from", row["team_before"], row["company_before"]
        )
        origins = [before or None]
        is_derived = not any(call.is_of_hands for call in self.calls)
        if any(call.is_of_many for call in self.calls):
            is_derived = None
            if before and row["lead_ref"] in self.known:
                # what is merged first is judged by whose it was
                hands = self.known[row["lead_ref"]][HANDS]
                origins.append(get_state(row, "from", *hands))
        found = [
            get_verdicts(origin, after, facts, self.book, company_id, is_derived)
            for origin in origins
        ]
        return set().union(*found) if all(found) else set()


def _is_permitted(row, login):
    """→ whether a row says by whose permission it let pass what was not met."""
    if row["verdict"] == "overridden":
        return login in MAY_OVERRIDE and bool(row["reason"].strip())
    return row["verdict"] == "approved" and bool(row["approver_id"])
