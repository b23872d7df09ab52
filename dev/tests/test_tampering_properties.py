"""Whatever somebody does to a row in SQL: the verification says, or a seal kept outside."""

from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_funnel_stages.models.ledger.proof.content import (
    COLUMNS,
    REFERENCES,
    TEXTS,
    VERSION,
)
from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon
from odoo.addons.sales_funnel_stages.tests.support.forger import ALONE, ROW, SEALS, Forger
from odoo.addons.sales_funnel_stages.tests.support.history_marks import made_up_history

HOW = st.integers(ALONE, SEALS)
PLACE = st.integers(0, 10**6)
#: values that a row does not have, by type
OTHER = {
    "integer": "{} + 1",
    "numeric": "{} + 1",
    "boolean": "NOT COALESCE({}, FALSE)",
    "date": "{} + 1",
    "timestamp without time zone": "{} + interval '1 day'",
    "jsonb": "jsonb_build_array({}, 1)",
    # of a hash there are no more than 64 characters
    "character varying": "md5({})",
    "text": "{} || 'x'",
}
FILLED = {
    "integer": "1",
    "numeric": "1",
    "date": "'2030-01-01'::date",
    "jsonb": "'[1]'::jsonb",
    "character varying": "'x'",
    "text": "'x'",
}
CHANGEABLE = sorted(
    {*COLUMNS[VERSION], *TEXTS[VERSION], "hash", "salts"} - {"id", "lead_ref", "kind"}
)
SETTINGS = {
    "deadline": None,
    "print_blob": True,
    "phases": set(Phase) - {Phase.explain},
    "suppress_health_check": list(HealthCheck),
}


