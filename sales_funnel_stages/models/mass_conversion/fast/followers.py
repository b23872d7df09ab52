from odoo import api, models
from odoo.tools import SQL

from .alike import are_alike, copy_to, forget_inverses

OWN_FIELDS = ("res_id",)


class MailFollowers(models.Model):
    """Somebody who follows many records from now on: created by three queries."""

    _inherit = "mail.followers"

    @api.model_create_multi
    def create(self, vals_list):
        if not are_alike(self, vals_list, OWN_FIELDS):
            return super().create(vals_list)
        follower = super().create(vals_list[:1])
        copies = copy_to(follower, vals_list[1:], OWN_FIELDS)
        field = self._fields["subtype_ids"]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO %(table)s (%(follower)s, %(subtype)s)
                SELECT id, %(subtype)s
                  FROM %(table)s, unnest(%(ids)s) AS id
                 WHERE %(follower)s = %(original)s
                """,
                table=SQL.identifier(field.relation),
                follower=SQL.identifier(field.column1),
                subtype=SQL.identifier(field.column2),
                ids=copies.ids,
                original=follower.id,
            )
        )
        res_ids = [vals["res_id"] for vals in vals_list]
        forget_inverses(
            self,
            "res_id",
            follower.res_model,
            res_ids,
            ["message_partner_ids", "message_is_follower"],
        )
        return follower + copies
