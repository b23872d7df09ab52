from odoo import models

from ...exceptions import StageRuleError
from ...tools.reopening import Reopening
from ...tools.rulebook import FROM_LEADER


class CrmLead(models.Model):
    """What the gate says of a refused move: the error."""

    _inherit = "crm.lead"

    def _make_stage_rule_error(self, refused, created=frozenset(), ready_ids=()):
        """Return the :class:`StageRuleError` for refused leads.

        :param dict refused: ``{id: Verdict}``
        :param created: ids of those that did not exist before the refused call
        :param ready_ids: ids of those that the same call was to move, and may
        """
        # sudo: whoever moves a lead may know its name, and why it does not move
        leads = self.browse(refused).sudo()
        messages = leads._get_refusal_messages(refused)
        places = {id_: index for index, id_ in enumerate(self._ids)}
        refusals = [
            {
                "index": places[lead.id],
                "lead_id": lead.id,
                "lead_name": lead.name,
                "message": messages[lead.id],
                "stage_id": refused[lead.id].gate or False,
                "is_conversion": refused[lead.id].is_conversion,
                "is_new": lead.id in created,
                "is_hand_over": refused[lead.id].is_arrival,
                "criterion_ids": sorted(refused[lead.id].unmet),
                "furthest_stage_id": lead._get_furthest_stage(
                    refused[lead.id].gate, refused[lead.id].unmet, is_new=lead.id in created
                )
                or False,
            }
            for lead in leads
        ]
        parts = [
            *messages.values(),
            self.env._("Fill in what is missing (see the Qualification page), then try again."),
        ]
        return StageRuleError("\n\n".join(parts), refusals, self._may_override(), sorted(ready_ids))

    def _get_refusal_messages(self, refused):
        """Return ``{id: text}``: why each of these leads cannot move, and what it lacks.

        :param dict refused: ``{id: Verdict}``
        """
        names = self._get_criterion_names({id_ for v in refused.values() for id_ in v.unmet})
        stage_names = self._get_stage_names({v.gate for v in refused.values()})
        # a lost deal is an opportunity already, whatever is merged into it
        reopened = Reopening.of(self.env) or Reopening()
        messages = {}
        for lead in self:
            verdict = refused[lead.id]
            unmet = [name for id_, name in names.items() if id_ in verdict.unmet]
            if verdict.is_arrival:
                messages[lead.id] = lead._describe_refused_arrival(unmet)
                continue
            is_named = not verdict.is_conversion or lead.id in reopened.origins
            stage_name = is_named and stage_names.get(verdict.gate)
            messages[lead.id] = self._describe_refusal(lead.name, stage_name, unmet)
        return messages

    def _describe_refused_arrival(self, criterion_names):
        """Return the sentence that says why this lead cannot be handed over, and who may do it.

        It is where it was to come to.
        """
        [state] = self._get_states().values()
        whose = self.team_id.name or self.company_id.name or self.env.company.name
        head = self.env._(
            "“%(lead)s” cannot be handed over to %(team)s: it does not meet what is required there "
            "of an opportunity in %(stage)s.",
            lead=self.name,
            team=whose,
            stage=self.stage_id.name or "–",
        )
        if self._get_arrival_policy(state) == FROM_LEADER:
            leader = self.team_id.user_id.name
            head += " " + (
                self.env._("%s, who leads the team, may take it.", leader)
                if leader
                else self.env._("A sales manager may take it.")
            )
        missing = self.env._("Not met:")
        return "\n".join([f"{head} {missing}", *(f"- {name}" for name in criterion_names)])

    def _get_furthest_stage(self, gate, unmet, is_new=False):
        """Return the id of the last stage before a gate that this lead may enter, 0 for none.

        :param unmet: ids of what the gate requires of it and is not met
        :param bool is_new: whether it is being created
        """
        self.ensure_one()
        book = self._get_rulebook()
        team_id = self.team_id._origin.id or 0
        settings = self._get_rule_settings()
        furthest_id = book.furthest(settings.framework_id, gate, team_id, unmet)
        if not furthest_id and is_new and settings.is_free_start:
            return next((stage.id for stage in book.pipeline(team_id)), 0)
        return furthest_id

    def _describe_refusal(self, lead_name, stage_name, criterion_names):
        """Return the sentence that says why a lead cannot move, and what it lacks.

        :param stage_name: the stage that it cannot enter; False: the conversion
        """
        head = (
            self.env._("“%(lead)s” cannot enter %(stage)s yet.", lead=lead_name, stage=stage_name)
            if stage_name
            else self.env._("“%s” cannot become an opportunity yet.", lead_name)
        )
        # not in the f-string, where Odoo does not find what to translate
        missing = self.env._("Not met:")
        return "\n".join([f"{head} {missing}", *(f"- {name}" for name in criterion_names)])
