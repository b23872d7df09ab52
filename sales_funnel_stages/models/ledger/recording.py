from odoo import api, models
from odoo.fields import Command

from ...names import SALESPERSON_GROUP
from ...tools import transition as transitions
from ...tools import verdict as verdicts
from ...tools.rulebook import REQUIRED
from ..rules.shown_field import ShownLines
from .counted import MOVE

# so much is kept of what a lead is called
MOST_OF_A_NAME = 1000


class CrmLead(models.Model):
    """How a row of the ledger is made of a move (see ``crm.stage.transition``).

    Queries: one that reads what is promised of the leads and since when they are where they were,
    those of one ``create``, and those that read the names of stages, teams and people that are not
    read yet; their number does not grow with the leads but for the hundreds that Odoo inserts at
    once.
    """

    _inherit = "crm.lead"

    transition_ids = ShownLines(
        "crm.stage.transition",
        "lead_id",
        string="History of Stages",
        # whoever is given a lead that is shared makes it their company's, which is no news
        domain=[
            "|",
            "|",
            "|",
            ("direction", "!=", transitions.CHANGED_COMPANY),
            ("verdict", "!=", verdicts.PASSED),
            ("is_to_laxer_team", "=", True),
            "&",
            ("from_company_id", "!=", False),
            ("company_id", "!=", False),
        ],
        # others may have been given leads to read, without what only this addon has
        groups=SALESPERSON_GROUP,
    )

    def _record_so_far(self):
        """Record what has been done to these leads so far by calls that are not at their end yet.

        For other packages to extend; called before they are moved on, or deleted.
        """

    @api.model
    def _record_transitions(self, rows):
        """Add rows to the ledger.

        :param list[dict] rows: as ``_prepare_ledger_rows`` returns them
        """
        self.env["crm.stage.transition"]._record(rows)
        # the latest first, which is not where Odoo puts what is added
        self.invalidate_model(["transition_ids"], flush=False)

    @api.model
    def _prepare_ledger_rows(self, transition_by_lead):
        """Return the values of a row of the ledger for each lead.

        :param dict transition_by_lead: ``{id: Transition}``
        :rtype: list[dict]
        """
        # sudo: the ledger is complete, whatever the user may read of the lead
        leads = self.browse(transition_by_lead).sudo()
        # most leads of a batch do the same: what rows have in common is worked out once
        shared = {
            transition: self._prepare_shared_values(transition)
            for transition in set(transition_by_lead.values())
        }
        facts = self._get_facts(transition_by_lead)
        promised, starts = leads._get_promised()
        losses = leads.filtered(lambda lead: transition_by_lead[lead.id].is_loss)._get_losses()
        now = self.env.cr.now()
        rows = []
        for lead in leads:
            transition = transition_by_lead[lead.id]
            # what came in past Odoo may have no date at all
            start = transition.is_step and (starts.get(lead.id) or lead.create_date)
            time = {"seconds_in_previous": round((now - start).total_seconds())} if start else {}
            rows.append(
                {
                    **shared[transition],
                    "lead_id": lead.id,
                    "lead_ref": lead.id,
                    "lead_name": (lead.name or "")[:MOST_OF_A_NAME],
                    "user_id": lead.user_id.id,
                    "user_name": lead.user_id.name,
                    "company_id": lead.company_id.id,
                    "expected_revenue": lead.expected_revenue,
                    "met_by": facts[lead.id],
                    **promised[lead.id],
                    **losses.get(lead.id, {}),
                    **time,
                }
            )
        return self._tell_past(rows, transition_by_lead, self._prepare_place_kept)

    def _get_losses(self):
        """Return ``{id: values of a row}``: why each is lost, whatever becomes of the reason."""
        lang = self._get_ledger_lang() if self else None
        return {
            lead.id: {
                "lost_reason_id": lead.lost_reason_id.id,
                "lost_reason_name": lead.lost_reason_id.name,
            }
            for lead in self.with_context(lang=lang)
        }

    @api.model
    def _prepare_shared_values(self, transition):
        """Return what all rows of a :class:`Transition` say alike, as values of a row."""
        before, after = transition.before, transition.after
        verdict, note = transition.verdict, transition.note
        # sudo: rows keep the names of what the user may not read
        lang = self._get_ledger_lang()
        env = self.env(su=True, context={**self.env.context, "lang": lang})
        is_permitted = verdict.name in (verdicts.OVERRIDDEN, verdicts.APPROVED)
        # the reason for an override that was not needed says nothing
        is_noted = is_permitted or not note.permission
        approver = env["res.users"].browse(note.approver_id if is_permitted else ())
        user = self._get_real_user()
        team = env["crm.team"].browse((after or before).team_id or ())
        # one that was just deleted is gone; the row before has its name
        from_team = (env["crm.team"].browse((before and before.team_id) or ()) - team).exists()
        return {
            "kind": MOVE,
            "direction": transition.direction,
            **self._prepare_place("from", before, env),
            **self._prepare_place("to", after, env),
            "team_id": team.id,
            "team_name": team.name,
            "from_team_name": from_team.name,
            "from_company_id": (before and before.company_id) or None,
            "is_to_laxer_team": transition.is_to_laxer_team,
            "verdict": verdict.name,
            "policy": verdict.policy,
            "rules_version": self.env["crm.rulebook"]._get_version(),
            "receipt": self._prepare_receipt(transition, lang),
            "reason": (is_noted and note.reason) or None,
            "approver_id": approver.id,
            "approver_name": approver.name,
            "make_good_date": note.make_good_date if is_permitted else None,
            "unmet_criterion_ids": [Command.set(transition.missing)],
            "is_reconstructed": False,
            "is_gap": False,
            "is_imported": False,
            "by_user_id": user.id,
            "by_user_name": user.name,
            "date": env.cr.now(),
        }

    @api.model
    def _prepare_receipt(self, transition, lang):
        """Return what every criterion in force said, in the framework's order."""
        tiers = {**dict.fromkeys(transition.unjudged, REQUIRED), **dict(transition.in_force)}
        names = self.env["crm.qualification.framework"]._get_criterion_names(lang)
        receipt = [
            {
                "id": id_,
                "name": name,
                "tier": tiers[id_],
                # nothing where it could not be evaluated
                "met": None if id_ in transition.unjudged else id_ not in transition.unmet,
            }
            for id_, name in names.items()
            if id_ in tiers
        ]
        return receipt or None

    @api.model
    def _prepare_place(self, prefix, state, env):
        stage = env["crm.stage"].browse((state and state.stage_id) or ())
        return {
            f"{prefix}_type": state and ("opportunity" if state.is_opportunity else "lead"),
            f"{prefix}_stage_id": stage.id,
            f"{prefix}_stage_name": stage.name,
            f"{prefix}_status": state and state.status,
        }

    @api.model
    def _prepare_place_kept(self, prefix, state):
        """Return the same, in the language in which names are kept."""
        lang = self._get_ledger_lang()
        # sudo: rows keep the names of what the user may not read
        env = self.env(su=True, context={**self.env.context, "lang": lang})
        return self._prepare_place(prefix, state, env)

    @api.model
    def _get_ledger_lang(self):
        """Return the language in which names are kept: the one that the user reads."""
        user = self._get_real_user()
        # which goes by the user of the environment
        own = user if user.id == self.env.uid else user.with_user(user)
        return own.context_get()["lang"]
