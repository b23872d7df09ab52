from odoo import models


class CrmLead(models.Model):
    """What a lead was before a transaction is noted once, at the first write.

    Odoo reads all tracked fields again at every write, and scores the lead to do so, to keep what
    it has noted at the first.
    """

    _inherit = "crm.lead"

    def _track_prepare(self, fields_iter):  # pylint: disable=missing-return
        names = self._track_get_fields().intersection(fields_iter)
        noted = self.env.cr.precommit.data.get(f"mail.tracking.{self._name}", {})
        # Odoo keeps None of those whose tracking was discarded
        leads = self.browse(
            id_
            for id_ in self._ids
            if id_ not in noted or (noted[id_] is not None and not names <= noted[id_].keys())
        )
        super(CrmLead, leads)._track_prepare(names)
