from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_get_fields(self):
        self._note_call("_merge_get_fields")
        return [*super()._merge_get_fields(), "custom_region"]

    def _merge_get_fields_specific(self):
        self._note_call("_merge_get_fields_specific")
        sources = {"custom_source": lambda fname, leads: " + ".join(leads.mapped(fname))}
        return {**super()._merge_get_fields_specific(), **sources}

    def _merge_data(self, fnames=None):
        self._note_call("_merge_data")
        return super()._merge_data(fnames)

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        self._note_call("_merge_opportunity")
        return super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)

    def _merge_dependences(self, opportunities):
        self._note_call("_merge_dependences")
        return super()._merge_dependences(opportunities)

    def _merge_followers(self, opportunities):
        self._note_call("_merge_followers")
        return super()._merge_followers(opportunities)

    def _merge_log_summary(self, merged_followers, opportunities_tail):
        self._note_call("_merge_log_summary")
        return super()._merge_log_summary(merged_followers, opportunities_tail)
