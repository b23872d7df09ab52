from odoo import api, fields, models, tools

from .alike import Alike
from .overridden import overridden

# whose methods these are; those of others are called for each partner
ODOO_MODULES = ("base", "mail", "phone_validation", "snailmail", "calendar", "contacts", "crm")
MODULES = (*ODOO_MODULES, "sales_funnel_stages*", None)
SYNC_HOOKS = (
    "create",
    "_fields_sync",
    "_commercial_sync_from_company",
    "_company_dependent_commercial_sync",
    "_update_address",
    "_children_sync",
)
DEFAULT_HOOKS = ("default_get", "_add_missing_default_values")
PICTURE = "image_1920"


class CreatedTogether(Alike):
    """Says that partners are created together.

    :ivar defaults: ``{names that are given: values of the others}``
    """

    def __init__(self):
        self.defaults = {}


class ResPartner(models.Model):
    """Customers that are created by the hundred, each as Odoo creates it.

    What it does for each of them afterwards, that is to take over values of its company, is done
    for those that differ from their company.
    """

    _inherit = "res.partner"

    @api.model
    def _create_together(self, vals_list):
        """Return what ``create`` returns."""
        if (
            overridden(type(self), SYNC_HOOKS, MODULES)
            or self._company_dependent_commercial_fields()
        ):
            return self.create(vals_list)
        for vals in vals_list:
            parent = self.browse(vals.get("parent_id") or ())
            if parent.lang:
                # Odoo writes it after the partner is created
                vals.setdefault("lang", parent.lang)
        context = {"_partners_skip_fields_sync": True, **CreatedTogether().context()}
        partners = self.with_context(**context).create(vals_list).with_env(self.env)
        partners._leave_out_pictures()
        for partner, vals in zip(partners, vals_list, strict=True):
            if not partner._is_like_company():
                partner._fields_sync(self._add_missing_default_values(vals))
        return partners

    def _add_missing_default_values(self, values):
        together = CreatedTogether.of(self.env)
        if not together or not self._are_defaults_alike():
            return super()._add_missing_default_values(values)
        names = frozenset(values)
        if names not in together.defaults:
            complete = super()._add_missing_default_values(values)
            together.defaults[names] = {
                name: value for name, value in complete.items() if name not in names
            }
            return complete
        complete = {**together.defaults[names], **values}
        for field in self._fields.values():
            if field.type == "properties":
                complete[field.name] = field._add_default_values(self.env, complete)
        return complete

    @api.model
    @tools.ormcache()
    def _are_defaults_alike(self):
        """Tell whether each of many partners gets the same; no sequence gives each its own."""
        return not overridden(type(self), DEFAULT_HOOKS, MODULES) and all(
            {*field._modules} <= {*ODOO_MODULES} for field in self._fields.values() if field.default
        )

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
