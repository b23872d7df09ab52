from odoo.tests import Form


class ConversionForm(Form):
    """The conversion wizard's form, and within it the lead's.

    Odoo's test form does not edit the records of a many2many field, which the web client does.
    """

    def __init__(self, leads):
        """:param leads: the first one is converted, as the user of its environment"""
        wizard_model = leads.env["crm.lead2opportunity.partner"].with_context(
            active_model="crm.lead", active_id=leads[:1].id, active_ids=leads.ids
        )
        super().__init__(wizard_model)

    def fill_in(self, **values):
        """Fill in fields of the lead: values as for ``write``."""
        filled = self._values["filled_lead_ids"]
        [id_] = filled
        filled.update(id_, values, changed=values)
        self._perform_onchange("filled_lead_ids")
