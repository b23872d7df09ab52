"""Random leads are converted in mass with random choices, and that is undone."""

from contextlib import closing

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_funnel_stages.tests.support.columns import get_differences, read_columns

from .random_conversions import (
    NOT_GIVEN_BACK,
    RandomConversions,
    choices,
    leads,
    properties,
    worlds,
)


@tagged("post_install", "-at_install")
class TestUndoProperties(RandomConversions):
    """What is undone is as it was, field by field; and is converted again to the same."""

    @properties(40)
    @given(worlds, st.lists(leads, min_size=1, max_size=4), choices)
    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_undone(self, world, leads_values, choice):
        self.check(world, leads_values, choice)

    @pytest.mark.long
    @properties(1000)
    @given(worlds, st.lists(leads, min_size=1, max_size=4), choices)
    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_undone_at_length(self, world, leads_values, choice):
        self.check(world, leads_values, choice)

    def check(self, world, leads_values, choice):
        try:
            with closing(self.env.cr.savepoint()):
                self.make_world(world)
                self.check_undo([self.make(values) for values in leads_values], choice)
        finally:
            self.env.registry.reset_changes()
            self.env.registry.clear_cache("stable", "default")

    # ------------------------------------------------------------------
    # What is so
    # ------------------------------------------------------------------

    def check_undo(self, leads, choice):
        leads = self.env["crm.lead"].concat(*leads)
        partners = self.env["res.partner"].with_context(active_test=False).search([])
        before = read_columns(leads, NOT_GIVEN_BACK)
        partners_before = read_columns(partners, NOT_GIVEN_BACK)
        batch = self.convert(leads, choice)
        undoable = batch._get_undoable_lines().lead_id
        event(f"undoable: {len(undoable)} of {len(leads)}")
        for line in batch.line_ids.filtered(lambda line: line.state == "failed"):
            event("failed")
            self.assertNotIn("Unexpected", line.reason)
        if not undoable:
            return
        customers = {lead.id: (lead.partner_id.display_name) for lead in undoable}
        batch.with_user(self.manager).with_context(
            allowed_company_ids=self.companies.ids
        ).action_undo()
        self.work()
        self.assertEqual(batch.state, "undone")
        lines = batch.line_ids.filtered(lambda line: line.lead_id in undoable)
        self.assertEqual(set(lines.mapped("state")), {"undone"}, lines.mapped("reason"))
        before = {id_: before[id_] for id_ in undoable.ids}
        self.assertEqual(get_differences(before, read_columns(undoable, NOT_GIVEN_BACK)), {})
        partners_after = read_columns(partners, NOT_GIVEN_BACK)
        if not (batch.line_ids - lines).filtered(lambda line: line.state in ("done", "merged")):
            self.assertEqual(get_differences(partners_before, partners_after), {})
        writers = {row["write_uid"] for row in read_columns(undoable).values()}
        self.assertEqual(writers, {self.manager.id})
        if len(undoable) == len(leads):
            self.assert_converted_again(leads, choice, customers)

    def assert_converted_again(self, leads, choice, customers):
        batch = self.convert(leads, choice)
        converted = batch._get_undoable_lines().lead_id
        self.assertEqual({lead.id: lead.partner_id.display_name for lead in converted}, customers)
