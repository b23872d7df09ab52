from collections import Counter
from typing import NamedTuple

from odoo import api, fields, models

from ...tools.mass_conversion import BATCH_FIELDS
from ...tools.rulebook import CONVERSION
from .assignment import ToldLater
from .choices import read_choices
from .duplicates import ConvertedBefore
from .line import DONE, MERGED, SKIPPED, WAITING


class Conversion(NamedTuple):
    """What became of a lead.

    :ivar created_ids: the ids of its customer and its company, if they were created for it
    :ivar before: what has changed of it, as it was before (see ``_read_columns``)
    :ivar is_untold: whether its salesperson is still to be told of it
    :ivar heir: what is left of it: its name, as long as it was there, and the lead that is left
    :ivar is_moved: whether it has come to another team
    :ivar follower_ids: the ids of partners who follow it since then
    """

    state: str
    reason: str = ""
    created_ids: tuple = ()
    before: dict = {}
    is_untold: bool = False
    heir: tuple = ("", 0)
    is_moved: bool = False
    follower_ids: tuple = ()


class CrmLead(models.Model):
    """The conversion of a chunk of leads, as a mass conversion does it."""

    _inherit = "crm.lead"

    def _convert_in_batch(self, choices):
        """Convert these leads, in this order, with the same choices.

        :param choices: :class:`Choices`
        :return: ``{lead_id: Conversion}``, without those of these that were merged into others,
            but with those that nobody selected and that were merged with these; and
            ``{user_id: number}``: how often people were notified
        :rtype: tuple
        """
        self.check_access("write")
        # sudo: whoever converts a lead may hand it over at the same time
        leads = self.sudo()
        moment = leads._get_moment()
        result = self.with_context(**ToldLater().context())._convert_in_mass(choices)
        merges = leads._get_merges_since(moment)
        conversions = {
            **leads._describe_with_outside(moment, result, merges),
            **{id_: Conversion(MERGED, heir=merges[id_]) for id_ in merges.keys() - {*self._ids}},
        }
        return conversions, leads._get_notices_since(moment.message_id)

    def _describe_with_outside(self, moment, result, merges):
        """As ``_describe_conversions``, also of those into which some of these were merged.

        :param dict merges: see ``_get_merges_since``
        """
        known = self + (self.browse(id_ for _name, id_ in merges.values()) - self)
        return known._describe_conversions(moment, result)

    def _describe_conversions(self, moment, result):
        """Return ``{id: Conversion}`` of those of these leads that are still there.

        :param moment: the :class:`Moment` before
        :param result: :class:`Result`
        """
        after, followers = self._read_columns(), self._get_followers()
        reasons = self._get_skip_reasons(result.skipped)
        created_ids, untold_ids = set(result.created_partner_ids), set(result.untold_ids)
        # of those that nobody selected, which are not undone, it is in the history
        outside = self.browse(after.keys() - moment.columns.keys())
        teams = outside._get_teams_at(moment)
        conversions = {}
        for lead in self.browse(after):
            columns = moment.columns.get(lead.id, {"team_id": teams.get(lead.id)})
            before = {
                name: columns[name] for name in columns if columns[name] != after[lead.id][name]
            }
            state, reason = lead._get_outcome(result, reasons)
            partners = lead.partner_id + lead.partner_id.parent_id
            conversions[lead.id] = Conversion(
                state,
                reason,
                created_ids=tuple(id_ for id_ in partners._ids if id_ in created_ids),
                # without the rest, nothing could be given back
                before={} if lead in outside else before,
                is_untold=lead.id in untold_ids,
                is_moved=state == DONE and "team_id" in before,
                follower_ids=tuple(followers[lead.id] - moment.followers.get(lead.id, set())),
            )
        return conversions

    def _get_outcome(self, result, reasons):
        """Return the state of the line of this lead, and why it was left as it is.

        :param result: :class:`Result`
        :param reasons: ``{id: reason}`` of those that are skipped
        """
        if self.id in reasons:
            return SKIPPED, reasons[self.id]
        if self.id in result.converted:
            return DONE, ""
        is_open = bool(self._filter_convertible())
        return SKIPPED, self._get_untouched_reason(is_open)


