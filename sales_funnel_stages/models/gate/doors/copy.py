from odoo import models
from odoo.tools import plaintext2html

from ....exceptions import StageRuleError

# who names one of them says where the copy is to start
START_FIELDS = {"type", "stage_id"}


class CrmLead(models.Model):
    """A copy, which starts where it can: what is not known of it yet, nobody can have answered.

    Answers, stages and dates of the deal are not copied, since they were given in that one. So
    a copy of an opportunity that may not be one yet is a lead, with a note of what it lacks.
    """

    _inherit = "crm.lead"

    def copy(self, default=None):
        if not START_FIELDS.isdisjoint(default or {}):
            return super().copy(default)
        try:
            with self._undone_if_refused():
                return super().copy(default)
        except StageRuleError as error:
            refusals = {each["index"]: each for each in error.refusals if each["is_new"]}
            if len(refusals) < len(error.refusals):
                # others were there before: an automation moved them
                raise
            return self._copy_as_leads(default, refusals)

    def _copy_as_leads(self, default, refusals):
        """Return copies of these, of which some are leads.

        :param dict refusals: for the index of each of those see :class:`StageRuleError`
        """
        places = range(len(self))
        lacking = self.browse(self._ids[index] for index in places if index in refusals)
        others = self.browse(self._ids[index] for index in places if index not in refusals)
        as_leads = iter(lacking.copy({**(default or {}), "type": "lead"}))
        copies = iter(others.copy(default))
        result = [next(as_leads if index in refusals else copies) for index in places]
        for index, refusal in refusals.items():
            result[index]._message_log(body=plaintext2html(refusal["message"]))
        return self.browse().concat(*result)
