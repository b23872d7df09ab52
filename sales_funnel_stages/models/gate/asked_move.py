from odoo import models
from odoo.exceptions import UserError

# what a client says of a move
ASKED_KEYS = {"type", "stage_id", "reason", "make_good_date"}


class CrmLead(models.Model):
    """A move as it is spoken about, asked for and approved: a conversion, a stage, or both."""

    _inherit = "crm.lead"

    def _read_asked_move(self, vals):
        """Return the move that a client speaks of: whether a conversion, and the stage.

        :param dict vals: ``type`` ("opportunity"), ``stage_id``, or both; see ``ASKED_KEYS``
        :raise UserError: where it is none
        """
        is_read = isinstance(vals, dict) and isinstance(vals.get("stage_id") or 0, int)
        if not is_read:
            raise UserError(self.env._("Say what you ask for: a stage, or an opportunity."))
        unknown = set(vals) - ASKED_KEYS
        if unknown:
            raise UserError(
                self.env._("“%s” cannot be asked for.", ", ".join(sorted(map(str, unknown))))
            )
        stage_id = vals.get("stage_id") or 0
        stage = self.env["crm.stage"].search([("id", "=", stage_id)])
        is_conversion = vals.get("type") == "opportunity" != self.type
        if not stage and (stage_id or not is_conversion):
            raise UserError(self.env._("Say what you ask for: a stage, or an opportunity."))
        return is_conversion, stage

    def _prepare_move(self, is_conversion, stage, partner=None):
        """Return for each lead what is written on it to make a move.

        :param bool is_conversion: whether it is to become an opportunity
        :param stage: the ``crm.stage`` to enter; empty: the one it is in, or starts in
        :param partner: the ``res.partner`` that it gets meanwhile, by default the one it has
        """
        vals_list = []
        for lead in self:
            vals = (
                lead._convert_opportunity_data(lead.partner_id if partner is None else partner)
                if is_conversion
                else {}
            )
            if stage:
                vals["stage_id"] = stage.id
            if stage.is_won:
                # as crm does, which also wins what is archived
                vals.update(active=True, probability=100)
            vals_list.append(vals)
        return vals_list

    def _judge_move(self, is_conversion, stage):
        """Return ``{id: Verdict}`` of those leads that may not make a move now."""
        return self._judge_vals(self._prepare_move(is_conversion, stage))

    def _make_move(self, is_conversion, stage, values=None):
        """Let these leads make a move, all of them or none; the gate judges it as any other.

        :param dict values: what is written on each in the same step, and judged with it
        """
        values = values or {}
        partner = None
        if "partner_id" in values:
            partner = self.env["res.partner"].browse(values["partner_id"] or ())
        with self._in_one_move() as leads, leads._undone_if_refused():
            if stage.is_won:
                leads.filtered(lambda lead: not lead.active).action_unarchive()
            vals_list = leads._prepare_move(is_conversion, stage, partner)
            if is_conversion:
                # as crm converts: another addon may add something else for each lead
                for lead, vals in zip(leads, vals_list, strict=True):
                    lead.write({**values, **vals})
            elif leads:
                leads.write({**values, **vals_list[0]})

    def _get_move_text(self, is_conversion, stage):
        """Return the move in words that follow "to": "enter Qualified"."""
        if is_conversion and stage:
            return self.env._("become an opportunity in %s", stage.name)
        return (
            self.env._("become an opportunity")
            if is_conversion
            else self.env._("enter %s", stage.name)
        )

    def _get_unmet_text(self, verdict):
        """Return the names of what a refused move lacks, one a line, in the framework's order."""
        return "\n".join(self._get_criterion_names(verdict.unmet).values())
