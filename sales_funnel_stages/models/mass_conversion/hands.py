from collections import Counter, defaultdict

from odoo import models

from ...tools.mass_conversion import Customer, Hands, count_received, heir, kept, turns
from .assignment import TOLD_ONE_BY_ONE


class CrmLead(models.Model):
    """In whose hands a mass conversion gives leads, foreseen: salesperson, team, customers.

    Odoo derives teams from salespeople, and does so anew where a lead becomes an opportunity.
    Queries: those that read teams and salespeople; what follows from the same salesperson and
    team is worked out once.
    """

    _inherit = "crm.lead"

    def _foresee_hands(self, choices, customers, values, chunks, notices):
        """Return the :class:`Hands` in which these come, in the order of their assignment.

        :param choices: :class:`Choices`
        :param dict customers: see ``_choose_customers``
        :param dict values: ``{id: values}``: what merges have written on some of them, and where
            the conversion has put those
        :param chunks: see ``_foresee_chunks``
        :param Counter notices: ``{user_id: number}``: how often people are told of merges
        """
        before = self._get_hands_before(values)
        leads = self.browse(self._sort_by_conversion()[0])
        # those that a merge has given a team are where the conversion puts them
        derived = [id_ for id_ in leads._ids if "team_id" not in values.get(id_, ())]
        hands = {**before, **self._foresee_teams({id_: before[id_] for id_ in derived})}
        assigned = self._foresee_turns(choices, hands, chunks)
        hands.update(self._foresee_given(choices, assigned, hands))
        converted = {id_: hands[id_] for id_ in leads._ids}
        return Hands(
            user_ids={id_: user_id for id_, (user_id, _team_id) in hands.items()},
            team_ids={id_: team_id for id_, (_user_id, team_id) in hands.items()},
            moved_ids=leads.filtered(lambda lead: (lead.team_id.id or 0) != hands[lead.id][1])._ids,
            received=self._foresee_received(
                {id_: user_id for id_, (user_id, _team_id) in converted.items()},
                self._foresee_new_contacts(choices, customers, values, before),
                notices + self._foresee_plan_notices(converted, values),
                Counter(assigned.values()),
            ),
        )

    def _get_hands_before(self, values):
        """Return ``{id: (user_id, team_id)}`` of these before they are converted."""
        return {
            lead.id: tuple(
                values.get(lead.id, {}).get(name, lead[name].id) or 0
                for name in ("user_id", "team_id")
            )
            for lead in self
        }

    def _foresee_given(self, choices, assigned, hands):
        """Return ``{id: (user_id, team_id)}`` of those that are assigned.

        :param dict assigned: ``{id: user_id}``
        :param dict hands: ``{id: (user_id, team_id)}`` before
        """
        given = {
            id_: (user_id, choices.team_id or hands[id_][1]) for id_, user_id in assigned.items()
        }
        return given if choices.team_id else self._foresee_teams(given)

    def _foresee_chunks(self, selected, merged, deduplicate):
        """Return these as the jobs convert them: ``[(how many leads come before, ids)]``.

        :param selected: the leads that a batch is made of
        :param dict merged: ``{id: id}``: leads that are gone, and into which they are merged
        :param bool deduplicate: whether they are merged
        """
        ids_by_chunk, before, chunk_by_id = defaultdict(list), {}, {}
        kept_ids, own_ids = kept(merged), set(self._ids)
        alone_ids = own_ids.difference(kept_ids)
        for place, line in enumerate(selected._prepare_batch_lines(deduplicate)):
            chunk_by_id[line["lead_id"]] = chunk = line["chunk"]
            before.setdefault(chunk, place)
            if line["lead_id"] in alone_ids:
                ids_by_chunk[chunk].append(line["lead_id"])
        for id_ in merged:
            # one that nobody selected is converted with those that are merged into it
            if id_ in chunk_by_id:
                chunk_by_id.setdefault(heir(merged, id_), chunk_by_id[id_])
        for kept_id in kept_ids:
            if kept_id in own_ids:
                ids_by_chunk[chunk_by_id[kept_id]].append(kept_id)
        return [(before[chunk], ids) for chunk, ids in ids_by_chunk.items()]

    def _foresee_turns(self, choices, hands, chunks):
        """Return ``{id: user_id}`` of those that are assigned."""
        if not choices.user_ids:
            return {}
        return turns(
            [
                (before, [id_ for id_ in ids if choices.force_assignment or not hands[id_][0]])
                for before, ids in chunks
            ],
            choices.user_ids,
        )

    def _foresee_teams(self, hands):
        """Return the hands in which opportunities are, where Odoo has derived their teams.

        :param dict hands: ``{id: (user_id, team_id)}``: whose they are, and what was before
        """
        lead_by_kind = {}
        for id_, kind in hands.items():
            lead_by_kind.setdefault(kind, id_)
        vals_list = [
            {"type": "opportunity", "user_id": user_id or False, "team_id": team_id or False}
            for user_id, team_id in lead_by_kind
        ]
        with self.browse(lead_by_kind.values())._as_drafts(vals_list) as drafts:
            self._fields["team_id"].compute_value(drafts)
            teams = {
                kind: draft.team_id.id or 0
                for kind, draft in zip(lead_by_kind, drafts, strict=True)
            }
        return {id_: (kind[0], teams[kind]) for id_, kind in hands.items()}

    def _foresee_new_contacts(self, choices, customers, values, hands):
        """Return ``{id: (user_id, number)}``: contacts that are created from a lead, for whom.

        See ``_create_customers``, and crm's ``_prepare_customer_values``.
        """
        makers = [id_ for id_ in self._ids if customers.get(id_, Customer()).lead_id == id_]
        merged = self.browse(id_ for id_ in makers if id_ in values)
        with merged._as_drafts([values[id_] for id_ in merged._ids]) as drafts:
            draft_by_id = dict(zip(merged._ids, drafts, strict=True))
            return {
                lead.id: (
                    choices.customer_user_id or hands[lead.id][0],
                    draft_by_id.get(lead.id, lead)._count_new_contacts(),
                )
                for lead in self.browse(makers)
            }

    def _count_new_contacts(self):
        """Return how many contacts a customer is that is made from this lead: one, or two."""
        return 2 if self.partner_name and self._get_customer_name() else 1

    def _foresee_plan_notices(self, hands, values):
        """Return ``{user_id: number}``: how often people are told of the activities of plans.

        Those in the same hands start the same plan, but for what each has started before.

        :param dict hands: ``{id: (user_id, team_id)}`` of those that are converted
        :param dict values: see ``_foresee_hands``
        """
        if not self._get_conversion_plans():
            return Counter()
        ids_by_kind = defaultdict(list)
        for lead in self.browse(hands):
            started_id = values.get(lead.id, {}).get(
                "conversion_plan_id", lead.conversion_plan_id.id
            )
            ids_by_kind[hands[lead.id], lead.company_id.id, started_id].append(lead.id)
        leads = self.browse(ids[0] for ids in ids_by_kind.values())
        vals_list = [
            {
                "user_id": user_id or False,
                "team_id": team_id or False,
                "conversion_plan_id": started_id,
            }
            for (user_id, team_id), _company_id, started_id in ids_by_kind
        ]
        notices = Counter()
        with leads._as_drafts(vals_list) as drafts:
            for draft, ids in zip(drafts, ids_by_kind.values(), strict=True):
                # sudo: the plan of a team starts whoever converts its leads
                draft = draft.sudo()
                for _template, user, _deadline in draft._get_plan_steps(
                    draft._find_conversion_plan()
                ):
                    notices[user._origin.id] += len(ids)
        return notices

    def _foresee_assignment_notices(self, assigned, created):
        """Return ``{user_id: number}``: how often people are told of leads and of new contacts.

        See ``_tell_assigned``.

        :param Counter assigned: ``{user_id: number}`` of leads
        :param Counter created: ``{user_id: number}`` of contacts
        """
        at_once, one_by_one = Counter(), Counter()
        for counts, are_at_once in (
            (assigned, self._is_told_at_once(self._name)),
            (created, self._are_customers_told_of_at_once()),
        ):
            (at_once if are_at_once else one_by_one).update(counts)
        return one_by_one + Counter(
            {id_: count if count <= TOLD_ONE_BY_ONE else 1 for id_, count in at_once.items()}
        )

    def _foresee_received(self, user_ids, contacts, notices, assigned):
        """Return ``{user_id: Received}``.

        :param dict user_ids: ``{id: user_id}`` of those that are converted
        :param dict contacts: see ``_foresee_new_contacts``
        :param Counter notices: ``{user_id: number}``: how often people are told of all else
        :param Counter assigned: ``{user_id: number}``: how many of these they are assigned
        """
        created = Counter()
        for user_id, number in contacts.values():
            created[user_id] += number
        told = notices + self._foresee_assignment_notices(assigned, created)
        # sudo: whoever gives leads to somebody may know whether they are told
        people = self.env["res.users"].sudo().browse(user_id for user_id in told if user_id)
        return count_received(
            Counter(user_ids.values()),
            Counter(user_id for user_id, _number in contacts.values()),
            # nobody is told what they do themselves
            {user.id: told[user.id] for user in people if user.active and user != self.env.user},
        )
