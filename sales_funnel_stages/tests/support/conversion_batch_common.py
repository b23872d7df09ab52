from unittest.mock import patch

from odoo.tests import Form

from ...models.mass_conversion import chunks
from ...names import BATCH_LIMIT_PARAMETER
from .common import CONVERT_ANSWERS, LeadsInUseCommon

JOB = "sales_funnel_stages.ir_cron_conversion_batch"
WIZARD_VIEW = "crm.view_crm_lead2opportunity_partner_mass"


class ConversionBatchCommon(LeadsInUseCommon):
    """More than one lead is a batch, and two are a chunk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param(BATCH_LIMIT_PARAMETER, "1")
        cls.startClassPatcher(patch.object(chunks, "CHUNK_SIZE", 2))

    def make_leads(self, *names, user=None, **values):
        """Create leads that meet the rules, each with a company and an e-mail of its own."""
        user = user or self.all_rep
        leads = self.env["crm.lead"].with_user(user)
        for name in names:
            leads += self.make_lead(
                name,
                user,
                **{
                    "partner_name": f"{name} Ltd",
                    "contact_name": f"Ann {name}",
                    "email_from": f"{name.lower()}@batch.example.com",
                    **self.answers(CONVERT_ANSWERS),
                    **values,
                },
            )
        return leads

    def open_wizard(self, leads):
        """Open the wizard as the web client does from a selection in the list."""
        return Form(
            leads.env["crm.lead2opportunity.partner.mass"].with_context(
                active_model="crm.lead", active_id=leads[0].id, active_ids=leads.ids
            ),
            view=WIZARD_VIEW,
        )

    def convert(self, leads, users=None, **values):
        """Convert leads with the wizard; return what it opens."""
        form = self.open_wizard(leads)
        for user in users or ():
            form.user_ids.add(user)
        for name, value in values.items():
            form[name] = value
        action = form.save().action_mass_convert()
        return leads.env[action["res_model"]].browse(action["res_id"])

    def get_triggers(self):
        """Return what sets the scheduled job going."""
        return self.env["ir.cron.trigger"].search([("cron_id", "=", self.env.ref(JOB).id)])

    def assert_woken(self, _batch):
        """Assert that a batch that was just started is going to be worked on."""
        self.assertTrue(self.get_triggers())

    def work(self):
        """Let Odoo run the scheduled job."""
        with self.enter_registry_test_mode():
            self.env.ref(JOB).method_direct_trigger()

    def work_on_chunk(self):
        """Do what a job does in one transaction; return how many leads it has worked on."""
        # it begins with nothing to be written
        self.env.flush_all()
        return self.env["crm.lead.conversion.batch"].sudo()._work_on_chunk()

    def outcomes(self, batch):
        """Return ``{name: state}`` of the leads of a batch."""
        return {line.lead_name: line.state for line in batch.sudo().line_ids}
