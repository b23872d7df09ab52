from odoo import api, fields, models

from ..tools.alike import ALIKE_KEY, Alike
from ..tools.hooks import overridden

# whose methods these are; those of others are called for each partner
MODULES = ("base", "mail", "phone_validation", "snailmail", "sales_funnel_stages*", None)
SYNC_HOOKS = (
    "create",
    "_fields_sync",
    "_commercial_sync_from_company",
    "_company_dependent_commercial_sync",
    "_update_address",
    "_children_sync",
)
PICTURE = "image_1920"


class ResPartner(models.Model):
    """Customers that are created by the hundred, each as Odoo creates it.

    What it does for each of them afterwards, that is to take over values of its company, is done
    for those that differ from their company.
    """

    _inherit = "res.partner"

    @api.model
    def _create_together(self, vals_list):
        """Return what ``create`` returns."""
        if overridden(type(self), SYNC_HOOKS, MODULES) or self._company_dependent_commercial_fields():
            return self.create(vals_list)
        for vals in vals_list:
            parent = self.browse(vals.get("parent_id") or ())
            if parent.lang:
                # Odoo writes it after the partner is created
                vals.setdefault("lang", parent.lang)
        context = {"_partners_skip_fields_sync": True, ALIKE_KEY: Alike()}
        partners = self.with_context(**context).create(vals_list).with_env(self.env)
        partners._leave_out_pictures()
        for partner, vals in zip(partners, vals_list, strict=True):
            if not partner._is_like_company():
                partner._fields_sync(self._add_missing_default_values(vals))
        return partners

    def _leave_out_pictures(self):
        """Compute no smaller sizes of the pictures of these, where there is none."""
        without = self.filtered(lambda partner: not partner[PICTURE])
        for field in self._fields.values():
            if isinstance(field, fields.Image) and field.store and field.related == PICTURE:
                self.env.remove_to_compute(field, without)

    def _is_like_company(self):
        """Tell whether this one, just created, has nothing to take over, and nothing to hand on."""
        company = self.parent_id
        if self.child_ids or not company:
            return not self.child_ids
        names = [*self._address_fields(), *self._commercial_fields()]
        return company == self.commercial_partner_id and all(
            self[name] == company[name] for name in names
        )
