from markupsafe import Markup

from odoo import api, models

from ..models.rules.shown_field import ShownBoolean, ShownHtml, ShownJson

# what is chosen here, and decides what happens
CHOICES = (
    "lead_id",
    "name",
    "action",
    "partner_id",
    "commercial_partner_id",
    "user_id",
    "team_id",
    "duplicated_lead_ids",
    "force_assignment",
    "override_reason",
)


def _get_paths(self):
    names = self.env["crm.lead"]._qualification_depends()
    return (*CHOICES, *(f"filled_lead_ids.{name}" for name in names))


class CrmLead2opportunityPartner(models.TransientModel):
    """Odoo's conversion wizard, which says what it asks for and what it does, before it does it.

    Worked out on one unsaved lead, with what the conversion itself uses, as its choices are made
    and the lead is filled in.
    """

    _inherit = "crm.lead2opportunity.partner"

    qualification_checklist = ShownJson(compute="_compute_foreseen")
    is_held_back = ShownBoolean(compute="_compute_foreseen")
    outcome = ShownHtml(string="What Will Happen", compute="_compute_foreseen")

    @api.depends(_get_paths)
    @api.depends_context("uid", "lang", "tz")
    def _compute_foreseen(self):
        self.qualification_checklist = self.is_held_back = self.outcome = False
        for wizard in self:
            if wizard.name == "merge":
                wizard.outcome = wizard._list_sentences(wizard._get_sentences_of_merge())
            elif lead := wizard._get_filled_lead():
                wizard.update(wizard._foresee(lead))

    def _get_filled_lead(self):
        """Return the lead as it is filled in here; none that the user may not see."""
        # any lead can be put into an unsaved wizard
        lead = self.filled_lead_ids.filtered(lambda each: each._origin == self.lead_id._origin)
        return lead if lead._origin._filtered_access("read") else lead.browse()

    def _foresee(self, lead):
        """Return what the conversion of a lead asks for, and what it does: ``{field: value}``."""
        customer = self._foresee_customer(lead, self.partner_id or lead.partner_id)
        sentences = self._get_customer_sentences(lead, customer)
        is_lead, is_convertible = lead.type == "lead", bool(lead._origin._filter_convertible())
        with lead._as_converted(customer) as (draft, checklist):
            if not is_lead or (checklist["is_refused"] and not self.override_reason):
                sentences = []
            elif not is_convertible:
                sentences = [
                    self.env._("“%s” is lost, and stays a lead. Restore it first.", lead.name)
                ]
            else:
                if not (self.team_id and self._is_assigned(draft)):
                    # Odoo derives it from the type
                    draft._fields["team_id"].compute_value(draft)
                sentences += self._get_place_sentences(draft, is_opportunity=False)
        return {
            "qualification_checklist": checklist["lines"] and checklist,
            "is_held_back": checklist["is_refused"],
            "outcome": self._list_sentences(sentences),
        }

    def _foresee_customer(self, lead, partner):
        """Return the customer that the conversion gives a lead, unsaved if it creates one."""
        if partner or self.action == "exist":
            return partner
        return lead._foresee_customer(self.commercial_partner_id)

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        # the activities are for whoever it is allocated to; the customer comes before all else
        with leads._in_one_move() as converting:
            return super()._convert_and_allocate(converting, user_ids, team_id=team_id)

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.model
    def _list_sentences(self, sentences):
        """Return sentences as a list in HTML."""
        return sentences and Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % sentence for sentence in sentences
        )

    def _get_sentences_of_merge(self):
        """Return sentences, in the order in which things happen; none where nothing does."""
        # any lead can be put into an unsaved wizard, and may have been read by now as superuser
        leads = self.duplicated_lead_ids._origin | self.lead_id._origin
        leads = leads._filtered_access("read")
        if len(leads) < 2:
            return []
        kept, vals = leads._foresee_merge()
        vals["active"] = True
        sentences = self._get_merge_sentences(kept, leads - kept)
        is_opportunity = kept.type == "opportunity"
        # one that is filled in here stays as it is
        filled = self.filled_lead_ids.filtered(lambda each: each._origin == kept)
        with (filled or kept)._as_given(vals) as draft:
            if not is_opportunity:
                customer = self._foresee_customer(draft, self.partner_id or draft.partner_id)
                sentences += self._get_customer_sentences(draft, customer)
                draft._foresee_conversion(draft.partner_id)
            return sentences + self._get_place_sentences(draft, is_opportunity)

    def _get_merge_sentences(self, kept, others):
        sentences = [
            self.env._(
                "“%(lead)s” is merged into “%(kept)s” and deleted.", lead=lead.name, kept=kept.name
            )
            for lead in others
        ]
        if not kept.active:
            sentences.append(self.env._("“%s” is restored.", kept.name))
        return sentences

    def _get_place_sentences(self, draft, is_opportunity):
        """Return where a lead is going to be, in whose hands, and what starts there.

        :param draft: the lead as it is before it is assigned
        :param bool is_opportunity: whether it was one before
        """
        if self._is_assigned(draft):
            self._foresee_assignment(draft, is_opportunity)
        sentences = [
            self._get_stage_text(is_opportunity, draft.stage_id),
            self._get_assignment_text(draft.user_id, draft.team_id),
        ]
        plan = draft.browse() if is_opportunity else draft._find_conversion_plan()
        if plan:
            # sudo: whoever may see the lead may see who is going to work on it
            sentences.append(self._get_plan_text(plan, draft.sudo()._get_plan_steps(plan)))
        return sentences

    def _get_customer_sentences(self, lead, customer):
        # sudo: whoever may link a lead to a customer sees its address on the lead then
        replaced = lead.sudo()._foresee_replaced_details(customer.sudo())
        return [
            self._get_customer_text(lead.partner_id, customer),
            *(
                self.env._(
                    "%(what)s: replaced by what %(customer)s has. Until now: %(value)s.",
                    what=label,
                    customer=customer.display_name or customer.name,
                    value=text,
                )
                for label, text in replaced.items()
            ),
        ]

    def _is_assigned(self, lead):
        """Tell whether this wizard hands over a lead that is converted."""
        return self.force_assignment or not lead.user_id

    def _foresee_assignment(self, draft, is_opportunity):
        """Let an unsaved lead be assigned as this wizard assigns it."""
        vals = {"user_id": self.user_id}
        # what was an opportunity before is taken from its team where none is chosen
        if self.team_id or is_opportunity:
            vals["team_id"] = self.team_id
        # where no team is said, Odoo finds one
        if "team_id" in vals and all(draft[name] == vals[name] for name in vals):
            return
        # drafts of one lead share their values; of what follows from these, what is told
        draft.new(vals, origin=draft._origin)
        following = [] if "team_id" in vals else ["team_id"]
        if draft._get_conversion_plans():
            following.append("company_id")
        if not draft.stage_id or draft._get_rulebook().has_stages_of_teams:
            following.append("stage_id")
        for name in following:
            draft._fields[name].compute_value(draft)

    def _get_customer_text(self, current, customer):
        """Tell which customer a lead gets.

        :param current: the customer it has
        :param customer: the one it gets, unsaved where it is created
        """
        company = customer.parent_id
        if not customer:
            return self.env._("It has no customer yet.")
        if customer == current:
            return self.env._("Its customer stays %s.", customer.display_name)
        if customer._origin:
            return self.env._("It is linked to the customer %s.", customer.display_name)
        if customer.is_company:
            return self.env._("The customer is created: the company %s.", customer.name)
        if not company:
            return self.env._("The customer is created: %s.", customer.name)
        if company._origin:
            return self.env._(
                "The customer is created: %(contact)s, at %(company)s.",
                contact=customer.name,
                company=company.display_name,
            )
        return self.env._(
            "The customer is created: %(contact)s, at the new company %(company)s.",
            contact=customer.name,
            company=company.name,
        )

    def _get_stage_text(self, is_opportunity, stage):
        # of all stages these are known already
        names = self.env["crm.lead"]._get_stage_names(stage._origin.ids)
        name = names.get(stage._origin.id, False)
        if is_opportunity:
            return self.env._("It stays an opportunity, in the stage %s.", name)
        return self.env._("It becomes an opportunity, in the stage %s.", name)

    def _get_assignment_text(self, user, team):
        if user and team:
            return self.env._(
                "It is assigned to %(user)s, in the team %(team)s.", user=user.name, team=team.name
            )
        if user:
            return self.env._("It is assigned to %s, without a team.", user.name)
        if team:
            return self.env._("It goes to the team %s, with no salesperson yet.", team.name)
        return self.env._("It is not assigned to anyone yet.")

    def _get_plan_text(self, plan, steps):
        told = self.env["crm.lead"]._get_plan_steps_text(steps)
        return self.env._("The plan “%s” starts:", plan.name) + told
