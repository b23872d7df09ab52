from odoo.fields import Date
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ...tools.rulebook import ENFORCE, OFF, RECOMMENDED, REQUIRED
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_UNMET,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    WON_UNMET,
    StageRuleCommon,
)


@tagged("post_install", "-at_install")
class TestQualificationPanel(StageRuleCommon):
    """What the panel is told: the next step, all later ones, and what those behind needed."""

    def gates(self, checklist):
        """Return ``[(stage, met, total)]`` of the steps ahead."""
        return [(gate["stage"], gate["met"], gate["total"]) for gate in checklist["gates"]]

    def names(self, ids):
        """Return the ends of the XML ids of criteria of the default framework."""
        names = {self.criterion(name).id: name for name in [*WON_UNMET, "authority", "contact"]}
        return [names[id_] for id_ in ids]

    def owed(self, checklist):
        """Return what the steps behind needed and is not met: ``{criterion: stage}``."""
        return {
            self.names([line["id"]])[0]: line["since"]["stage"]
            for line in checklist["lines"]
            if line["since"] and not line["is_met"]
        }

    def test_the_steps_ahead_of_a_lead(self):
        checklist = self.make_lead(**self.answers(CONVERT_ANSWERS)).qualification_checklist
        self.assertEqual(
            self.gates(checklist),
            [
                (False, 3, len(CONVERT_UNMET)),
                ("Qualified", 3, len(QUALIFIED_UNMET)),
                ("Proposition", 3, len(PROPOSITION_UNMET)),
                ("Won", 3, len(WON_UNMET)),
            ],
        )
        self.assertEqual((checklist["met"], checklist["total"]), (3, 3))
        self.assertFalse(checklist["is_there"])
        self.assertFalse(any(line["since"] for line in checklist["lines"]))

    def test_the_steps_ahead_of_an_opportunity(self):
        lead = self.make_opportunity(stage=self.stage_qualified)
        checklist = lead.qualification_checklist
        self.assertEqual([gate["stage"] for gate in checklist["gates"]], ["Proposition", "Won"])
        self.assertEqual(checklist["gates"][0]["id"], self.stage_proposition.id)
        self.assertEqual(checklist["policy"], ENFORCE)

    def test_only_stages_of_the_team_s_pipeline(self):
        self.stage_proposition.team_ids = self.make_team("Others", OFF)
        self.env["crm.stage"].create(
            {"name": "On hold", "sequence": 2, "is_outside_pipeline": True}
        )
        checklist = self.make_opportunity().qualification_checklist
        self.assertEqual([gate["stage"] for gate in checklist["gates"]], ["Qualified", "Won"])

    def test_each_criterion_is_said_once(self):
        checklist = self.make_opportunity().qualification_checklist
        lines = [line["id"] for line in checklist["lines"] + checklist["later_lines"]]
        self.assertEqual(len(lines), len(set(lines)))
        self.assertEqual(
            {id_ for id_, _tier in checklist["gates"][-1]["asked"]},
            set(lines),
        )
        self.assertEqual(
            [line["id"] for line in checklist["lines"]],
            [id_ for id_, _tier in checklist["gates"][0]["asked"]],
        )

    def test_a_sign_that_a_later_step_requires(self):
        checklist = self.make_lead().qualification_checklist
        requirements = self.criterion("requirements").id
        tiers = [dict(gate["asked"])[requirements] for gate in checklist["gates"]]
        self.assertEqual(tiers, [RECOMMENDED, REQUIRED, REQUIRED, REQUIRED])
        line = next(line for line in checklist["lines"] if line["id"] == requirements)
        self.assertEqual(line["tier"], RECOMMENDED)

    def test_the_score_is_that_of_the_lead(self):
        lead = self.make_lead(need_level="weak")
        scores = [gate["score"] for gate in lead.qualification_checklist["gates"]]
        self.assertEqual(scores[0], lead.qualification_score)
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertTrue(0 < scores[-1] < scores[0] < 100)

    def test_what_is_no_longer_true(self):
        lead = self.make_opportunity(
            stage=self.stage_qualified, **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        )
        with Form(lead) as form:
            self.assertEqual(self.owed(form.qualification_checklist), {})
            form.need_level = "none"
            form.engagement_date = False
            self.assertEqual(
                self.owed(form.qualification_checklist),
                {"need": False, "engagement": "Qualified"},
            )

    def test_where_the_pipeline_ends(self):
        checklist = self.make_opportunity(stage=self.stage_won).qualification_checklist
        self.assertTrue(checklist["is_there"])
        self.assertEqual([gate["stage"] for gate in checklist["gates"]], ["Won"])
        self.assertEqual(self.owed(checklist), {})

    def test_it_follows_all_steps_while_somebody_types(self):
        with Form(self.make_opportunity()) as form:
            before = self.gates(form.qualification_checklist)
            form.contract_status = "signed"
            after = self.gates(form.qualification_checklist)
            self.assertEqual([met for _stage, met, _total in before], [0, 0, 0])
            self.assertEqual([met for _stage, met, _total in after], [0, 0, 1])

    def test_the_fields_to_fill(self):
        lines = self.make_lead().qualification_checklist["lines"]
        fields = {self.names([line["id"]])[0]: line["fields"] for line in lines}
        self.assertEqual(fields["budget"], ["budget_status", "budget_amount"])
        self.assertEqual(fields["authority"], ["contact_role", "stakeholder_ids"])
        needed = {self.names([line["id"]])[0]: line["needed"] for line in lines}
        # an estimated budget may have no amount, and there are two ways to know who decides
        self.assertEqual(needed["budget"], ["budget_status"])
        self.assertEqual(needed["authority"], [])

    def test_the_stages_are_read_at_once(self):
        lead = self.make_opportunity()
        self.env.invalidate_all()
        lead.mapped("qualification_checklist")  # what the registry keeps is read once
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(len(lead.qualification_checklist["gates"]), 3)
        few = self.env.cr.sql_log_count - before
        self.env["crm.stage"].create([{"name": f"Step {n}", "sequence": 4} for n in range(5)])
        self.env.invalidate_all()
        lead.mapped("qualification_checklist")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(len(lead.qualification_checklist["gates"]), 8)
        self.assertEqual(self.env.cr.sql_log_count - before, few)

    def test_an_opportunity_that_is_not_saved_yet(self):
        lead_model = self.env["crm.lead"].with_user(self.rep)
        with Form(lead_model.with_context(default_type="opportunity")) as form:
            form.name = "Brand new"
            form.team_id = self.team
            checklist = form.qualification_checklist
            self.assertFalse(checklist["gates"][0]["stage"])
            self.assertFalse(checklist["is_there"])
            form.need_level = "weak"
            form.budget_status = "estimated"
            form.purchase_date = Date.context_today(self.rep)


@tagged("post_install", "-at_install")
class TestQualificationPanelTour(HttpCase, StageRuleCommon):
    def test_qualification_panel(self):
        lead = self.make_opportunity("Tour: desks", **self.answers(CONVERT_ANSWERS))
        lead.write({"need_level": False, "engagement_date": Date.context_today(lead)})
        lead.write({"requirement_summary": "Forty seats", "first_contact_date": "2026-01-01"})
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo", "sales_funnel_stages_qualification_panel", login=self.rep.login
            )
        self.assertEqual(lead.need_level, "weak")
        self.assertEqual(lead.contact_role, "buyer")
        self.assertEqual(lead.stage_id, self.stage_qualified)
