from odoo import models
from odoo.tools.mail import email_normalize_all

from ...tools.chunks import chunked, connected

# so many leads are converted in one transaction, and more where they belong together
CHUNK_SIZE = 100


class CrmLead(models.Model):
    """How many leads are divided into chunks that may be converted at the same time."""

    _inherit = "crm.lead"

    def _prepare_batch_lines(self):
        """Return the values of lines for these leads, divided into chunks."""
        keys = {lead.id: lead._get_connecting_keys() for lead in self}
        chunks = chunked(connected(keys), CHUNK_SIZE)
        return [
            {"lead_id": lead.id, "lead_name": lead.name, "chunk": number}
            for number, ids in enumerate(chunks)
            for lead in self.browse(ids)
        ]

    def _get_connecting_keys(self):
        """Return what other leads must not have if they are converted at the same time."""
        partner = self.partner_id
        emails = email_normalize_all(f"{self.email_from or ''},{partner.email or ''}")
        company = (self.partner_name or "").strip().lower()
        return [
            *(("email", email) for email in emails),
            *([("partner", partner.commercial_partner_id.id)] if partner else []),
            *([("company", company)] if company else []),
        ]
