from odoo.fields import Command, Date
from odoo.tests import TransactionCase, new_test_user

from ..tools.rulebook import ENFORCE

# answers that meet the default framework, gate by gate
CONVERT_ANSWERS = {"need_level": "weak", "budget_status": "estimated", "purchase_date": "today"}
QUALIFIED_ANSWERS = {
    "contact_role": "decision_maker",
    "first_contact_date": "today",
    "requirement_summary": "Forty seats, single sign-on",
    "engagement_date": "today",
}
PROPOSITION_ANSWERS = {
    "need_level": "strong",
    "payment_terms_status": "in_discussion",
    "supplier_status": "no_supplier",
}
WON_ANSWERS = {"contract_status": "signed"}

# the required criteria of the default framework, gate by gate, by the end of their XML ids
CONVERT_UNMET = ["need", "budget", "timeframe"]
QUALIFIED_UNMET = [*CONVERT_UNMET, "relationship", "requirements", "engagement"]
PROPOSITION_UNMET = [*QUALIFIED_UNMET, "strong_need", "payment_terms", "supplier"]
WON_UNMET = [*PROPOSITION_UNMET, "contract", "customer"]


class StageRuleCommon(TransactionCase):
    """A team that enforces the default framework on Odoo's stock stages, and its people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.env["crm.stage.rule"].search([]).unlink()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.env["crm.stage"].search([]).unlink()
        cls.stage_new, cls.stage_qualified, cls.stage_proposition, cls.stage_won = cls.env[
            "crm.stage"
        ].create(
            [
                {"name": "New", "sequence": 1},
                {"name": "Qualified", "sequence": 2},
                {"name": "Proposition", "sequence": 3},
                {"name": "Won", "sequence": 70, "is_won": True},
            ]
        )
        cls.framework = cls.env.ref("sales_funnel_stages.framework_bant")
        cls.framework._bind_to_stages()
        cls.env.company.qualification_framework_id = cls.framework
        cls.rep = new_test_user(cls.env, "funnel_rep", "sales_team.group_sale_salesman")
        cls.all_rep = new_test_user(
            cls.env, "funnel_all_rep", "sales_team.group_sale_salesman_all_leads"
        )
        cls.manager = new_test_user(cls.env, "funnel_manager", "sales_team.group_sale_manager")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Enforcers",
                "use_leads": True,
                "stage_rule_policy": ENFORCE,
                "member_ids": [Command.set([cls.rep.id, cls.all_rep.id, cls.manager.id])],
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "email": "info@acme.example.com"}
        )

    @classmethod
    def criterion(cls, name):
        """Return a criterion of the default framework by the end of its XML id."""
        return cls.env.ref(f"sales_funnel_stages.criterion_bant_{name}")

    @classmethod
    def answers(cls, *groups):
        """Return values for a lead from groups of answers; "today" becomes the date."""
        values = {}
        for group in groups:
            values.update(group)
        return {
            name: Date.context_today(cls.env.user) if value == "today" else value
            for name, value in values.items()
        }

    @classmethod
    def make_team(cls, name, policy, **values):
        """Create another team, without members: nobody is in two teams."""
        return cls.env["crm.team"].create(
            {"name": name, "use_leads": True, "stage_rule_policy": policy, **values}
        )

    @classmethod
    def make_lead(cls, name="Some lead", user=None, **values):
        """Create a lead of the enforcing team, as OdooBot, whom no rule holds back.

        :return: the lead, as ``user`` (the rep by default) sees it
        """
        user = user or cls.rep
        lead = cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "lead",
                "user_id": user.id,
                "team_id": cls.team.id,
                **values,
            }
        )
        return lead.with_user(user)

    @classmethod
    def make_opportunity(cls, name="Some opportunity", stage=None, user=None, **values):
        """As ``make_lead``, for an opportunity in a stage (the first by default)."""
        return cls.make_lead(
            name,
            user,
            **{"type": "opportunity", "stage_id": (stage or cls.stage_new).id, **values},
        )
