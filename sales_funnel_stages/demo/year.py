"""A year of two sales teams, as it went by: each move is a real one, by whoever made it."""

import csv
from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta

from odoo.tools import SQL, file_open

from ..tools.rulebook import CONVERSION
from .deal import GATES, Deal

MODULE = "sales_funnel_stages"
SOURCES = {
    "search": "utm.utm_source_search_engine",
    "newsletter": "utm.utm_source_newsletter",
    "linkedin": "utm.utm_source_linkedin",
    "referral": "utm.utm_source_referral",
    "fair": f"{MODULE}.demo_source_fair",
}
STAGES = {
    "new": "crm.stage_lead1",
    "qualified": "crm.stage_lead2",
    "proposition": "crm.stage_lead3",
    "won": "crm.stage_lead4",
}
# nobody is told by e-mail, and Odoo's own notes would all be of today
QUIETLY = {
    "mail_activity_quick_update": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}
# days ago, of what the teams began then
ENFORCED, PLANNED = 120, 20


class Year:
    """Lets the year go by, a day after the other.

    What is done on a day is one word: ``lead`` (comes in), ``convert``, ``return``, a stage
    (moves there), ``lost`` and the number of a reason, ``ready`` (has found out what the next
    stage asks for), ``ask_`` and a stage (asks for permission). Before a stage, ``!`` is an
    override, ``?`` what was asked for and approved.
    """

    def __init__(self, env):
        self.env = env(context={**env.context, **QUIETLY})
        self.now = env.cr.now()
        self.manager = self.env.ref("base.user_admin")
        with file_open(f"{MODULE}/demo/crm_deals.csv", "r") as file:
            self.deals = [Deal.parse(row) for row in csv.DictReader(file)]
        self.leads = {}
        self.reasons = {deal.id: iter(deal.reasons) for deal in self.deals}
        self.known = defaultdict(int)
        self.dates = defaultdict(dict)
        self.answers = {}

    def pass_by(self):
        """Make the deals and all their moves."""
        days = defaultdict(list)
        for deal in self.deals:
            for day, action in deal.steps:
                days[day].append((deal, action))
        for day in sorted(days.keys() | {ENFORCED, PLANNED}, reverse=True):
            self._change_rules(day)
            for deal, action in days[day]:
                with self._at(timedelta(days=day, hours=int(deal.id) % 8)):
                    self._act(deal, action)
        self._date()
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{MODULE}.demo_deal_{id_}", "record": lead, "noupdate": True}
                for id_, lead in self.leads.items()
            ]
        )

    @contextmanager
    def _at(self, ago):
        """Set the transaction's clock, by which the ledger goes, back for a while."""
        self.env.cr._now = self.now - ago
        try:
            yield
            self.env.flush_all()
        finally:
            self.env.cr._now = self.now

    def _ref(self, name):
        return self.env.ref(f"{MODULE}.demo_{name}")

    def _change_rules(self, day):
        if day == ENFORCED:
            self._ref("team_projects").stage_rule_policy = "enforce"
        if day == PLANNED:
            self._ref("team_accounts").conversion_plan_id = self._ref("plan_key_account")

    # ------------------------------------------------------------------
    # What is done on a day
    # ------------------------------------------------------------------

    def _act(self, deal, action):
        lead = self.leads.get(deal.id)
        target = action.lstrip("!?").removeprefix("ask_")
        if action == "lead":
            self.leads[deal.id] = self._begin(deal)
        elif action == "ready":
            self._learn(deal, self.known[deal.id] + 1)
        elif action == "return":
            lead.action_return_to_lead(next(self.reasons[deal.id]))
        elif target.startswith("lost"):
            lead.action_set_lost(lost_reason_id=self.env.ref(f"crm.lost_reason_{target[-1]}").id)
            self.dates[deal.id]["date_closed"] = self.env.cr.now()
        elif action.startswith("ask_"):
            self._ask(deal, target)
        else:
            self._move(deal, action, target)

    def _begin(self, deal):
        user = self.manager if deal.user == "admin" else self._ref(f"user_{deal.user}")
        customer = self._ref(f"partner_{deal.customer}")
        return (
            self.env["crm.lead"]
            .with_user(user)
            .create(
                {
                    "name": deal.name,
                    "type": "lead",
                    "partner_name": customer.name,
                    "contact_name": deal.contact,
                    "country_id": customer.country_id.id,
                    "city": customer.city,
                    "team_id": self._ref(f"team_{deal.team}").id,
                    "user_id": user.id,
                    "source_id": self.env.ref(SOURCES[deal.source]).id,
                    "tag_ids": self.env["crm.tag"].search([("name", "=", deal.tag)]).ids,
                    "expected_revenue": deal.revenue,
                    "priority": str(int(deal.id) % 3),
                    **deal.facts("lead", self.env.cr.now().date()),
                }
            )
        )

    def _move(self, deal, action, target):
        """Convert, or enter a stage: knowing what one has to, or by somebody's permission."""
        if target in GATES:
            self._learn(deal, GATES.index(target))
        lead = self.leads[deal.id]
        if action.startswith("?"):
            self._ask(deal, target).with_user(self.manager).action_approve()
        elif action.startswith("!"):
            reason = next(self.reasons[deal.id])
            gates = [self.env.ref(STAGES[target]).id if target in STAGES else CONVERSION]
            lead = lead.with_user(self.manager)._with_override(reason, gates=gates)
        if target == "convert":
            lead.convert_opportunity(self._ref(f"partner_{deal.customer}"))
            self.dates[deal.id]["date_open"] = self.env.cr.now()
        elif not action.startswith("?"):
            lead.stage_id = self.env.ref(STAGES[target])
        self.dates[deal.id]["date_last_stage_update"] = self.env.cr.now()
        if target == "won":
            self.dates[deal.id]["date_closed"] = self.env.cr.now()

    def _ask(self, deal, target):
        """Ask for permission to enter a stage → the ``crm.stage.request``."""
        request_id = self.leads[deal.id].action_request_stage_approval(
            {"stage_id": self.env.ref(STAGES[target]).id, "reason": next(self.reasons[deal.id])}
        )
        return self.env["crm.stage.request"].browse(request_id)

    # ------------------------------------------------------------------
    # What is found out
    # ------------------------------------------------------------------

    def _learn(self, deal, place):
        """Find out what there is to know up to a gate, by its place among them."""
        lead, today = self.leads[deal.id], self.env.cr.now().date()
        new = GATES[self.known[deal.id] + 1 : place + 1]
        self.known[deal.id] = max(place, self.known[deal.id])
        facts = {}
        for gate in new:
            facts |= deal.facts(gate, today)
            if deal.team == "accounts":
                people = [{"lead_id": lead.id, **each} for each in deal.people(gate)]
                self.env["crm.lead.stakeholder"].with_user(lead.env.uid).create(people)
                self._answer(lead, deal.answers(gate), today)
        lead.write(facts)

    def _answer(self, lead, answers, today):
        for name, (answer, evidence) in answers.items():
            criterion = self.env.ref(f"{MODULE}.criterion_meddpicc_{name}")
            values = {"answer": answer, "evidence": evidence}
            record = (
                self.env["crm.qualification.answer"]
                .with_user(lead.env.uid)
                .create({"lead_id": lead.id, "criterion_id": criterion.id, **values})
            )
            self.answers[record] = today, criterion._get_expiry_date(today) or None

    # ------------------------------------------------------------------
    # What is dated by the real clock
    # ------------------------------------------------------------------

    def _date(self):
        leads = self.env["crm.lead"].browse(lead.id for lead in self.leads.values())
        for id_, dates in self.dates.items():
            # sudo: these dates are nobody's to write
            self.leads[id_].sudo().write(dates)
        messages = self.env["mail.message"].search(
            [("model", "=", leads._name), ("res_id", "in", leads.ids)]
        )
        for message in messages:
            message.date = message.create_date
        self._date_answers()

    def _date_answers(self):
        """Let answers be as old as they are: past the ORM, which signs them with today."""
        days, expiry_days = zip(*self.answers.values(), strict=True)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_qualification_answer AS answer
                   SET date = given.date, expiry_date = given.expiry_date
                  FROM unnest(%s::int[], %s::date[], %s::date[])
                       AS given (id, date, expiry_date)
                 WHERE answer.id = given.id
                """,
                [answer.id for answer in self.answers],
                list(days),
                list(expiry_days),
            )
        )
        self.env["crm.qualification.answer"].invalidate_model()
