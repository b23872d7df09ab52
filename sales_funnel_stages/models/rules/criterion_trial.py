from time import monotonic

import psycopg2

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.criterion_domain import Unreliable

# what only a trial shows
DIFFERENT, SLOW = "different", "slow"

# how many leads a new criterion is tried on, both ways: one first, lest all take too long
SAMPLE_SIZES = (1, 20, 200)
# how long that may take, in seconds; it is asked for wherever leads are shown and saved
TIME_LIMIT = 5


class CrmQualificationCriterion(models.Model):
    """The trial of a criterion, when it is saved: on some leads, both ways."""

    _inherit = "crm.qualification.criterion"

    def _explain_trial(self, names):
        """Return ``{problem: the end of a sentence}`` of what only a trial shows."""
        return {
            DIFFERENT: self.env._(
                "searching and looking at a record give different answers, for example "
                "for “%(value)s”. Put the condition another way",
                **names,
            ),
            SLOW: self.env._(
                "it takes too long to find out, even for a few leads. Look at fewer records, or "
                "at a field of the lead"
            ),
        }

    def _try_both_ways(self, domain):
        """Run the domain once as a search and once on records: both have to agree, and soon."""
        lead_model = self.env["crm.lead"]._in_canonical_env()
        domain = self._see_from(lead_model._get_user_company_id(), domain, lead_model)
        end = monotonic() + TIME_LIMIT
        for size in SAMPLE_SIZES:
            try:
                with self.env.cr.savepoint():
                    self.env.execute_query(
                        SQL("SELECT set_config('statement_timeout', %s, TRUE)", f"{TIME_LIMIT}s")
                    )
                    different = self._find_different(lead_model, domain, size)
                    self.env.execute_query(SQL("SET LOCAL statement_timeout TO DEFAULT"))
            except psycopg2.errors.QueryCanceled as error:
                raise Unreliable(SLOW) from error
            if different:
                raise Unreliable(DIFFERENT, self._name_one(different))
            if monotonic() > end:
                raise Unreliable(SLOW)

    def _find_different(self, lead_model, domain, size):
        """Return those of the latest leads for which the two ways do not agree."""
        sample = lead_model.browse(
            lead_model._search([], order="id desc", limit=size, active_test=False).get_result_ids()
        )
        among_sample = Domain("id", "in", sample.ids)
        found = lead_model.browse(
            lead_model._search(among_sample & domain, active_test=False).get_result_ids()
        )
        kept = sample.filtered_domain(domain)
        return (found - kept) | (kept - found)

    def _name_one(self, leads):
        """Return the name of one of some leads, if whoever writes the criterion may read it."""
        named = leads.with_user(self.env.user)._filtered_access("read")[:1]
        return named.display_name or self.env._("a lead that you do not see")
