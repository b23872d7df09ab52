from odoo import api, fields, models
from odoo.fields import Domain

from .batch import PAUSED, RUNNING
from .line import CANCELLED, DONE, FAILED, SKIPPED, UNDOING, UNDONE, WAITING


class CrmLeadConversionBatchLine(models.Model):
    _inherit = "crm.lead.conversion.batch.line"

    def action_retry(self):
        """Have those of these tried once more that failed, or were left as they are."""
        self.check_access("read")
        # sudo: nobody may write on lines; whoever may read one may have it tried again
        lines = self.sudo().filtered(lambda line: line.state in (FAILED, SKIPPED))
        lines.filtered(lambda line: line.batch_id.state not in (UNDOING, UNDONE))._retry()

    def _retry(self):
        # a permission is bound to who gave it
        user = self.env["crm.lead"]._get_real_user()
        own = self.filtered(lambda line: line.batch_id.user_id == user)
        own.is_reason_void = False
        (self - own).is_reason_void = True
        self.write({"state": WAITING, "reason": False, "date": False})
        self.batch_id.write({"state": RUNNING, "end_date": False})
        self.batch_id._wake_jobs()


class CrmLeadConversionBatch(models.Model):
    """How a batch is started, paused, resumed and cancelled, and what failed is tried again."""

    _inherit = "crm.lead.conversion.batch"

    @api.model
    def _start(self, leads, values):
        """Have these leads converted by the scheduled jobs.

        :param leads: in the order in which they are assigned
        :param dict values: the choices, as fields of the batch
        :return: the batch
        """
        leads.check_access("write")
        line_values = leads._prepare_batch_lines(values.get("deduplicate"))
        # sudo: nobody may write on batches; whoever may write on all its leads may start one
        batch = self.sudo().create(
            {
                **values,
                "name": self.env._("Conversion of %s leads", len(leads)),
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                "user_context": self._get_user_context(),
            }
        )
        batch.line_ids.create([{"batch_id": batch.id, **each} for each in line_values])
        batch._wake_jobs()
        return batch.with_env(self.env)

    def action_pause(self):
        """Let no job begin another chunk, until it is resumed."""
        self._as_steered(RUNNING).state = PAUSED

    def action_resume(self):
        batches = self._as_steered(PAUSED)
        batches.state = RUNNING
        batches._wake_jobs()

    def action_cancel(self):
        """Leave the leads as they are that no job is working on by now."""
        batches = self._as_steered(RUNNING, PAUSED)
        batches.write({"state": CANCELLED, "end_date": fields.Datetime.now()})
        waiting = batches.line_ids.filtered(lambda line: line.state == WAITING)
        waiting.try_lock_for_update().state = CANCELLED
        # who has been given some by then is told
        batches._wake_jobs()

    def action_retry(self):
        """Have those that failed tried once more."""
        batches = self._as_steered(RUNNING, PAUSED, CANCELLED, DONE)
        batches.line_ids.filtered(lambda line: line.state == FAILED)._retry()

    def action_view_lines(self):
        """Open all leads with what became of them, or those of one state."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_lead_conversion_batch_line_action"
        )
        action["name"] = self.name
        action["domain"] = Domain("batch_id", "=", self.id)
        state = self.env.context.get("conversion_state")
        action["context"] = {f"search_default_{state}": 1} if state else {}
        return action
