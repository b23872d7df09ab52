from odoo import models
from odoo.tools import SQL

# they refer to partners, but are part of them, or tell of their creation only
NO_USE = ("res_partner", "res_partner_res_partner_category_rel", "crm_lead_conversion_batch_line")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _filter_unused(self, but_lead_ids=()):
        """Return those that nothing in the database refers to, but contacts among them.

        :param but_lead_ids: of leads that will refer to them no more
        """
        if not self:
            return self
        self.env.flush_all()
        uses = SQL(" UNION ").join(
            SQL(
                "SELECT %(column)s FROM %(table)s WHERE %(column)s = ANY(%(ids)s) AND %(is_use)s",
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                ids=self.ids,
                is_use=SQL("id <> ALL(%s)", [*but_lead_ids])
                if table == "crm_lead"
                else SQL("TRUE"),
            )
            for table, column in self._get_references()
        )
        used_ids = {id_ for (id_,) in self.env.execute_query(uses)}
        unused = self.filtered(lambda partner: partner.id not in used_ids)
        contacts = self.search([("parent_id", "in", unused.ids)])
        return unused - (contacts - unused).parent_id

    def _get_references(self):
        """Return pairs of table and column of all foreign keys that refer to partners."""
        return self.env.execute_query(
            SQL(
                """
                SELECT referring.relname, attribute.attname
                  FROM pg_constraint AS reference
                  JOIN pg_class AS referring ON referring.oid = reference.conrelid
                  JOIN pg_attribute AS attribute
                    ON attribute.attrelid = reference.conrelid
                   AND attribute.attnum = reference.conkey[1]
                 WHERE reference.contype = 'f'
                   AND reference.confrelid = 'res_partner'::regclass
                   AND referring.relname NOT IN %s
                """,
                NO_USE,
            )
        )
