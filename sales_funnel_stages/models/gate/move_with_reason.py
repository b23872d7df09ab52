from odoo import models
from odoo.exceptions import UserError

from ...tools.rulebook import CONVERSION


class CrmLead(models.Model):
    """A move that overrides the stage rules, for programs; people have dialogs for it."""

    _inherit = "crm.lead"

    def move_with_reason(self, values, reason, make_good_date=False):
        """Write values on leads, or create one, although the stage rules are not met.

        The reason is for these leads and this move only, not for what follows from it.

        :param dict values: as for ``write``, or for ``create`` where this is called on no record;
            ``type: "opportunity"`` converts, as ``convert_opportunity`` does
        :param str reason: why; it is posted in the chatter, and kept in the history
        :param make_good_date: by when what is missing is completed, as "2030-12-31"; optional
        :return: the leads
        :raise AccessError: where the user may not override the stage rules
        :raise UserError: without a reason, for a date in the past, for values that are none
        """
        is_read = isinstance(values, dict) and isinstance(values.get("stage_id") or 0, int)
        if not is_read:
            raise UserError(self.env._("Say what is to be written, as field names and values."))
        gates = [CONVERSION] if values.get("type") == "opportunity" else []
        if values.get("stage_id"):
            gates.append(values["stage_id"])
        leads = self._with_override(reason, make_good_date, gates)
        if not self:
            return leads.create(values).with_env(self.env)
        with leads._in_one_move() as moving, moving._undone_if_refused():
            for lead, vals in zip(moving, moving._prepare_values(values), strict=True):
                lead.write(vals)
        return self

    def _prepare_values(self, values):
        """Return what is written on each lead, with what a conversion writes besides."""
        if values.get("type") != "opportunity":
            return [values] * len(self)
        partner = self.env["res.partner"].browse(values.get("partner_id") or ())
        return [
            {**lead._convert_opportunity_data(partner or lead.partner_id), **values}
            if lead.type == "lead"
            else values
            for lead in self
        ]
