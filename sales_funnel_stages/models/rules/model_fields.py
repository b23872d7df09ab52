from contextlib import nullcontext

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .criterion import DOMAIN_ERRORS


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _prepare_update(self):
        # before a custom field is deleted, alone or with its model, or renamed
        if not self.env.context.get(MODULE_UNINSTALL_FLAG):
            self._check_unused_by_criteria()
        return super()._prepare_update()

    def write(self, vals):
        if set(vals) <= {"field_description", "help"}:
            return super().write(vals)
        names = {(field.model, field.name) for field in self}
        with self.env["crm.qualification.criterion"]._standing(names):
            return super().write(vals)

    def _check_unused_by_criteria(self):
        """Check that no criterion looks at these fields.

        :raise UserError: names the criterion that does
        """
        checked = {(field.model, field.name) for field in self}
        # sudo: a criterion needs its field whoever may read it
        for criterion in self.env["crm.qualification.criterion"].sudo().search([]):
            try:
                used = criterion._get_used_fields()
            except DOMAIN_ERRORS:
                continue  # broken already: it holds nothing back
            taken = checked & used
            if taken:
                raise UserError(
                    self.env._(
                        "The field “%(field)s” is used by the criterion “%(criterion)s” of the "
                        "framework “%(framework)s”. Change the criterion first.",
                        field=next(iter(taken))[1],
                        criterion=criterion.name,
                        framework=criterion.framework_id.name,
                    )
                )


class IrModelFieldsSelection(models.Model):
    """Values of custom fields are not taken away, nor renamed, while a criterion looks for them."""

    _inherit = "ir.model.fields.selection"

    def write(self, vals):
        with self._kept_for_criteria() if "value" in vals else nullcontext():
            return super().write(vals)

    def unlink(self):
        is_uninstalled = self.env.context.get(MODULE_UNINSTALL_FLAG)
        with nullcontext() if is_uninstalled else self._kept_for_criteria():
            return super().unlink()

    def _kept_for_criteria(self):
        return self.env["crm.qualification.criterion"]._standing(
            {(each.field_id.model, each.field_id.name) for each in self}
        )
