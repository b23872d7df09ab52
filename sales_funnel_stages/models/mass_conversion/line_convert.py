import logging

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError

from ...tools.mass_conversion import Choices
from .line import DONE, FAILED, MERGED, WAITING

_logger = logging.getLogger(__name__)


class CrmLeadConversionBatchLine(models.Model):
    """The conversion of a chunk, for whoever started the batch and as they may."""

    _inherit = "crm.lead.conversion.batch.line"

    def _convert(self):
        """Convert these leads, of one chunk."""
        self._run("_convert_together")

    def _convert_together(self):
        # what was merged into one that was converted before does not wait any more
        lines = self.filtered(lambda line: line.state == WAITING)
        if not lines:
            return
        batch = lines.batch_id
        leads = lines._get_leads(batch.user_id).with_context(**batch._get_override_context())
        outcome = leads._convert_in_batch(lines._prepare_choices())
        for line in lines:
            if line.state == WAITING:
                line._note_conversion(outcome[line.lead_id.id])
            else:
                line.partner_id = line.lead_id.partner_id

    def _note_conversion(self, conversion):
        created = self.env["res.partner"].browse(conversion.created_ids)
        company = created.filtered("is_company")[:1]
        self.write(
            {
                "state": conversion.state,
                "reason": conversion.reason,
                "date": self.env.cr.now(),
                "partner_id": conversion.partner_id,
                "created_partner_id": (created - company)[:1].id,
                "created_company_id": company.id,
                "values_before": conversion.before,
            }
        )

    def _follow_merge(self, lead):
        """Note that the leads of these have been merged into another one."""
        waiting = self.filtered(lambda line: line.state == WAITING)
        waiting.write({"state": MERGED, "date": self.env.cr.now()})
        self.lead_id = lead

    def _get_leads(self, user):
        """Return the leads of these as somebody sees them, where the batch was started."""
        context = self.batch_id.user_context or {}
        return self.lead_id.with_env(self.env(user=user.id, context=context, su=False))

    def _prepare_choices(self):
        """Return the :class:`Choices` with which these are converted."""
        batch = self.batch_id
        user_ids = batch.user_ids.ids
        if user_ids:
            # salespeople take turns where those before have left off
            done = self.search_count([("batch_id", "=", batch.id), ("id", "<", self[0].id)])
            turn = done % len(user_ids)
            user_ids = user_ids[turn:] + user_ids[:turn]
        return Choices(
            deduplicate=batch.deduplicate,
            action=batch.action,
            partner_id=batch.partner_id.id or 0,
            user_ids=tuple(user_ids),
            team_id=batch.team_id.id or 0,
            force_assignment=batch.force_assignment,
            customer_user_id=batch.customer_user_id.id or 0,
        )

    # ------------------------------------------------------------------
    # What fails
    # ------------------------------------------------------------------

    def _run(self, name):
        """Call a method of these lines; one that fails is undone, and keeps no other from it.

        :param str name: of a method that works on all of them, or on one alone
        """
        try:
            with self.env.cr.savepoint():
                getattr(self, name)()
        except (OperationalError, ConcurrencyError):
            # another transaction was faster: the whole chunk is tried again
            raise
        except Exception as error:
            if len(self) == 1:
                self._fail(error)
            else:
                for line in self:
                    line._run(name)

    def _fail(self, error):
        """Note the error with which this one has failed."""
        if isinstance(error, UserError):
            reason = str(error)
        else:
            reason = self.env._("Unexpected error: %s", repr(error))
            _logger.warning("Lead %s was not converted", self.lead_id.id, exc_info=error)
        # what was to be undone stays converted
        state = FAILED if self.state == WAITING else DONE
        self.write({"state": state, "reason": reason, "date": self.env.cr.now()})
