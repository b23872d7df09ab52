from statistics import median

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..support.history_marks import made_up_history

SECONDS = {
    "forward": [4, 10, None, 1],
    "backward": [7, None, 100],
    "lost": [None],
    "sideways": [3],
}
SPEC = "seconds_in_previous:median"


@made_up_history("rows of no lead are written into the ledger")
@tagged("post_install", "-at_install")
class TestMedian(TransactionCase):
    """The median as an aggregate, against Python's, on steps of the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.env["crm.stage.transition"]
        cls.domain = [("lead_name", "=", "Median")]
        values = [
            SQL("(1, 'Median', %s, %s, %s)", direction, verdict, seconds)
            for direction, all_seconds in SECONDS.items()
            for seconds, verdict in zip(all_seconds, ["passed", "guided"] * 2, strict=False)
        ]
        cls.env.execute_query(
            SQL(
                """
                INSERT INTO crm_stage_transition (
                    lead_ref, lead_name, direction, verdict, seconds_in_previous, date
                )
                SELECT *, now() FROM (VALUES %s) AS row RETURNING id
                """,
                SQL(", ").join(values),
            )
        )
        cls.expected = {
            direction: median(filter(None, seconds)) if any(seconds) else False
            for direction, seconds in SECONDS.items()
        }
        known = [seconds for group in SECONDS.values() for seconds in group if seconds]
        cls.expected_of_all = median(known)

    def test_groups(self):
        groups = self.rows._read_group(self.domain, ["direction"], [SPEC, "__count"])
        self.assertEqual({direction: value for direction, value, _count in groups}, self.expected)

    def test_all_together(self):
        self.assertEqual(self.rows._read_group(self.domain, [], [SPEC]), [(self.expected_of_all,)])
        nothing = [("lead_name", "=", "Nobody")]
        self.assertEqual(self.rows._read_group(nothing, [], [SPEC]), [(False,)])

    def test_sorted_and_limited(self):
        groups = self.rows._read_group(
            self.domain, ["direction"], [SPEC], having=[(SPEC, ">", 3)], order=f"{SPEC} desc"
        )
        self.assertEqual(groups, [("backward", 53.5), ("forward", 4.0)])

    def test_lists_and_graphs(self):
        groups = self.rows.formatted_read_group(self.domain, ["direction"], [SPEC])
        self.assertEqual({group["direction"]: group[SPEC] for group in groups}, self.expected)

    def test_pivots(self):
        """All totals at once, none of which is made of other medians."""
        by_both, by_direction, [total] = self.rows.formatted_read_grouping_sets(
            self.domain, [["direction", "verdict"], ["direction"], []], [SPEC]
        )
        self.assertEqual(
            {(group["direction"], group["verdict"]): group[SPEC] for group in by_both},
            {
                ("forward", "passed"): 4,
                ("forward", "guided"): 5.5,
                ("backward", "passed"): 53.5,
                ("backward", "guided"): False,
                ("lost", "passed"): False,
                ("sideways", "passed"): 3,
            },
        )
        self.assertEqual({group["direction"]: group[SPEC] for group in by_direction}, self.expected)
        self.assertEqual(total[SPEC], self.expected_of_all)

    def test_of_numbers_only(self):
        for spec in ("lead_name:median", "nothing:median", "lead_id:median"):
            with self.subTest(spec), self.assertRaisesRegex(ValueError, "Invalid"):
                self.rows._read_group(self.domain, [], [spec])

    def test_other_models_do_not_know_it(self):
        with self.assertRaisesRegex(ValueError, "Invalid aggregate method 'median'"):
            self.env["crm.lead"]._read_group([], [], ["color:median"])
