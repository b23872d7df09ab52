from odoo import api, fields, models


class CrmLedgerMixin(models.AbstractModel):
    """What is recorded of leads, by itself."""

    _name = "crm.ledger.mixin"
    _inherit = ["crm.append.only.mixin"]
    _description = "Record of What Happened to Leads"

    company_id = fields.Many2one("res.company", ondelete="set null")
    company_currency = fields.Many2one(
        "res.currency", compute="_compute_company_currency", string="Currency"
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency(self):
        # Odoo asks for it without other fields; those of the company are read for messages, too
        rows = self.with_context(prefetch_fields=True)
        for row in rows:
            # as of leads without a company
            row.company_currency = (row.company_id or rows.env.company).currency_id
