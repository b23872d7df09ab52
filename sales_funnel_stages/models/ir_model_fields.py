from odoo import api, models
from odoo.exceptions import UserError

from .crm_qualification_criterion import DOMAIN_ERRORS


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used_by_criterion(self):
        """Refuse to delete a field that a criterion looks at, by the criterion's name."""
        deleted = {(field.model, field.name) for field in self}
        # sudo: a criterion needs its field whoever may read it
        for criterion in self.env["crm.qualification.criterion"].sudo().search([]):
            try:
                used = criterion._get_used_fields()
            except DOMAIN_ERRORS + (SyntaxError,):
                continue  # broken already: it holds nothing back
            taken = deleted & used
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
