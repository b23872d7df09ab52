from odoo import models
from odoo.tools.mail import email_normalize_all

from ...tools.chunks import chunked, connected

# so many leads are converted in one transaction, and more where they belong together
CHUNK_SIZE = 100


class CrmLead(models.Model):
    """How many leads are divided into chunks that may be converted at the same time."""

    _inherit = "crm.lead"

    def _prepare_batch_lines(self, deduplicate):
        """Return the values of lines for these leads, divided into chunks.

        :param bool deduplicate: whether they are merged with their duplicates, so that those
            belong together that share one, even if nobody has selected it
        """
        keys = {lead.id: lead._get_connecting_keys() for lead in self}
        if deduplicate:
            duplicates = self._index_duplicates()
            for lead in self:
                keys[lead.id] += [("lead", id_) for id_ in lead._find_duplicates(duplicates)]
        chunks = chunked(connected(keys), CHUNK_SIZE)
        return [
            {
                "lead_id": lead.id,
                "lead_ref": lead.id,
                "lead_name": lead.name,
                "chunk": number,
            }
            for number, ids in enumerate(chunks)
            for lead in self.browse(ids)
        ]

    def _get_connecting_keys(self):
        """Return, in a list, what others must not have that are converted at the same time."""
        partner = self.partner_id
        emails = email_normalize_all(f"{self.email_from or ''},{partner.email or ''}")
        company = (self.partner_name or "").strip().lower()
        return [
            *(("email", email) for email in emails),
            *([("partner", partner.commercial_partner_id.id)] if partner else []),
            *([("company", company)] if company else []),
        ]
