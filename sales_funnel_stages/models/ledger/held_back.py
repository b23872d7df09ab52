import logging
import sys
from contextlib import contextmanager
from functools import partial

import psycopg2

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

NOTES_KEY = "sales_funnel_stages.refusals"

# what is noted of a refusal, with PostgreSQL's types
NOTED = {
    "lead_ref": "int",
    "lead_name": "text",
    "date": "timestamp",
    "team_id": "int",
    "team_name": "text",
    "user_id": "int",
    "by_user_id": "int",
    "company_id": "int",
    "stage_id": "int",
    "stage_name": "text",
    "is_conversion": "bool",
    "policy": "text",
    "expected_revenue": "numeric",
    "criterion_ids": "int[]",
}
NOTE = "({})".format(", ".join(f"%s::{type_}" for type_ in NOTED.values()))

# what was made in the same transaction, and is undone with it, is referred to by nothing
ADD_REFUSALS = """
WITH noted (%(columns)s) AS (VALUES %(notes)s), refused AS MATERIALIZED (
    SELECT nextval('crm_stage_refusal_id_seq') AS id, lead.id AS lead_id, noted.*
      FROM noted
 LEFT JOIN crm_lead AS lead ON lead.id = noted.lead_ref
     WHERE NOT EXISTS (
               SELECT
                 FROM crm_stage_refusal AS known
                WHERE known.lead_ref = COALESCE(lead.id, 0)
                  AND known.date > noted.date - INTERVAL '1 hour'
                  AND known.by_user_id = noted.by_user_id
                  AND known.stage_id IS NOT DISTINCT FROM noted.stage_id
                  AND known.is_conversion = noted.is_conversion
                  AND (lead.id IS NOT NULL OR known.lead_name = noted.lead_name)
           )
), added AS (
    INSERT INTO crm_stage_refusal (
        id, lead_id, lead_ref, lead_name, date, team_id, team_name, user_id, by_user_id,
        company_id, stage_id, stage_name, is_conversion, policy, expected_revenue
    )
    SELECT refused.id, lead_id, COALESCE(lead_id, 0), lead_name, date,
           (SELECT id FROM crm_team WHERE id = team_id), team_name,
           (SELECT id FROM res_users WHERE id = user_id),
           (SELECT id FROM res_users WHERE id = by_user_id),
           (SELECT id FROM res_company WHERE id = company_id),
           (SELECT id FROM crm_stage WHERE id = stage_id), stage_name,
           is_conversion, policy, expected_revenue
      FROM refused
)
INSERT INTO crm_qualification_criterion_crm_stage_refusal_rel (
    crm_stage_refusal_id, crm_qualification_criterion_id
)
SELECT refused.id, criterion.id
  FROM refused
  JOIN crm_qualification_criterion AS criterion ON criterion.id = ANY(criterion_ids)
"""


class CrmLead(models.Model):
    """The one place that records that a move was held back (see ``crm.stage.refusal``).

    What was refused is mostly undone with all of its transaction, so that it can only be
    written down when that has ended, one way or the other, by a cursor of its own. Whatever
    goes wrong there, the refusal is the same. What is noted twice in a transaction is one.

    Queries: none where nothing is refused; else one for each transaction, in its own.
    """

    _inherit = "crm.lead"

    @api.model
    def _note_refusals(self, refused, created=frozenset()):
        """Note moves that are refused, to be recorded once the transaction has ended.

        :param dict refused: ``{id: Verdict}``
        :param created: ids of those that did not exist before the refused call
        """
        notes = self._get_noted_refusals()
        user_id = self._get_real_user().id
        # sudo: what was held back is recorded, whatever the user may read of the lead
        leads = self.browse(refused).sudo().with_context(lang=self._get_ledger_lang())
        for lead in leads:
            verdict = refused[lead.id]
            stage = self.env["crm.stage"].sudo().browse(verdict.gate or ())  # as above
            who = lead.name if lead.id in created else lead.id
            notes.setdefault(
                (who, verdict.gate, verdict.is_conversion, user_id),
                {
                    "lead_ref": lead.id,
                    "lead_name": lead.name,
                    "date": self.env.cr.now(),
                    "team_id": lead.team_id.id or None,
                    "team_name": lead.team_id.name or None,
                    "user_id": lead.user_id.id or None,
                    "by_user_id": user_id,
                    "company_id": lead.company_id.id or None,
                    "stage_id": stage.id or None,
                    "stage_name": stage.with_context(lang=self._get_ledger_lang()).name or None,
                    "is_conversion": verdict.is_conversion,
                    "policy": verdict.policy,
                    "expected_revenue": lead.expected_revenue,
                    "criterion_ids": sorted(verdict.unmet),
                },
            )

    @api.model
    def _get_noted_refusals(self):
        """Return what is noted in this transaction: a dict to add to."""
        cr = self.env.cr
        if NOTES_KEY not in cr.postcommit.data:
            notes = cr.postcommit.data[NOTES_KEY] = {}
            record = partial(self._record_refusals, self.env.registry, notes)
            # whichever happens makes the transaction forget the other
            cr.postcommit.add(record)
            cr.postrollback.add(record)
        return cr.postcommit.data[NOTES_KEY]

    @api.model
    @contextmanager
    def _rehearsed(self):
        """Let what is refused inside count for nothing: whoever does it only wants to know."""
        notes = self._get_noted_refusals()
        before = dict(notes)
        try:
            yield
        finally:
            notes.clear()
            notes.update(before)

    @staticmethod
    def _record_refusals(registry, notes):
        """Write down what was noted in a transaction that has ended; never fail.

        :param dict notes: what is noted, which is emptied
        """
        noted = list(notes.values())
        notes.clear()
        # what the database refused is run again from the start, or was told as something else
        if not noted or isinstance(sys.exc_info()[1], (psycopg2.Error, ConcurrencyError)):
            return
        try:
            with registry.cursor() as cr:
                cr.execute(
                    SQL(
                        ADD_REFUSALS,
                        columns=SQL(", ").join(map(SQL.identifier, NOTED)),
                        notes=SQL(", ").join(
                            SQL(NOTE, *(note[name] for name in NOTED)) for note in noted
                        ),
                    ),
                    log_exceptions=False,
                )
        except psycopg2.errors.ReadOnlySqlTransaction:
            _logger.info("The database takes nothing in: held-back moves are not recorded.")
        except Exception:  # pylint: disable=broad-except
            _logger.warning("Held-back moves could not be recorded.", exc_info=True)
