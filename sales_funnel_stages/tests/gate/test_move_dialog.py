from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, new_test_user, tagged

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    StageRuleCommon,
)

REASON = "They sign on paper"
VIEW = "sales_funnel_stages.crm_lead_view_form_stage_move"
# what enters Qualified but for the requirements and the engagement
NEARLY = {"contact_role": "decision_maker", "first_contact_date": "today"}


@tagged("post_install", "-at_install")
class TestMoveDialog(StageRuleCommon, StageRuleAssertions):
    """The dialog of a refused move of one lead: a form on it, that knows which move it was."""

    def setUp(self):
        super().setUp()
        # forms follow the rules as they are now, whatever a test before has made of them
        self.env["crm.qualification.criterion"]._renew_rulebook()

    def dialog(self, lead, stage=None, **context):
        """Return the form that the dialog shows, of a lead or of one that is to be created."""
        context = {"stage_move_stage_id": stage and stage.id, **context}
        return Form(lead.with_context(**context), view=VIEW)

    def new_dialog(self, stage, user=None, **values):
        """Return the form of an opportunity that a quick create could not create."""
        defaults = {f"default_{name}": value for name, value in values.items()}
        return self.dialog(
            self.env["crm.lead"].with_user(user or self.rep),
            stage,
            stage_move_type="opportunity",
            default_type="opportunity",
            default_stage_id=stage.id,
            **defaults,
        )

    def move_to(self, stage, **more):
        return {"stage_id": stage.id, **more}

    def assert_checklist(self, form, stage, met):
        """Assert for which stage the checklist is, and which of its criteria are (not) met."""
        checklist = form.stage_move_checklist
        lines = {line["name"]: line["is_met"] for line in checklist["lines"]}
        self.assertEqual(checklist["stage"], stage)
        self.assertLessEqual(met.items(), lines.items())
        self.assertEqual((checklist["met"], checklist["total"]), (sum(lines.values()), len(lines)))

    # ------------------------------------------------------------------
    # What it shows
    # ------------------------------------------------------------------

    def test_what_it_says(self):
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        form = self.dialog(lead, self.stage_qualified)
        self.assertEqual(
            form.stage_move_checklist["description"], "“Desks” cannot enter Qualified yet."
        )
        self.assert_checklist(
            form,
            "Qualified",
            {
                "Need identified": True,
                "Requirements identified": False,
                "Engagement discussed": False,
            },
        )
        fields = {line["name"]: line["fields"] for line in form.stage_move_checklist["lines"]}
        self.assertEqual(fields["Requirements identified"], ["requirement_summary"])

    def test_it_follows_what_is_typed(self):
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        form = self.dialog(lead, self.stage_qualified)
        form.requirement_summary = "Forty seats"
        self.assert_checklist(
            form, "Qualified", {"Requirements identified": True, "Engagement discussed": False}
        )
        form.need_level = "none"
        self.assert_checklist(form, "Qualified", {"Need identified": False})
        form.need_level = "weak"
        form.engagement_date = Date.context_today(lead)
        checklist = form.stage_move_checklist
        self.assertEqual(checklist["met"], checklist["total"])
        self.assertEqual(checklist["description"], "“Desks” can enter Qualified now.")
        self.assertEqual(lead.stage_id, self.stage_new)
        self.assertFalse(lead.requirement_summary)

    def test_why_something_is_not_met(self):
        lead = self.make_opportunity("Desks", need_level="none", budget_status="none")
        form = self.dialog(lead, self.stage_qualified)
        told = {line["name"]: line["unmet_as"] for line in form.stage_move_checklist["lines"]}
        self.assertEqual(told["Need identified"], "not_met")
        self.assertEqual(told["Requirements identified"], "missing")
        form.need_level = "weak"
        told = {line["name"]: line["unmet_as"] for line in form.stage_move_checklist["lines"]}
        self.assertFalse(told["Need identified"])

    def test_the_move_counts_in_what_is_judged(self):
        """As in the gate, also while the lead is edited; and it leaves nothing behind."""
        self.criterion(
            "requirements"
        ).domain = (
            "['|', ('stage_id.name', '!=', 'Qualified'), ('requirement_summary', '!=', False)]"
        )
        self.criterion("engagement").domain = "[('stage_id.name', '=', 'Qualified')]"
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        form = self.dialog(lead, self.stage_qualified)
        expected = {"Requirements identified": False, "Engagement discussed": True}
        self.assert_checklist(form, "Qualified", expected)
        form.need_summary = "New office"
        self.assert_checklist(form, "Qualified", expected)
        self.assertEqual(form.stage_id, self.stage_new)
        form.save()
        self.assert_moved(lead, self.stage_new)
        self.assertEqual(lead.need_summary, "New office")

    def test_lines_of_the_lead(self):
        """One2many and many2many as any other field: the dialog has them, and they count."""
        self.criterion("requirements").domain = "[('tag_ids.name', '=', 'Big')]"
        self.criterion("engagement").domain = (
            "[('stakeholder_ids', 'any', [('is_key_contact', '=', True), "
            "('relationship', '=', 'champion')])]"
        )
        tag = self.env["crm.tag"].create({"name": "Big"})
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        form = self.dialog(lead, self.stage_qualified)
        expected = {"Requirements identified": False, "Engagement discussed": False}
        self.assert_checklist(form, "Qualified", expected)
        form.tag_ids.add(tag)
        self.assert_checklist(form, "Qualified", {**expected, "Requirements identified": True})
        with form.stakeholder_ids.new() as line:
            line.contact_name = "Ann"
            line.relationship = "champion"
        self.assert_checklist(form, "Qualified", {"Engagement discussed": False})
        with form.stakeholder_ids.edit(0) as line:
            line.is_key_contact = True
        self.assert_checklist(form, "Qualified", {"Engagement discussed": True})
        form.save()
        self.assertEqual(lead.stakeholder_ids.contact_name, "Ann")
        self.assertEqual(lead.tag_ids, tag)

    def test_any_field_that_a_criterion_names(self):
        """The form gets it with the rule, of whatever type; and loses it with the rule."""
        arch = self.env["crm.lead"].get_view(self.env.ref(VIEW).id, "form")["arch"]
        self.assertNotIn('name="source_id"', arch)
        self.criterion(
            "requirements"
        ).domain = "['|', ('source_id', '!=', False), ('recurring_revenue', '>', 0)]"
        self.criterion("engagement").domain = "[('activity_ids', '!=', False)]"
        arch = self.env["crm.lead"].get_view(self.env.ref(VIEW).id, "form")["arch"]
        self.assertIn('name="source_id"', arch)
        self.assertIn('name="recurring_revenue"', arch)
        lead = self.make_opportunity("Desks")
        form = self.dialog(lead, self.stage_qualified)
        fields = {line["name"]: line["fields"] for line in form.stage_move_checklist["lines"]}
        self.assertEqual(fields["Requirements identified"], ["source_id", "recurring_revenue"])
        self.assertEqual(fields["Engagement discussed"], ["activity_ids"])
        self.criterion("requirements").domain = "[('requirement_summary', '!=', False)]"
        arch = self.env["crm.lead"].get_view(self.env.ref(VIEW).id, "form")["arch"]
        self.assertNotIn('name="source_id"', arch)

    def test_a_planned_activity(self):
        self.criterion("requirements").domain = "[('activity_ids', '!=', False)]"
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        form = self.dialog(lead, self.stage_qualified)
        self.assert_checklist(form, "Qualified", {"Requirements identified": False})
        lead.activity_schedule("mail.mail_activity_data_call")
        form = self.dialog(lead, self.stage_qualified)
        self.assert_checklist(form, "Qualified", {"Requirements identified": True})

    def test_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        lead = self.make_opportunity("Bureaux").with_context(lang="fr_FR")
        form = self.dialog(lead, self.stage_qualified)
        self.assertIn("Bureaux", form.stage_move_checklist["description"])
        self.assertNotIn("cannot", form.stage_move_checklist["description"])

    def test_no_move_at_all(self):
        """Whatever a client says of it, it is a form as any other."""
        lead = self.make_opportunity("Desks")
        for stage_id in (False, -1, 2**31):
            form = Form(lead.with_context(stage_move_stage_id=stage_id), view=VIEW)
            self.assertEqual(form.stage_move_checklist["stage"], "New")

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    def test_filling_in_and_moving(self):
        """In one step; the gate judges both together."""
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        values = {
            "requirement_summary": "Forty seats",
            "engagement_date": Date.context_today(lead),
        }
        rows = len(self.rows(lead))
        done = lead.save_and_move(values, self.move_to(self.stage_qualified))
        self.assertEqual(done, {"id": lead.id, "message": False})
        self.assert_moved(lead, self.stage_qualified)
        self.assertEqual(lead.requirement_summary, "Forty seats")
        self.assert_step(lead, verdict="passed", by_user_id=self.rep)
        self.assertEqual(len(self.rows(lead)), rows + 1)

    def test_filling_in_less_than_is_missing(self):
        """It is refused as any move; what was filled in is saved by a save of its own."""
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        with self.assert_refused(lead, ["engagement"]), self.env.cr.savepoint():
            lead.save_and_move(
                {"requirement_summary": "Forty seats"}, self.move_to(self.stage_qualified)
            )
        self.assertFalse(lead.requirement_summary)
        form = self.dialog(lead, self.stage_qualified)
        form.requirement_summary = "Forty seats"
        form.save()
        self.assertEqual(lead.requirement_summary, "Forty seats")
        self.assert_moved(lead, self.stage_new)

    def test_converting(self):
        lead = self.make_lead("Desks", need_level="weak", budget_status="estimated")
        form = self.dialog(lead, stage_move_type="opportunity")
        self.assertEqual(
            form.stage_move_checklist["description"], "“Desks” cannot become an opportunity yet."
        )
        self.assert_checklist(form, False, {"Budget known": True, "Buys within six months": False})
        lead.save_and_move(
            {"purchase_date": Date.context_today(lead), "partner_id": self.customer.id},
            {"type": "opportunity"},
        )
        self.assert_moved(lead, self.stage_new)
        self.assertTrue(lead.date_conversion)
        self.assertEqual(lead.partner_id, self.customer)

    def test_winning(self):
        lead = self.make_opportunity(
            "Desks",
            stage=self.stage_proposition,
            **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS),
        )
        done = lead.save_and_move(
            {"contract_status": "signed", "partner_id": self.customer.id},
            self.move_to(self.stage_won),
        )
        self.assert_moved(lead, self.stage_won)
        self.assertEqual(lead.probability, 100)
        self.assertTrue(done["message"])

    def test_completing_a_guided_move(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_opportunity("Desks", **self.answers(CONVERT_ANSWERS, NEARLY))
        lead.stage_id = self.stage_qualified
        form = self.dialog(lead, stage_move_is_made=True)
        self.assertEqual(
            form.stage_move_checklist["description"],
            "“Desks” is now in Qualified. Complete what is not met yet.",
        )
        self.assert_checklist(form, "Qualified", {"Requirements identified": False})
        form.requirement_summary = "Forty seats"
        rows = len(self.rows(lead))
        form.save()
        self.assertEqual(lead.requirement_summary, "Forty seats")
        self.assertEqual(len(self.rows(lead)), rows)

    def test_overriding(self):
        """What was filled in stays, and is not overridden."""
        lead = self.make_opportunity(user=self.manager)
        lead.save_and_move(
            {"budget_status": "estimated"},
            self.move_to(self.stage_qualified, reason=REASON, make_good_date="2090-12-31"),
        )
        self.assert_moved(lead, self.stage_qualified)
        self.assertEqual(lead.budget_status, "estimated")
        row = self.assert_step(
            lead,
            verdict="overridden",
            reason=REASON,
            make_good_date=Date.to_date("2090-12-31"),
            direction="forward",
        )
        self.assertNotIn(self.criterion("budget"), row.unmet_criterion_ids)

    def test_what_is_no_reason(self):
        lead = self.make_opportunity(user=self.manager)
        with self.assertRaisesRegex(UserError, "Give a reason"):
            lead.save_and_move({}, self.move_to(self.stage_qualified, reason=" ... "))
        with self.assertRaisesRegex(UserError, "Give a reason"):
            lead.save_and_ask({}, self.move_to(self.stage_qualified))
        with self.assertRaisesRegex(UserError, "in the past"):
            move = self.move_to(self.stage_qualified, reason=REASON, make_good_date="2001-01-01")
            lead.save_and_move({}, move)
        self.assert_moved(lead, self.stage_new)

    def test_without_the_right(self):
        lead = self.make_opportunity()
        with self.assertRaisesRegex(AccessError, "do not have the right"):
            lead.save_and_move({}, self.move_to(self.stage_qualified, reason=REASON))
        self.assert_moved(lead, self.stage_new)

    def test_asking(self):
        self.team.user_id = self.all_rep
        lead = self.make_opportunity()
        done = lead.save_and_ask(
            {"need_level": "strong"}, self.move_to(self.stage_qualified, reason=REASON)
        )
        self.assertIn(self.all_rep.name, done["message"])
        self.assertEqual(lead.need_level, "strong")
        self.assert_moved(lead, self.stage_new)
        self.assertRecordValues(
            lead.stage_request_ids,
            [{"to_stage_id": self.stage_qualified.id, "reason": REASON, "state": "pending"}],
        )
        self.assertNotIn(self.criterion("need"), lead.stage_request_ids.unmet_criterion_ids)

    def test_what_is_no_move(self):
        lead = self.make_opportunity()
        move = self.move_to(self.stage_qualified)
        for values, asked in (([], move), ({1: 2}, move), ({}, None), ({}, {"stage": 1}), ({}, {})):
            for method in (lead.save_and_move, lead.save_and_ask):
                with self.assertRaises(UserError):
                    method(values, asked)
        with self.assertRaisesRegex(UserError, "one lead at a time"):
            (lead + self.make_opportunity("Other")).save_and_move({}, move)

    def test_leads_of_others(self):
        lead = self.make_opportunity("Secret", user=self.all_rep).with_user(self.rep)
        move = self.move_to(self.stage_qualified, reason=REASON)
        for method in (lead.save_and_move, lead.save_and_ask):
            with self.assertRaises(AccessError):
                method({"name": "Mine"}, move)
        employee = new_test_user(self.env, "funnel_employee", "base.group_user")
        leads = self.env["crm.lead"].with_user(employee)
        for call in (
            lambda: leads.save_and_move({"name": "Desks"}, {"type": "opportunity"}),
            lambda: leads.save_and_ask({"name": "Desks"}, {"type": "opportunity"}),
            lambda: leads.create_as_far_as_allowed({"name": "Desks"}),
        ):
            with self.assertRaises(AccessError):
                call()

    # ------------------------------------------------------------------
    # What is to be created
    # ------------------------------------------------------------------

    def test_a_new_one(self):
        form = self.new_dialog(self.stage_new, name="Lamps", need_level="weak")
        checklist = form.stage_move_checklist
        self.assertEqual(
            checklist["description"], "“Lamps” cannot become an opportunity in New yet."
        )
        self.assert_checklist(form, "New", {"Need identified": True, "Budget known": False})
        self.assertFalse(checklist["furthest"])
        form.budget_status = "confirmed"
        self.assert_checklist(form, "New", {"Budget known": False})
        form.budget_amount = 900
        self.assert_checklist(form, "New", {"Budget known": True})

    def test_creating_it(self):
        values = {"name": "Lamps", **self.answers(CONVERT_ANSWERS)}
        leads = self.env["crm.lead"].with_user(self.rep)
        move = {"type": "opportunity", "stage_id": self.stage_new.id}
        lead = leads.browse(leads.save_and_move(values, move)["id"])
        self.assert_moved(lead, self.stage_new)
        self.assertTrue(lead.is_qualified)
        with self.assert_creation_refused("Desks", CONVERT_UNMET), self.env.cr.savepoint():
            leads.save_and_move({"name": "Desks"}, move)

    def test_keeping_it_as_a_lead(self):
        leads = self.env["crm.lead"].with_user(self.rep)
        leads = leads.with_context(default_type="opportunity", default_stage_id=self.stage_new.id)
        values = {"name": "Lamps", "type": "opportunity", "stage_id": self.stage_new.id}
        done = leads.create_as_far_as_allowed({**values, "need_level": "weak"})
        lead = leads.browse(done["id"])
        self.assertFalse(done["stage"])
        self.assertRecordValues(lead, [{"type": "lead", "name": "Lamps", "need_level": "weak"}])

    def test_creating_it_in_an_earlier_stage(self):
        """Where no lead has to be made of it."""
        form = self.new_dialog(self.stage_qualified, name="Lamps", **self.answers(CONVERT_ANSWERS))
        self.assertEqual(form.stage_move_checklist["furthest"], "New")
        values = {
            "name": "Lamps",
            "type": "opportunity",
            "stage_id": self.stage_qualified.id,
            **self.answers(CONVERT_ANSWERS),
        }
        leads = self.env["crm.lead"].with_user(self.rep)
        done = leads.create_as_far_as_allowed(values)
        self.assertEqual(done["stage"], "New")
        self.assert_moved(leads.browse(done["id"]), self.stage_new)

    def test_asking_for_a_new_one(self):
        self.team.user_id = self.all_rep
        leads = self.env["crm.lead"].with_user(self.rep)
        move = {"type": "opportunity", "stage_id": self.stage_new.id, "reason": REASON}
        done = leads.save_and_ask({"name": "Lamps", "stage_id": self.stage_new.id}, move)
        lead = leads.browse(done["id"])
        self.assertEqual(lead.type, "lead")
        self.assertRecordValues(
            lead.stage_request_ids, [{"is_conversion": True, "to_stage_id": self.stage_new.id}]
        )
        # one that may be an opportunity, and asks for more
        values = {
            "name": "Desks",
            "stage_id": self.stage_qualified.id,
            **self.answers(CONVERT_ANSWERS),
        }
        move["stage_id"] = self.stage_qualified.id
        lead = leads.browse(leads.save_and_ask(values, move)["id"])
        self.assert_moved(lead, self.stage_new)
        self.assertRecordValues(
            lead.stage_request_ids,
            [{"is_conversion": False, "to_stage_id": self.stage_qualified.id}],
        )

    def test_asking_without_a_reason_creates_nothing(self):
        leads = self.env["crm.lead"].with_user(self.rep)
        before = leads.search_count([])
        with self.assertRaisesRegex(UserError, "Give a reason"), self.env.cr.savepoint():
            leads.save_and_ask({"name": "Lamps"}, {"type": "opportunity"})
        self.assertEqual(leads.search_count([]), before)

    def test_overriding_for_a_new_one(self):
        leads = self.env["crm.lead"].with_user(self.manager)
        move = {"type": "opportunity", "stage_id": self.stage_qualified.id, "reason": REASON}
        lead = leads.browse(leads.save_and_move({"name": "Lamps"}, move)["id"])
        self.assert_moved(lead, self.stage_qualified)
        self.assert_step(lead, verdict="overridden", reason=REASON)

    def test_lines_of_a_new_one(self):
        self.criterion("budget").domain = "[('tag_ids', '!=', False)]"
        tag = self.env["crm.tag"].create({"name": "Big"})
        form = self.new_dialog(self.stage_new, name="Lamps")
        form.tag_ids.add(tag)
        self.assert_checklist(form, "New", {"Budget known": True})
        leads = self.env["crm.lead"].with_user(self.rep)
        values = {
            "name": "Lamps",
            **self.answers(CONVERT_ANSWERS),
            "tag_ids": [Command.link(tag.id)],
        }
        move = {"type": "opportunity", "stage_id": self.stage_new.id}
        self.assertEqual(leads.browse(leads.save_and_move(values, move)["id"]).tag_ids, tag)
