from freezegun import freeze_time

from odoo.fields import Command, Date
from odoo.tests import tagged

from ..support.columns import get_differences, read_columns
from ..support.common import CONVERT_ANSWERS, QUALIFIED_ANSWERS, LeadsInUseCommon

# who has written last, and when; what Odoo predicts, and what follows from that
ALWAYS = {
    "write_uid",
    "write_date",
    "probability",
    "automated_probability",
    "prorated_revenue",
    "recurring_revenue_prorated",
    "recurring_revenue_monthly_prorated",
}


@tagged("post_install", "-at_install")
class TestWayBackFields(LeadsInUseCommon):
    """A way back changes what it says it does, and no other field: nothing is derived anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_team = cls.make_team("Others", "guide", sequence=0)
        cls.other_team.member_ids = [Command.set(cls.rep.copy({"login": "other"}).ids)]
        for team in cls.team + cls.other_team:
            team.lead_properties_definition = [
                {"name": "aaaa", "string": "Motto", "type": "char", "default": "none"}
            ]

    def make_deals(self):
        """One of each kind: with a customer whose data are others, in others' hands, …"""
        values = {
            "contact_name": "Eve Newton",
            "partner_name": "Newton Ltd",
            "function": "Director",
            "website": "https://newton.example.com",
            "street": "Meir 1",
            "city": "Antwerp",
            "phone": "+32 2 290 34 90",
            "lang_id": self.env.ref("base.lang_en").id,
            "country_id": self.env.ref("base.be").id,
            **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS),
        }
        self.customer.write({"street": "Rue Haute 2", "function": "Buyer"})
        deals = self.make_opportunity("Alone", self.stage_qualified, **values)
        deals += self.make_opportunity("Of a customer", partner_id=self.customer.id, **values)
        # of a salesperson who is of no such team
        deals += self.make_opportunity("Handed over", team_id=self.other_team.id, **values)
        deals += self.make_opportunity("Likely", self.stage_qualified, probability=40, **values)
        deals.sudo()[:1].lead_properties = {"aaaa": "Onwards"}
        deals.sudo().date_conversion = "2026-01-05 10:00:00"
        return deals.sudo()

    def assert_same_but(self, deals, before, *names):
        changed = get_differences(before, read_columns(deals, {*ALWAYS, *names}))
        self.assertEqual(changed, {})

    def read_before(self, deals, *names):
        return read_columns(deals, {*ALWAYS, *names})

    def test_return_to_lead(self):
        deals = self.make_deals()
        changing = ("type", "stage_id", "date_conversion", "date_last_stage_update")
        before = self.read_before(deals, *changing)
        deals.with_user(self.manager).action_return_to_lead("They only look round")
        self.assert_same_but(deals, before, *changing)
        self.assertEqual(
            {row["write_uid"] for row in read_columns(deals).values()}, {self.manager.id}
        )

    def test_restore(self):
        deals = self.make_deals()
        # when it was lost, Odoo forgets
        before = self.read_before(deals, "date_closed", "day_close")
        deals.with_user(self.rep).action_set_lost()
        deals.with_user(self.rep).action_unarchive()
        self.assert_same_but(deals, before, "date_closed", "day_close")

    def test_revisit(self):
        deals = self.make_deals()
        changing = ("type", "stage_id", "date_conversion", "date_last_stage_update")
        before = self.read_before(deals, *changing)
        with freeze_time(Date.add(Date.today(), days=-30)):
            deals.action_set_lost(revisit_date=Date.add(Date.today(), days=30))
        with self.enter_registry_test_mode():
            self.env.ref("sales_funnel_stages.ir_cron_revisit").method_direct_trigger()
        self.assertEqual(set(deals.mapped("won_status")), {"pending"})
        self.assert_same_but(deals, before, *changing)
