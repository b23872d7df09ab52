import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

from ....names import MANAGER_GROUP
from . import checks

MOST_PROBLEMS = 100
SEAL = re.compile(r"\b[0-9a-f]{64}\b")


class CrmStageTransition(models.Model):
    """Whether the ledger is as it was recorded: see ``verify_ledger``."""

    _inherit = "crm.stage.transition"

    @api.model
    def verify_ledger(self, kept_seals=""):
        """Hold the ledger against its leads, its chains and its seals, of all companies.

        Queries: a dozen, whatever the number of leads; a minute for three million rows.

        :param str kept_seals: a text with seals that have been kept outside, as an e-mail has them:
            each has to be there still
        :return: ``{"rows": how many, "leads": how many, "seals": how many, "problems": […]}``, of
            problems the first hundred: ``{"lead_ref", "row_id", "kind", "message"}``, in which
            lead and row are False where it is about a seal. Kinds are ``chain``, ``order``,
            ``reference``, ``completeness``, ``seal`` and ``kept_seal``
        :raise AccessError: if the user does not administer sales
        :raise UserError: if the seals are no text
        """
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(self.env._("Whoever administers sales may verify the history."))
        if not isinstance(kept_seals or "", str):
            raise UserError(self.env._("Seals are given as a text."))
        self.env.flush_all()
        self.env["crm.lead"]._spare_compiling()
        self.env.cr.execute(checks.SETTINGS)
        [counts] = self.env.execute_query_dict(
            SQL(
                "SELECT count(*) AS rows, count(DISTINCT lead_ref) AS leads,"
                " (SELECT count(*) FROM crm_stage_seal) AS seals FROM crm_stage_transition"
            )
        )
        problems = [*self._find_kept_seals(kept_seals or ""), *self._find_broken_seals()]
        for kind, queries in checks.OF_ROWS.items():
            problems += self._find_rows(kind, queries)
        return {**counts, "problems": problems[:MOST_PROBLEMS]}

    @api.model
    def _find_rows(self, kind, queries):
        """Return the problems of one kind that rows have, of each lead the first."""
        found = SQL(" UNION ALL ").join(
            SQL("SELECT lead_ref, row_id FROM (%s) AS found", SQL(query)) for query in queries
        )
        rows = self.env.execute_query(SQL(checks.FIRST, found=found, limit=MOST_PROBLEMS))
        return [
            self._make_problem(kind, self._get_row_text(kind, lead_ref, row_id), lead_ref, row_id)
            for lead_ref, row_id in rows
        ]

    @api.model
    def _find_broken_seals(self):
        """Return the problems that seals have: from the first on, all may."""
        ids = [id_ for [id_] in self.env.execute_query(SQL(checks.SEALS))]
        return [
            self._make_problem(
                checks.SEAL,
                self.env._(
                    "The seal of %(date)s does not fit: a row that it seals was changed, deleted "
                    "or added, or the seal itself was.",
                    date=format_datetime(self.env, seal.date),
                ),
            )
            # sudo: whoever may verify the history may know when it was sealed
            for seal in self.env["crm.stage.seal"].sudo().browse(ids[:MOST_PROBLEMS])
        ]

    @api.model
    def _find_kept_seals(self, text):
        """Return the problems that seals in a text have: those that are not there any more."""
        hashes = [*dict.fromkeys(SEAL.findall(text.lower()))]
        # sudo: as above
        known = self.env["crm.stage.seal"].sudo().search([("hash", "in", hashes)]).mapped("hash")
        return [
            self._make_problem(
                checks.KEPT_SEAL,
                self.env._("The seal %s, which was kept outside, is not there any more.", each),
            )
            for each in hashes
            if each not in known
        ]

    @api.model
    def _make_problem(self, kind, message, lead_ref=False, row_id=False):
        return {"lead_ref": lead_ref, "row_id": row_id or False, "kind": kind, "message": message}

    @api.model
    def _get_row_text(self, kind, lead_ref, row_id):
        """Return what is wrong with a row, as a sentence."""
        values = {"row": row_id or 0, "lead": lead_ref}
        return {
            checks.CHAIN: self.env._(
                "Lead %(lead)s: row %(row)s is not as it was recorded, or does not follow the row "
                "that it was recorded after.",
                **values,
            ),
            checks.ORDER: self.env._(
                "Lead %(lead)s: row %(row)s is not of the time at which it was recorded.", **values
            ),
            checks.REFERENCE: self.env._(
                "Lead %(lead)s: row %(row)s refers to something else than when it was recorded.",
                **values,
            ),
            checks.COMPLETENESS: self.env._(
                "Lead %(lead)s: row %(row)s does not lead on to the next one, or to where the lead "
                "is.",
                **values,
            ),
        }[kind]
