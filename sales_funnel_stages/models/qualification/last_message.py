from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.database_field import DatabaseField

CUSTOMER, US = "customer", "us"

# what people write to each other; notes and notices are neither
WRITTEN = ("comment", "email", "email_outgoing")

# what is read of messages
READ = ("author_id", "date", "is_internal", "message_type", "model", "res_id", "subtype_id")

# how the database compares, where Odoo says it otherwise
COMPARED = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


class LastMessageFrom(DatabaseField, fields.Selection):
    """Who wrote last: not stored, but the database can search, group and sort by it."""

    def to_sql(self, model, alias):
        return model._last_message_to_sql(alias, model._written_by_to_sql())


class LastMessageDate(DatabaseField, fields.Datetime):
    """When somebody wrote last: as ``LastMessageFrom``."""

    def to_sql(self, model, alias):
        return model._last_message_to_sql(alias, SQL("message.date"))


class CrmLead(models.Model):
    """What criteria may know of messages: who wrote last, and when, but not what.

    Worked out by one query for a batch; nothing is stored.
    """

    _inherit = "crm.lead"

    last_message_from = LastMessageFrom(
        [(CUSTOMER, "Customer"), (US, "Us")],
        compute="_compute_last_message",
        search="_search_last_message_from",
        help="Who wrote last: a colleague, or anybody else. Notes do not count.",
    )
    last_message_date = LastMessageDate(
        string="Last Message On",
        compute="_compute_last_message",
        search="_search_last_message_date",
        help="When somebody wrote last. Notes do not count.",
    )

    @api.model
    def _get_live_facts(self):
        return super()._get_live_facts() | {
            "crm.lead.last_message_date",
            "crm.lead.last_message_from",
        }

    @api.depends("message_ids.author_id", "message_ids.date")
    def _compute_last_message(self):
        said = {
            id_: (by, date)
            for id_, by, date in self.env.execute_query(
                SQL(
                    "SELECT lead.id, %s, %s FROM unnest(%s::int[]) AS lead (id)",
                    self._last_message_to_sql("lead", self._written_by_to_sql()),
                    self._last_message_to_sql("lead", SQL("message.date")),
                    self._origin.ids,
                )
            )
        }
        for lead in self:
            by, date = said.get(lead._origin.id, (False, False))
            lead.last_message_from, lead.last_message_date = by or False, date or False

    @api.model
    def _search_last_message_from(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, _query):
            by = model._last_message_to_sql(alias, model._written_by_to_sql())
            return model._in_to_sql(by, value)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _search_last_message_date(self, operator, value):
        if operator != "in" and operator not in COMPARED:
            return NotImplemented

        def to_sql(model, alias, _query):
            date = model._last_message_to_sql(alias, SQL("message.date"))
            if operator == "in":
                return model._in_to_sql(date, value)
            return SQL("%s %s %s", date, COMPARED[operator], value)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _in_to_sql(self, expression, values):
        """Return the condition that an expression is one of some values; False is NULL."""
        given = tuple(each for each in values if each)
        parts = [SQL("COALESCE(%s IN %s, FALSE)", expression, given)] if given else []
        if len(given) < len(values):
            parts.append(SQL("%s IS NULL", expression))
        return SQL("(%s)", SQL(" OR ").join(parts or [SQL("FALSE")]))

    @api.model
    def _written_by_to_sql(self):
        return SQL(
            "CASE WHEN author.partner_share IS FALSE THEN %s ELSE %s END",
            US,
            CUSTOMER,
            to_flush=self.env["res.partner"]._fields["partner_share"],
        )

    @api.model
    def _last_message_to_sql(self, alias, what):
        """Return the expression of what there is to know of the last message on a lead.

        :param SQL what: of ``message``, and of its ``author``, where it has one
        """
        return SQL(
            """(
                SELECT %s
                  FROM mail_message AS message
                  JOIN mail_message_subtype AS subtype
                    ON subtype.id = message.subtype_id AND subtype.internal IS NOT TRUE
                  LEFT JOIN res_partner AS author ON author.id = message.author_id
                 WHERE message.model = 'crm.lead'
                   AND message.res_id = %s
                   AND message.message_type IN %s
                   AND message.is_internal IS NOT TRUE
                 ORDER BY message.date DESC, message.id DESC
                 LIMIT 1
            )""",
            what,
            SQL.identifier(alias, "id"),
            WRITTEN,
            to_flush=[self.env["mail.message"]._fields[name] for name in READ],
        )
