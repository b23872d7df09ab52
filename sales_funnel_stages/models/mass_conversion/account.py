from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.mass_conversion import count_received, outside
from .line import DONE, UNDOING, UNDONE

# what was converted, whatever has become of it since
CONVERTED = (DONE, UNDOING, UNDONE)


class CrmLead(models.Model):
    """Who is given what by a mass conversion, in words."""

    _inherit = "crm.lead"

    @api.model
    def _get_received_texts(self, received):
        """Return ``[text]``: what each is given, who is notified most first.

        :param dict received: ``{user_id: Received}``
        """
        # sudo: whoever gives leads to somebody may know to whom
        names = {user.id: user.name for user in self.env["res.users"].sudo().browse(received)}
        found = sorted(received.items(), key=lambda item: (-item[1].notices, names[item[0]]))
        return [
            self.env._(
                "%(name)s: opportunities %(opportunities)s, new customers %(customers)s, "
                "notifications %(notices)s",
                name=names[user_id],
                **each._asdict(),
            )
            for user_id, each in found
            if each
        ]

    def _get_result_texts(self, result, notices):
        """Return ``[text]``: what has become of these leads, and who was given what.

        :param result: :class:`Result`
        :param notices: see ``_get_notices_since``
        """
        others = outside(self._ids, result)
        ended = result.merged.keys() | {*result.converted}
        counts = [
            (self.env._("Converted: %s"), len(result.converted)),
            (self.env._("Merged: %s"), len(result.merged)),
            (self.env._("Left as they are: %s"), len({*self._ids, *others} - ended)),
            (self.env._("Of which nobody had selected: %s"), len(others)),
        ]
        received = self.browse(result.converted)._get_received(result.created_partner_ids, notices)
        return [
            *(text % count for text, count in counts if count),
            *self._get_received_texts(received),
        ]

    def _get_next_team_text(self, team):
        """Return to which team this comes; where its policy is another one, what that is."""
        before = self.team_id or self.company_id or self.env.company
        if not team or team.stage_rule_policy == before.stage_rule_policy:
            return team.name or self.env._("no team")
        policies = dict(team._fields["stage_rule_policy"]._description_selection(self.env))
        return f"{team.name} – {policies[team.stage_rule_policy]}"

    def _get_received(self, partner_ids, notices):
        """Return ``{user_id: Received}``: what people were given with these opportunities.

        :param partner_ids: of the contacts that were created
        :param dict notices: ``{user_id: number}``
        """
        # sudo: as above; of a company and its contact, which are one customer, one is counted
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        customers = partners.filtered(lambda partner: partner.parent_id not in partners)
        return count_received(
            Counter(self.sudo().mapped(lambda lead: lead.user_id.id)),
            Counter(customers.mapped(lambda partner: partner.user_id.id)),
            notices,
        )


class CrmLeadConversionBatch(models.Model):
    """The account of a batch: it adds up to what its lists have."""

    _inherit = "crm.lead.conversion.batch"

    received = fields.Html(string="Given To", compute="_compute_received")

    @api.depends("line_ids.state", "line_ids.notices")
    @api.depends_context("lang")
    def _compute_received(self):
        for batch in self:
            texts = self.env["crm.lead"]._get_received_texts(batch._get_received())
            items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
            batch.received = texts and Markup("<ul class='mb-0 ps-3'>%s</ul>") % items

    def _get_received(self):
        """Return ``{user_id: Received}``: what people were given by this batch."""
        # sudo: as its counts, it tells of all leads
        lines = self.sudo().line_ids
        converted = lines.filtered(lambda line: line.state in CONVERTED)
        created = lines.filtered(lambda line: line.created_partner_id or line.created_company_id)
        notices = Counter()
        for line in lines:
            notices.update({int(id_): count for id_, count in (line.notices or {}).items()})
        # leads of one e-mail share the customer that was created from the first of them
        owners = {
            line.created_company_id or line.created_partner_id: line.customer_user_id.id
            for line in created
        }
        return count_received(
            Counter(line.user_id.id for line in converted), Counter(owners.values()), notices
        )
