"""Random moves by random people, and what the funnel report makes of them."""

from contextlib import closing
from itertools import accumulate

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_funnel_stages.tests.support.funnel_case import FunnelAssertions

from . import test_move_sequences
from .reference import LEAD, OPPORTUNITY
from .sequences import changes, index

GROUPINGS = (
    (),
    ("step_type", "stage_id"),
    ("team_id", "step_type", "stage_id"),
    ("created_date:month", "outcome"),
    ("source_id", "country_id"),
    ("lost_reason_id", "user_id"),
    ("unmet_criterion_ids", "step_type"),
)


def acts(name, values=None):
    """Return a strategy for a method of one or two leads, with what is to be written."""
    fixed = st.just({}) if values is None else st.fixed_dictionaries(values)
    return st.tuples(st.just(name), st.lists(index, min_size=1, max_size=2), fixed)


type_ = st.sampled_from([LEAD, OPPORTUNITY])
actions = st.one_of(
    # what is done most is drawn most
    *[acts("write", {"stage_id": index})] * 4,
    *[acts("convert_opportunity")] * 3,
    *[acts("action_set_lost"), acts("action_unarchive"), acts("action_set_won")] * 2,
    acts("create", {"type": type_, "team_id": index, "stage_id": index}),
    acts("write", {"type": st.just(LEAD)}),
    acts("write", {"team_id": index}),
    acts("write", {"team_id": index, "stage_id": index}),
    acts("write", {"user_id": index}),
    acts("merge_opportunity"),
    acts("unlink"),
)
# OdooBot is never refused
actors = st.sampled_from(["odoobot"] * 6 + ["manager", "rep"])
moves = st.tuples(st.just("move"), actors, st.sampled_from([None, "Signed on paper"]), actions)
outside = st.tuples(st.just("set_aside"), index, st.booleans())
sequences = st.lists(st.one_of(*[moves] * 9, changes, outside), min_size=20, max_size=40)


@tagged("post_install", "-at_install")
class TestFunnelSequences(test_move_sequences.TestMoveSequences, FunnelAssertions):
    """Whatever people do, the report and the reference make the same of the ledger."""

    test_sequences = None

    @classmethod
    def _make_leads(cls):
        super()._make_leads()
        countries = cls.env["res.country"].search([], limit=2)
        reasons = cls.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Time"}])
        sources = cls.env["utm.source"].create([{"name": "Fair"}, {"name": "Friend"}])
        for number, lead in enumerate(cls.leads):
            lead.write(
                {
                    "source_id": sources[number % 2].id,
                    "country_id": countries[number // 2 % 2].id,
                    "lost_reason_id": reasons[number // 3 % 2].id,
                    "expected_revenue": 100 * number,
                }
            )

    @settings(
        max_examples=30,
        deadline=None,
        print_blob=True,
        phases=set(Phase) - {Phase.explain},
        suppress_health_check=list(HealthCheck),
    )
    @given(sequences, st.lists(st.integers(0, 30), min_size=3, max_size=8))
    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def test_funnel(self, steps, pauses):
        try:
            with closing(self.env.cr.savepoint()):
                for step in steps:
                    getattr(self, f"_do_{step[0]}")(*step[1:])
                self._spread_in_time(pauses)
                for stay in self.assert_funnel(GROUPINGS):
                    event(f"{stay.step_type} {stay.outcome}{' skipped' * stay.is_skipped}")
        finally:
            self._forget_rules()

    def _judge(self, actor, reason, act, is_hand_derived=False):
        error = self._try(actor, reason, act)
        event(f"{actor}: {error and type(error).__name__}")

    def _do_set_aside(self, number, is_outside):
        """As a manager who thinks again about what belongs to the pipeline."""
        stage = self.stages[number % len(self.stages)]
        self._try(
            "odoobot",
            None,
            lambda env: stage.with_env(env).write({"is_outside_pipeline": is_outside}),
        )

    def _spread_in_time(self, pauses):
        """Let days pass between the rows of the ledger, which are of one transaction; or none."""
        self.env.flush_all()
        ids = [
            id_
            for [id_] in self.env.execute_query(
                SQL("SELECT id FROM crm_stage_transition ORDER BY id")
            )
        ]
        days = list(accumulate(pauses[number % len(pauses)] for number in range(len(ids))))
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_stage_transition AS row
                   SET date = '2024-01-01 08:30:00'::timestamp + told.days * interval '1 day'
                  FROM unnest(%s::int[], %s::int[]) AS told (id, days)
                 WHERE row.id = told.id RETURNING row.id
                """,
                ids,
                days,
            )
        )
        self.env.invalidate_all()
