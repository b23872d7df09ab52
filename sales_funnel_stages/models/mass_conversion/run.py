from collections import defaultdict

from odoo import models

from ...exceptions import StageRuleError
from ...tools.mass_conversion import ARCHIVED, OPPORTUNITY, WON, Result
from ...tools.merged_hands import MergedHands
from ..gate.doors.convert import CrmLead as ConversionDoor
from .assignment import ToldLater
from .duplicates import Merges
from .extended import CONVERSION_METHODS, CUSTOMER_METHODS, WIZARD


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
        if self.env[WIZARD]._is_extended():
            result = leads._convert_through_wizard(choices)
        else:
            result = leads._convert_without_wizard(choices)
        if not ToldLater.of(self.env):
            self.browse(result.untold_ids)._tell_assigned(
                self.env["res.partner"].browse(result.created_partner_ids)
            )
        return result

    def _convert_without_wizard(self, choices):
        merges = self._merge_in_mass() if choices.deduplicate else Merges(self, {}, {}, {})
        merged = Result(merged=merges.merged, skipped=merges.skipped)
        return merged + merges.leads._as_heirs()._convert_those_allowed(
            choices, lambda allowed, customers: allowed._convert_at_once(choices, customers)
        )

    def _convert_those_allowed(self, choices, convert):
        """Convert those of these leads that may be converted, in this order.

        :param convert: called with leads and their customers, ``{id: Customer}``, converts them;
            returns a :class:`Result` of what it has created and assigned
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
                    made = convert(converting, customers)
                return made + Result(converted=tuple(converted), skipped=skipped)
            except StageRuleError as error:
                # refused for what could not be foreseen, such as an automation: once more
                # without that one
                unmet = {each["lead_id"]: each["criterion_ids"] for each in error.refusals}
                if unmet.keys().isdisjoint(leads._ids):
                    raise

    def _convert_at_once(self, choices, customers):
        """Convert these leads, each step for all of them.

        :param dict customers: ``{id: Customer}``
        :return: :class:`Result` of what was created and assigned
        """
        leads = self.with_context(default_user_id=choices.customer_user_id or False)
        active = leads.filtered("active")
        if self._get_extended(CUSTOMER_METHODS):
            created = active._assign_customers_one_by_one(choices)
        else:
            created = active._assign_customers(customers)
        self._become_opportunities()
        untold = self._assign_in_turn(choices)
        return Result(created_partner_ids=created._ids, untold_ids=untold._ids)

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
        if self._get_extended(CONVERSION_METHODS, ConversionDoor):
            for lead in self:
                lead.convert_opportunity(lead.partner_id, user_ids=False, team_id=False)
            return
        converted, written = defaultdict(list), {}
        for lead in self._filter_convertible():
            values = lead._convert_opportunity_data(lead.partner_id, False)
            # what others add may be commands, which are no keys
            key = repr(sorted(values.items()))
            converted[key].append(lead.id)
            written[key] = values
        for key, ids in converted.items():
            self.browse(ids).write(written[key])
