from markupsafe import Markup

from odoo import api, models

from ..models.rules.shown_field import ShownHtml
from ..tools.mass_conversion import OPPORTUNITY, heir
from .crm_lead_to_opportunity_mass import CHOICE_FIELDS

# so many are listed; of more, it is told how many there are
LISTED = 80


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which says what it is going to do, before it does it.

    Who is converted, merged into whom, linked to which customer, skipped for what: worked out
    for all of them at once as the choices are made, with what does it. The lists open below.
    """

    _inherit = "crm.lead2opportunity.partner.mass"

    # made of escaped parts only; what cleans HTML would remove what folds the lists
    outcome = ShownHtml(sanitize=False, compute="_compute_outcome")

    @api.depends(*CHOICE_FIELDS, "is_worked_out")
    @api.depends_context("uid", "lang", "tz")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = wizard._get_outcome()

    def _work_out_outcome(self):
        """Return what is going to happen, in HTML."""
        return self._list_sentences(self._get_outcome_sentences())

    @api.depends("lead_tomerge_ids")
    def _compute_duplicated_lead_ids(self):
        for wizard in self:
            wizard.duplicated_lead_ids = wizard.lead_tomerge_ids._origin._filter_duplicated()

    def _get_outcome_sentences(self):
        leads = self._get_selected()._filtered_access("read")
        if self.name != "convert" or not leads:
            return []
        dry_run = leads._dry_run_mass_conversion(self._get_choices(), self.is_for_batch)
        if not (dry_run.converted or dry_run.skipped or dry_run.merged):
            return []
        converted = leads.browse(dry_run.converted)
        return [
            self._list_leads(self.env._("Leads to convert: %s.", len(converted)), converted),
            *self._get_skipped_sentences(dry_run),
            *self._get_merged_sentences(dry_run),
            *self._get_outside_sentences(dry_run),
            *self._get_converted_sentences(dry_run, converted),
            *self._get_batch_sentences(),
        ]

    def _get_selected(self):
        """Return the leads that are selected, in the order in which they are converted."""
        places = {id_: place for place, id_ in enumerate(self.env.context.get("active_ids") or ())}
        return self.lead_tomerge_ids._origin.sorted(lambda lead: places.get(lead.id, len(places)))

    def _get_converted_sentences(self, dry_run, converted):
        if not converted:
            return []
        return [
            *self._get_customers_sentences(dry_run),
            *self._get_hands_sentences(dry_run),
        ]

    def _get_left(self, dry_run):
        """Return ``{id: reason}`` of all that are left as they are, for the rules or otherwise."""
        lead_model = self.env["crm.lead"]
        return {
            **lead_model._get_skip_reasons(dry_run.skipped),
            **{
                id_: lead_model._get_untouched_reason(why == OPPORTUNITY)
                for id_, why in dry_run.untouched.items()
            },
        }

    def _get_skipped_sentences(self, dry_run):
        reasons = self._get_left(dry_run)
        if not reasons:
            return []
        lead_model = self.env["crm.lead"]
        counts = {}
        for skipped in dry_run.skipped.values():
            for id_ in skipped.unmet:
                counts[id_] = counts.get(id_, 0) + 1
        names = lead_model._get_criterion_names(counts)
        missing = ", ".join(f"{name} ({counts[id_]})" for id_, name in names.items())
        told = self.env._("Left as they are: %s.", len(reasons))
        if missing:
            told = self.env._(
                "Left as they are: %(count)s. Not met: %(missing)s.",
                count=len(reasons),
                missing=missing,
            )
        return [
            self._list_leads(told, lead_model.browse(reasons), reasons),
            *self._get_untouched_sentences(dry_run),
        ]

    def _get_untouched_sentences(self, dry_run):
        """Return how many of those that are left are no leads, and what they get all the same."""
        opportunity_ids = [id_ for id_, why in dry_run.untouched.items() if why == OPPORTUNITY]
        other_ids = [id_ for id_ in dry_run.untouched if id_ not in opportunity_ids]
        changed_ids = self._get_changed(dry_run)
        lead_model = self.env["crm.lead"]
        told = [
            (self.env._("Of which opportunities already: %s."), opportunity_ids),
            (self.env._("Of which won or archived: %s."), other_ids),
            (self.env._("Of which get another salesperson, team or customer: %s."), changed_ids),
        ]
        return [
            self._list_leads(text % len(ids), lead_model.browse(ids)) for text, ids in told if ids
        ]

    def _get_changed(self, dry_run):
        """Return the ids of those that are not converted, and that something is given to."""
        # sudo: whoever may read a lead may know whose it is
        leads = self.env["crm.lead"].sudo().browse(dry_run.untouched)
        hands = dry_run.hands
        return [
            lead.id
            for lead in leads
            if lead.user_id.id != (hands.user_ids[lead.id] or False)
            or lead.team_id.id != (hands.team_ids[lead.id] or False)
            or (customer := dry_run.customers.get(lead.id))
            and (customer.lead_id or customer.partner_id != lead.partner_id.id)
        ]

    def _get_merged_sentences(self, dry_run):
        if not dry_run.merged:
            return []
        lead_model = self.env["crm.lead"]
        told = self.env._("Merged into one of their duplicates first: %s.", len(dry_run.merged))
        into = {id_: lead_model.browse(kept_id).name for id_, kept_id in dry_run.merged.items()}
        return [self._list_leads(told, lead_model.browse(into), into)]

    def _get_outside_sentences(self, dry_run):
        """Return which leads nobody has selected, and what becomes of them."""
        if not dry_run.outside:
            return []
        left = self._get_left(dry_run)
        fates = {}
        for lead in self.env["crm.lead"].browse(dry_run.outside):
            if lead.id in dry_run.merged:
                heir_id = heir(dry_run.merged, lead.id)
                fates[lead.id] = self.env._("merged into %s", lead.browse(heir_id).name)
            else:
                fates[lead.id] = left.get(lead.id) or self.env._("converted")
        told = self.env._("Of all these, duplicates that nobody selected: %s.", len(fates))
        return [self._list_leads(told, self.env["crm.lead"].browse(fates), fates)]

    def _get_customers_sentences(self, dry_run):
        """Return how many are linked to which customers, and for how many one is created."""
        # sudo: whoever may read a lead may know whom it is linked to
        partner_model = self.env["res.partner"].sudo()
        lead_model = self.env["crm.lead"]
        linked = {
            id_: partner_model.browse(dry_run.customers[id_].partner_id).display_name
            for id_ in dry_run.converted
            if id_ in dry_run.customers and dry_run.customers[id_].partner_id
        }
        created = {
            id_: lead_model.browse(dry_run.customers[id_].lead_id)._name_new_customer()
            for id_ in dry_run.converted
            if id_ in dry_run.customers and dry_run.customers[id_].lead_id
        }
        sentences = []
        if linked:
            told = self.env._("Linked to customers that exist: %s.", len(linked))
            sentences.append(self._list_leads(told, lead_model.browse(linked), linked))
            sentences += self._get_replaced_sentences_of(dry_run, linked)
        if created:
            told = self.env._("Linked to customers that are created: %s.", len(created))
            sentences.append(self._list_leads(told, lead_model.browse(created), created))
        alone = len(dry_run.converted) - len(linked) - len(created)
        if alone:
            sentences.append(self.env._("Without a customer: %s.", alone))
        return sentences

    def _get_replaced_sentences_of(self, dry_run, lead_ids):
        """Return what is replaced of leads by what the customers have that they are linked to."""
        # sudo: as in the dry run
        lead_model = self.env["crm.lead"].sudo()
        partner_model = self.env["res.partner"].sudo()
        replaced = {}
        for lead in lead_model.browse(lead_ids):
            partner = partner_model.browse(dry_run.customers[lead.id].partner_id)
            details = lead._foresee_replaced_details(partner)
            if details:
                replaced[lead.id] = "; ".join(f"{label}: {text}" for label, text in details.items())
        if not replaced:
            return []
        told = self.env._("Of which the address is replaced by the customer's: %s.", len(replaced))
        return [self._list_leads(told, self.env["crm.lead"].browse(replaced), replaced)]

    def _list_leads(self, told, leads, details=None):
        """Return a sentence under which a list of leads unfolds, in HTML.

        :param dict details: ``{id: text}``: what is said of each
        """
        lines = Markup()
        for lead in leads[:LISTED]:
            detail = details and details.get(lead.id)
            name = lead.name or lead.display_name
            lines += Markup("<li>%s</li>") % (f"{name}: {detail}" if detail else name)
        if len(leads) > LISTED:
            lines += Markup("<li>%s</li>") % self.env._("and %s more", len(leads) - LISTED)
        return self._fold(told, lines)

    def _fold(self, told, items):
        return Markup("<details><summary>%s</summary><ul>%s</ul></details>") % (told, items)
