import unittest
from contextlib import contextmanager

from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...exceptions import StageRuleError
from ...tools.completeness import HISTORY, describe, find_violations


class StageRuleAssertions:
    """Assertions in the words of the domain."""

    @contextmanager
    def assert_refused(self, leads, unmet):
        """Assert that what happens inside is refused, and leaves nothing behind.

        :param leads: every lead that has to be named
        :param unmet: ends of XML ids of the default criteria that have to be named,
            all of them, for any of the leads
        """
        before = {lead.id: self._position(lead) for lead in leads.sudo()}
        with self._swallowed_refusal() as caught:
            yield caught
        refusals = caught.exception.context["stage_rule_refusals"]
        for lead in leads.sudo():
            self.assertIn(lead.name, str(caught.exception))
            self.assertEqual(self._position(lead), before[lead.id], "a refused lead has moved")
        self.assertEqual({each["lead_id"] for each in refusals}, set(leads.ids))
        self._assert_named(caught.exception, unmet)

    @contextmanager
    def assert_creation_refused(self, name, unmet):
        """Assert that what happens inside is refused, and that no lead of that name is left."""
        lead_model = self.env["crm.lead"].sudo().with_context(active_test=False)
        before = lead_model.search_count([("name", "=", name)])
        with self._swallowed_refusal() as caught:
            yield caught
        self.assertIn(name, str(caught.exception))
        self.assertEqual(lead_model.search_count([("name", "=", name)]), before)
        self._assert_named(caught.exception, unmet)

    def _swallowed_refusal(self):
        """Return a context manager that asserts a refusal, and does nothing more about it.

        Odoo's own ``assertRaises`` would undo what was done before the refusal.
        """
        return unittest.TestCase.assertRaises(self, StageRuleError)

    def _assert_named(self, error, unmet):
        """Assert that an error names these criteria and no other, to people and to clients."""
        text, refusals = str(error), error.context["stage_rule_refusals"]
        expected = {self.criterion(name) for name in unmet}
        named = {id_ for each in refusals for id_ in each["criterion_ids"]}
        self.assertEqual(named, {criterion.id for criterion in expected})
        for criterion in expected:
            self.assertIn(criterion.name, text)

    def assert_moved(self, leads, stage=None, type_="opportunity"):
        """Assert where leads are, in the database."""
        leads = leads.sudo()
        leads.flush_recordset()
        leads.invalidate_recordset()
        self.assertEqual(set(leads.mapped("type")), {type_})
        if stage is not None:
            self.assertEqual(leads.stage_id, stage)

    @staticmethod
    def _position(lead):
        """Return where the database says that a lead is."""
        lead.env.flush_all()
        lead.invalidate_recordset()
        return (lead.type, lead.stage_id, lead.team_id, lead.active, lead.won_status)


class LedgerAssertions:
    """Assertions on the ledger, in the words of the domain."""

    def assert_ledger_complete(self):
        """Assert that the ledger tells of every lead how it came to where it is.

        The last row of each lead leads to where the database says it is, and each row
        begins where the one before has ended, unless it says that something is missing between.
        """
        self.env.flush_all()
        violations = find_violations(lambda query: self.env.execute_query(SQL(query)), HISTORY)
        self.assertFalse(violations, describe(violations))

    def rows(self, lead):
        """Return what the ledger tells of a lead, in order: its own rows, from the first on."""
        return (
            self.env["crm.stage.transition"].sudo().search([("lead_ref", "=", lead.id)], order="id")
        )

    def assert_step(self, lead, **expected):
        """Assert what the last row of a lead says, by the names of its fields; return it."""
        row = self.rows(lead)[-1:]
        self.assertTrue(row, "no row")
        self.assertEqual({name: row[name] for name in expected}, expected)
        return row


class CriterionAssertions:
    """Assertions on criteria, in the words of the domain."""

    def assert_criterion_refused(self, domain, says):
        """Assert that no criterion can be saved with this domain, neither new nor changed.

        :param str says: what the error has to say
        """
        criterion_model = self.env["crm.qualification.criterion"]
        values = {"name": "Some question", "framework_id": self.framework.id, "domain": domain}
        before = criterion_model.search_count([])
        with self.assertRaises(ValidationError) as caught:
            criterion_model.create(values)
        self.assertIn("“Some question” cannot be saved", str(caught.exception))
        self.assertIn(says, str(caught.exception))
        self.assertEqual(criterion_model.search_count([]), before)
        criterion = self.criterion("need")
        kept = criterion.domain
        with self.assertRaises(ValidationError):
            criterion.domain = domain
        criterion.invalidate_recordset()
        self.assertEqual(criterion.domain, kept)

    def assert_search_agrees(self, domain, leads):
        """Assert that a search, the records and the records while edited say the same.

        :param Domain domain: as it is evaluated
        :return: the leads that match
        """
        leads = leads._in_canonical_env()
        query = leads.browse()._search(Domain("id", "in", leads.ids) & domain, active_test=False)
        found = leads.browse(query.get_result_ids())
        kept = leads.filtered_domain(domain)
        edited = leads.browse().concat(*[leads.new(origin=lead) for lead in leads])
        kept_while_edited = edited.filtered_domain(domain)._origin
        names = {lead.id: lead.name for lead in leads}
        self.assertEqual(
            {names[id_] for id_ in found.ids}, {names[id_] for id_ in kept.ids}, list(domain)
        )
        self.assertEqual(
            {names[id_] for id_ in kept_while_edited.ids},
            {names[id_] for id_ in kept.ids},
            list(domain),
        )
        return found
