from odoo import api, models, tools
from odoo.exceptions import UserError

from ...names import STATUS_FIELDS


class CrmLead(models.Model):
    """What Odoo derives from where a lead stands, such as that it is won, is nobody's to write.

    Odoo takes it from clients, and a deal would count as won that is in the first stage. Where it
    is what it would be anyway, as in the rows of an export, it says nothing and is let pass.
    """

    _inherit = "crm.lead"

    @api.model
    @tools.ormcache()
    def _get_derived_names(self):
        """Return the names of the fields that tell of a lead's status what others have said."""
        depends = self.env.registry.field_depends
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store
            and field.compute
            and field.readonly
            and field.type in ("selection", "boolean")
            and not STATUS_FIELDS.isdisjoint(depends.get(field, ()))
        )

    @api.model
    def _take_derived(self, vals):
        """Take what is derived out of values → that."""
        return {name: vals.pop(name) for name in self._get_derived_names().intersection(vals)}

    def _check_derived(self, derived_list):
        """Check that what was given of each lead is what Odoo has derived.

        :raise UserError: names the field and the lead
        """
        for lead, derived in zip(self, derived_list, strict=True):
            for name, value in derived.items():
                if value != lead[name]:
                    raise UserError(
                        self.env._(
                            "“%(field)s” of “%(lead)s” cannot be set: it follows from the stage. "
                            "Move it instead.",
                            field=self._fields[name]._description_string(self.env),
                            lead=lead.name,
                        )
                    )
