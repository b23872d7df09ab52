import logging
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.service.model import retrying
from odoo.tools import format_date, split_every

from ...splitting import run_split
from ...tools.move_note import MoveNote
from ..qualification.fields import TOGETHER
from ..rules.described_field import DescribedDate

_logger = logging.getLogger(__name__)

REVISIT_BATCH = 100


class CrmLead(models.Model):
    """Lost for now: what has a date to be revisited on is a lead again on that day."""

    _inherit = "crm.lead"

    revisit_date = DescribedDate(
        string="Revisit On",
        copy=False,
        tracking=73,
        prefetch=TOGETHER,
        help="On that day, what is lost for now is a lead again, assigned as before.",
    )

    @api.constrains("revisit_date")
    def _check_revisit_date(self):
        today = fields.Date.context_today(self)
        for lead in self.filtered("revisit_date"):
            if lead.won_status != "lost":
                raise ValidationError(
                    self.env._(
                        "“%s” is not lost: there is nothing to revisit. Mark it as lost first.",
                        lead.name,
                    )
                )
            if lead.revisit_date <= today:
                raise ValidationError(
                    self.env._("“%s” can only be revisited on a day after today.", lead.name)
                )

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        # what is not lost any more, however it came, waits for no day. sudo: whoever reopens a
        # lead may hand it over in the same breath, and this is part of reopening it
        self.sudo().filtered(
            lambda lead: lead.revisit_date and not new_status_by_lead[lead.id]["is_lost"]
        ).revisit_date = False
        return result

    # ------------------------------------------------------------------
    # On the day
    # ------------------------------------------------------------------

    @api.model
    def _cron_revisit(self):
        """Reopen what was to be revisited until today, in batches.

        Today is the server's, in UTC: for some, the day begins a few hours early or late. What
        somebody else works on is left to the next run.
        """
        domain = Domain("won_status", "=", "lost") & Domain(
            "revisit_date", "<=", fields.Date.today()
        )
        lead_model = self.with_context(active_test=False)
        due_ids = lead_model.search(domain, order="revisit_date, id").ids
        self.env["ir.cron"]._commit_progress(remaining=len(due_ids))
        for ids in split_every(REVISIT_BATCH, due_ids):
            leads = lead_model.browse(ids)
            # Odoo's own loop for transactions that come too late: again, on what is there then
            retrying(partial(leads._revisit_due, domain), self.env)
            if not self.env["ir.cron"]._commit_progress(len(ids)):
                break

    def _revisit_due(self, domain):
        """Reopen those of these that are due and that nobody works on, in a transaction.

        One that fails is left as it was, and keeps no other from it.
        """
        # locked first thing after a commit, so that what is read then is how it is now
        due = self.try_lock_for_update().filtered_domain(domain)
        for lead, error in run_split(due, lambda leads: leads._revisit()):
            _logger.warning("Lead %s was not reopened to be revisited", lead.id, exc_info=error)

    def _revisit(self):
        """Reopen these, as leads where they may be, and tell who is responsible for each."""
        for user, leads in self.grouped(lambda lead: lead._get_revisit_user()).items():
            lang = user.lang or self.env.company.partner_id.lang
            leads = leads.with_context(lang=lang)
            bodies = leads._prepare_revisit_notes(user)
            leads._reopen_at_start(leads.env._("It was to be revisited."))
            leads._message_log_batch(bodies=bodies)
            if user:
                leads.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=leads.env._("Get in touch again: it was lost for now"),
                    user_id=user.id,
                )

    def _get_revisit_user(self):
        """Return who is to revisit a lead: its salesperson, or else the leader of its team."""
        self.ensure_one()
        return (self.user_id + self.team_id.user_id).filtered("active")[:1]

    def _prepare_revisit_notes(self, user):
        """Return ``{id: body}`` of the notes to post, from what the leads are while still lost.

        :param user: who is told that they are reopened
        """
        nobody = self.env._("Nobody was told: it has no salesperson, and its team no leader.")
        return {
            lead.id: Markup("<p>%s%s</p>")
            % (
                self.env._(
                    "Reopened, as it was to be revisited on %s.",
                    format_date(self.env, lead.revisit_date),
                ),
                "" if user else Markup("<br/>%s") % nobody,
            )
            for lead in self
        }

    def _reopen_at_start(self, reason):
        """Reopen these in the stage in which their team starts, as leads where they may be.

        :param str reason: why, for the ledger
        """
        vals = {"active": True, "date_closed": False}
        leads = self.with_context(**MoveNote(reason=reason).context())
        staying = leads.browse({**self._get_team_obstacles(), **self._get_lead_obstacles()})
        staying._write_at_start(vals)
        (leads - staying)._write_at_start({**vals, "type": "lead", "date_conversion": False})
        # Odoo has predicted anew; where a lead had a probability of its own, that is forgotten,
        # as where somebody restores a lost lead
        for probability, group in leads.grouped("automated_probability").items():
            group.filtered(lambda lead: not lead.is_automated_probability).probability = probability
