from contextlib import nullcontext

from odoo import api, models


class CrmRulebookMixin(models.AbstractModel):
    """A model that the rulebook is made of: when its records change, it is read again."""

    _name = "crm.rulebook.mixin"
    _description = "Source of the Rulebook"

    # the fields that the rulebook holds; None: any
    _rulebook_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if records:
            self._renew_rulebook()
        return records

    def write(self, vals):
        with self._kept_while_written(vals):
            result = super().write(vals)
        if self and (self._rulebook_fields is None or not self._rulebook_fields.isdisjoint(vals)):
            self._renew_rulebook()
        return result

    def unlink(self):
        result = super().unlink()
        if self:
            self._renew_rulebook()
        return result

    def _kept_while_written(self, _vals):
        """Return a context manager that refuses what writing values takes away from rules.

        For other packages to extend.
        """
        return nullcontext()

    def _update_field_translations(self, *args, **kwargs):
        result = super()._update_field_translations(*args, **kwargs)
        self._renew_rulebook()
        return result

    @api.model
    def _renew_rulebook(self):
        """Let the rules be read anew, here and (after the commit) everywhere."""
        self.env["crm.rulebook"]._renew()
