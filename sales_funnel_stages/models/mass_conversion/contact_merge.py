from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A mass conversion can still be undone where contacts have been merged since."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _merge_own_records(self, src_partners, dst_partner):  # pylint: disable=missing-return
        super()._merge_own_records(src_partners, dst_partner)
        # sudo: whoever may merge contacts need not see who has converted what
        lines = self.env["crm.lead.conversion.batch.line"].sudo()
        merged = (src_partners + dst_partner).ids
        # it is more by now than what the conversion has created: no undo archives it
        for name in ("created_partner_id", "created_company_id"):
            lines.search([(name, "in", merged)])[name] = False
        # what an undo gives back is the contact that is left
        lines.flush_model(["values_before"])
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead_conversion_batch_line
                   SET values_before = jsonb_set(values_before, '{partner_id}', to_jsonb(%s))
                 WHERE jsonb_typeof(values_before->'partner_id') = 'number'
                   AND (values_before->>'partner_id')::int = ANY(%s)
                RETURNING id
                """,
                dst_partner.id,
                src_partners.ids,
            )
        )
        lines.invalidate_model(["values_before"], flush=False)
