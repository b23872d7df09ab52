from odoo.tools import SQL

from .common import StageRuleCommon
from .funnel_case import FunnelAssertions
from .guard import let_history_change


class FunnelReportCommon(StageRuleCommon, FunnelAssertions):
    """One lead in each step, by OdooBot, whom no rule holds back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["crm.funnel.report"]
        cls.stage_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 0, "is_outside_pipeline": True}
        )
        cls.lead = cls.make_lead("A lead").with_env(cls.env)
        cls.deals = cls.env["crm.lead"].union(
            *(
                cls.make_opportunity(stage.name, stage).with_env(cls.env)
                for stage in (
                    cls.stage_won,
                    cls.stage_hold,
                    cls.stage_proposition,
                    cls.stage_new,
                    cls.stage_qualified,
                )
            )
        )
        cls.leads = cls.lead + cls.deals
        cls.domain = [("lead_ref", "in", cls.leads.ids)]

    def labels(self, *names, order=None):
        """Return the values of groups, in the order of the report."""
        groups = self.report._read_group(self.domain, names, ["__count"], order=order)
        return [
            tuple(
                (value.name or "") if hasattr(value, "_ids") else value
                for value in group[: len(names)]
            )
            for group in groups
        ]

    def set_date(self, lead, date):
        self.env.flush_all()
        let_history_change(self.env)
        self.env.execute_query(
            SQL(
                "UPDATE crm_stage_transition SET date = %s WHERE lead_ref = %s RETURNING id",
                date,
                lead.id,
            )
        )
        self.env.invalidate_all()
