from odoo import api, models

from ...tools.rulebook import CONVERSION, REQUIRED
from ...tools.score import score
from ..rules.shown_field import ShownJson


class CrmLead(models.Model):
    """What the form shows of the criteria: at the next step, and at all that come after it."""

    _inherit = "crm.lead"

    qualification_checklist = ShownJson(
        compute="_compute_qualification_checklist",
        help="What the next step asks for, criterion by criterion, and what those after it do.",
    )

    @api.depends(lambda self: self._qualification_depends())
    @api.depends_context("uid", "lang")
    def _compute_qualification_checklist(self):
        # looked up once: that is not for nothing
        book = self._get_rulebook()
        hands_by_lead = self._get_hands_by_lead()
        settings = self._get_rule_settings_by_lead(hands_by_lead)
        asked_by_lead = {
            lead._ids[0]: lead._get_asked_ahead(book, settings[lead._ids[0]]) for lead in self
        }
        criterion_ids = {
            criterion_id
            for asked_by_gate in asked_by_lead.values()
            for asked in asked_by_gate.values()
            for criterion_id in asked
        }
        unmet = self._get_unmet_criteria(criterion_ids, hands_by_lead)
        criteria = self._get_shown_criteria(criterion_ids)
        stage_names = self._get_stage_names(each.id for each in book.stages)
        for lead in self:
            id_ = lead._ids[0]
            lead.qualification_checklist = lead._prepare_checklist(
                book, settings[id_], asked_by_lead[id_], unmet[id_], criteria, stage_names
            )

    def _get_asked_ahead(self, book, settings):
        """Return what the gates that this lead still has before it ask for, in order.

        :return: ``{gate: {criterion_id: tier}}``
        """
        team_id = self.team_id._origin.id or 0
        gates = book.gates_ahead(
            self._is_saved_opportunity(), self.stage_id._origin.id or 0, team_id
        )
        return {gate: book.asked(settings.framework_id, gate, team_id) for gate in gates}

    def _prepare_checklist(self, book, settings, asked_by_gate, unmet, criteria, stage_names):
        """Return what a checklist widget shows.

        :param Rulebook book: the one in force
        :param Settings settings: those that this lead falls under
        :param dict asked_by_gate: ``{gate: {criterion_id: tier}}``, the next gate first
        :param set unmet: ids of the criteria that are not met
        :param list criteria: all that are asked for, each a :class:`ShownCriterion`, in order
        :param dict stage_names: ``{stage_id: name}``
        :return: the next gate as ``_prepare_gate`` returns it, and

            - ``lines``: what it asks for (see ``_prepare_line``)
            - ``later_lines``: what only later gates ask for
            - ``gates``: all gates, the next one first
            - ``policy``: of the lead's team
            - ``is_there``: it is in that stage already, and none follows
            - ``is_refused``: it is new, and could not be saved as it is
        :rtype: dict
        """
        next_gate = next(iter(asked_by_gate))
        is_opportunity = self._is_saved_opportunity()
        names = {**stage_names, CONVERSION: False}
        if not is_opportunity:
            names[next_gate] = False
        gates = [
            self._prepare_gate(gate, names[gate], asked, unmet, criteria)
            for gate, asked in asked_by_gate.items()
        ]
        since = {
            id_: {"stage": names[gate]}
            for id_, gate in self._get_required_since(book, settings, next_gate).items()
        }
        tiers = {}
        for asked in reversed(asked_by_gate.values()):
            tiers.update(asked)
        lines = self._prepare_lines(tiers, unmet, criteria, since)
        return {
            **gates[0],
            "lines": [line for line in lines if line["id"] in asked_by_gate[next_gate]],
            "later_lines": [line for line in lines if line["id"] not in asked_by_gate[next_gate]],
            "gates": gates,
            "policy": settings.policy,
            "is_there": is_opportunity and next_gate == self.stage_id._origin.id,
            "is_refused": not self._origin and self._is_creation_refused(),
        }

    def _prepare_lines(self, tiers, unmet, criteria, since=None):
        """Return criteria as a checklist shows them, in order.

        :param dict tiers: ``{criterion_id: tier}``: those that are shown, and how they are asked
            for, at the first gate that does
        :param set unmet: ids of the criteria that are not met
        :param list criteria: these and maybe more, each a :class:`ShownCriterion`, in order
        :param dict since: see ``_prepare_line``
        """
        # looked up once: that is not for nothing
        criterion_model = self.env["crm.qualification.criterion"]
        to_fill = criterion_model._get_fields_to_fill_by_criterion()
        needed = criterion_model._get_needed_by_criterion()
        return [
            self._prepare_line(criterion, tiers, unmet, since or {}, to_fill)
            # without which of the fields it cannot be met
            | {"needed": list(needed.get(criterion.id, ()))}
            for criterion in criteria
            if criterion.id in tiers
        ]

    def _is_creation_refused(self):
        """Tell whether this lead, which is new, could not be saved as it is.

        For other packages to extend.
        """
        return False

    def _prepare_gate(self, gate, stage_name, asked, unmet, criteria):
        """Return a gate as a checklist shows it.

        :return: ``id``, ``stage`` (its name; False: to become an opportunity), ``met`` and
            ``total`` (of the required criteria), ``score``, and ``asked``: pairs of a
            criterion's id and its tier, in order
        :rtype: dict
        """
        required = [id_ for id_, tier in asked.items() if tier == REQUIRED]
        weights = {each.id: each.weight for each in criteria if each.id in asked}
        return {
            "id": gate,
            "stage": stage_name,
            "met": sum(id_ not in unmet for id_ in required),
            "total": len(required),
            "score": score(weights, unmet),
            "asked": [[id_, asked[id_]] for id_ in weights],
        }

    def _prepare_line(self, criterion, tiers, unmet, since, to_fill):
        """Return a criterion as a checklist shows it.

        :param dict tiers: ``{criterion_id: tier}``
        :param dict since: by which step it was required already, ``{"stage": name}`` by id
        :param dict to_fill: names of the fields that are filled in to meet it, by id
        :return: ``unmet_as``: why it is not met (see ``_get_unmet_as``); ``since``: the step by
            which it was required already, or False; its name is False where it is the
            conversion; ``fields``: what can be filled in to meet the criterion;
            ``answered_in``: the field that holds its answer, False where it is not one that is
            answered
        :rtype: dict
        """
        return {
            "id": criterion.id,
            "name": criterion.name,
            "guidance": criterion.guidance,
            "tier": tiers[criterion.id],
            "is_met": criterion.id not in unmet,
            "unmet_as": criterion.id in unmet and self._get_unmet_as(criterion, to_fill),
            "since": since.get(criterion.id, False),
            "fields": list(to_fill.get(criterion.id, ())),
            "answered_in": criterion.is_answered and "qualification_answer_ids",
        }

    def _get_unmet_as(self, criterion, to_fill):
        """Return why a criterion is not met: what decides it is there, or is not, or has grown old.

        :param dict to_fill: the names of the fields that decide each criterion
        :return: "missing", "not_met" or "outdated"
        :rtype: str
        """
        # sudo: whoever may see the lead may see what is said of it, without what it says
        lead = self.sudo()
        if criterion.is_answered:
            answer = lead.qualification_answer_ids.filtered(
                lambda each: each.criterion_id._origin.id == criterion.id and each.answer
            )
            if not answer:
                return "missing"
            return "outdated" if answer[0].is_expired else "not_met"
        names = to_fill.get(criterion.id, ())
        return "not_met" if any(lead[name] for name in names) else "missing"

    def _get_required_since(self, book, settings, next_gate):
        """Return which gate behind a lead required what first: ``{criterion_id: gate}``."""
        here = self.stage_id._origin.id or CONVERSION
        if not self._is_saved_opportunity() or here == next_gate:
            return {}
        return book.required_since(settings.framework_id, here, self.team_id._origin.id or 0)
