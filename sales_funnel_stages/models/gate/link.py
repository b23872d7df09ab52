from collections import defaultdict

from odoo import models

from ...tools.links import Links


class CrmLead(models.Model):
    """Many leads that get a customer each: the gate is asked about all of them once."""

    _inherit = "crm.lead"

    def _link_to_customers(self, partner_by_id):
        """Write the customer of each of these leads, in one write for those that share one.

        :param dict partner_by_id: ``{id: partner_id}``
        :raise StageRuleError: where that moves one that may not be moved
        """
        ids_by_partner = defaultdict(list)
        for id_ in self._ids:
            ids_by_partner[partner_by_id[id_]].append(id_)
        leads = self.with_context(**Links(self._ids).context())
        self._record_so_far()
        self._fetch_to_move()
        with self._moving(
            self._get_states(),
            is_refusable=self._is_move({"partner_id": True}),
            is_hand_derived=True,
        ):
            for partner_id, ids in ids_by_partner.items():
                # what Odoo reads of one is read of all
                linked = leads.browse(ids).with_prefetch(self._ids)
                linked.write({"partner_id": partner_id})
