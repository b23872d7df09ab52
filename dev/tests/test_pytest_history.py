"""What fails a test that leaves leads where the ledger does not say that they are."""

from contextlib import contextmanager

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon
from odoo.addons.sales_funnel_stages.tests.support.guard import let_history_change
from odoo.addons.sales_funnel_stages.tests.support.history_marks import (
    broken_history,
    made_up_history,
)

from dev.pytest_history import ask


@tagged("post_install", "-at_install")
class TestHistoryOfTests(StageRuleCommon):
    @contextmanager
    def moved_by_sql(self):
        """A lead that is in a stage of which nobody has told the ledger."""
        lead = self.make_opportunity()
        savepoint = self.env.cr.savepoint()
        try:
            self.env.execute_query(
                SQL(
                    "UPDATE crm_lead SET stage_id = %s WHERE id = %s RETURNING id",
                    self.stage_qualified.id,
                    lead.id,
                )
            )
            yield
        finally:
            savepoint.close(rollback=True)

    @contextmanager
    def marked(self, mark):
        mark(type(self))
        try:
            yield
        finally:
            del type(self)._history_mark

    def test_a_history_that_is_true(self):
        self.make_opportunity()
        ask(self)
        with self.marked(broken_history(19)), self.assertRaisesRegex(AssertionError, "is true now"):
            ask(self)

    def test_a_history_that_is_not(self):
        with self.moved_by_sql():
            with self.assertRaisesRegex(AssertionError, "a lead is where its last row says"):
                ask(self)
            for mark in (broken_history(19), made_up_history("it is moved by SQL")):
                with self.marked(mark):
                    ask(self)

    def test_a_row_that_begins_elsewhere(self):
        lead = self.make_opportunity()
        lead.with_env(self.env).stage_id = self.stage_qualified
        savepoint = self.env.cr.savepoint()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET from_status = 'lost' WHERE id = %s",
            [self.rows(lead)[-1].id],
        )
        with self.assertRaisesRegex(AssertionError, "begins where the one before has ended"):
            ask(self)
        savepoint.close(rollback=True)
