from odoo import models

from ...tools.rulebook import CONVERSION, REQUIRED


class CrmLead(models.Model):
    """A move as it is spoken about, asked for and approved: a conversion, a stage, or both."""

    _inherit = "crm.lead"

    def _prepare_move(self, is_conversion, stage):
        """Return for each lead what is written on it to make a move.

        :param bool is_conversion: whether it is to become an opportunity
        :param stage: the ``crm.stage`` to enter; empty: the one it is in, or starts in
        """
        vals_list = []
        for lead in self:
            vals = lead._convert_opportunity_data(lead.partner_id) if is_conversion else {}
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

    def _get_missing(self, vals):
        """Return what the stage that this lead is in requires and is not met, with other values.

        :param dict vals: what would be written on it, such as a move and answers
        :return: ids of criteria, in no order
        """
        self.ensure_one()
        with self._as_drafts([vals]) as draft:
            gate = draft.stage_id._origin.id or CONVERSION
            [asked] = draft._get_asked_criteria(gate).values()
            [unmet] = draft._get_unmet_criteria(asked).values()
        return {id_ for id_, tier in asked.items() if tier == REQUIRED and id_ in unmet}

    def _make_move(self, is_conversion, stage):
        """Let these leads make a move, all of them or none; the gate judges it as any other."""
        with self._in_one_move() as leads, leads._undone_if_refused():
            if stage.is_won:
                leads.filtered(lambda lead: not lead.active).action_unarchive()
            vals_list = leads._prepare_move(is_conversion, stage)
            if is_conversion:
                # as crm converts: another addon may add something else for each lead
                for lead, vals in zip(leads, vals_list, strict=True):
                    lead.write(vals)
            elif leads:
                leads.write(vals_list[0])

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
