from datetime import date

from odoo import api, models

from ...names import SALESPERSON_GROUP
from ..rules.shown_field import RareLines, ShownJson


class CrmLead(models.Model):
    """The criteria that are answered on the lead, and their answers."""

    _inherit = "crm.lead"

    qualification_answer_ids = RareLines(
        "crm.qualification.answer",
        "lead_id",
        string="Qualification Answers",
        # an answer was given in one deal, on a day
        copy=False,
        # others may have been given leads to read, without what only this addon has
        groups=SALESPERSON_GROUP,
    )
    qualification_questions = ShownJson(
        compute="_compute_qualification_questions",
        groups=SALESPERSON_GROUP,
        help="The criteria in force that are answered on the lead, and how often before.",
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
        criteria = self._get_shown_criteria(frozenset().union(*asked.values()))
        earlier = self._count_past_answers([each.id for each in criteria])
        for lead in self:
            lead.qualification_questions = [
                {
                    "id": each.id,
                    "name": each.name,
                    "guidance": each.guidance,
                    "earlier": earlier.get((lead._origin.id, each.id), 0),
                }
                for each in criteria
                if each.id in asked[lead._ids[0]]
            ]

    def _count_past_answers(self, criterion_ids):
        """Return ``{(lead_id, criterion_id): number}`` of the answers that have been replaced."""
        if not criterion_ids:
            return {}
        # sudo: whoever may see the lead may know that there are any
        groups = (
            self.env["crm.qualification.answer.past"]
            .sudo()
            ._read_group(
                [("lead_id", "in", self._origin.ids), ("criterion_id", "in", criterion_ids)],
                ["lead_id", "criterion_id"],
                ["__count"],
            )
        )
        return {(lead.id, criterion.id): number for lead, criterion, number in groups}

    def _get_criteria_in_force(self):
        """Yield each lead with the ids of the criteria that its pipeline asks for."""
        book = self._get_rulebook()
        settings = self._get_rule_settings_by_lead()
        for lead in self:
            framework_id = settings[lead._ids[0]].framework_id
            yield lead, book.in_force(framework_id, lead.team_id._origin.id or 0)

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def _merge_answers(self, opportunities):
        """Take over from other leads what was not answered here, the latest answer first.

        Each as it was given. What is not taken over is told in the summary of the merge, and kept
        with what was answered earlier.
        """
        past_model = self.env["crm.qualification.answer.past"]
        past_model._follow_merge(opportunities, self)
        own = {answer.criterion_id: answer for answer in self.qualification_answer_ids}
        latest_first = opportunities.qualification_answer_ids.sorted(
            lambda answer: answer.date or date.min, reverse=True
        )
        taken = self.env["crm.qualification.answer"]
        for answer in latest_first:
            given = own.get(answer.criterion_id)
            if not given or (answer.answer and not given.answer):
                own[answer.criterion_id] = answer
                taken = taken - (given or taken.browse()) + answer
        left = latest_first - taken
        replaced = self.qualification_answer_ids.filtered(
            lambda answer: own[answer.criterion_id] != answer
        )
        left._keep_replaced(
            {id_: {**said, "lead_id": self.id} for id_, said in left._get_given().items()}
        )
        replaced.unlink()
        taken._move_to_lead(self)

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
