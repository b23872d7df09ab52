from collections.abc import Mapping
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools.mail import email_normalize, email_normalize_all

from ...exceptions import StageRuleError
from ...tools.carried import Carried
from ...tools.duplicates import Duplicates
from ...tools.mass_conversion import Skipped, kept
from .extended import DUPLICATE_METHODS

# crm merges no more in one go, so that nobody loses much by mistake
MERGED_AT_MOST = 5
PLACE_FIELDS = ("user_id", "team_id", "stage_id")


class Merges(NamedTuple):
    """What merging leads with their duplicates makes of them: foreseen, or done.

    :ivar leads: those to convert: first those without duplicates, then those merged into
    :ivar merged: ``{id: id}``: leads that are merged into another, and are gone
    :ivar skipped: ``{id: Skipped}``: leads that are left as they are
    :ivar values: ``{id: values}``: what is foreseen to be written on those merged into
    """

    leads: models.Model
    merged: Mapping
    skipped: Mapping
    values: Mapping


class ConvertedBefore(Carried):
    """Says which leads the same mass conversion has converted already, chunk by chunk.

    They are no duplicates of those that come later: Odoo, which merges all before it converts any,
    does not take for duplicates those that are given one customer.
    """

    def __init__(self, ids):
        self.ids = frozenset(ids)


