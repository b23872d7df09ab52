import importlib.util
from pathlib import Path

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import column_exists

from ...models.ledger.proof.content import COLUMNS, REFERENCES, TEXTS, VERSION
from ...models.ledger.proof.triggers import FUNCTIONS
from ..support.common import StageRuleCommon
from ..support.forger import CHAIN, ROW, SEALS, Forger
from ..support.history_marks import made_up_history

MIGRATION = Path(__file__).parents[2] / "migrations/19.0.7.0.0/post-chain.py"
#: columns of a row that are not frozen: what proves the others, and where rows belong
UNFROZEN = {"hash", "salts"}


@tagged("post_install", "-at_install")
class TestChain(StageRuleCommon):
    """Each row is a link of its lead's chain, and the database refuses changes."""

    def assert_true(self):
        found = self.env["crm.stage.transition"].verify_ledger()
        self.assertFalse(found["problems"])
        return found

    def assert_refused_by_database(self, statement, *arguments):
        with (
            self.assertRaisesRegex(psycopg2.errors.RaiseException, "cannot be changed"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement, arguments)

    def test_all_of_a_row_is_frozen(self):
        columns = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'crm_stage_transition'"
            )
        )
        frozen = {*COLUMNS[VERSION], *TEXTS[VERSION], *REFERENCES}
        self.assertEqual({name for [name] in columns}, frozen | UNFROZEN)
        texts = self.env["crm.stage.transition"]._personal_texts
        self.assertEqual({*TEXTS[VERSION]}, {*texts})

    def test_links(self):
        lead = self.make_opportunity()
        lead.with_env(self.env).stage_id = self.stage_qualified
        first, second = self.rows(lead)
        self.assertEqual([len(row.hash) for row in (first, second)], [64, 64])
        self.assertEqual(
            self.env.execute_query(
                SQL(
                    "SELECT crm_stage_transition_link(%s, crm_stage_transition_digest(row))"
                    "  FROM crm_stage_transition AS row WHERE id = %s",
                    first.hash,
                    second.id,
                )
            ),
            [(second.hash,)],
        )
        self.assert_true()

    def test_many_in_one_statement(self):
        leads = self.make_opportunity()
        for number in range(5):
            leads += self.make_opportunity(f"Deal {number}")
        leads.with_env(self.env).write({"stage_id": self.stage_qualified.id})
        leads.with_env(self.env).write({"stage_id": self.stage_proposition.id})
        self.assert_true()

    def test_the_database_refuses(self):
        lead = self.make_opportunity()
        row = self.rows(lead)
        self.env.flush_all()
        for change in (
            "date = date - interval '1 day'",
            "reason = 'Nicer'",
            "lead_name = 'Nicer'",
            "to_stage_id = (SELECT min(id) FROM crm_stage WHERE id <> to_stage_id)",
            "team_id = (SELECT min(id) FROM crm_team WHERE id <> team_id)",
            "hash = NULL",
            "salts = NULL",
            "kind = 'promise'",
            "lead_ref = 0",
        ):
            with self.subTest(change):
                self.assert_refused_by_database(
                    f"UPDATE crm_stage_transition SET {change} WHERE id = %s", row.id
                )
        self.assert_refused_by_database("DELETE FROM crm_stage_transition WHERE id = %s", row.id)
        self.assert_refused_by_database("TRUNCATE crm_stage_transition CASCADE")
        self.env["crm.stage.seal"]._seal()
        self.assert_refused_by_database("UPDATE crm_stage_seal SET row_count = 0")
        self.assert_refused_by_database("DELETE FROM crm_stage_seal")
        self.assert_refused_by_database("TRUNCATE crm_stage_seal CASCADE")

    def test_what_is_deleted(self):
        """It stays true when leads, stages, teams, people and companies are deleted."""
        company = self.env["res.company"].create({"name": "Branch"})
        user = new_test_user(
            self.env, "leaver", "sales_team.group_sale_salesman", company_id=company.id
        )
        team = self.env["crm.team"].create({"name": "Leaving", "company_id": company.id})
        stage = self.env["crm.stage"].create({"name": "Going", "sequence": 2})
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "company_id": company.id,
                    "team_id": team.id,
                    "user_id": user.id,
                    "stage_id": self.stage_new.id,
                }
                for name in ("Stays", "Goes", "Is lost")
            ]
        )
        leads.stage_id = stage
        leads[2].action_set_lost(
            lost_reason_id=self.env["crm.lost.reason"].create({"name": "Time"}).id
        )
        self.env["crm.stage.seal"]._seal()
        leads[1].unlink()
        self.assert_true()
        reason = leads[2].lost_reason_id
        leads[:1].stage_id = self.stage_qualified
        leads[2].action_unarchive()
        leads[2].lost_reason_id = False
        reason.unlink()
        leads[2].stage_id = self.stage_qualified
        stage.unlink()
        self.assert_true()
        (leads[0] + leads[2]).write({"team_id": False, "user_id": False, "company_id": False})
        team.unlink()
        user.unlink()
        self.assert_true()
        company.unlink()
        self.assert_true()
        self.assertFalse(self.rows(leads[0])[0].company_id)

    def test_merges(self):
        leads = self.make_opportunity("Kept") + self.make_opportunity("Merged")
        third = self.make_opportunity("Merged later")
        leads.with_env(self.env).merge_opportunity(auto_unlink=True)
        self.assert_true()
        kept = leads.exists().with_env(self.env)
        (kept + third.with_env(self.env)).merge_opportunity(auto_unlink=True)
        self.assert_true()
        (kept + third).exists().with_env(self.env).unlink()
        self.assert_true()

    def test_what_is_kept_of_a_dump(self):
        """Rows that come with their hashes, as from a dump, are taken as they are."""
        row = self.rows(self.make_opportunity())
        kept = row.hash
        Forger(self.env).run(
            "WITH gone AS (DELETE FROM crm_stage_transition WHERE id = %(id)s RETURNING *)"
            " INSERT INTO crm_stage_transition SELECT * FROM gone",
            id=row.id,
        )
        row.invalidate_recordset()
        self.assertEqual(row.hash, kept)
        self.assert_true()

    @made_up_history("what is uninstalled has no guards any more")
    def test_nothing_stays(self):
        self.env["crm.stage.transition"]._drop_guards()
        for query in (
            "SELECT proname FROM pg_proc WHERE proname = ANY(%s)",
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'crm_stage%%'"
            " AND NOT (tgname = ANY(%s))",
        ):
            self.assertEqual(self.env.execute_query(SQL(query, [*FUNCTIONS])), [])

    def test_before_there_were_chains(self):
        """What an update finds, and what it adds meanwhile, is chained at its end."""
        lead = self.make_opportunity()
        forger = Forger(self.env)
        forger.run(
            "UPDATE crm_stage_transition SET hash = NULL, salts = NULL, hash_version = NULL,"
            " frozen_ids = NULL WHERE lead_ref = %(ref)s",
            ref=lead.id,
        )
        lead.with_env(self.env).stage_id = self.stage_qualified
        self.env.flush_all()
        self.assertEqual(self.rows(lead).mapped("hash"), [False, False])
        self.env["crm.stage.transition"]._chain()
        self.assert_true()

    def test_marks_of_before(self):
        """What was marked in a column is marked beside the row after the update."""
        rows = self.rows(self.make_opportunity()) + self.rows(self.make_opportunity("Other"))
        forger = Forger(self.env)
        forger.run("ALTER TABLE crm_stage_transition ADD COLUMN is_undone boolean")
        forger.change(rows[0].id, is_undone=True)
        spec = importlib.util.spec_from_file_location("post_chain", MIGRATION)
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        migration.migrate(self.env.cr, "19.0.6.0.0")
        self.env.invalidate_all()
        self.assertEqual(rows.mapped("is_undone"), [True, False])
        self.assertFalse(column_exists(self.env.cr, "crm_stage_transition", "is_undone"))
        self.assertFalse(self.env["crm.stage.seal"]._seal())
        self.assert_true()


