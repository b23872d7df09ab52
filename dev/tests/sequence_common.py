"""Where random sequences of moves take place: people, teams, stages, rules and leads."""

from datetime import timedelta

from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon

from .reference import LEAD, OPPORTUNITY

# what the criteria ask of a lead, in Python and in a domain
CRITERIA = {
    "A need": (lambda lead: bool(lead.need_level), "[('need_level', '!=', False)]"),
    "A budget": (
        lambda lead: lead.budget_status in ("estimated", "confirmed"),
        "[('budget_status', 'in', ('estimated', 'confirmed'))]",
    ),
    "A customer": (lambda lead: bool(lead.partner_id), "[('partner_id', '!=', False)]"),
    "A contract": (
        lambda lead: lead.contract_status == "signed",
        "[('contract_status', '=', 'signed')]",
    ),
}


class SequenceCommon(StageRuleCommon):
    """Three teams, two frameworks, and stages of one team only, outside the pipeline, and won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.qualification.framework"].search([]).rule_ids.unlink()
        cls.stage_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 2, "is_outside_pipeline": True}
        )
        cls.frameworks = cls.env["crm.qualification.framework"].create(
            [{"name": "First"}, {"name": "Second"}]
        )
        cls.criteria = {
            framework: cls.env["crm.qualification.criterion"].create(
                [
                    {"name": name, "domain": domain, "framework_id": framework.id}
                    for name, (_is_met, domain) in CRITERIA.items()
                ]
            )
            for framework in cls.frameworks
        }
        cls.is_met = {
            criterion.id: CRITERIA[criterion.name][0]
            for criteria in cls.criteria.values()
            for criterion in criteria
        }
        cls._make_people_and_teams()
        first, second = cls.frameworks
        cls.no_stage = cls.env["crm.stage"]
        for framework, number, stage in [
            (first, 0, cls.no_stage),
            (first, 1, cls.stage_qualified),
            (first, 3, cls.stage_won),
            (second, 2, cls.no_stage),
            (second, 0, cls.stage_proposition),
        ]:
            cls._add_rule(framework, cls.criteria[framework][number], stage)
        cls.env.company.write(
            {"qualification_framework_id": first.id, "stage_rule_policy": "guide"}
        )
        cls.users = cls.rep + cls.other_rep + cls.manager
        cls._make_leads()

    @classmethod
    def _make_people_and_teams(cls):
        first, second = cls.frameworks
        cls.other_rep = cls.all_rep
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.odoobot = cls.env["res.users"].browse(SUPERUSER_ID)
        cls.team.write({"framework_id": first.id, "member_ids": [Command.set(cls.rep.ids)]})
        cls.guided = cls.make_team(
            "Guided", "guide", framework_id=second.id, member_ids=cls.other_rep.ids
        )
        cls.free = cls.make_team("Free", "enforce", framework_id=first.id, use_leads=False)
        cls.teams = cls.team + cls.guided + cls.free
        cls.stage_legal = cls.env["crm.stage"].create(
            {"name": "Legal", "sequence": 4, "team_ids": [Command.set(cls.team.ids)]}
        )
        cls.stage_demo = cls.env["crm.stage"].create(
            {"name": "Demo", "sequence": 0, "team_ids": [Command.set(cls.guided.ids)]}
        )
        cls.stages = (
            cls.stage_new
            + cls.stage_qualified
            + cls.stage_proposition
            + cls.stage_won
            + cls.stage_hold
            + cls.stage_legal
            + cls.stage_demo
        )

    @classmethod
    def _make_leads(cls):
        cls.leads = cls.env["crm.lead"]
        for name, type_, team, user, stage in [
            ("Ada", LEAD, cls.team, cls.rep, cls.stage_new),
            ("Bo", OPPORTUNITY, cls.team, cls.rep, cls.stage_qualified),
            ("Cy", LEAD, cls.guided, cls.other_rep, cls.stage_new),
            ("Di", OPPORTUNITY, cls.guided, cls.other_rep, cls.stage_demo),
            ("Ed", OPPORTUNITY, cls.free, cls.manager, cls.stage_new),
            ("Fi", OPPORTUNITY, cls.team, cls.rep, cls.stage_qualified),
        ]:
            values = {"type": type_, "team_id": team.id, "stage_id": stage.id}
            cls.leads += cls.make_lead(name, user, **values).with_env(cls.env)
        lost = cls.leads.filtered(lambda lead: lead.name == "Fi")
        lost.action_set_lost()
        cls.env.flush_all()
        # Odoo and the addon treat what was created in the same transaction in another way.
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET create_date = %s WHERE id IN %s",
                cls.env.cr.now() - timedelta(days=3),
                tuple(cls.leads.ids),
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _add_rule(cls, framework, criterion, stage):
        cls.env["crm.stage.rule"].create(
            {
                "framework_id": framework.id,
                "criterion_id": criterion.id,
                "stage_id": stage.id,
            }
        )
