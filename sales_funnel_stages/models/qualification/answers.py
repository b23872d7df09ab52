from datetime import date

from odoo import api, fields, models

from ...names import SALESPERSON_GROUP
from ...tools.answers import joined


class CrmLead(models.Model):
    """The criteria that are answered on the lead, and their answers."""

    _inherit = "crm.lead"

    qualification_answer_ids = fields.One2many(
        "crm.qualification.answer",
        "lead_id",
        string="Qualification Answers",
        # an answer was given in one deal, on a day
        copy=False,
        # others may have been given leads to read, without what only this addon has
        groups=SALESPERSON_GROUP,
    )
    qualification_questions = fields.Json(
        compute="_compute_qualification_questions",
        groups=SALESPERSON_GROUP,
        help="The criteria in force that are answered on the lead.",
    )

    @api.depends("team_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_qualification_questions(self):
        criterion_model = self.env["crm.qualification.criterion"]
        answered = criterion_model._get_answered_ids()
        asked = {
            lead._ids[0]: criterion_ids & answered
            for lead, criterion_ids in self._get_criteria_in_force()
        }
        # sudo: whoever may see the lead may see what is asked of it
        criteria = criterion_model.sudo().browse(frozenset().union(*asked.values())).sorted()
        for lead in self:
            lead.qualification_questions = [
                {"id": each.id, "name": each.name, "guidance": each.guidance or ""}
                for each in criteria
                if each.id in asked[lead._ids[0]]
            ]

    def _get_criteria_in_force(self):
        """Yield each lead with the ids of the criteria that its pipeline asks for."""
        book = self._get_rulebook()
        for lead in self:
            framework_id = lead._get_rule_settings().framework_id
            yield lead, book.in_force(framework_id, lead.team_id._origin.id or 0)

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def _merge_answers(self, opportunities):
        """Take over from other leads what was not answered here, the latest answer first.

        What is not taken over is told in the summary of the merge.
        """
        own = {answer.criterion_id: answer for answer in self.qualification_answer_ids}
        latest_first = opportunities.qualification_answer_ids.sorted(
            lambda answer: answer.date or date.min, reverse=True
        )
        for answer in latest_first:
            given = own.get(answer.criterion_id)
            if given and (given.answer or not answer.answer):
                continue
            evidence = joined([answer.evidence, given.evidence if given else False])
            if given:
                given.unlink()
            answer.write({"lead_id": self.id, "evidence": evidence})
            own[answer.criterion_id] = answer

    def _format_answers(self):
        """Return the answers as ``_format_qualification`` returns what is known."""
        label = self.env["crm.qualification.answer"]._fields["answer"].convert_to_export
        return [
            {
                "label": answer.criterion_id.name,
                "value": " – ".join(filter(None, [label(answer.answer, answer), answer.evidence])),
            }
            for answer in self.qualification_answer_ids
            if answer.answer or answer.evidence
        ]