@tagged("post_install", "-at_install")
class TestVerification(StageRuleCommon):
    """What is found, who may ask, and how it is told."""

    def kinds(self, kept_seals=""):
        return {
            (each["kind"], each["lead_ref"], each["row_id"])
            for each in self.env["crm.stage.transition"].verify_ledger(kept_seals)["problems"]
        }

    def test_counts(self):
        self.make_opportunity()
        before = self.env["crm.stage.transition"].verify_ledger()
        self.make_opportunity()
        self.env["crm.stage.seal"]._seal()
        after = self.env["crm.stage.transition"].verify_ledger()
        self.assertEqual(
            after,
            {
                "rows": before["rows"] + 1,
                "leads": before["leads"] + 1,
                "seals": before["seals"] + 1,
                "problems": [],
            },
        )

    def test_who_may_ask(self):
        transitions = self.env["crm.stage.transition"]
        self.assertIn("rows", transitions.with_user(self.manager).verify_ledger())
        for user in (self.rep, self.all_rep, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                transitions.with_user(user).verify_ledger()
        with self.assertRaises(UserError):
            transitions.with_user(self.manager).verify_ledger(["x"])

    @made_up_history("rows are changed in SQL")
    def test_the_first_row_is_named(self):
        lead = self.make_opportunity()
        for stage in (self.stage_qualified, self.stage_proposition, self.stage_won):
            lead.with_env(self.env).stage_id = stage
        rows = self.rows(lead)
        Forger(self.env).change(rows[1].id, expected_revenue=1_000_000)
        self.assertEqual(self.kinds(), {("chain", lead.id, rows[1].id)})

    @made_up_history("rows are changed in SQL")
    def test_references(self):
        lead = self.make_opportunity()
        row = self.rows(lead)
        forger = Forger(self.env)
        for column, value in (
            ("user_id", self.manager.id),
            ("by_user_id", None),
            ("lead_id", self.make_opportunity("Other").id),
            ("lead_id", None),
        ):
            with self.subTest(column, value=value), self.env.cr.savepoint() as savepoint:
                forger.change(row.id, **{column: value})
                self.assertEqual(self.kinds(), {("reference", lead.id, row.id)})
                savepoint.rollback()

    @made_up_history("rows are changed in SQL")
    def test_deleted_stages(self):
        """A row that never had a stage has not had one that was deleted."""
        first, going = (
            self.env["crm.stage"].create({"name": name, "sequence": 2})
            for name in ("First", "Going")
        )
        kept = {}
        for stage in (first, going):
            lead = self.make_opportunity(stage.name, stage)
            lead.with_env(self.env).stage_id = self.stage_qualified
            [entered, left] = self.rows(lead)
            stage.unlink()
            kept[lead] = (entered, left, left.from_past_stage_id)
        self.assertFalse(self.kinds())
        (_other, (_entered, _left, past)), (lead, (entered, left, own)) = kept.items()
        nameless = past.sudo().copy({"stage_ref": False, "name": "Another"})
        forger = Forger(self.env)
        for row, column, value in (
            (entered, "from_past_stage_id", past),
            (entered, "from_past_stage_id", own),
            (entered, "from_past_stage_id", nameless),
            (left, "to_past_stage_id", past),
            (left, "from_past_stage_id", past),
            (left, "from_past_stage_id", nameless),
            (left, "from_past_stage_id", past.browse()),
        ):
            with (
                self.subTest(column, row=row, value=value),
                self.env.cr.savepoint() as savepoint,
            ):
                forger.change(row.id, **{column: value.id or None})
                self.assertEqual(self.kinds(), {("reference", lead.id, row.id)})
                savepoint.rollback()

    @made_up_history("rows are deleted in SQL")
    def test_the_last_row_is_missing(self):
        lead = self.make_opportunity()
        lead.with_env(self.env).stage_id = self.stage_qualified
        rows = self.rows(lead)
        Forger(self.env).delete(rows[1].id)
        self.assertEqual(self.kinds(), {("completeness", lead.id, rows[0].id)})

    @made_up_history("rows are dated back in SQL")
    def test_dated_back(self):
        """All hashed anew, as long as it is in no seal."""
        lead = self.make_opportunity()
        self.env["crm.stage.seal"]._seal()
        other = self.make_opportunity("Older than its seal")
        for each in (lead, other):
            each.with_env(self.env).stage_id = self.stage_qualified
        forger = Forger(self.env)
        now = self.env.cr.now()
        for each, days in ((lead, -1), (other, 3)):
            last = self.rows(each)[-1]
            forger.run(
                "UPDATE crm_stage_transition SET date = %(now)s - %(days)s * interval '1 day'"
                " WHERE lead_ref = %(ref)s AND (%(days)s > 0 OR id = %(id)s)",
                now=now,
                days=days,
                ref=each.id,
                id=last.id,
            )
            forger.hide(each.id, last.id, CHAIN if days > 0 else ROW)
        first = self.rows(other)[0]
        self.assertEqual(
            self.kinds(),
            {("order", lead.id, self.rows(lead)[-1].id), ("order", other.id, first.id)},
        )

    @made_up_history("rows are changed in SQL")
    def test_a_seal_kept_outside(self):
        lead = self.make_opportunity()
        lead.with_env(self.env).stage_id = self.stage_qualified
        [seal] = self.env["crm.stage.seal"]._seal()
        kept = f"On Monday: {seal.hash.upper()}, as sent"
        self.assertFalse(self.kinds(kept))
        forger = Forger(self.env)
        row = self.rows(lead)[0]
        forger.change(row.id, expected_revenue=1_000_000)
        forger.hide(lead.id, row.id, CHAIN)
        self.assertEqual(self.kinds(), {("seal", False, False)})
        forger.hide(lead.id, row.id, SEALS)
        self.assertFalse(self.kinds())
        self.assertEqual(self.kinds(kept), {("kept_seal", False, False)})

    @made_up_history("rows are changed in SQL")
    def test_in_plain_words(self):
        lead = self.make_opportunity()
        wizard = self.env["crm.ledger.verification"].with_user(self.manager).create({})
        action = wizard.action_verify()
        self.assertEqual(
            (action["res_id"], wizard.is_done, wizard.is_true), (wizard.id, True, True)
        )
        self.assertIn("All is as it was recorded", wizard.summary)
        self.assertFalse(wizard.problems)
        row = self.rows(lead)
        Forger(self.env).change(row.id, to_stage_name="Elsewhere")
        wizard.action_verify()
        self.assertFalse(wizard.is_true)
        self.assertEqual(
            wizard.problems,
            f"Lead {lead.id}: row {row.id} is not as it was recorded, or does not follow the row "
            "that it was recorded after.",
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.rep).action_verify()
