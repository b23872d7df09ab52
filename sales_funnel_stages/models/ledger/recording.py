import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import transition as transitions
from ...tools import verdict as verdicts
from ...tools.transition import Transition
from .transition import STEP_START

# what the rows of leads that do the same have in common, and what each has of its own, with
# PostgreSQL's types. Names are those of columns, but for ``change``, which relates the two
SHARED = {
    "change": "int",
    "direction": "text",
    "from_type": "text",
    "from_stage_id": "int",
    "from_stage_name": "text",
    "from_status": "text",
    "to_type": "text",
    "to_stage_id": "int",
    "to_stage_name": "text",
    "to_status": "text",
    "team_id": "int",
    "team_name": "text",
    "from_team_name": "text",
    "is_to_laxer_team": "bool",
    "verdict": "text",
    "policy": "text",
    "receipt": "jsonb",
    "reason": "text",
    "approver_id": "int",
    "approver_name": "text",
    "make_good_date": "date",
    "by_user_id": "int",
    "by_user_name": "text",
    "date": "timestamp",
}
OWN = {
    "change": "int",
    "lead_id": "int",
    "lead_ref": "int",
    "lead_name": "text",
    "user_id": "int",
    "user_name": "text",
    "company_id": "int",
    "expected_revenue": "numeric",
}


def _join(parts):
    return SQL(", ").join(parts)


# what is the same in every statement is put together once
SHARED_COLUMNS = _join(map(SQL.identifier, SHARED))
OWN_COLUMNS = _join(map(SQL.identifier, OWN))
COLUMNS = _join(SQL.identifier(name) for name in (*SHARED, *OWN) if name != "change")
CHANGE = "({}, %s)".format(", ".join(f"%s::{type_}" for type_ in SHARED.values()))
LAST_STEP_START = SQL(STEP_START, SQL.identifier("lead", "lead_ref"))
LEADS = ", ".join(f"%s::{type_}[]" for type_ in (*OWN.values(), "timestamp"))

ADD_TO_LEDGER = """
WITH change (%(shared)s, is_step) AS (VALUES %(changes)s), added AS (
    INSERT INTO crm_stage_transition (
        %(columns)s, seconds_in_previous, is_reconstructed, is_gap
    )
    SELECT %(columns)s,
           CASE WHEN is_step THEN
               EXTRACT(EPOCH FROM date - COALESCE(%(step_start)s, lead_create_date))
           END,
           FALSE,
           FALSE
      FROM unnest(%(leads)s) AS lead (%(own)s, lead_create_date)
      JOIN change USING (change)
 RETURNING id, lead_ref
)
%(links)s
SELECT request.id
  FROM added
  JOIN crm_stage_request AS request
    ON request.lead_id = lead_ref AND request.state = 'pending'
"""

LINK_UNMET = """, linked AS (
    INSERT INTO crm_qualification_criterion_crm_stage_transition_rel (
        crm_stage_transition_id, crm_qualification_criterion_id
    )
    SELECT added.id, missing.criterion_id
      FROM unnest(%s::int[], %s::int[]) AS missing (lead_ref, criterion_id)
      JOIN added USING (lead_ref)
)"""