class CrmLead(models.Model):
    """Leads that are merged with their duplicates before they are converted together.

    Duplicates are what ``_get_lead_duplicates`` finds for each lead, after those before it have
    been merged; each group is merged by crm. Queries: two, those of the merges,
    and those that delete all that were merged.
    """

    _inherit = "crm.lead"

    def _merge_in_mass(self):
        """Merge each of these with its duplicates.

        :return: :class:`Merges`
        """

        def merge(duplicates):
            # deleting empties the cache: all that are merged are deleted at once
            return duplicates.merge_opportunity(auto_unlink=False), {}

        merges = self._deduplicate(merge)
        # sudo: as crm does; whoever may merge leads may delete those that are merged
        self.browse(merges.merged).sudo().unlink()
        return merges

    def _foresee_merges(self):
        """Work out what ``_merge_in_mass`` would do, without doing it.

        :return: :class:`Merges`
        """
        members = {}

        def merge(duplicates):
            ids = [id_ for lead in duplicates for id_ in members.pop(lead.id, [lead.id])]
            leads = duplicates.browse(ids).with_prefetch(duplicates._prefetch_ids)
            kept_lead, values = leads._foresee_merge()
            members[kept_lead.id] = ids
            # what stays the same is not written, and follows from what is
            same = [name for name in PLACE_FIELDS if values.get(name) == kept_lead[name].id]
            return kept_lead, {name: values[name] for name in values if name not in same}

        return self._deduplicate(merge)

    def _deduplicate(self, merge):
        """Merge each of these with its duplicates.

        :param merge: called with leads, merges them; returns the one that is left, and a dict of
            what is foreseen to be written on that
        :return: :class:`Merges`
        """
        duplicates = self._index_duplicates()
        # what is looked at of one group is read of all
        together = [*self._ids, *duplicates.ids]
        before = ConvertedBefore.of(self.env)
        apart = before.ids if before else frozenset()
        seen, merged, skipped, values_by_lead = set(), {}, {}, {}
        # in the order in which crm's wizard keeps those that are selected
        for lead in self.sorted(lambda lead: (lead.priority or "", lead.id), reverse=True):
            if lead.id in seen:
                continue
            # those that are merged are still there until all are
            ids = lead._find_duplicates(duplicates) - merged.keys() - apart
            if len(ids) < 2:
                continue
            seen |= ids
            group = self.browse(sorted(ids)).with_prefetch(together)
            why_not, kept_lead, values = group._merge_if_allowed(merge)
            if why_not:
                skipped.update({id_: why_not for id_ in self._ids if id_ in ids})
                continue
            merged.update({id_: kept_lead.id for id_ in ids if id_ != kept_lead.id})
            values_by_lead[kept_lead.id] = values
            duplicates.drop(*ids)
            kept_lead._put_among_duplicates(duplicates, values, merged)
        kept_ids = kept(merged)
        return Merges(
            leads=self._without(seen) + self.browse(kept_ids),
            merged=merged,
            skipped=skipped,
            values={id_: values_by_lead[id_] for id_ in kept_ids},
        )

    def _merge_if_allowed(self, merge):
        """Merge these, unless they are too many, or the stage rules refuse it.

        :param merge: see ``_deduplicate``
        :return: why they are not merged, or None; and what ``merge`` returns
        :rtype: tuple
        """
        why_not = self._get_unmergeable()
        if not why_not:
            try:
                return None, *merge(self)
            except StageRuleError as error:
                unmet = {id_ for each in error.refusals for id_ in each["criterion_ids"]}
                why_not = Skipped(unmet=frozenset(unmet))
        return why_not, self.browse(), {}

    def _filter_duplicated(self):
        """Return those of these leads that have duplicates."""
        duplicates = self._index_duplicates()
        return self.filtered(lambda lead: len(lead._find_duplicates(duplicates)) > 1)

    def _get_duplicate_keys(self):
        """Return the e-mails and the id of the customer by which crm finds duplicates of this."""
        # sudo: of another company, which is said where it is converted
        partner = self.sudo().partner_id
        return email_normalize_all(partner.email or self.email_from or ""), partner.id

    def _index_duplicates(self):
        """Return :class:`Duplicates` of these leads and of all that may be merged with them."""
        keys = {lead.id: lead._get_duplicate_keys() for lead in self}
        emails = {email for emails, _partner_id in keys.values() for email in emails}
        partner_ids = {partner_id for _emails, partner_id in keys.values() if partner_id}
        duplicates = Duplicates(emails, partner_ids)
        found = self.with_context(active_test=False).search_fetch(
            (
                Domain("email_normalized", "in", [*emails])
                | Domain("partner_id", "in", [*partner_ids])
            )
            & self._get_mergeable_domain(),
            ["email_normalized", "partner_id"],
        )
        for lead in found:
            duplicates.put(lead.id, lead.email_normalized, lead.partner_id.id)
        if self._get_extended(DUPLICATE_METHODS):
            duplicates.is_complete = False
        duplicates.keys = keys
        return duplicates

    def _get_mergeable_domain(self):
        """Return the domain of those that are merged: neither won nor archived."""
        return Domain("won_status", "=", "pending") & Domain("active", "=", True)

    def _find_duplicates(self, duplicates):
        emails, partner_id = duplicates.keys.get(self.id) or self._get_duplicate_keys()
        if duplicates.knows(emails, partner_id):
            return duplicates.find(emails, partner_id)
        # a merge has changed what is looked for, or another addon has its say
        partner = self.partner_id
        # as Odoo, which asks no lead
        lead_model = self.env[self._name]
        found = lead_model._get_lead_duplicates(partner, partner.email or self.email_from)
        return set(found._ids)

    def _get_unmergeable(self):
        """Return why these are not merged, None if they are."""
        if len(self) <= MERGED_AT_MOST or self.env.is_superuser():
            return None
        return Skipped(
            self.env._(
                "%(count)s duplicates: more than %(most)s are not merged in one go",
                count=len(self),
                most=MERGED_AT_MOST,
            )
        )

    def _put_among_duplicates(self, duplicates, values, gone_ids):
        """Note where this lead stands after others have been merged into it.

        :param dict values: what is only foreseen to be written on it
        :param gone_ids: of leads that have been merged
        """
        if values:
            email = email_normalize(values.get("email_from") or "", strict=False)
            duplicates.put(self.id, email, values.get("partner_id"))
            return
        leads = self
        if self.partner_id:
            # its e-mail became that of its customer, and so of the customer's leads
            leads |= self.with_context(active_test=False).search(
                Domain("partner_id", "=", self.partner_id.id) & self._get_mergeable_domain()
            )
        for lead in leads.filtered(lambda lead: lead.id not in gone_ids):
            duplicates.put(lead.id, lead.email_normalized, lead.partner_id.id)