class CrmLeadConversionBatchLine(models.Model):
    """The conversion of a chunk, for whoever started the batch and as they may."""

    _inherit = "crm.lead.conversion.batch.line"

    def _convert(self):
        """Convert these leads, of one chunk."""
        self._run(lambda lines: lines._convert_together())

    def _convert_together(self):
        # what was merged into one that was converted before does not wait any more
        lines = self.filtered(lambda line: line.state == WAITING)
        if not lines:
            return
        batch = lines.batch_id
        leads = lines._take_reason(lines._get_leads(batch.user_id))
        if batch.deduplicate:
            done = [("batch_id", "=", batch.id), ("state", "=", DONE)]
            [[lead_ids]] = self._read_group(done, [], ["lead_id:array_agg"])
            leads = leads.with_context(**ConvertedBefore(lead_ids or ()).context())
        conversions, notices = leads._convert_in_batch(lines._prepare_choices())
        for line in lines:
            if line.state == WAITING:
                line._note_conversion(conversions.pop(line.lead_id.id))
            else:
                line.partner_id = line.lead_id.partner_id
        lines._note_outside(conversions)
        lines[0]._note_notices(notices)

    def _note_notices(self, notices):
        """Note how often people were notified, also where it is tried once more."""
        before = {int(id_): count for id_, count in (self.notices or {}).items()}
        self.notices = dict(Counter(before) + Counter(notices))

    def _note_outside(self, conversions):
        """Add lines for the leads that nobody selected, and that were merged with those of these.

        :param dict conversions: ``{lead_id: Conversion}`` of others than the leads of these
        """
        batch = self.batch_id
        known = self.search([("batch_id", "=", batch.id), ("lead_ref", "in", [*conversions])])
        for lead_id in conversions.keys() - {*known.mapped("lead_ref")}:
            conversion = conversions[lead_id]
            name, heir_id = conversion.heir
            lead = self.env["crm.lead"].browse(heir_id or lead_id)
            line = self.create(
                {
                    "batch_id": batch.id,
                    "chunk": self[0].chunk,
                    "lead_id": lead.id,
                    "lead_ref": lead_id,
                    "lead_name": name or lead.name,
                    "is_selected": False,
                }
            )
            line._note_conversion(conversion)

    def _take_reason(self, leads):
        """Return these leads so that their conversion overrides the rules, if a reason was given.

        It was given by whoever started the batch, while they may override, for the leads as they
        were: not for one that has moved since, or that others were merged into.

        :param leads: of these lines, as that user sees them
        """
        batch = self.batch_id
        if not batch.override_reason or not leads._may_override():
            return leads
        # sudo: the ledger is complete, whatever the user may read of it
        groups = (
            leads.env["crm.stage.transition"]
            .sudo()
            ._read_group(
                [("lead_id", "in", leads.ids), ("date", ">", batch.create_date)], ["lead_id"]
            )
        )
        void = {lead.id for [lead] in groups} | {
            line.lead_id.id for line in self if line.is_reason_void
        }
        permitted = leads.filtered(lambda lead: lead.id not in void)
        if not permitted:
            return leads
        day = batch.override_make_good_date
        # what is late by now is still to be made good
        day = day and max(day, fields.Date.context_today(leads))
        permitted = permitted._with_override(batch.override_reason, day, gates=[CONVERSION])
        return leads.with_env(permitted.env)

    def _note_conversion(self, conversion):
        self.write(self._prepare_outcome(conversion, self.lead_id))

    @api.model
    def _prepare_outcome(self, conversion, lead):
        """Return the values of a line that say what became of its lead.

        :param conversion: :class:`Conversion`
        :param lead: what is left of it, as superuser
        """
        created = self.env["res.partner"].browse(conversion.created_ids)
        company = created.filtered("is_company")[:1]
        return {
            "state": conversion.state,
            "reason": conversion.reason,
            "date": self.env.cr.now(),
            "partner_id": lead.partner_id.id,
            "user_id": lead.user_id.id,
            "customer_user_id": created[:1].user_id.id,
            "team_id": lead.team_id.id,
            "is_moved": conversion.is_moved,
            "follower_ids": [*conversion.follower_ids],
            "created_partner_id": (created - company)[:1].id,
            "created_company_id": company.id,
            "values_before": conversion.before,
            "is_untold": conversion.is_untold,
            "are_customers_untold": bool(created),
        }

    def _prepare_choices(self):
        """Return the :class:`Choices` with which these are converted."""
        batch = self.batch_id
        choices = read_choices(batch, BATCH_FIELDS)._replace(others=batch.other_choices or {})
        user_ids = choices.user_ids
        if user_ids:
            # salespeople take turns where those before have left off
            done = self.search_count([("batch_id", "=", batch.id), ("id", "<", self[0].id)])
            turn = done % len(user_ids)
            user_ids = user_ids[turn:] + user_ids[:turn]
        return choices._replace(user_ids=user_ids)
