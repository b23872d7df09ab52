from contextlib import contextmanager

from odoo import models
from odoo.fields import Command


class CrmLead(models.Model):
    """The answers of a lead as a wizard offers them, to be given with the step that it makes."""

    _inherit = "crm.lead"

    def _prepare_answer_drafts(self):
        """Return commands that fill a wizard with copies of the answers of this lead, if any."""
        return [Command.clear()] + [
            Command.create(
                {
                    "criterion_id": answer.criterion_id.id,
                    "answer": answer.answer,
                    "evidence": answer.evidence,
                }
            )
            for answer in self.qualification_answer_ids
        ]

    def _prepare_given_answers(self, drafts):
        """Return commands that give this lead what was answered in a wizard; none if nothing was.

        :param drafts: the ``crm.qualification.answer.draft`` of the wizard
        """
        if not drafts:
            return []
        id_by_criterion = {
            answer.criterion_id: answer.id for answer in self.qualification_answer_ids
        }
        commands = []
        for draft in drafts:
            vals = draft._prepare_answer_values()
            id_ = id_by_criterion.get(draft.criterion_id)
            if id_ and vals:
                commands.append(Command.update(id_, vals))
            elif not id_ and (draft.answer or draft.evidence):
                commands.append(Command.create({"criterion_id": draft.criterion_id.id, **vals}))
        return commands

    @contextmanager
    def _as_drafts(self, vals_list):
        with super()._as_drafts(vals_list) as drafts:
            yield drafts
            if any("qualification_answer_ids" in vals for vals in vals_list):
                # drafts of one answer share their values, too
                drafts.qualification_answer_ids.invalidate_recordset(flush=False)
