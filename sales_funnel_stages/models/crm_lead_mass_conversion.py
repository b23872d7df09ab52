from collections import defaultdict

from odoo import api, models
from odoo.fields import Command
from odoo.tools import split_every

from ..exceptions import StageRuleError
from ..tools.hooks import overridden
from ..tools.mass_conversion import (
    ARCHIVED,
    CREATE,
    LINK_OR_CREATE,
    OPPORTUNITY,
    WON,
    Customer,
    HeldBack,
    Outcome,
)

# whose methods these are, which are replaced; those of others are called for each lead
MODULES = ("crm", "mail", "sales_funnel_stages*")
CUSTOMER_HOOKS = (
    "_handle_partner_assignment",
    "_find_matching_partner",
    "_create_customer",
    "_partner_find_from_emails_single",
)
CONVERSION_HOOKS = ("convert_opportunity",)
WIZARD = "crm.lead2opportunity.partner.mass"
WIZARD_HOOKS = (
    "action_mass_convert",
    "action_apply",
    "_action_convert",
    "_convert_and_allocate",
    "_convert_handle_partner",
)
# where the wizard notes what comes of it; an object, which no client can send
OUTCOME_KEY = "mass_conversion_outcome"
# so many unsaved leads are in memory at a time
JUDGED_AT_ONCE = 1000


class CrmLead(models.Model):
    """The conversion of many leads at once, with the outcome that crm has one by one.

    What is chosen is a :class:`Choices`, what comes of it an :class:`Outcome`. The steps are
    crm's: customers, conversion, assignment; each is done for all leads before the next. Where
    an addon overrides what crm does for each lead in a step, that is called for each.
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
        unmet = leads._foresee_refusals(leads._plan_customers(choices))
        while True:
            leads = leads._hold_back_unmet(outcome, unmet)
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

    def _convert_through_wizard(self, choices):
        """Convert these leads as the wizard does where another addon has its say in it."""
        outcome = Outcome()
        wizard_model = self.env[WIZARD].with_context(
            active_model=self._name, active_ids=self.ids, **{OUTCOME_KEY: outcome}
        )
        wizard = wizard_model.create(
            {
                "lead_tomerge_ids": [Command.set(self.ids)],
                "name": "convert",
                "deduplicate": choices.deduplicate,
                "action": choices.action,
                "partner_id": choices.partner_id,
                "user_ids": [Command.set(choices.user_ids)],
                "team_id": choices.team_id,
                "force_assignment": choices.force_assignment,
                "user_id": choices.customer_user_id,
            }
        )
        wizard.action_mass_convert()
        return outcome

    # ------------------------------------------------------------------
    # Held back
    # ------------------------------------------------------------------

    def _hold_back_moved(self, outcome):
        """Note the leads that somebody else has moved since this request was first run.

        :return: the other leads
        """
        moved = self.browse(self._get_moved_meanwhile(self._get_states()))
        reasons = moved._describe_moved_meanwhile() if moved else {}
        outcome.held_back.update({id_: HeldBack(reason) for id_, reason in reasons.items()})
        return self - moved

    def _hold_back_unmet(self, outcome, unmet):
        """Note the leads that the stage rules refuse to convert.

        :param dict unmet: ``{lead_id: criterion_ids}``: what they lack
        :return: the other leads
        """
        outcome.held_back.update(
            {id_: HeldBack(unmet=frozenset(unmet[id_])) for id_ in self._ids if id_ in unmet}
        )
        return self.browse(id_ for id_ in self._ids if id_ not in unmet)

    def _foresee_refusals(self, customers):
        """Return ``{lead_id: criterion_ids}``: who would be refused, and what they lack.

        :param dict customers: see ``_plan_customers``
        """
        if not self._can_be_refused():
            return {}
        unmet = {}
        for ids in split_every(JUDGED_AT_ONCE, self._filter_convertible()._ids):
            leads = self.browse(ids)
            verdicts = leads._judge_conversion(
                [{"partner_id": lead._foresee_partner(customers.get(lead.id))} for lead in leads]
            )
            unmet.update({id_: verdict.unmet for id_, verdict in verdicts.items()})
        return unmet

    def _foresee_partner(self, customer):
        """Return the partner that a :class:`Customer` is, unsaved if it is to be created."""
        partner_model = self.env["res.partner"]
        if customer and customer.lead_id:
            return self.browse(customer.lead_id)._foresee_customer(partner_model)
        return partner_model.browse(customer and customer.partner_id or ())

    @api.model
    def _tell_held_back(self, held_back):
        """Return ``{id: text}``: why each lead is held back.

        :param dict held_back: ``{id: HeldBack}``
        """
        names = self._get_criterion_names({id_ for each in held_back.values() for id_ in each.unmet})
        reasons = {}
        for lead_id, each in held_back.items():
            missing = ", ".join(name for id_, name in names.items() if id_ in each.unmet)
            reasons[lead_id] = each.reason or self.env._("Still missing: %s", missing)
        return reasons

    # ------------------------------------------------------------------
    # The steps
    # ------------------------------------------------------------------

    def _convert_at_once(self, choices, outcome):
        leads = self.with_context(default_user_id=choices.customer_user_id or False)
        active = leads.filtered("active")
        if self._get_hooks_of_others(CUSTOMER_HOOKS):
            active._assign_customers_by_hooks(choices)
        else:
            outcome.customers = leads._plan_customers(choices)
            outcome.created_partner_ids = active._assign_customers(outcome.customers).ids
        outcome.converted, outcome.untouched = self._sort_by_conversion()
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

    def _assign_customers_by_hooks(self, choices):
        is_matched = choices.action == LINK_OR_CREATE
        for lead in self:
            partner = lead._find_matching_partner() if is_matched else lead.partner_id
            lead._handle_partner_assignment(
                force_partner_id=(not is_matched and choices.partner_id) or partner.id,
                create_missing=choices.action in (LINK_OR_CREATE, CREATE),
                with_parent=self.env["res.partner"],
            )

    def _become_opportunities(self):
        if self._get_hooks_of_others(CONVERSION_HOOKS):
            for lead in self:
                lead.convert_opportunity(lead.partner_id, user_ids=False, team_id=False)
            return
        ids_by_values = defaultdict(list)
        for lead in self._filter_convertible():
            values = lead._convert_opportunity_data(lead.partner_id, False)
            ids_by_values[tuple(values.items())].append(lead.id)
        for values, ids in ids_by_values.items():
            self.browse(ids).write(dict(values))

    def _assign_in_turn(self, choices):
        leads = self
        if not choices.force_assignment:
            leads = self.filtered(lambda lead: not lead.user_id)
        if choices.user_ids:
            with leads._told_of_assignment_at_once() as assigned:
                assigned._handle_salesmen_assignment([*choices.user_ids], team_id=choices.team_id)

    @api.model
    def _get_hooks_of_others(self, names, model_name="crm.lead"):
        """Return those methods that another addon overrides, of these."""
        return overridden(type(self.env[model_name]), names, MODULES)
