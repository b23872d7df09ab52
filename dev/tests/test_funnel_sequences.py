"""Random moves by random people, and what the funnel report makes of them."""

from collections import defaultdict
from contextlib import closing
from itertools import accumulate

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_funnel_stages.tests.support.funnel_case import FunnelAssertions
from odoo.addons.sales_funnel_stages.tests.support.guard import let_history_change

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
    ("step_type", "funnel_stage_id"),
    ("unmet_criterion_ids", "step_type"),
)


CUSTOMER = "customer"


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
stage_changes = st.one_of(
    st.tuples(st.just("insert_stage"), index, st.booleans()),
    st.tuples(st.just("delete_stage"), index),
    st.tuples(st.just("reorder_stage"), index, st.integers(-1, 12)),
    st.tuples(st.just("keep_stage"), index, st.lists(index, max_size=1)),
)
sequences = st.lists(
    st.one_of(*[moves] * 9, changes, outside, stage_changes), min_size=20, max_size=40
)


@tagged("post_install", "-at_install")
class TestFunnelSequences(test_move_sequences.TestMoveSequences, FunnelAssertions):
    """Whatever people do, the report and the reference make the same of the ledger.

    And whatever becomes of the stages, no step has fewer than the one behind it.
    """

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
                self.stages = type(self).stages
                for step in steps:
                    getattr(self, f"_do_{step[0]}")(*step[1:])
                self._spread_in_time(pauses)
                stays = self.assert_funnel(GROUPINGS)
                self._assert_no_step_has_fewer(stays)
                for stay in stays:
                    event(f"{stay.step_type} {stay.outcome}{' skipped' * stay.is_skipped}")
        finally:
            self._forget_rules()

    def _judge(self, actor, reason, act, is_hand_derived=False, is_free=False):
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

    def _do_insert_stage(self, sequence, is_of_team):
        self.stages += self.env["crm.stage"].create(
            {
                "name": "Inserted",
                "sequence": sequence,
                "team_ids": [Command.set(self.team.ids if is_of_team else [])],
            }
        )

    def _do_delete_stage(self, number):
        """Of what is in it, all moves to another one first."""
        stage = self.stages[number % len(self.stages)]
        others = self.stages - stage
        leads = self.env["crm.lead"].with_context(active_test=False)
        inside = leads.search([("stage_id", "=", stage.id)])

        def delete(env):
            env["crm.stage.rule"].search([("stage_id", "=", stage.id)]).unlink()
            inside.with_env(env).write({"stage_id": others[number % len(others)].id})
            stage.with_env(env).unlink()

        if len(others) > 2 and self._try("odoobot", None, delete) is None:
            self.stages = others
            event("a stage is deleted")

    def _do_reorder_stage(self, number, sequence):
        self.stages[number % len(self.stages)].sequence = sequence

    def _do_keep_stage(self, number, teams):
        stage = self.stages[number % len(self.stages)]
        owners = [self.teams[team % len(self.teams)].id for team in teams]
        stage.team_ids = [Command.set(owners)]

    def _assert_no_step_has_fewer(self, stays):
        """Assert of each lead that began as an open one, in one team: it reached all before.

        All open stages of the pipeline as it is now that lie before one that it was in, or before
        the customer, if it was won.
        """
        histories = defaultdict(list)
        for row in sorted(self._reference_rows(), key=lambda row: (row.date, row.id)):
            histories[row.lead_ref].append(row)
        reached = defaultdict(set)
        for stay in stays:
            is_customer = stay.step_type == "customer"
            reached[stay.lead_ref].add(CUSTOMER if is_customer else stay.funnel_stage_id)
        for ref, history in histories.items():
            first, teams = history[0], {row.team_id for row in history}
            if (first.to_type, first.to_status) == (LEAD, "open") and len(teams) == 1:
                pipeline = self._pipeline(*teams)
                there = [place in reached[ref] for place in pipeline]
                self.assertEqual(there, sorted(there, reverse=True), (ref, pipeline))

    def _pipeline(self, team_id):
        """Return the ids of the open stages of a team, in order, and last what is won."""
        stages = [stage for stage in self._reference_stages() if stage.id > 0]
        steps = [stage for stage in stages if not (stage.is_won or stage.is_outside)]
        own = [stage.id for stage in steps if not stage.team_ids or team_id in stage.team_ids]
        return [*own, CUSTOMER]

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
        let_history_change(self.env)
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
