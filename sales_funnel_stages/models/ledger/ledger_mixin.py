from odoo import api, fields, models


class CrmLedgerMixin(models.AbstractModel):
    """What is recorded of leads, by itself and past the ORM: nobody changes it.

    Models that inherit it say so in ``_refuse_change``.
    """

    _name = "crm.ledger.mixin"
    _description = "Record of What Happened to Leads"

    company_id = fields.Many2one("res.company", ondelete="set null")
    company_currency = fields.Many2one(
        "res.currency", compute="_compute_company_currency", string="Currency"
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency(self):
        for row in self:
            # as of leads without a company
            row.company_currency = (row.company_id or self.env.company).currency_id

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self._refuse_change()

    def write(self, vals):  # pylint: disable=method-required-super
        self._refuse_change()

    def unlink(self):  # pylint: disable=method-required-super
        self._refuse_change()

    def _refuse_change(self):
        """Raise the error that tells whoever wants to change a row that they cannot."""
        raise NotImplementedError()
