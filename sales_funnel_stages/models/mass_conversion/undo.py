import logging
from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError

from ...splitting import CONFLICTS
from ...tools.move_note import MoveNote
from .line import CANCELLED, DONE, FAILED, SKIPPED, UNDOING, UNDONE

# what a mass conversion gives to opportunities, too, that it does not convert
GIVEN = {"user_id", "team_id", "partner_id"}

_logger = logging.getLogger(__name__)


class UndoAccount(NamedTuple):
    """What undoing a batch does besides making leads of opportunities, and what it leaves.

    :ivar kept: opportunities that others were merged into
    :ivar merged: leads that were merged
    :ivar left: leads that were not converted
    :ivar changed: those of them that were given to somebody, or a customer, all the same
    :ivar activities: those that are deleted
    :ivar followers: those that go
    :ivar unused: contacts that are archived
    :ivar used: contacts that were created, and stay
    :ivar notices: notifications that were sent
    """

    kept: int
    merged: int
    left: int
    changed: int
    activities: int
    followers: int
    unused: int
    used: int
    notices: int


class CrmLeadConversionBatchLine(models.Model):
    """What was converted is a lead again, with what the conversion had changed as it was."""

    _inherit = "crm.lead.conversion.batch.line"

    def _undo(self):
        """Undo these, of one chunk, but what somebody has touched meanwhile."""
        batch = self.batch_id
        # sudo: as whoever has it undone has been told, whatever they may read
        told = self.with_user(batch.undo_user_id).with_context(**batch.user_context or {}).sudo()
        touched = told._get_touched()
        for line in self.filtered(lambda line: line.lead_id.id in touched):
            line.write({"state": DONE, "reason": touched[line.lead_id.id]})
        untouched = self.filtered(lambda line: line.lead_id.id not in touched)
        if untouched:
            untouched._run(lambda lines: lines._undo_together())

    def _undo_together(self):
        leads = self._get_leads(self.batch_id.undo_user_id)
        self._delete_started_activities()
        reason = leads.env._("The mass conversion was undone.")
        # nobody is told that they are assigned what was theirs before
        leads = leads.with_context(
            mail_auto_subscribe_no_notify=True, **MoveNote(reason=reason).context()
        )
        followers = leads._get_followers()
        leads._put_back({line.lead_id.id: line.values_before or {} for line in self})
        self._forget_followers(leads, followers)
        self._mark_undone()
        leads._message_log_batch(bodies=dict.fromkeys(leads.ids, reason))
        # what was computed is written in the name of whoever has it undone
        leads.env.flush_all()
        self.write({"state": UNDONE, "reason": False, "date": self.env.cr.now()})

    def _mark_undone(self):
        """Mark the conversion and its undo in the history, so that figures leave them out."""
        rows = self.env["crm.stage.transition"]
        last = rows._read_group(
            [
                ("lead_ref", "in", self.lead_id.ids),
                ("from_type", "=", "opportunity"),
                ("to_type", "=", "lead"),
            ],
            ["lead_ref"],
            ["id:max"],
        )
        rows.browse(id_ for _lead_ref, id_ in last)._mark_undone()

    def _forget_followers(self, leads, before):
        """Let those follow no more who came with the conversion, or come with its undo.

        :param leads: of these lines, as somebody has them undone
        :param dict before: ``{lead_id: {partner_id}}``: who followed before the undo
        """
        after = leads._get_followers()
        leads_by_partners = defaultdict(leads.browse)
        for line in self:
            lead_id = line.lead_id.id
            partner_ids = {*(line.follower_ids or ())} | (after[lead_id] - before[lead_id])
            leads_by_partners[tuple(sorted(partner_ids))] += leads.browse(lead_id)
        for partner_ids, each in leads_by_partners.items():
            each.message_unsubscribe([*partner_ids])

    def _delete_started_activities(self):
        """Delete the activities that the conversion itself has scheduled."""
        self._get_started_activities().unlink()

    def _get_started_activities(self):
        """Return the activities that the conversion itself has scheduled."""
        activities = self.env["mail.activity"].search(
            [("res_model", "=", "crm.lead"), ("res_id", "in", self.lead_id.ids)]
        )
        dates = self._get_dates()
        return activities.filtered(lambda each: each.create_date == dates[each.res_id])


