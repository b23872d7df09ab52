from odoo.tests import Form, HttpCase, tagged

from ...models.qualification.page import PAGE_FIELDS
from ..support.common import StageRuleCommon


class PageCommon(StageRuleCommon):
    """A team whose framework asks why they buy, and a question."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["crm.qualification.framework"].create({"name": "Ours"})
        cls.team.framework_id = cls.own

    @classmethod
    def ask(cls, stage=None, **values):
        """Let the framework ask for a criterion, to convert by default."""
        criterion = cls.env["crm.qualification.criterion"].create(
            {"name": "Asked for", "framework_id": cls.own.id, **values}
        )
        cls.env["crm.stage.rule"].create(
            {
                "framework_id": cls.own.id,
                "criterion_id": criterion.id,
                "stage_id": stage and stage.id,
            }
        )
        return criterion


@tagged("post_install", "-at_install")
class TestPage(PageCommon):
    """The page shows what the record's framework asks for; what it does not is folded."""

    def shown(self, lead):
        """Return the names of the fields that are not folded."""
        return set(PAGE_FIELDS) - set(lead.unasked_fields or ())

    def test_the_default_framework_asks_for_all(self):
        self.team.framework_id = self.framework
        self.assertFalse(self.make_lead().unasked_fields)
        self.assertFalse(self.make_opportunity().unasked_fields)

    def test_another_framework_asks_for_less(self):
        self.ask(domain="[('need_level', '=', 'strong')]")
        lead = self.make_lead()
        # what is noted beside an answer is where the answer is
        agreement = {"payment_terms_status", "contract_status"}
        self.assertEqual(self.shown(lead) - agreement, {"need_level", "need_summary"})
        self.assertEqual(self.shown(self.make_opportunity()), {"need_level", "need_summary"})

    def test_a_detail_brings_its_answer(self):
        self.ask(domain="[('budget_amount', '>', 100)]")
        self.assertLessEqual({"budget_amount", "budget_status"}, self.shown(self.make_lead()))

    def test_what_a_later_stage_asks_for(self):
        self.ask(self.stage_won, domain="[('purchase_date', '!=', False)]")
        self.assertIn("purchase_date", self.shown(self.make_lead()))

    def test_an_agreement_is_no_question_to_a_lead(self):
        self.ask(domain="[('need_level', '=', 'strong')]")
        unasked = self.make_lead().unasked_fields
        self.assertTrue(unasked)
        self.assertTrue({"payment_terms_status", "contract_status"}.isdisjoint(unasked))

    def test_where_nothing_is_asked_for_all_are_alike(self):
        self.assertFalse(self.make_opportunity().unasked_fields)

    def test_questions_alone(self):
        self.ask(check_by="answer")
        self.assertEqual(self.shown(self.make_opportunity()), set())

    def test_it_follows_the_team_in_the_form(self):
        self.ask(domain="[('need_level', '=', 'strong')]")
        with Form(self.make_opportunity()) as form:
            self.assertIn("budget_status", form.unasked_fields)
            form.team_id = self.make_team("Others", "off", framework_id=self.framework.id)
            self.assertFalse(form.unasked_fields)

    def test_each_field_is_shown_once(self):
        self.ask(domain="[('need_level', '=', 'strong')]")
        arch = self.env["crm.lead"].get_view(view_type="form")["arch"]
        for name in PAGE_FIELDS:
            with self.subTest(name=name):
                self.assertEqual(arch.count(f'name="{name}"'), 2)

    def test_what_is_folded_can_be_filled_in(self):
        self.ask(domain="[('need_level', '=', 'strong')]")
        with Form(self.make_opportunity()) as form:
            form.need_level = "weak"
            form.purchase_date = "2030-01-31"


@tagged("post_install", "-at_install")
class TestPageTour(HttpCase, PageCommon):
    def test_more(self):
        self.ask(domain="[('need_level', '=', 'strong')]")
        lead = self.make_opportunity("Tour: desks")
        self.start_tour("/odoo", "sales_funnel_stages_more_fields", login=self.rep.login)
        self.assertEqual((lead.need_level, lead.supplier_status), ("weak", "dismissed"))
