from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """What becomes of what is ours where contacts are merged: the same person stays one."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):  # pylint: disable=missing-return
        # before Odoo points all that there is, in SQL, at the contact that is left
        self._merge_own_records(src_partners, dst_partner)
        super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _merge_own_records(self, src_partners, dst_partner):
        """Point what is this addon's at the contact that is left.

        For other packages to extend.
        """
        # sudo: whoever may merge contacts need not see the deals in which they have a say
        stakeholders = self.env["crm.lead.stakeholder"].sudo()
        stakeholders = stakeholders.search([("partner_id", "in", (src_partners + dst_partner).ids)])
        for lines in stakeholders.grouped("lead_id").values():
            # the first in their order is the key contact, if any of them is
            kept, twins = lines[0], lines[1:]
            for twin in twins:
                kept._join(twin, twin.is_key_contact)
            twins.unlink()
            if kept.partner_id != dst_partner:
                kept.partner_id = dst_partner
