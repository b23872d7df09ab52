import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..tools import transition as transitions
from ..tools import verdict as verdicts
from ..tools.rulebook import REQUIRED
from ..tools.transition import Transition

# what is read by the database itself, names above all: what is cached has to be there
READ_FIELDS = {
    "crm.qualification.criterion": ["name"],
    "crm.stage": ["name"],
    "crm.stage.request": ["lead_id", "state"],
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
), change AS MATERIALIZED (
    SELECT change.*, %(date)s::timestamp AS date, %(by_user_id)s::int AS by_user_id,
           (
               SELECT jsonb_agg(
                          jsonb_build_object(
                              'id', criterion.id,
                              'name', COALESCE(known.name->>%(lang)s, known.name->>'en_US'),
                              'tier', criterion.tier,
                              'met', criterion.met
                          )
                          ORDER BY known.sequence, known.id
                      )
                 FROM jsonb_to_recordset(change.criteria)
                   AS criterion (id int, tier text, met boolean)
                 JOIN crm_qualification_criterion AS known ON known.id = criterion.id
           ) AS receipt
      FROM jsonb_to_recordset(%(changes)s::jsonb) AS change (
           change int, direction text, is_step boolean, is_to_laxer_team boolean,
           verdict text, policy text, from_team_id int, team_id int,
           from_type text, from_stage_id int, from_status text,
           to_type text, to_stage_id int, to_status text,
           reason text, approver_id int, make_good_date date, criteria jsonb, unmet int[]
      )
), added AS (
    INSERT INTO crm_stage_transition (
        lead_id, lead_ref, lead_name, date, direction,
        from_type, from_stage_id, from_stage_name, from_status,
        to_type, to_stage_id, to_stage_name, to_status,
        seconds_in_previous, by_user_id, by_user_name, user_id, user_name,
        team_id, team_name, from_team_name, is_to_laxer_team, company_id, expected_revenue,
        verdict, policy, receipt, reason, approver_id, approver_name, make_good_date,
        is_reconstructed, is_gap
    )
    SELECT lead.lead_id, lead.lead_ref, lead.lead_name, change.date, change.direction,
           change.from_type, change.from_stage_id,
           COALESCE(from_stage.name->>%(lang)s, from_stage.name->>'en_US'), change.from_status,
           change.to_type, change.to_stage_id,
           COALESCE(to_stage.name->>%(lang)s, to_stage.name->>'en_US'), change.to_status,
           CASE WHEN change.is_step THEN EXTRACT(EPOCH FROM change.date - COALESCE(
               (
                   SELECT max(step.date)
                     FROM crm_stage_transition AS step
                    WHERE step.lead_ref = lead.lead_ref
                      AND (step.seconds_in_previous IS NOT NULL OR step.from_type IS NULL)
               ),
               lead.create_date
           )) END,
           change.by_user_id, by_partner.name, lead.user_id, partner.name,
           change.team_id, COALESCE(team.name->>%(lang)s, team.name->>'en_US'),
           COALESCE(from_team.name->>%(lang)s, from_team.name->>'en_US'),
           change.is_to_laxer_team, lead.company_id, lead.expected_revenue,
           change.verdict, change.policy, change.receipt, change.reason,
           change.approver_id, approver_partner.name, change.make_good_date,
           FALSE, FALSE
      FROM lead
      JOIN change ON change.change = lead.change
      LEFT JOIN crm_stage AS from_stage ON from_stage.id = change.from_stage_id
      LEFT JOIN crm_stage AS to_stage ON to_stage.id = change.to_stage_id
      LEFT JOIN crm_team AS team ON team.id = change.team_id
      LEFT JOIN crm_team AS from_team
             ON from_team.id = change.from_team_id AND change.from_team_id != change.team_id
      LEFT JOIN res_users AS by_user ON by_user.id = change.by_user_id
      LEFT JOIN res_partner AS by_partner ON by_partner.id = by_user.partner_id
      LEFT JOIN res_users AS users ON users.id = lead.user_id
      LEFT JOIN res_partner AS partner ON partner.id = users.partner_id
      LEFT JOIN res_users AS approver ON approver.id = change.approver_id
      LEFT JOIN res_partner AS approver_partner ON approver_partner.id = approver.partner_id
  ORDER BY lead.lead_ref
 RETURNING id, lead_ref
), unmet AS (
    INSERT INTO crm_qualification_criterion_crm_stage_transition_rel (
        crm_stage_transition_id, crm_qualification_criterion_id
    )
    SELECT added.id, unnest(change.unmet)
      FROM added
      JOIN lead ON lead.lead_ref = added.lead_ref
      JOIN change ON change.change = lead.change
)
SELECT request.id
  FROM crm_stage_request AS request
  JOIN lead ON lead.lead_id = request.lead_id
 WHERE request.state = 'pending'
"""


class CrmLead(models.Model):
    """The one place that records that leads have moved (see ``crm.stage.transition``).

    Queries: one for each call, however many leads. It also tells which requests for
    approval wait for them, since that would be another one.
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
        :return: ids of the requests for approval that wait for one of these leads
        """
        if not transition_by_lead:
            return []
        return self._add_to_ledger(*self._prepare_ledger(transition_by_lead))

    @api.model
    def _add_to_ledger(self, leads, changes):
        """Add rows; see ``_prepare_ledger`` for what goes in, ``_record_transitions`` for out."""
        for model_name, names in READ_FIELDS.items():
            self.env[model_name].flush_model(names)
        requests = self.env.execute_query(
            SQL(
                ADD_TO_LEDGER,
                leads=json.dumps(leads),
                changes=json.dumps(changes),
                date=self.env.cr.now(),
                by_user_id=self.env.uid,
                lang=self._get_ledger_lang(),
            )
        )
        self.invalidate_model(["transition_ids"], flush=False)
        return [id_ for (id_,) in requests]

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
        """Return the language in which names are kept: the one that whoever acts reads.

        For OdooBot and visitors it is their company's.
        """
        user = self.env.user
        if self.env.uid != SUPERUSER_ID and user._is_internal() and user.lang:
            return user.lang
        # sudo: the language of one's company is no secret
        return user.company_id.sudo().partner_id.lang or "en_US"

    # ------------------------------------------------------------------
    # Leads that end
    # ------------------------------------------------------------------

    def unlink(self):
        rows = self.env.execute_query(
            SQL("SELECT id, lead_id FROM crm_stage_transition WHERE lead_id = ANY(%s)", self.ids)
        )
        # those that were merged have left their rows to another lead, and ended there
        ending = self.browse({lead_id for _id, lead_id in rows})
        leads, changes = self._prepare_ledger(ending._end(transitions.DELETED))
        result = super().unlink()
        if rows:
            for lead in leads:
                lead["lead_id"] = lead["lead_name"] = None
            self._add_to_ledger(leads, changes)
            self._erase_from_ledger([id_ for id_, _lead_id in rows], ending.ids)
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
        result = super()._merge_dependences(opportunities)
        leads, changes = self._prepare_ledger(opportunities._end(transitions.MERGED))
        self._add_to_ledger(leads, changes)
        self.env.execute_query(
            SQL(
                "UPDATE crm_stage_transition SET lead_id = %s WHERE lead_id = ANY(%s)",
                self.id,
                opportunities.ids,
            )
        )
        self.env["crm.stage.transition"].invalidate_model(flush=False)
        return result
