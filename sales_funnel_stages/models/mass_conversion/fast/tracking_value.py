from odoo import api, models
from odoo.tools import SQL

from .overridden import overridden


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    @api.model
    def _create_together(self, vals_list):
        """Create many, of which nothing depends and which nobody needs back, in one query."""
        if not vals_list or overridden(type(self), ("create", "_create"), ("mail", None)):
            self.create(vals_list)
            return
        uid, now = self.env.uid, self.env.cr.now()
        log = {"create_uid": uid, "create_date": now, "write_uid": uid, "write_date": now}
        vals_list = [{**log, **vals} for vals in vals_list]
        names = sorted({name for vals in vals_list for name in vals})
        columns = [
            SQL(
                "%s::%s[]",
                [
                    # what is not given is not zero
                    field.convert_to_column_insert(vals[field.name], self)
                    if field.name in vals
                    else None
                    for vals in vals_list
                ],
                SQL(field.column_type[0]),
            )
            for field in map(self._fields.get, names)
        ]
        self.env.execute_query(
            SQL(
                "INSERT INTO mail_tracking_value (%s) SELECT * FROM unnest(%s)",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(columns),
            )
        )
        messages = self.env["mail.message"].browse({vals["mail_message_id"] for vals in vals_list})
        messages.invalidate_recordset(["tracking_value_ids"], flush=False)
