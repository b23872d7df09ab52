import json

from odoo import api, models
from odoo.tools import json_default

from odoo.addons.crm.wizard.crm_lead_to_opportunity import CrmLead2opportunityPartner
from odoo.addons.crm.wizard.crm_lead_to_opportunity_mass import (
    CrmLead2opportunityPartnerMass as OdooMass,
)

from ...tools.extended import extended

# those of this addon, to the dot after its name
OWN_MODULES = __name__.partition("models.")[0]
WIZARD_METHODS = (
    "action_mass_convert",
    "action_apply",
    "_action_convert",
    "_convert_and_allocate",
    "_convert_handle_partner",
)


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """What other addons have made of Odoo's mass conversion."""

    _inherit = "crm.lead2opportunity.partner.mass"

    @api.model
    def _get_owners(self):
        """Return the classes that make this wizard where no other addon extends it."""
        own = [each for each in type(self).__mro__ if each.__module__.startswith(OWN_MODULES)]
        return {CrmLead2opportunityPartner, OdooMass, *own}

    @api.model
    def _is_extended(self):
        """Tell whether another addon has its say in a conversion: crm goes through the leads."""
        return bool(extended(type(self), WIZARD_METHODS, self._get_owners()))

    def _get_other_choices(self):
        """Return ``{field: value}`` of what other addons have people choose here, as JSON."""
        known = {field.name for owner in self._get_owners() for field in owner._field_definitions}
        names = [
            field.name
            for field in self._fields.values()
            if field.store
            and field.name not in {*known, *models.MAGIC_COLUMNS}
            and field.type != "one2many"
        ]
        if not names:
            # of none Odoo reads all
            return {}
        [values] = self.read(names, load=None)
        values = {name: values[name] for name in names}
        return json.loads(json.dumps(values, default=json_default))
