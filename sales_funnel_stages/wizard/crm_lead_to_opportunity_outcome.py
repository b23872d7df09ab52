from markupsafe import Markup

from odoo import api, fields, models


class CrmLead2opportunityPartner(models.TransientModel):
    """Odoo's conversion wizard, which says in words what it is going to do, before it does it.

    Worked out on an unsaved lead, with what the conversion itself uses, as its choices are made.
    """

    _inherit = "crm.lead2opportunity.partner"

    outcome = fields.Html(string="What Will Happen", compute="_compute_outcome")

    @api.depends(
        "lead_id",
        "name",
        "action",
        "partner_id",
        "commercial_partner_id",
        "user_id",
        "team_id",
        "duplicated_lead_ids",
        "force_assignment",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = wizard._get_outcome()

    def _get_outcome(self):
        return self._work_out_outcome()

    def _work_out_outcome(self):
        """Return what is going to happen, in HTML."""
        sentences = self._get_outcome_sentences()
        return sentences and Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
            Markup("<li>%s</li>") % sentence for sentence in sentences
        )

    def _convert_and_allocate(self, leads, user_ids, team_id=False):
        # the activities are for whoever it is allocated to; the customer comes before all else
        with leads._in_one_move() as converting:
            return super()._convert_and_allocate(converting, user_ids, team_id=team_id)

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _get_outcome_sentences(self):
        """Return sentences, in the order in which things happen; none where nothing does."""
        # any lead can be put into an unsaved wizard, and may have been read by now as superuser
        lead = self.lead_id._filtered_access("read")
        if self.name == "merge":
            leads = (self.duplicated_lead_ids._origin | lead)._filtered_access("read")
            if len(leads) < 2:
                return []
            kept, vals = leads._foresee_merge()
            vals["active"] = True
            return [
                *self._get_merge_sentences(kept, leads - kept),
                *self._get_conversion_sentences(kept, vals),
            ]
        if not lead or lead.type == "opportunity":
            return []
        if not lead._filter_convertible():
            return [self.env._("“%s” is lost, and stays a lead. Restore it first.", lead.name)]
        return self._get_conversion_sentences(lead, {})

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

    def _get_conversion_sentences(self, lead, vals):
        """Return what becomes of a lead once these values are written on it."""
        is_opportunity = lead.type == "opportunity"
        sentences = []
        with lead._as_drafts([vals]) as draft:
            if not is_opportunity:
                customer = self._foresee_customer(draft, self.partner_id or draft.partner_id)
                sentences.append(self._get_customer_text(draft.partner_id, customer))
                sentences += self._get_replaced_sentences(draft, customer)
                draft._foresee_conversion(draft.partner_id)
            if self.force_assignment or not draft.user_id:
                self._foresee_assignment(draft, is_opportunity)
            sentences.append(self._get_stage_text(is_opportunity, draft.stage_id))
            sentences.append(self._get_assignment_text(draft.user_id, draft.team_id))
            plan = draft.browse() if is_opportunity else draft._find_conversion_plan()
            if plan:
                # sudo: whoever may see the lead may see who is going to work on it
                sentences.append(self._get_plan_text(plan, draft.sudo()._get_plan_steps(plan)))
        return sentences

    def _get_replaced_sentences(self, draft, customer):
        # sudo: whoever may link a lead to a customer sees its address on the lead then
        replaced = draft.sudo()._foresee_replaced_details(customer.sudo())
        return [
            self.env._(
                "%(what)s: replaced by what %(customer)s has. Until now: %(value)s.",
                what=label,
                customer=customer.display_name or customer.name,
                value=text,
            )
            for label, text in replaced.items()
        ]

    def _foresee_assignment(self, draft, is_opportunity):
        """Let an unsaved lead be assigned as this wizard assigns it."""
        vals = {"user_id": self.user_id}
        # what was an opportunity before is taken from its team where none is chosen
        if self.team_id or is_opportunity:
            vals["team_id"] = self.team_id
        # where no team is said, Odoo finds one
        if "team_id" not in vals or any(draft[name] != vals[name] for name in vals):
            draft.update(vals)

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
