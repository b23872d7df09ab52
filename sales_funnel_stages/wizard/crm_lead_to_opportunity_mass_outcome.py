from odoo import api, models


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which says in words what it is going to do, before it does it."""

    _inherit = "crm.lead2opportunity.partner.mass"

    @api.depends(
        "lead_tomerge_ids",
        "name",
        "deduplicate",
        "duplicated_lead_ids",
        "action",
        "partner_id",
        "user_ids",
        "team_id",
        "force_assignment",
    )
    @api.depends_context("uid", "lang")
    def _compute_outcome(self):
        return super()._compute_outcome()

    def _tell_outcome(self):
        leads = self.lead_tomerge_ids._origin._filtered_access("read")
        leads = leads.filtered(lambda lead: lead.type == "lead")._filter_convertible()
        if self.name != "convert" or not leads:
            return []
        sentences = [self.env._("Leads to convert: %s.", len(leads))]
        if leads._can_be_refused():
            sentences.append(
                self.env._("Those that do not meet the rules are left as they are, and named.")
            )
        if self.deduplicate and self.duplicated_lead_ids:
            sentences.append(
                self.env._(
                    "Leads that are merged with their duplicates first: %s.",
                    len(self.duplicated_lead_ids),
                )
            )
        sentences += [self._tell_customers(), self._tell_assignments()]
        plans = self._foresee_plans(leads)
        if plans:
            names = ", ".join(plans.mapped("name"))
            sentences.append(self.env._("Plans that start for them, by their team: %s.", names))
        return sentences

    def _tell_customers(self):
        if self.action == "each_exist_or_create":
            return self.env._("Each is linked to the customer that it matches, or to a new one.")
        if self.action == "create":
            return self.env._("A new customer is created for each that has none.")
        if not self.partner_id:
            return self.env._("Their customers stay as they are.")
        return self.env._("All are linked to the customer %s.", self.partner_id.display_name)

    def _tell_assignments(self):
        if not self.user_ids:
            # as crm does: without salespeople, the team that is chosen does not count either
            return self.env._("Their salespeople and teams stay as they are.")
        names = ", ".join(self.user_ids.mapped("name"))
        if not self.force_assignment:
            return self.env._("Those without a salesperson are assigned, in turn, to: %s.", names)
        return self.env._("All are assigned, in turn, to: %s.", names)

    def _foresee_plans(self, leads):
        """Return the plans that may start for these leads."""
        teams = leads.team_id
        if self.user_ids and self.team_id:
            teams = self.team_id if self.force_assignment else teams | self.team_id
        plans = leads._get_conversion_plans()
        # sudo: the plan of a team starts whoever converts its leads
        plan_model = self.env["mail.activity.plan"].sudo()
        return plan_model.browse(
            {plans[team.id] for team in teams._origin if team.id in plans}
        ).filtered("active")
