from odoo.tools import SQL

from ...tools.worth import Share, Worth
from . import gate_reference, worth_reference
from .figures_case import FiguresAssertions
from .maven_dates import NOW

GATE_MEASURES = (
    "move_ref:count_distinct",
    "passed_ref:count_distinct",
    "waiting_ref:count_distinct",
    "owing_ref:count_distinct",
    "days_to_pass:median",
)
GATE_KEYS = {
    "criterion_id": lambda move: move.criterion_id,
    "outcome": lambda move: move.outcome,
    "result": lambda move: move.result,
    "stage_id": lambda move: move.stage_id,
    "team_id": lambda move: move.team_id,
    "date:month": lambda move: move.date.strftime("%Y-%m"),
}
GATE_GROUPINGS = (
    (),
    *((name,) for name in GATE_KEYS),
    ("criterion_id", "outcome"),
    ("team_id", "criterion_id"),
    ("stage_id", "result"),
    ("date:month", "outcome"),
)


class RulesFiguresAssertions(FiguresAssertions):
    """Compares what is said of the stage rules, and of their criteria, with plain Python."""

    def _status_by_lead(self):
        return dict(self.env.execute_query(SQL("SELECT id, won_status FROM crm_lead")))

    # ------------------------------------------------------------------
    # What qualification is worth
    # ------------------------------------------------------------------

    def assert_worth(self, domain=(), keep=lambda step: True):
        """Assert what each criterion is worth.

        :param domain: a filter, :param keep: and the same, as a function of a step
        :return: the verdicts
        """
        self.env.flush_all()
        expected = worth_reference.counts(
            [
                worth_reference.Step(*values)
                for values in self._tuples(
                    "crm_stage_transition", worth_reference.Step._fields, None
                )
            ],
            self._status_by_lead(),
            keep,
        )
        report = self.env["crm.criterion.worth"]
        rows = {row["ref"]: row for row in report.get_worth(list(domain))}
        self.assertEqual(rows.keys(), expected.keys())
        verdicts = set()
        for id_, sides in expected.items():
            row = rows[id_]
            # what follows from the counts is tested for itself: see tools.worth
            worth = Worth(Share(*sides[True][:2]), Share(*sides[False][:2]))
            for name, share, (won, closed, still_open) in (
                ("met", worth.met, sides[True]),
                ("unmet", worth.unmet, sides[False]),
            ):
                low, high = share.interval()
                told = {"won": won, "closed": closed, "open": still_open}
                told |= {"rate": share.rate, "low": low, "high": high}
                told |= {"is_enough": share.is_enough, "missing": share.missing}
                self._assert_close(row[name], told, f"{row['name']}, {name}")
            low, high = worth.interval()
            told = {"difference": worth.difference, "low": low, "high": high}
            self._assert_close({name: row[name] for name in told}, told, row["name"])
            self.assertEqual(row["verdict"], worth.verdict, row["name"])
            verdicts.add(row["verdict"])
        self._assert_win_rates(report, domain, expected)
        return verdicts

    def _assert_win_rates(self, report, domain, expected):
        """Assert what the pivot says of the same."""
        rates = report._read_group(list(domain), ["criterion_ref", "is_met"], ["win_rate:avg"])
        for id_, is_met, rate in rates:
            won, closed, _open = expected[id_][is_met]
            self.assertAlmostEqual(rate or 0, won / closed if closed else 0, 4)

    # ------------------------------------------------------------------
    # The gate
    # ------------------------------------------------------------------

    def assert_gate(self, is_met=lambda lead_id, criterion_id: True):
        """Assert what the gate has had to say, and what has become of it.

        :param is_met: a function that tells whether a lead meets a criterion today
        :return: the moves
        """
        self.env.flush_all()
        moves = gate_reference.moves(
            self._with_unmet("crm_stage_refusal", gate_reference.Refusal),
            self._with_unmet("crm_stage_transition", gate_reference.Step),
            self._reference_stages(),
            self._status_by_lead(),
            lambda lead_id, criterion_id: not is_met(lead_id, criterion_id),
            NOW.date(),
        )
        with self.as_of_then():
            report = self.env["crm.gate.report"].with_context(tz="UTC")
            for names in GATE_GROUPINGS:
                found = {
                    self._plain(group[: len(names)]): group[len(names) :]
                    for group in report._read_group([], names, GATE_MEASURES)
                }
                expected = {}
                for move in moves:
                    key = tuple(GATE_KEYS[name](move) for name in names)
                    expected.setdefault(key, []).append(move)
                if names or moves:
                    self._assert_moves(found, expected, names)
        return moves

    def _assert_moves(self, found, expected, names):
        found = {tuple(value or None for value in key): told for key, told in found.items()}
        self.assertEqual(found.keys(), expected.keys(), names)
        for key, members in expected.items():
            *counts, days = gate_reference.figures(members)
            self.assertEqual(list(found[key][:-1]), counts, f"{key} by {names}")
            self.assertAlmostEqual(found[key][-1] or 0, days or 0, 4, f"days of {key} by {names}")

    def _with_unmet(self, table, make):
        """Return rows, the last column of which are the criteria that were not met."""
        unmet = SQL(
            """
            ARRAY(
                SELECT crm_qualification_criterion_id FROM %s WHERE %s = %s
            )
            """,
            SQL.identifier(f"crm_qualification_criterion_{table}_rel"),
            SQL.identifier(f"{table}_id"),
            SQL.identifier(table, "id"),
        )
        return [
            make(*values, tuple(ids))
            for *values, ids in self._tuples(table, make._fields[:-1], unmet)
        ]
