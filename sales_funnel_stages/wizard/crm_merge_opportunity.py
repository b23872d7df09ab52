from odoo import api, fields, models


class CrmMergeOpportunity(models.TransientModel):
    """Odoo's merge of what is selected in a list, which warns where some of it is lost."""

    _inherit = "crm.merge.opportunity"

    lost_warning = fields.Text(string="Warning", compute="_compute_lost_warning")

    @api.depends("opportunity_ids")
    @api.depends_context("uid", "lang")
    def _compute_lost_warning(self):
        for wizard in self:
            leads = wizard.opportunity_ids._origin._filtered_access("read")
            wizard.lost_warning = wizard._get_lost_warning(leads)

    def _get_lost_warning(self, leads):
        """Return what becomes of what is open, or lost, of these; False where all is alike."""
        lost = leads.filtered(lambda lead: lead.won_status == "lost")
        if not lost or lost == leads:
            return False
        kept, _vals = leads._foresee_merge()
        if kept in lost:
            return self.env._(
                "“%s” is lost, and stays so: what is merged into it is lost with it. To go on "
                "with it, restore it first.",
                kept.name,
            )
        return self.env._(
            "Lost, and open again as part of “%(kept)s”: %(leads)s.",
            leads=", ".join(lost.mapped("name")),
            kept=kept.name,
        )
