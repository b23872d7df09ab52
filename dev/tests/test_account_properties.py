"""Random leads are converted in mass and that is undone: the account is the same at each point."""

import re
from collections import Counter, defaultdict
from contextlib import closing
from unittest.mock import patch

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from lxml import etree, html

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.sales_funnel_stages.models.mass_conversion import chunks
from odoo.addons.sales_funnel_stages.models.mass_conversion.choices import read_choices
from odoo.addons.sales_funnel_stages.tests.support.columns import get_differences, read_columns
from odoo.addons.sales_funnel_stages.tools.mass_conversion import BATCH_FIELDS

from .random_conversions import (
    BATCH,
    NOT_GIVEN_BACK,
    RandomConversions,
    choices,
    leads,
    properties,
    worlds,
)

# numbers of the fixture: the team of another company, and none
THEIRS, NONE = 2, 5
WIZARD = "crm.lead2opportunity.partner.mass"
COUNTS = ("done", "merged", "skipped", "failed", "cancelled", "undone", "open", "outside", "moved")
# what comes into the database with a conversion and its undo, and is named: messages, the history,
# and what the batch itself is; and what only sets the jobs going
NAMED = {
    "mail_notification",
    "mail_tracking_value",
    "mail_mail",
    "bus_bus",
    "crm_stage_transition",
    "crm_stage_transition_mark",
    "crm_stage_refusal",
    "crm_lead_conversion_batch",
    "crm_lead_conversion_batch_line",
    "ir_cron_trigger",
    WIZARD.replace(".", "_"),
    "crm_lead_conversion_undo",
}