class CrmLead(models.Model):
    """The one place that records that leads have moved (see ``crm.stage.transition``).

    Queries: one for each call, however many leads, which also tells which requests for approval
    wait for them; besides those that read the names of stages, teams and people that are not
    read yet.
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
    def _prepare_ledger(self, transition_by_lead):
        """Return what is told of each lead, and of the changes that they share.

        :param dict transition_by_lead: ``{id: Transition}``
        :return: a dict a lead with the names of ``OWN``, and ``[Transition]``, to whose places
            they refer
        :rtype: tuple
        """
        places = {}
        # sudo: the ledger is complete, whatever the user may read of the lead
        leads = self.browse(transition_by_lead).sudo()
        user_names = {user.id: user.name for user in leads.user_id}
        columns = zip(
            leads._ids,
            leads.mapped("name"),
            leads._get_record_ids("user_id"),
            leads._get_record_ids("company_id"),
            leads.mapped("expected_revenue"),
            leads.mapped("create_date"),
            strict=True,
        )
        rows = [
            {
                "change": places.setdefault(transition_by_lead[id_], len(places)),
                "lead_id": id_,
                "lead_ref": id_,
                "lead_name": name,
                "user_id": user_id or None,
                "user_name": user_names.get(user_id),
                "company_id": company_id or None,
                "expected_revenue": expected_revenue,
                "lead_create_date": create_date,
            }
            for id_, name, user_id, company_id, expected_revenue, create_date in columns
        ]
        return rows, list(places)

    @api.model
    def _add_to_ledger(self, rows, changes):
        """Add rows to the ledger.

        :param list[dict] rows: one a lead, and
        :param list[Transition] changes: see ``_prepare_ledger``
        :return: ids of the requests for approval that wait for one of these leads
        """
        # what is read by the database has to be there
        self.env["crm.stage.request"].flush_model(["lead_id", "state"])
        unmet = [
            (row["lead_ref"], criterion_id)
            for row in rows
            for criterion_id in changes[row["change"]].missing
        ]
        requests = self.env.execute_query(
            SQL(
                ADD_TO_LEDGER,
                shared=SHARED_COLUMNS,
                own=OWN_COLUMNS,
                columns=COLUMNS,
                step_start=LAST_STEP_START,
                changes=_join(
                    self._change_to_sql(place, change) for place, change in enumerate(changes)
                ),
                leads=SQL(
                    LEADS, *([row[name] for row in rows] for name in (*OWN, "lead_create_date"))
                ),
                links=SQL(LINK_UNMET, *map(list, zip(*unmet, strict=True))) if unmet else SQL(),
            )
        )
        self.invalidate_model(["transition_ids"], flush=False)
        return [id_ for (id_,) in requests]

    @api.model
    def _change_to_sql(self, place, change):
        """Return the values of a :class:`Transition`, as ``SHARED`` names them."""
        values = {"change": place, **self._prepare_change(change)}
        return SQL(CHANGE, *(values[name] for name in SHARED), change.is_step)

    @api.model
    def _prepare_change(self, change):
        """Return what all rows of a :class:`Transition` say alike."""
        before, after, verdict, note = change.before, change.after, change.verdict, change.note
        # sudo: rows keep the names of what the user may not read
        env = self.with_context(lang=self._get_ledger_lang()).sudo().env
        is_permitted = verdict.name in (verdicts.OVERRIDDEN, verdicts.APPROVED)
        # the reason for an override that was not needed says nothing
        is_noted = is_permitted or not note.permission
        approver = env["res.users"].browse(note.approver_id if is_permitted else ())
        team = env["crm.team"].browse((after or before).team_id or ())
        # one that was just deleted is gone; the row before has its name
        from_team = (env["crm.team"].browse((before and before.team_id) or ()) - team).exists()
        return {
            "direction": change.direction,
            **self._prepare_place("from", before, env),
            **self._prepare_place("to", after, env),
            "team_id": team.id or None,
            "team_name": team.name or None,
            "from_team_name": from_team.name or None,
            "is_to_laxer_team": change.is_to_laxer_team,
            "verdict": verdict.name,
            "policy": verdict.policy,
            "receipt": self._prepare_receipt(change),
            "reason": (is_noted and note.reason) or None,
            "approver_id": approver.id or None,
            "approver_name": approver.name or None,
            "make_good_date": note.make_good_date if is_permitted else None,
            "by_user_id": env.uid,
            "by_user_name": env.user.name,
            "date": env.cr.now(),
        }

    @api.model
    def _prepare_receipt(self, change):
        """Return what every criterion in force said, in the framework's order, as JSON."""
        tiers = dict(change.in_force)
        names = self.env["crm.qualification.framework"]._get_criterion_names(
            self._get_ledger_lang()
        )
        receipt = [
            {"id": id_, "name": name, "tier": tiers[id_], "met": id_ not in change.unmet}
            for id_, name in names.items()
            if id_ in tiers
        ]
        return json.dumps(receipt) if receipt else None

    @api.model
    def _prepare_place(self, prefix, state, env):
        stage = env["crm.stage"].browse((state and state.stage_id) or ())
        return {
            f"{prefix}_type": state and ("opportunity" if state.is_opportunity else "lead"),
            f"{prefix}_stage_id": stage.id or None,
            f"{prefix}_stage_name": stage.name or None,
            f"{prefix}_status": state and state.status,
        }

    @api.model
    def _get_ledger_lang(self):
        """Return the language in which names are kept: the one that the user reads."""
        # sudo: the user may know their own language
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
        last_rows, changes = self._prepare_ledger(
            {
                **deleted._end(transitions.DELETED),
                **self.browse(heirs)._end(transitions.MERGED),
            }
        )
        result = super().unlink()
        if rows:
            for row in last_rows:
                row["lead_id"] = heirs.get(row["lead_ref"])
                if not row["lead_id"]:
                    row["lead_name"] = None
            self._add_to_ledger(last_rows, changes)
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
        """Blank what could be personal in rows, and in those that say that leads were deleted.

        They belong to no lead any more.
        """
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition
                   SET lead_id = NULL, lead_name = NULL, reason = NULL, by_user_name = NULL,
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
