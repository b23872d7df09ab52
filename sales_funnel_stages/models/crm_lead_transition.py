import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import transition as transitions
from ..tools import verdict as verdicts
from ..tools.rulebook import REQUIRED
from ..tools.transition import Transition

# the names that rows keep are read by the database: what is cached has to be there
NAMES = {
    "crm.qualification.criterion": ["name"],
    "crm.stage": ["name"],
    "crm.team": ["name"],
    "res.partner": ["name"],
    "res.users": ["partner_id"],
}

# most leads of a batch do the same: what they share is sent once, as a change
ADD_TO_LEDGER = """
WITH lead AS MATERIALIZED (
    SELECT *
      FROM jsonb_to_recordset(%(leads)s::jsonb) AS lead (
           change int, lead_id int, lead_ref int, lead_name text, user_id int,
           company_id int, expected_revenue numeric, create_date timestamp
      )
), last_step AS MATERIALIZED (
    SELECT lead_ref, max(date) AS date
      FROM crm_stage_transition
     WHERE lead_ref = ANY(%(lead_refs)s)
       AND (seconds_in_previous IS NOT NULL OR from_type IS NULL)
  GROUP BY lead_ref
), change AS MATERIALIZED (
    SELECT change.*,
           (SELECT %(name)s FROM crm_stage WHERE id = from_stage_id) AS from_stage_name,
           (SELECT %(name)s FROM crm_stage WHERE id = to_stage_id) AS to_stage_name,
           (SELECT %(name)s FROM crm_team WHERE id = team_id) AS team_name,
           (
               SELECT %(name)s FROM crm_team
                WHERE id = from_team_id AND from_team_id IS DISTINCT FROM team_id
           ) AS from_team_name,
           (
               SELECT partner.name
                 FROM res_users AS users
                 JOIN res_partner AS partner ON partner.id = users.partner_id
                WHERE users.id = approver_id
           ) AS approver_name,
           (
               SELECT jsonb_agg(
                          jsonb_build_object(
                              'id', asked.id, 'name', %(name)s,
                              'tier', asked.tier, 'met', asked.met
                          )
                          ORDER BY sequence, criterion.id
                      )
                 FROM jsonb_to_recordset(criteria) AS asked (id int, tier text, met boolean)
                 JOIN crm_qualification_criterion AS criterion ON criterion.id = asked.id
           ) AS receipt
      FROM jsonb_to_recordset(%(changes)s::jsonb) AS change (
           change int, direction text, is_step boolean, is_to_laxer_team boolean,
           verdict text, policy text, from_team_id int, team_id int,
           from_type text, from_stage_id int, from_status text,
           to_type text, to_stage_id int, to_status text,
           reason text, approver_id int, make_good_date date, criteria jsonb, unmet int[]
      )
), people AS MATERIALIZED (
    SELECT users.id, partner.name
      FROM res_users AS users
      JOIN res_partner AS partner ON partner.id = users.partner_id
     WHERE users.id = ANY(%(user_ids)s)
), added AS (
    INSERT INTO crm_stage_transition (
        lead_id, lead_ref, lead_name, date, direction,
        from_type, from_stage_id, from_stage_name, from_status,
        to_type, to_stage_id, to_stage_name, to_status, seconds_in_previous,
        by_user_id, by_user_name,
        user_id, user_name,
        team_id, team_name, from_team_name, is_to_laxer_team, company_id, expected_revenue,
        verdict, policy, receipt, reason, approver_id, approver_name, make_good_date,
        is_reconstructed, is_gap
    )
    SELECT lead_id, lead.lead_ref, lead_name, %(date)s, direction,
           from_type, from_stage_id, from_stage_name, from_status,
           to_type, to_stage_id, to_stage_name, to_status,
           CASE WHEN is_step THEN
               EXTRACT(EPOCH FROM %(date)s - COALESCE(last_step.date, create_date))
           END,
           %(by_user_id)s, (SELECT name FROM people WHERE id = %(by_user_id)s),
           user_id, (SELECT name FROM people WHERE id = user_id),
           team_id, team_name, from_team_name, is_to_laxer_team, company_id, expected_revenue,
           verdict, policy, receipt, reason, approver_id, approver_name, make_good_date,
           FALSE, FALSE
      FROM lead
      JOIN change USING (change)
 LEFT JOIN last_step ON last_step.lead_ref = lead.lead_ref
  ORDER BY lead.lead_ref
 RETURNING id, lead_ref
)
INSERT INTO crm_qualification_criterion_crm_stage_transition_rel (
    crm_stage_transition_id, crm_qualification_criterion_id
)
SELECT added.id, unnest(change.unmet)
  FROM added
  JOIN lead USING (lead_ref)
  JOIN change USING (change)
"""


