from odoo import models


class ResourceCalendar(models.Model):
    """Relative dates in criteria count by the time zone of the company's calendar."""

    _name = "resource.calendar"
    _inherit = ["resource.calendar", "crm.rulebook.mixin"]

    _rulebook_fields = {"tz"}
