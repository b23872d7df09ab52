import unittest

from odoo.api import Environment

from ...exceptions import StageRuleError


class HeldBack:
    """What a test does with held-back moves, which are recorded where a transaction ends."""

    def end_transaction(self):
        """Do what Odoo does where a transaction is committed."""
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()

    def request(self, run, user=None):
        """Run something as a request does, whose transaction is undone if it is refused.

        :param run: is given the environment of the request
        """
        # Odoo's own ``assertRaises`` would undo what is recorded after the request
        refused = unittest.TestCase.assertRaises(self, StageRuleError)
        with self.enter_registry_test_mode(), refused, self.registry.cursor() as cr:
            run(Environment(cr, (user or self.rep).id, {}))

    def held_back(self, *leads):
        """Return the rows of held-back moves of leads, in order; of no lead: all rows."""
        domain = [("lead_ref", "in", [lead.id for lead in leads])] if leads else []
        return self.env["crm.stage.refusal"].sudo().search(domain, order="id")
