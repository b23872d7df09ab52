from odoo import api, models
from odoo.tools import plaintext2html

from ....exceptions import StageRuleError


class CrmLead(models.Model):
    """What comes in by itself is never lost, nor the document that brings it.

    An e-mail, a registration or an answer makes a lead as it was configured to. What may not be
    an opportunity yet comes in as a lead, with a note of what it lacks; a refusal would undo the
    answer as well, or credits that were paid for. Others are told what they ask too much of.
    """

    _inherit = "crm.lead"

    @api.model
    def _get_intake_refusals(self, vals_list, error):
        """Return what was refused, where all of it comes in by itself and so is no opportunity.

        :param list[dict] vals_list: the values of leads that could not be created
        :param error: the :class:`StageRuleError` that says so
        :return: ``{index: refusal}``; empty where the refusal stands
        """
        refusals = {each["index"]: each for each in error.refusals if each["is_new"]}
        is_brought = all(self._is_brought_in(vals_list[index]) for index in refusals)
        # others that are refused were there before: an automation moved them
        is_all = len(refusals) == len(error.refusals)
        return refusals if is_brought and is_all and not self._get_import_report() else {}

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        try:
            return super().message_new(msg_dict, custom_values=custom_values)
        except StageRuleError as error:
            custom_values = self._as_plain_lead(custom_values or {})
            lead = super().message_new(msg_dict, custom_values=custom_values)
            lead._note_what_they_lack({lead.id: error.refusals[0]})
            return lead

    def _note_what_they_lack(self, refusals):
        """Post on leads that came in why they are no opportunities.

        :param dict refusals: for each id see :class:`StageRuleError`
        """
        bodies = {id_: plaintext2html(refusal["message"]) for id_, refusal in refusals.items()}
        # sudo: who brought them in may have no more to do with them
        self.browse(refusals).sudo()._message_log_batch(bodies=bodies)

    @api.model
    def _as_plain_lead(self, vals):
        return {**{name: vals[name] for name in vals if name != "stage_id"}, "type": "lead"}

    @api.model
    def _is_brought_in(self, vals):
        """Tell whether a document of another kind makes this lead."""
        return any(vals.get(name) for name in self._get_bringing_fields())

    @api.model
    def _get_bringing_fields(self):
        """Return the names of the fields that say which document made a lead.

        For addons to extend. Those of Odoo's own addons are here: registrations for events,
        answers to surveys, lead mining.
        """
        return ["event_lead_rule_id", "origin_survey_id", "lead_mining_request_id"]