class CrmLeadConversionBatch(models.Model):
    """The way back: the opportunities of a batch are leads again, as far as they are untouched.

    The jobs do it, chunk by chunk, as whoever has it undone and as they may.
    """

    _inherit = "crm.lead.conversion.batch"

    def action_open_undo(self):
        """Say what undoing it would do, before it is done."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo"),
            "res_model": "crm.lead.conversion.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_batch_id": self.id, "dialog_size": "medium"},
        }

    def action_undo(self, only_untouched=False):
        """Have the batch undone: all of it, or what nobody has touched since.

        :param bool only_untouched: whether the others stay as they are, with the reason
        :raise UserError: if an opportunity has been touched since and all is to be undone, or if
            there is nothing to undo; names each that has been touched
        """
        self.ensure_one()
        batch = self._as_steered(DONE, CANCELLED)
        lines = batch._get_undoable_lines()
        if not lines:
            raise UserError(self.env._("There is nothing to undo."))
        lines.lead_id.with_env(self.env).check_access("write")
        touched = lines._get_touched()
        untouched = lines.filtered(lambda line: line.lead_id.id not in touched)
        if touched and not (only_untouched and untouched):
            raise UserError("\n".join(touched.values()))
        for line in lines - untouched:
            line.reason = touched[line.lead_id.id]
        lines = untouched
        lines.write({"state": UNDOING, "reason": False})
        batch.write(
            {
                "state": UNDOING,
                "undo_user_id": self.env.uid,
                "user_context": self._get_user_context(),
                "end_date": False,
            }
        )
        batch._wake_jobs()

    def _get_undoable_lines(self):
        """Return the lines of what was converted, and not merged with others."""
        lines = self.line_ids.filtered(lambda line: line.state == DONE)
        merged = lines._get_merged_lead_ids()
        return lines.filtered(lambda line: line.lead_id.id not in merged)

    def _foresee_undo(self, undoable, touched):
        """Return the :class:`UndoAccount` of what undoing this batch does, and what it leaves.

        :param undoable: the lines that are undone
        :param touched: those that could have been, and stay
        """
        self.ensure_one()
        lines = self.line_ids
        converted = lines.filtered(lambda line: line.state == DONE)
        left = lines.filtered(lambda line: line.state in (SKIPPED, FAILED, CANCELLED))
        created = self._get_created_partners()
        unused = created._filter_unused(undoable.lead_id.ids)
        return UndoAccount(
            kept=len(converted - undoable - touched),
            merged=self.merged_count,
            left=len(left),
            changed=len(left.filtered(lambda line: GIVEN & (line.values_before or {}).keys())),
            activities=len(undoable._get_started_activities()),
            followers=sum(len(line.follower_ids or ()) for line in undoable),
            unused=len(unused),
            used=len(created - unused),
            notices=sum(each.notices for each in self._get_received().values()),
        )

    def _get_created_partners(self):
        """Return the customers that were created for this batch, and are not archived."""
        lines = self.line_ids
        return (lines.created_partner_id | lines.created_company_id).filtered("active")

    def _archive_created_customers(self):
        """Archive the customers that were created for this batch and that nobody uses."""
        unused = self._get_created_partners()._filter_unused()
        try:
            with self.env.cr.savepoint():
                unused.action_archive()
        except CONFLICTS:
            # another transaction was faster: all of it is tried again
            raise
        except Exception:
            # it has ended all the same
            _logger.warning("The customers of batch %s were not archived", self.id, exc_info=True)
