from collections import defaultdict

from odoo import models

from ...exceptions import StageRuleError
from ...tools.mass_conversion import ARCHIVED, OPPORTUNITY, WON, Result
from ...tools.merged_hands import MergedHands
from ..gate.savepoint import UndoneByCaller
from .duplicates import Merges
from .fast.alike import Alike
from .fast.hooks import CONVERSION_HOOKS, CUSTOMER_HOOKS, WIZARD, WIZARD_HOOKS


class CrmLead(models.Model):
    """The conversion of many leads at once, with the outcome that crm has one by one.

    What is chosen is a :class:`Choices`, what comes of it a :class:`Result`. The steps are
    crm's: duplicates, customers, conversion, assignment; each is done for all leads before the
    next. Where an addon overrides what crm does for each lead in a step, that is called for each.
    """

    _inherit = "crm.lead"

    def _convert_in_mass(self, choices):
        """Convert these leads; those that may not be are left alone.

        :param choices: :class:`Choices`
        :return: :class:`Result`
        """
        leads = self.exists().with_context(**MergedHands().context())
        if self._get_hooks_of_others(WIZARD_HOOKS, WIZARD):
            return leads._convert_through_wizard(choices)
        merges = leads._merge_in_mass() if choices.deduplicate else Merges(leads, {}, {}, {})
        merged = Result(merged=merges.merged, skipped=merges.skipped)
        return merged + merges.leads._as_heirs()._convert_those_allowed(
            choices, lambda allowed, customers: allowed._convert_at_once(choices, customers)
        )

    def _convert_those_allowed(self, choices, convert):
        """Convert those of these leads that may be converted, in this order.

        :param convert: called with leads and their customers, ``{id: Customer}``, converts them;
            returns the partners that it has created
        :return: :class:`Result`
        """
        skipped = {**self._get_moved(), **self._get_closed()}
        leads = self._without(skipped)
        customers = leads._choose_customers(choices)
        if foreign := leads._get_foreign(customers):
            skipped = {**skipped, **foreign}
            leads = leads._without(foreign)
            customers = leads._choose_customers(choices)
        verdicts = leads._foresee_refusals(customers)
        if verdicts:
            leads._note_refusals(verdicts)
        unmet = {id_: verdict.unmet for id_, verdict in verdicts.items()}
        while True:
            if unmet:
                refused = leads._get_refused(unmet)
                skipped = {**skipped, **refused}
                leads = leads._without(refused)
                customers = leads._choose_customers(choices)
            converted, _untouched = leads._sort_by_conversion()
            try:
                with leads._undone_if_refused(), leads._in_one_move() as converting:
                    created = convert(converting, customers)
                return Result(
                    converted=tuple(converted),
                    skipped=skipped,
                    created_partner_ids=created._ids,
                )
            except StageRuleError as error:
                # refused for what could not be foreseen, such as an automation: once more
                # without that one
                unmet = {each["lead_id"]: each["criterion_ids"] for each in error.refusals}
                if unmet.keys().isdisjoint(leads._ids):
                    raise

    def _convert_at_once(self, choices, customers):
        """Convert these leads, each step for all of them.

        :param dict customers: ``{id: Customer}``
        :return: the partners that were created
        """
        leads = self.with_context(default_user_id=choices.customer_user_id or False)
        active = leads.filtered("active")
        if self._get_hooks_of_others(CUSTOMER_HOOKS):
            active._assign_customers_by_hooks(choices)
            created = active._get_new_customers()
        else:
            created = active._assign_customers(customers)
        self._become_opportunities()
        self._assign_in_turn(choices)
        return created

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
        return self.with_context(**UndoneByCaller().context())

    def _assign_in_turn(self, choices):
        leads = self
        if not choices.force_assignment:
            leads = self.filtered(lambda lead: not lead.user_id)
        if choices.user_ids:
            leads = leads.with_context(**Alike().context())
            with leads._notified_of_assignment_at_once() as assigned:
                assigned._handle_salesmen_assignment([*choices.user_ids], team_id=choices.team_id)