@tagged("post_install", "-at_install")
class TestAccountProperties(RandomConversions):
    """Lead by lead: what the dry run says is what the batch says, and its lists, and the undo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(chunks, "CHUNK_SIZE", 2))

    @properties(20)
    @given(worlds, st.lists(leads, min_size=1, max_size=5), st.lists(leads, max_size=3), choices)
    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_one_account(self, world, selected, others, choice):
        self.check(world, selected, others, choice)

    @pytest.mark.long
    @properties(600)
    @given(worlds, st.lists(leads, min_size=1, max_size=9), st.lists(leads, max_size=5), choices)
    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_one_account_at_length(self, world, selected, others, choice):
        self.check(world, selected, others, choice)

    def check(self, world, selected, others, choice):
        try:
            with closing(self.env.cr.savepoint()):
                self.make_world(world)
                leads = self.env["crm.lead"].concat(*(self.make(values) for values in selected))
                for values in others:
                    self.make(values)
                self.check_account(leads, choice)
        finally:
            self.env.registry.reset_changes()
            self.env.registry.clear_cache("stable", "default")

    def make(self, values):
        # where a merge brings leads of several companies together, which team Odoo derives is not
        # foreseen in each case
        team_id = 0 if values["team_id"] == THEIRS else values["team_id"]
        return super().make({**values, "company_id": NONE, "team_id": team_id})

    def check_account(self, leads, choice):
        self.env.flush_all()
        rows, last_ids = self.read_all(), self.read_last_ids()
        values = self.prepare_batch(choice)
        dry_run, told = self.foresee(leads, values)
        batch = self.convert(leads, choice)
        if batch.failed_count:
            event("failed")
            return
        event(f"outside: {batch.outside_count > 0}, moved: {batch.moved_count > 0}")
        self.assert_foreseen(dry_run, batch)
        self.assert_told(told, batch)
        self.assert_listed(batch)
        if not batch._get_undoable_lines():
            return
        undoable = batch._get_undoable_lines().lead_id
        dialog = self.undo(batch)
        if set(batch.line_ids.filtered(lambda line: line.lead_id in undoable).mapped("state")) == {
            "undone"
        }:
            self.assert_undone(batch, dialog, rows, self.read_new_ids(last_ids))

    # ------------------------------------------------------------------
    # What is said, and what is done
    # ------------------------------------------------------------------

    def foresee(self, leads, values):
        """Return the dry run, and what the wizard says of it: ``{sentence: number}``."""
        env = self.env[WIZARD].with_user(self.all_rep).env
        leads = leads.with_env(env).with_context(allowed_company_ids=self.companies.ids)
        batch = self.env["crm.lead.conversion.batch"].new(values)
        dry_run = leads._dry_run_mass_conversion(read_choices(batch, BATCH_FIELDS), is_batch=True)
        wizard = leads.env[WIZARD].with_context(active_model="crm.lead", active_ids=leads.ids)
        wizard = wizard.create(
            {"name": "convert", "lead_tomerge_ids": [(6, 0, leads.ids)], "user_id": False, **values}
        )
        with patch.object(type(wizard), "_is_for_batch", lambda self, leads: True):
            wizard.action_work_out()
        return dry_run, self.numbers(wizard.sudo().foreseen)

    @staticmethod
    def numbers(text):
        """Return ``{sentence: number}`` of what people read."""
        texts = html.fromstring(text or "<p/>").xpath("//li/text() | //summary/text()")
        found = [re.match(r"(.*?): (\d+)\b", each) for each in texts]
        return {match[1]: int(match[2]) for match in found if match}

    def undo(self, batch):
        model = batch.with_user(self.manager).with_context(allowed_company_ids=self.companies.ids)
        wizard = model.env["crm.lead.conversion.undo"].create({"batch_id": batch.id})
        dialog = self.numbers(wizard.outcome)
        wizard.action_undo()
        self.work()
        return dialog

    def read_all(self):
        """Return the columns of all leads, contacts, followers and activities, by model."""
        return {
            model: read_columns(
                self.env[model].with_context(active_test=False).search([]), NOT_GIVEN_BACK
            )
            for model in ("crm.lead", "res.partner", "mail.followers", "mail.activity")
        }

    def read_last_ids(self):
        """Return the last id of each table of the database: ``{table: id}``."""
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL(
                "SELECT DISTINCT table_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND column_name = 'id' AND table_name IN"
                " (SELECT relname FROM pg_class WHERE relkind = 'r')"
            )
        )
        last = SQL(" UNION ALL ").join(
            SQL("SELECT %s, COALESCE(MAX(id), 0) FROM %s", table, SQL.identifier(table))
            for (table,) in tables
        )
        return dict(self.env.execute_query(last))

    def read_new_ids(self, last_ids):
        """Return ``{table: [id]}``: what has come into the database since."""
        self.env.flush_all()
        rows = SQL(" UNION ALL ").join(
            SQL("SELECT %s, id FROM %s WHERE id > %s", table, SQL.identifier(table), last)
            for table, last in last_ids.items()
        )
        new = defaultdict(list)
        for table, id_ in self.env.execute_query(rows):
            new[table].append(id_)
        return new

    # ------------------------------------------------------------------
    # What is so
    # ------------------------------------------------------------------

    def assert_foreseen(self, dry_run, batch):
        """Lead by lead, also those that nobody selected."""
        lines = {line.lead_ref: line for line in batch.line_ids}
        self.assertEqual(len(lines), len(batch.line_ids))
        fates = {
            **dict.fromkeys(dry_run.converted, "done"),
            **dict.fromkeys(dry_run.merged, "merged"),
            **dict.fromkeys((*dry_run.skipped, *dry_run.untouched), "skipped"),
        }
        self.assertEqual({id_: line.state for id_, line in lines.items()}, fates, dry_run.skipped)
        outside = {id_ for id_, line in lines.items() if not line.is_selected}
        self.assertEqual(outside, set(dry_run.outside))
        self.assert_hands_foreseen(dry_run, batch)

    def assert_hands_foreseen(self, dry_run, batch):
        """In whose hands they come, and who is told how often."""
        done = batch.line_ids.filtered(lambda line: line.state == "done")
        hands = dry_run.hands
        self.assertEqual(
            {line.lead_ref: (line.user_id.id, line.team_id.id) for line in done},
            {
                id_: (hands.user_ids[id_] or False, hands.team_ids[id_] or False)
                for id_ in dry_run.converted
            },
        )
        moved = set(batch.line_ids.filtered("is_moved").mapped("lead_ref"))
        self.assertEqual(moved, set(hands.moved_ids))
        notices = self.env["mail.message"].search([("message_type", "=", "user_notification")])
        self.assertEqual(
            batch._get_received(),
            {user_id: received for user_id, received in hands.received.items() if received},
            [(each.subject, each.partner_ids.user_ids.ids) for each in notices],
        )

    def assert_told(self, told, batch):
        self.assertEqual(told.get("Leads to convert", 0), batch.done_count)
        self.assertEqual(
            told.get("Merged into one of their duplicates first", 0), batch.merged_count
        )
        self.assertEqual(told.get("Left as they are", 0), batch.skipped_count)
        of_all = told.get("Of all these, duplicates that nobody selected", 0)
        self.assertEqual(of_all, batch.outside_count)
        self.assertEqual(told.get("Come to another team", 0), batch.moved_count)

    def assert_listed(self, batch):
        """Each number on its page is that of the list that it opens."""
        states = ("done", "merged", "skipped", "failed", "cancelled", "undone", "open")
        self.assertEqual(sum(batch[f"{name}_count"] for name in states), batch.line_count)
        search = self.env.ref("sales_funnel_stages.crm_lead_conversion_batch_line_view_search")
        filters = {each.get("name"): each for each in etree.fromstring(search.arch).iter("filter")}
        for name in COUNTS:
            action = batch.with_context(conversion_state=name).action_view_lines()
            domain = Domain(action["domain"])
            for key in action["context"]:
                domain &= Domain(
                    safe_eval(filters[key.removeprefix("search_default_")].get("domain"))
                )
            count = self.env["crm.lead.conversion.batch.line"].search_count(domain)
            self.assertEqual(count, batch[f"{name}_count"], name)

    def assert_undone(self, batch, dialog, rows, new):
        """What is left of the batch, in the whole database, is what the dialog has named."""
        self.assertEqual(
            dialog.get("Opportunities that become leads again, as before", 0), batch.undone_count
        )
        self.assertEqual(
            dialog.get("Opportunities that others were merged into, and that stay", 0),
            batch.done_count,
        )
        self.assertEqual(dialog.get("Merged leads, which stay merged", 0), batch.merged_count)
        self.assertEqual(
            dialog.get("Leads that were not converted, and stay as they are", 0),
            batch.skipped_count,
        )
        partners = self.env["res.partner"].browse(new.pop("res_partner", ()))
        self.assertEqual(
            dialog.get("New contacts that nobody uses, and that are archived", 0),
            len(partners.filtered(lambda partner: not partner.active)),
        )
        self.assertEqual(
            dialog.get("New contacts that are in use, and stay", 0),
            len(partners.filtered("active")),
        )
        messages = self.env["mail.message"].browse(new.pop("mail_message"))
        # but that the batch has ended
        notices = messages.filtered(
            lambda message: message.message_type == "user_notification" and message.model != BATCH
        )
        self.assertEqual(
            dialog.get("Notifications that were sent, and stay", 0),
            sum(len(message.partner_ids) for message in notices),
            (dialog, [(m.model, m.subject, m.body) for m in notices]),
        )
        stay = batch.line_ids.filtered(lambda line: line.state != "undone").lead_id
        followers = self.env["mail.followers"].browse(new.pop("mail_followers", ()))
        on = Counter((each.res_model, each.res_id) for each in followers)
        named = {("crm.lead", id_) for id_ in stay.ids} | {
            ("res.partner", id_) for id_ in partners.ids
        }
        self.assertLessEqual(on.keys(), named)
        activities = self.env["mail.activity"].browse(new.pop("mail_activity", ()))
        self.assertLessEqual(set(activities.mapped("res_id")), set(stay.ids))
        self.assertEqual(new.keys() - NAMED, set())
        self.assert_as_before(batch, rows, self.read_all())

    def assert_as_before(self, batch, rows, rows_after):
        changed = {}
        for model, before in rows.items():
            after = rows_after[model]
            found = get_differences(
                {id_: row for id_, row in before.items() if id_ in after},
                {id_: row for id_, row in after.items() if id_ in before},
            )
            gone = before.keys() - after.keys()
            changed[model] = set(found) | gone
        stay = batch.line_ids.filtered(lambda line: line.state != "undone")
        self.assertLessEqual(changed["crm.lead"], {*stay.lead_id.ids, *stay.mapped("lead_ref")})
        merged = stay.filtered(lambda line: line.state in ("done", "merged"))
        if not merged:
            given = stay.filtered("values_before")
            if not given:
                self.assertEqual(changed["res.partner"], set())
            of_stay = {
                id_
                for id_, row in rows["mail.followers"].items()
                if row["res_model"] == "crm.lead" and row["res_id"] in stay.lead_id.ids
            }
            self.assertLessEqual(changed["mail.followers"], of_stay)
            self.assertEqual(changed["mail.activity"], set())
