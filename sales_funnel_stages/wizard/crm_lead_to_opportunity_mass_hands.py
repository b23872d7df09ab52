from collections import Counter

from markupsafe import Markup

from odoo import models


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion says in whose hands the leads come, and what follows from that."""

    _inherit = "crm.lead2opportunity.partner.mass"

    def _get_hands_sentences(self, dry_run):
        """Return who is assigned, to which teams leads come, who is told, and which plans start."""
        sentences = [
            self._get_assignments_text(dry_run),
            *self._get_team_sentences(dry_run),
            *self._get_received_sentences(dry_run),
        ]
        plans = self._foresee_plans(dry_run)
        if plans:
            names = ", ".join(plans.mapped("name"))
            sentences.append(self.env._("Plans that start for them, by their team: %s.", names))
        return sentences

    def _get_assignments_text(self, dry_run):
        if not self.user_ids:
            # as crm does: without salespeople, the team that is chosen does not count either
            if dry_run.hands.moved_ids:
                return self.env._("Their salespeople stay as they are.")
            return self.env._("Their salespeople and teams stay as they are.")
        names = ", ".join(self.user_ids.mapped("name"))
        if not self.force_assignment:
            return self.env._("Those without a salesperson are assigned, in turn, to: %s.", names)
        return self.env._("All are assigned, in turn, to: %s.", names)

    def _get_team_sentences(self, dry_run):
        """Return how many come to another team, to which, and what that does with its rules."""
        hands = dry_run.hands
        if not hands.moved_ids:
            return []
        # sudo: whoever converts leads may know to which teams they come
        leads = self.env["crm.lead"].sudo().browse(hands.moved_ids)
        teams = {lead.id: lead.team_id.browse(hands.team_ids[lead.id] or ()) for lead in leads}
        names = {lead.id: lead._get_next_team_text(teams[lead.id]) for lead in leads}
        counts = Counter(names.values())
        told = self.env._(
            "Come to another team: %(count)s (%(teams)s).",
            count=len(names),
            teams=", ".join(f"{name}: {count}" for name, count in counts.items()),
        )
        return [self._list_leads(told, self.env["crm.lead"].browse(names), names)]

    def _get_received_sentences(self, dry_run):
        """Return who is given how much, and how often they are notified."""
        texts = self.env["crm.lead"]._get_received_texts(dry_run.hands.received)
        if len(texts) < 2:
            return texts
        told = self.env._("%(first)s; and %(count)s more", first=texts[0], count=len(texts) - 1)
        items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
        return [self._fold(told, items)]

    def _foresee_plans(self, dry_run):
        """Return the plans that may start for those that are converted."""
        team_ids = {dry_run.hands.team_ids[id_] for id_ in dry_run.converted}
        plans = self.env["crm.lead"]._get_conversion_plans()
        # sudo: the plan of a team starts whoever converts its leads
        plan_model = self.env["mail.activity.plan"].sudo()
        return plan_model.browse({plans[id_] for id_ in team_ids if id_ in plans}).filtered(
            "active"
        )
