from odoo import models


class CrmLead(models.Model):
    """A merge, which goes by where it finds the leads, and is undone as a whole."""

    _inherit = "crm.lead"

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        self._forget_where_found(self.ids)
        with self._undone_if_refused():
            return super()._merge_opportunity(
                user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length
            )
