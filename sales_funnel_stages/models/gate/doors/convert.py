from odoo import models

from ....exceptions import StageRuleError


class CrmLead(models.Model):
    """The conversion, which Odoo makes lead by lead: all are judged before the first."""

    _inherit = "crm.lead"

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        try:
            with self._in_one_move() as leads, leads._undone_if_refused():
                convertible = leads._filter_convertible()
                if len(convertible) > 1 and self._can_be_refused():
                    customer = partner or self.env["res.partner"]
                    convertible._check_conversion(
                        [lead._convert_opportunity_data(customer, team_id) for lead in convertible]
                    )
                return super(CrmLead, leads).convert_opportunity(
                    partner, user_ids=user_ids, team_id=team_id
                )
        except StageRuleError as error:
            if not self._is_left_out_of_assignment(error):
                raise
            return False

    def _check_conversion(self, vals_list):
        """Check at once that leads may be converted.

        :param list[dict] vals_list: see ``_judge_conversion``
        :raise StageRuleError: names all that may not
        """
        refused = self._judge_conversion(vals_list)
        if refused:
            self._note_refusals(refused)
            ready_ids = {*self.ids} - refused.keys()
            raise self._make_stage_rule_error(refused, ready_ids=ready_ids)
