from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import SQL

RECORD = "sales_funnel_stages.crm_rulebook"


class CrmRulebook(models.Model):
    """The version of the rules, one record: part of the key of all that is cached of them.

    It is read like other data, so that a transaction goes by the rules that it sees. A cache that
    is only emptied is filled again by whoever still sees the old rules, and then nobody empties it.
    """

    _name = "crm.rulebook"
    _description = "Rulebook"

    version = fields.Char(required=True)

    @api.model
    def _get_version(self):
        """Return the version of the rules that this transaction sees.

        Queries: one, where it has not been read in this transaction.
        """
        # everybody may read it, which spares a change of user at each look into a cache
        record = self._get_record()
        if record and "version" not in record._cache:
            # asked at each move: for one text, a reading of records takes four times as long
            versions = self.env.execute_query(
                SQL("SELECT version FROM crm_rulebook WHERE id = %s", record.id)
            )
            self._fields["version"]._insert_cache(record, [version for [version] in versions])
        return record.version

    @api.model
    def _renew(self):
        """Let the rules be read anew, by this transaction, and by others once it is committed."""
        # unlike any other, also of a transaction that is undone
        # sudo: a new one says only that there is something new
        self._get_record().sudo().version = uuid4().hex

    @api.model
    def _get_record(self):
        id_ = self.env["ir.model.data"]._xmlid_to_res_id(RECORD, raise_if_not_found=False)
        return self.browse(id_ or ())
