from typing import NamedTuple

from odoo import fields, models

from ...tools.mass_conversion import BATCH_FIELDS
from ...tools.rulebook import CONVERSION
from .assignment import ToldLater
from .choices import read_choices
from .line import DONE, SKIPPED, WAITING


class Conversion(NamedTuple):
    """What became of a lead.

    :ivar created_ids: the ids of its customer and its company, if they were created for it
    :ivar before: what has changed of it, as it was before (see ``_read_columns``)
    :ivar is_untold: whether its salesperson is still to be told of it
    """

    state: str
    reason: str = ""
    partner_id: int = 0
    created_ids: tuple = ()
    before: dict = {}
    is_untold: bool = False


class CrmLead(models.Model):
    """The conversion of a chunk of leads, as a mass conversion does it."""

    _inherit = "crm.lead"

    def _convert_in_batch(self, choices):
        """Convert these leads, in this order, with the same choices.

        :param choices: :class:`Choices`
        :return: ``{lead_id: Conversion}``, without those that were merged into others
        """
        self.check_access("write")
        # sudo: whoever converts a lead may hand it over at the same time
        leads = self.sudo()
        before = leads._read_columns()
        result = self.with_context(**ToldLater().context())._convert_in_mass(choices)
        after = leads._read_columns()
        reasons = self._get_skip_reasons(result.skipped)
        created_ids, untold_ids = set(result.created_partner_ids), set(result.untold_ids)
        conversions = {
            lead.id: lead._describe_conversion(
                before[lead.id], after[lead.id], created_ids, reasons.get(lead.id)
            )
            for lead in leads.browse(after)
        }
        return {
            id_: conversion._replace(is_untold=id_ in untold_ids)
            for id_, conversion in conversions.items()
        }

    def _describe_conversion(self, before, after, created_ids, reason):
        """Return the :class:`Conversion` of this lead.

        :param dict before: what it was before the conversion, see ``_read_columns``
        :param dict after: what it is
        :param set created_ids: of the customers that were created
        :param reason: why it was left as it is; None: it was not
        """
        if reason is not None:
            return Conversion(SKIPPED, reason)
        if before["type"] == "opportunity":
            return Conversion(SKIPPED, self.env._("It was an opportunity already."))
        if self.type == "lead":
            return Conversion(SKIPPED, self.env._("It is archived, lost or won."))
        partner = self.partner_id
        return Conversion(
            DONE,
            partner_id=partner.id,
            created_ids=tuple(
                id_ for id_ in (partner + partner.parent_id)._ids if id_ in created_ids
            ),
            before={name: before[name] for name in before if before[name] != after[name]},
        )


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
        conversions = leads._convert_in_batch(lines._prepare_choices())
        for line in lines:
            if line.state == WAITING:
                line._note_conversion(conversions[line.lead_id.id])
            else:
                line.partner_id = line.lead_id.partner_id

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
        created = self.env["res.partner"].browse(conversion.created_ids)
        company = created.filtered("is_company")[:1]
        self.write(
            {
                "state": conversion.state,
                "reason": conversion.reason,
                "date": self.env.cr.now(),
                "partner_id": conversion.partner_id,
                "created_partner_id": (created - company)[:1].id,
                "created_company_id": company.id,
                "values_before": conversion.before,
                "is_untold": conversion.is_untold,
                "are_customers_untold": bool(created),
            }
        )

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