class CrmLead(models.Model):
    """The one place that records that leads have moved (see ``crm.stage.transition``).

    Queries: one for each call, however many leads.
    """

    _inherit = "crm.lead"

    transition_ids = fields.One2many(
        "crm.stage.transition",
        "lead_id",
        string="History of Stages",
        # others may have been given leads to read, without what only this addon has
        groups="sales_team.group_sale_salesman",
    )

    @api.model
    def _record_transitions(self, transition_by_lead):
        """Add rows to the ledger.

        :param dict transition_by_lead: ``{id: Transition}``
        """
        if transition_by_lead:
            self._add_to_ledger(*self._prepare_ledger(transition_by_lead))

    @api.model
    def _add_to_ledger(self, leads, changes):
        for model_name, names in NAMES.items():
            self.env[model_name].flush_model(names)
        self.env.execute_query(
            SQL(
                ADD_TO_LEDGER,
                leads=json.dumps(leads),
                changes=json.dumps(changes),
                lead_refs=[lead["lead_ref"] for lead in leads],
                user_ids=list({self.env.uid, *(lead["user_id"] for lead in leads)}),
                date=SQL("%s::timestamp", self.env.cr.now()),
                by_user_id=self.env.uid,
                name=SQL("COALESCE(name->>%s, name->>'en_US')", self._get_ledger_lang()),
            )
        )
        self.invalidate_model(["transition_ids"], flush=False)

    @api.model
    def _prepare_ledger(self, transition_by_lead):
        """Return what is told of each lead, and of the changes that they share.

        :param dict transition_by_lead: ``{id: Transition}``
        :rtype: tuple[list[dict], list[dict]]
        """
        places = {}
        leads = [
            {
                "change": places.setdefault(transition_by_lead[lead.id], len(places)),
                "lead_id": lead.id,
                "lead_ref": lead.id,
                "lead_name": lead.name,
                "user_id": lead.user_id.id or None,
                "company_id": lead.company_id.id or None,
                "expected_revenue": lead.expected_revenue,
                "create_date": str(lead.create_date),
            }
            # sudo: the ledger is complete, whatever whoever acts may read of the lead
            for lead in self.browse(transition_by_lead).sudo()
        ]
        changes = [
            {"change": place, **self._prepare_change(transition)}
            for transition, place in places.items()
        ]
        return leads, changes

    @api.model
    def _prepare_change(self, transition):
        """Return what all rows of a :class:`Transition` say alike."""
        before, after, verdict = transition.before, transition.after, transition.verdict
        note = transition.note
        is_by_leave = verdict.name in (verdicts.OVERRIDDEN, verdicts.APPROVED)
        # the reason for an override that was not needed says nothing
        is_noted = is_by_leave or not note.leave
        return {
            "direction": transition.direction,
            "is_step": transition.is_step,
            "is_to_laxer_team": transition.is_to_laxer_team,
            "verdict": verdict.name,
            "policy": verdict.policy,
            "from_team_id": (before and before.team_id) or None,
            "team_id": (after or before).team_id or None,
            **self._prepare_place("from", before),
            **self._prepare_place("to", after),
            "reason": (is_noted and note.reason) or None,
            "approver_id": (is_by_leave and note.approver_id) or None,
            "make_good_date": str(note.make_good_date)
            if is_by_leave and note.make_good_date
            else None,
            "criteria": [
                {"id": id_, "tier": tier, "met": id_ not in transition.unmet}
                for id_, tier in transition.in_force
            ],
            "unmet": [
                id_
                for id_, tier in transition.in_force
                if tier == REQUIRED and id_ in transition.unmet
            ],
        }

    @api.model
    def _prepare_place(self, prefix, state):
        return {
            f"{prefix}_type": state and ("opportunity" if state.is_opportunity else "lead"),
            f"{prefix}_stage_id": (state and state.stage_id) or None,
            f"{prefix}_status": state and state.status,
        }

    @api.model
    def _get_ledger_lang(self):
        """Return the language in which names are kept: the one that whoever acts reads."""
        # sudo: whoever acts may know their own language
        return self.env.user.sudo().context_get()["lang"]

    # ------------------------------------------------------------------
    # Leads that end
    # ------------------------------------------------------------------

    def unlink(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, lead_ref, lead_id
                  FROM crm_stage_transition
                 WHERE lead_id = ANY(%(ids)s) OR lead_ref = ANY(%(ids)s)
                """,
                ids=self.ids,
            )
        )
        ids = set(self.ids)
        own = {lead_id for _id, _ref, lead_id in rows} & ids
        # those that were merged have left their rows to another lead
        heirs = {
            ref: lead_id
            for _id, ref, lead_id in rows
            if ref in ids - own and lead_id and lead_id not in ids
        }
        deleted = self.browse(({ref for _id, ref, _lead_id in rows} | own) & (ids - heirs.keys()))
        leads, changes = self._prepare_ledger(
            {
                **deleted._end(transitions.DELETED),
                **self.browse(heirs)._end(transitions.MERGED),
            }
        )
        result = super().unlink()
        if rows:
            for lead in leads:
                lead["lead_id"] = heirs.get(lead["lead_ref"])
                if not lead["lead_id"]:
                    lead["lead_name"] = None
            self._add_to_ledger(leads, changes)
            self._erase_from_ledger(
                [id_ for id_, _ref, lead_id in rows if lead_id in ids], deleted.ids
            )
        return result

    def _end(self, direction):
        """Return ``{id: Transition}``: these leads end, in that direction."""
        verdict = verdicts.Verdict(verdicts.PASSED, 0)
        return {
            id_: Transition(state, None, direction, verdict)
            for id_, state in self._get_states().items()
        }

    @api.model
    def _erase_from_ledger(self, row_ids, lead_ids):
        """Blank what could be personal in rows, and in those that say that leads were deleted."""
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition
                   SET lead_name = NULL, reason = NULL, by_user_name = NULL,
                       user_name = NULL, approver_name = NULL
                 WHERE id = ANY(%s) OR (lead_ref = ANY(%s) AND direction = %s)
                """,
                row_ids,
                lead_ids,
                transitions.DELETED,
            )
        )
        self.env["crm.stage.transition"].invalidate_model(flush=False)

    def _merge_dependences(self, opportunities):
        # the others end where they are deleted, which is up to whoever merges
        result = super()._merge_dependences(opportunities)
        self.env.execute_query(
            SQL(
                "UPDATE crm_stage_transition SET lead_id = %s WHERE lead_id = ANY(%s)",
                self.id,
                opportunities.ids,
            )
        )
        self.env["crm.stage.transition"].invalidate_model(flush=False)
        return result
