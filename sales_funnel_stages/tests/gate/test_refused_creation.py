from odoo.tests import Form, tagged

from ...tools.rulebook import ENFORCE, GUIDE
from ..support.common import CONVERT_ANSWERS, StageRuleCommon


@tagged("post_install", "-at_install")
class TestRefusedCreation(StageRuleCommon):
    """The form of a new record knows whether it could be saved as it is."""

    def open_form(self, type_="opportunity", **defaults):
        context = {f"default_{name}": value for name, value in defaults.items()}
        lead_model = self.env["crm.lead"].with_user(self.rep)
        lead_model = lead_model.with_context(default_type=type_, **context)
        form = Form(lead_model, "crm.crm_lead_view_form")
        form.name = "Brand new"
        form.team_id = self.team
        return form

    def is_refused(self, form):
        return form.qualification_checklist["is_refused"]

    def test_it_follows_what_is_filled_in(self):
        form = self.open_form()
        self.assertTrue(self.is_refused(form))
        for name, value in self.answers(CONVERT_ANSWERS).items():
            form[name] = value
        self.assertFalse(self.is_refused(form))
        self.assertFalse(form.save().qualification_checklist["is_refused"])

    def test_it_follows_the_stage(self):
        form = self.open_form(**self.answers(CONVERT_ANSWERS))
        form.stage_id = self.stage_qualified
        self.assertTrue(self.is_refused(form))

    def test_leads_and_what_is_guided_or_starts_freely(self):
        self.assertFalse(self.is_refused(self.open_form("lead")))
        for team in (
            self.make_team("Guided", GUIDE),
            self.make_team("Free", ENFORCE, use_leads=False, is_free_start=True),
        ):
            form = self.open_form()
            form.team_id = team
            self.assertFalse(self.is_refused(form), team.name)
