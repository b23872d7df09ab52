from odoo.tests import tagged

from .case import StageRuleAssertions
from .common import StageRuleCommon

OUTCOMES = ["advanced", "lost", "returned", "set_aside", "merged", "deleted", "still_here"]


@tagged("post_install", "-at_install")
class TestFunnelReport(StageRuleCommon, StageRuleAssertions):
    """The rows of the report, and how the web client reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["crm.funnel.report"]

    def test_adds_up(self):
        lead = self.make_lead(user=self.manager).with_env(self.env)
        lead.convert_opportunity(False)
        lead.stage_id = self.stage_proposition
        lead.action_set_lost()
        for form in ("sorted", "looked up"):
            groups = self.report.with_context(funnel_form=form)._read_group(
                [("lead_ref", "=", lead.id)],
                ["step_type", "stage_id"],
                ["entered:sum", *(f"{name}:sum" for name in OUTCOMES), "reached:count_distinct",
                 "conversion_rate:ratio", "median_days_in_step:median"],
            )
            for group in groups:
                print(group)
                self.assertEqual(group[2], sum(group[3:10]))
