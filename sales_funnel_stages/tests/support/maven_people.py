from contextlib import suppress

from odoo.fields import Date

from ...exceptions import StageRuleError
from .maven import MavenImport
from .maven_files import MUCH, xmlid
from .permission import by_permission

# whose team is guided, and who lets deals pass
GUIDED = "Dustin Brinkmann"
LENIENT = "Melvin Marxen"


class MavenPeople(MavenImport):
    """As people go about it, rather than as they should: the whole way of the real pipeline.

    One team is guided and not held back. In that team, and in one whose manager overrides,
    nobody asks for the budget of what costs little, until it is won. All agents first try to
    convert, and all but theirs to move on, without an answer. Deals have a source, and a reason
    why they are lost, both by their product.
    """

    def import_master_data(self):
        result = super().import_master_data()
        self.env.ref(xmlid("team", GUIDED)).stage_rule_policy = "guide"
        products = dict.fromkeys(deal.product for deal in self.files.deals)
        for model, many in (("utm.source", "sources"), ("crm.lost.reason", "reasons")):
            records = self.env[model].create([{"name": f"For {name}"} for name in products])
            setattr(self, many, dict(zip(products, records, strict=True)))
        return result

    def import_leads(self):
        result = super().import_leads()
        for product, deals in self._by_product(self.files.deals).items():
            self.leads(deals).source_id = self.sources[product]
        return result

    def convert(self):
        self.try_to_convert([deal for deal in self.files.deals if not self._is_of(deal, GUIDED)])
        unknown = [deal for deal in self.files.deals if self._is_budget_unknown(deal)]
        self._answer_without_budget_of(unknown)
        let_pass = [deal for deal in unknown if self._is_of(deal, LENIENT)]
        for leads in self._let_pass(let_pass):
            for lead in leads:
                lead.convert_opportunity(lead.partner_id)
        left = [deal for deal in self.files.deals if deal not in let_pass]
        for leads in self._of_each_agent(left, "converted"):
            self.convert_in_mass(leads)

    def _answer_without_budget_of(self, deals):
        table = self.files.answers_to_convert(self.files.deals)
        number = table.fields.index("budget_status")
        ids = {deal.xmlid for deal in deals}
        for row in table.rows:
            if row[0] in ids:
                row[number : number + 2] = ["", ""]
        self.load(table)

    def engage(self):
        deals = [deal for deal in self.files.deals if not self._is_of(deal, GUIDED)]
        for leads in self._of_each_agent(deals, "tried to move"):
            with suppress(StageRuleError):
                leads.write({"stage_id": self.stages["qualified"].id})
        return super().engage()

    def lose(self):
        lost = [deal for deal in self.files.deals if deal.stage == "Lost"]
        for product, deals in self._by_product(lost).items():
            self.leads(deals).lost_reason_id = self.reasons[product]
        return super().lose()

    def _move(self, deals, stage):
        let_pass = [
            deal for deal in deals if self._is_budget_unknown(deal) and self._is_of(deal, LENIENT)
        ]
        for leads in self._let_pass(let_pass):
            leads.stage_id = stage
        return super()._move([deal for deal in deals if deal not in let_pass], stage)

    def _let_pass(self, deals):
        """Yield leads as their manager sees them, who lets them pass; most owe something."""
        manager = self.env.ref(xmlid("user", LENIENT))
        freely = deals[::4]
        owing = [deal for deal in deals if deal not in freely]
        for some, make_good_date in ((freely, False), (owing, Date.today())):
            leads = self.leads(some).with_user(manager)
            yield leads.with_context(**by_permission("It costs little", make_good_date))

    def _is_budget_unknown(self, deal):
        return deal.list_price < MUCH and (self._is_of(deal, GUIDED) or self._is_of(deal, LENIENT))

    def _is_of(self, deal, manager):
        team = self.env.ref(xmlid("team", manager))
        return self.env.ref(xmlid("user", deal.agent)) in team.member_ids

    @staticmethod
    def _by_product(deals):
        found = {}
        for deal in deals:
            found.setdefault(deal.product, []).append(deal)
        return found
