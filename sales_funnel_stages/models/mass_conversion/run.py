from collections import defaultdict

from odoo import api, models

from ...exceptions import StageRuleError
from ...tools.carried import Carried
from ...tools.mass_conversion import ARCHIVED, OPPORTUNITY, WON, Outcome
from .fast.alike import Alike
from .fast.hooks import CONVERSION_HOOKS, CUSTOMER_HOOKS, WIZARD, WIZARD_HOOKS


class UndoneWithOthers(Carried):
    """Says that whoever calls undoes what is refused."""


class CrmLead(models.Model):
    """The conversion of many leads at once, with the outcome that crm has one by one.

    What is chosen is a :class:`Choices`, what comes of it an :class:`Outcome`. The steps are
    crm's: duplicates, customers, conversion, assignment; each is done for all leads before the
    next. Where an addon overrides what crm does for each lead in a step, that is called for each.
    """

    _inherit = "crm.lead"

    def _convert_in_mass(self, choices):
        """Convert these leads; those that may not be are left alone.

        :param choices: :class:`Choices`
        :return: :class:`Outcome`
        """
        leads = self.exists()
        if self._get_hooks_of_others(WIZARD_HOOKS, WIZARD):
            return leads._convert_through_wizard(choices)
        outcome = Outcome()
        if choices.deduplicate:
            leads = leads._merge_in_mass(outcome)
        leads._convert_those_allowed(
            choices, outcome, lambda allowed: allowed._convert_at_once(choices, outcome)
        )
        return outcome

    def _convert_those_allowed(self, choices, outcome, convert):
        """Convert those of these leads that may be converted, in this order.

        :param outcome: the :class:`Outcome`, in which the others are noted
        :param convert: called with leads, converts them
        """
        leads = self._hold_back_moved(outcome)
        outcome.customers = leads._plan_customers(choices)
        refused = leads._foresee_refusals(outcome.customers)
        if refused:
            leads._note_refusals(refused)
        unmet = {id_: verdict.unmet for id_, verdict in refused.items()}
        while True:
            if unmet:
                leads = leads._hold_back_unmet(outcome, unmet)
                outcome.customers = leads._plan_customers(choices)
            outcome.converted, outcome.untouched = leads._sort_by_conversion()
            try:
                with leads._undone_if_refused(), leads._plans_started_at_end() as converting:
                    convert(converting)
                return
            except StageRuleError as error:
                # refused for what could not be foreseen, such as an automation: once more
                # without that one
                unmet = {each["lead_id"]: each["criterion_ids"] for each in error.refusals}
                if unmet.keys().isdisjoint(leads._ids):
                    raise

    def _convert_at_once(self, choices, outcome):
        leads = self.with_context(default_user_id=choices.customer_user_id or False)
        active = leads.filtered("active")
        if self._get_hooks_of_others(CUSTOMER_HOOKS):
            active._assign_customers_by_hooks(choices)
            outcome.created_partner_ids = active._get_new_customers().ids
        else:
            outcome.created_partner_ids = active._assign_customers(outcome.customers).ids
        self._become_opportunities()
        self._assign_in_turn(choices)

    def _sort_by_conversion(self):
        """Return the ids of those that are going to be converted, and ``{id: why not}``."""
        convertible = set(self._filter_convertible()._ids)
        converted, untouched = [], {}
        for lead in self:
            if lead.id not in convertible:
                untouched[lead.id] = WON if lead.won_status == "won" else ARCHIVED
            elif lead.type == "opportunity":
                untouched[lead.id] = OPPORTUNITY
            else:
                converted.append(lead.id)
        return converted, untouched

    def _become_opportunities(self):
        if self._get_hooks_of_others(CONVERSION_HOOKS):
            for lead in self:
                lead.convert_opportunity(lead.partner_id, user_ids=False, team_id=False)
            return
        ids_by_values = defaultdict(list)
        for lead in self._filter_convertible():
            values = lead._convert_opportunity_data(lead.partner_id, False)
            ids_by_values[tuple(values.items())].append(lead.id)
        leads = self._undone_with_others()
        for values, ids in ids_by_values.items():
            leads.browse(ids).write(dict(values))

    def _undone_with_others(self):
        """Return these leads so that a write that is refused is left to the caller to undo.

        The savepoint that is around all of it does for each write, which then need not send what
        is pending to the database. Not where another addon may go on after a refusal.
        """
        if self._get_hooks_of_others(("write",)):
            return self
        return self.with_context(**UndoneWithOthers().context())

    @api.model
    def _is_undone_with_others(self):
        return bool(UndoneWithOthers.of(self.env))

    def _assign_in_turn(self, choices):
        leads = self
        if not choices.force_assignment:
            leads = self.filtered(lambda lead: not lead.user_id)
        if choices.user_ids:
            leads = leads.with_context(**Alike().context())
            with leads._notified_of_assignment_at_once() as assigned:
                assigned._handle_salesmen_assignment([*choices.user_ids], team_id=choices.team_id)