@tagged("post_install", "-at_install")
@made_up_history("rows are changed in SQL")
class TestTampering(StageRuleCommon):
    """A history that is sealed, and kept outside."""

    LEADS = 30

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "lead" if number % 3 else "opportunity",
                    "team_id": cls.team.id,
                    "user_id": cls.rep.id,
                    "stage_id": cls.stage_new.id,
                    "expected_revenue": 10 * number,
                }
                for number in range(cls.LEADS)
            ]
        )
        leads.write({"type": "opportunity"})
        # so that there are numbers that no row has
        cls.env.cr.execute(
            "SELECT nextval('crm_stage_transition_id_seq') FROM generate_series(1, 9)"
        )
        leads.write({"stage_id": cls.stage_qualified.id})
        leads[::2].write({"stage_id": cls.stage_proposition.id})
        leads[::5].action_set_lost()
        (leads[3] + leads[4]).merge_opportunity(auto_unlink=True)
        leads[7].unlink()
        # so that a row can refer to what is kept of another stage than its own
        gone = cls.env["crm.stage"].create([{"name": "Visit"}, {"name": "Demo"}])
        for stage in gone:
            leads[8:12].write({"stage_id": stage.id})
        leads[8:12].write({"stage_id": cls.stage_qualified.id})
        gone.unlink()
        cls.forger = Forger(cls.env)
        # long ago, step by step
        cls.forger.run(
            "UPDATE crm_stage_transition AS row SET date = row.date - interval '90 days'"
            " + told.number * interval '1 day'"
            " FROM (SELECT id, row_number() OVER (PARTITION BY lead_ref ORDER BY id) AS number"
            "         FROM crm_stage_transition) AS told WHERE told.id = row.id"
        )
        cls.env.cr.execute("SELECT array_agg(DISTINCT lead_ref) FROM crm_stage_transition")
        cls.forger.chain(cls.env.cr.fetchone()[0])
        cls.env.cr.execute("DELETE FROM crm_stage_seal")
        cls.kept = " ".join(cls.env["crm.stage.seal"]._seal().mapped("hash"))
        cls.env.cr.execute("SELECT id, lead_ref FROM crm_stage_transition ORDER BY id")
        cls.rows_ = cls.env.cr.fetchall()
        cls.refs = dict(cls.rows_)
        cls.free = sorted({*range(1, max(cls.refs))} - cls.refs.keys()) + [max(cls.refs) + 1]
        cls.env.cr.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = 'crm_stage_transition'"
        )
        cls.types = dict(cls.env.cr.fetchall())

    def verify(self):
        return self.env["crm.stage.transition"].verify_ledger(self.kept)["problems"]

    def test_it_is_true(self):
        self.assertFalse(self.verify())
        self.assertGreater(len(self.rows_), 3 * self.LEADS)

    def tamper(self, what, how, place, other):
        """Do it → whether it was anything at all."""
        row_id, lead_ref = self.rows_[place % len(self.rows_)]
        before = self._read_rows(lead_ref)
        done = getattr(self, f"_{what}")(row_id, lead_ref, other)
        if not done:
            return False
        changed_id, changed_ref = done
        self.forger.hide(changed_ref, changed_id, how)
        # who hashes anew what had another hash gives it its own again
        is_changed = self._read_rows(lead_ref) != before
        event(f"{what}, hidden {how}: {'' if is_changed else 'not '}changed")
        return is_changed

    def _read_rows(self, lead_ref):
        return self.env.execute_query(
            SQL(
                "SELECT row::text FROM crm_stage_transition AS row WHERE lead_ref = %s ORDER BY id",
                lead_ref,
            )
        )

    def _change(self, row_id, lead_ref, other):
        name = CHANGEABLE[other % len(CHANGEABLE)]
        column, type_ = SQL.identifier(name), self.types[name]
        self.env.cr.execute(
            SQL(
                "UPDATE crm_stage_transition SET %s = COALESCE(%s, %s) WHERE id = %s",
                column,
                SQL(OTHER[type_].format("%s"), column),
                SQL(FILLED.get(type_, "NULL")),
                row_id,
            )
        )
        return row_id, lead_ref

    def _re_date(self, row_id, lead_ref, other):
        self.forger.run(
            "UPDATE crm_stage_transition SET date = date + %(days)s * interval '1 hour'"
            " WHERE id = %(id)s",
            days=other % 999 - 1000,
            id=row_id,
        )
        return row_id, lead_ref

    def _refer(self, row_id, lead_ref, other):
        """Let a row refer to something else, or to nothing that is there."""
        name = [*REFERENCES][other % len(REFERENCES)]
        column, table = SQL.identifier(name), SQL.identifier(REFERENCES[name])
        self.env.cr.execute(
            SQL(
                "UPDATE crm_stage_transition SET %(column)s = ("
                "    SELECT max(id) FROM %(table)s"
                "     WHERE id <> COALESCE(crm_stage_transition.%(column)s, 0)"
                ") WHERE id = %(id)s RETURNING %(column)s",
                column=column,
                table=table,
                id=row_id,
            )
        )
        # of lost reasons there may be none
        return (row_id, lead_ref) if self.env.cr.fetchone()[0] else None

    def _delete(self, row_id, lead_ref, _other):
        self.forger.delete(row_id)
        later = [id_ for id_, ref in self.rows_ if ref == lead_ref and id_ > row_id]
        return (later or [0])[0], lead_ref

    def _insert(self, row_id, lead_ref, other):
        new_id = self.free[other % len(self.free)]
        self.forger.add_like(row_id, new_id)
        return new_id, lead_ref

    def _insert_through_the_trigger(self, row_id, lead_ref, other):
        new_id = self.free[other % len(self.free)]
        self.forger.add_like(row_id, new_id, ("id", "hash", "salts", "frozen_ids", "hash_version"))
        return new_id, lead_ref

    def _reorder(self, row_id, lead_ref, other):
        others = [id_ for id_, ref in self.rows_ if ref == lead_ref and id_ != row_id]
        if not others:
            return None
        self.forger.swap(row_id, others[other % len(others)])
        return row_id, lead_ref

    WHAT = (
        "change",
        "re_date",
        "refer",
        "delete",
        "insert",
        "insert_through_the_trigger",
        "reorder",
    )

    def assert_named(self, what, how, place, other):
        with closing(self.env.cr.savepoint()), mute_logger("odoo.sql_db"):
            if not self.tamper(what, how, place, other):
                return
            problems = self.verify()
            self.assertTrue(problems, f"{what}, hidden {how}: nothing is named")
            if how in (ALONE, ROW):
                refs = {problem["lead_ref"] for problem in problems} - {False}
                lead_ref = self.rows_[place % len(self.rows_)][1]
                seals = {problem["kind"] for problem in problems} & {"seal", "kept_seal"}
                self.assertTrue(refs <= {lead_ref}, "another lead is named")
                self.assertTrue(lead_ref in refs or seals)
        self.env.invalidate_all()

    @settings(max_examples=100, **SETTINGS)
    @given(st.sampled_from(WHAT), HOW, PLACE, PLACE)
    def test_any_row(self, what, how, place, other):
        self.assert_named(what, how, place, other)


@pytest.mark.long
@tagged("post_install", "-at_install")
class TestTamperingWithMany(TestTampering):
    """The same among ten thousand rows."""

    LEADS = 3_000
    test_any_row = None

    @settings(max_examples=400, **SETTINGS)
    @given(st.sampled_from(TestTampering.WHAT), HOW, PLACE, PLACE)
    def test_any_row_of_many(self, what, how, place, other):
        self.assert_named(what, how, place, other)
