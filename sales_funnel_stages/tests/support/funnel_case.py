from odoo.tools import SQL

from ...models.ledger.counted import UNDONE, is_marked
from ...report.funnel_sql import LOOKED_UP, SORTED
from . import funnel_reference as reference

COUNTS = (
    "entered",
    "advanced",
    "lost",
    "returned",
    "set_aside",
    "merged",
    "deleted",
    "still_here",
    "skipped",
    "overridden",
)
AGGREGATES = {
    "reached": "reached:count_distinct",
    "converted": "converted:count_distinct",
    "conversion_rate": "conversion_rate:ratio",
    **{name: f"{name}:sum" for name in COUNTS},
    "days_in_step": "days_in_step:avg",
    "median_days_in_step": "median_days_in_step:median",
    "expected_revenue": "expected_revenue:sum",
}


def month(name):
    """Return a key that groups stays by the month of a date."""
    return lambda stay: getattr(stay, name).strftime("%Y-%m")


def of(name):
    """Return a key that groups stays by a field."""
    return lambda stay: getattr(stay, name)


KEYS = {
    "date:month": month("date"),
    "created_date:month": month("created_date"),
    "unmet_criterion_ids": lambda stay: stay.unmet or None,
    **{
        name: of(name)
        for name in (
            "step_type",
            "stage_id",
            "funnel_stage_id",
            "outcome",
            "team_id",
            "user_id",
            "company_id",
            "source_id",
            "medium_id",
            "campaign_id",
            "country_id",
            "lost_reason_id",
            "is_skipped",
        )
    },
    "lost_reason_name": lambda stay: stay.lost_reason_name or False,
}
GROUPINGS = (
    (),
    ("step_type",),
    ("step_type", "stage_id"),
    ("step_type", "funnel_stage_id"),
    *((name,) for name in KEYS if name != "step_type"),
    ("team_id", "step_type", "stage_id"),
    ("created_date:month", "step_type"),
    ("source_id", "outcome"),
    ("unmet_criterion_ids", "step_type"),
)


IS_UNDONE = is_marked(UNDONE)


class FunnelAssertions:
    """Compares the report with ``funnel_reference``. For classes with an ``env``."""

    def assert_funnel(self, groupings=GROUPINGS):
        """Assert that the report says of the whole ledger what the reference says.

        Row by row, and every measure of every grouping, one by one and as the pivot asks for
        all of them at once.

        :return: the stays of the reference
        """
        stays = self._reference_stays()
        self._assert_rows(stays)
        report = self.env["crm.funnel.report"].with_context(tz="UTC")
        specs = list(AGGREGATES.values())
        for names in groupings:
            self._assert_groups(names, stays, report._read_group([], names, specs))
        sets = [names for names in groupings if names[:1] != ("unmet_criterion_ids",)]
        for names, groups in zip(sets, report._read_grouping_sets([], sets, specs), strict=True):
            self._assert_groups(names, stays, groups)
        self._assert_adds_up(report)
        return stays

    def _assert_rows(self, stays):
        expected = {stay.id: self._told(stay) for stay in stays}
        for query in (SORTED, LOOKED_UP):
            report = self.env["crm.funnel.report"].with_context(**query.context())
            names = [name for name in reference.Stay._fields if name not in ("days", "unmet")]
            columns = SQL(", ").join(map(SQL.identifier, [*names, "days_in_step"]))
            rows = self.env.execute_query(
                SQL("SELECT %s FROM %s AS report", columns, report._table_sql)
            )
            found = {row[0]: row for row in rows}
            self.assertEqual(len(found), len(rows), "ids that are there twice")
            self.assertEqual(found.keys(), expected.keys(), query)
            for id_, row in found.items():
                *values, days = row
                told = (*values, days if days is None else round(days, 6))
                self.assertEqual(told, expected[id_], f"{query}, of {names}")

    @staticmethod
    def _told(stay):
        values = stay._asdict()
        days = values.pop("days")
        values.pop("unmet")
        return (*values.values(), days if days is None else round(days, 6))

    def _assert_groups(self, names, stays, groups):
        """Assert that groups have the measures of the reference.

        :param groups: rows as of ``_read_group``
        """
        expected = {
            key: reference.figures(members)
            for key, members in reference.by(stays, *(KEYS[name] for name in names)).items()
        }
        found = {
            self._plain(group[: len(names)]): dict(
                zip(AGGREGATES, group[len(names) :], strict=True)
            )
            for group in groups
        }
        if not names and not stays:
            return
        self.assertEqual(found.keys(), expected.keys(), names)
        for key, measures in expected.items():
            for name, value in measures.items():
                self.assertAlmostEqual(
                    found[key][name] or 0, value or 0, 4, f"{name} of {key} by {names}"
                )

    @staticmethod
    def _plain(values):
        return tuple(
            (value.id or None)
            if hasattr(value, "_ids")
            else value.strftime("%Y-%m")
            if hasattr(value, "strftime")
            else value
            for value in values
        )

    def _assert_adds_up(self, report):
        """Assert that whoever entered a step has one outcome, in each step and each team."""
        sums = ["entered", "skipped", *COUNTS[1:8]]
        specs = ["__count", *(f"{name}:sum" for name in sums)]
        for names in (["step_type", "stage_id"], ["team_id", "step_type", "stage_id"]):
            for group in report._read_group([], names, specs):
                count, entered, skipped, *outcomes = group[len(names) :]
                self.assertEqual(entered, sum(outcomes), group)
                self.assertEqual(entered + skipped, count, group)

    # ------------------------------------------------------------------
    # What there is, as plain tuples
    # ------------------------------------------------------------------

    def _reference_stays(self):
        return reference.stays(
            self._reference_rows(),
            self._reference_stages(),
            [
                reference.Lead(*values)
                for values in self._tuples("crm_lead", reference.Lead._fields, None)
            ],
        )

    def _reference_rows(self):
        self.env.flush_all()
        rows = [
            reference.Row(*values, tuple(unmet))
            for *values, unmet in self._tuples(
                "crm_stage_transition",
                reference.Row._fields[:-1],
                SQL(
                    """
                    ARRAY(
                        SELECT crm_qualification_criterion_id
                          FROM crm_qualification_criterion_crm_stage_transition_rel
                         WHERE crm_stage_transition_id = crm_stage_transition.id
                    )
                    """
                ),
            )
        ]
        return reference.counted(rows)

    def _reference_stages(self):
        return [
            reference.Stage(
                stage.id,
                stage.sequence,
                stage.is_won,
                stage.is_outside_pipeline,
                tuple(stage.team_ids._ids),
            )
            for stage in self.env["crm.stage"].search([])
        ] + [
            reference.Stage(
                -past.id,
                past.sequence,
                past.is_won,
                past.is_outside_pipeline,
                tuple(past.team_ids._ids),
                past.stage_ref or past.id,
                past.last_step_ref,
                bool(past.stage_ref),
            )
            for past in self.env["crm.stage.past"].search([])
        ]

    def _tuples(self, table, names, more):
        columns = [
            SQL(IS_UNDONE, row=SQL.identifier(table))
            if name == "is_undone"
            else SQL.identifier(name)
            for name in names
        ]
        columns += [more] if more else []
        return self.env.execute_query(
            SQL("SELECT %s FROM %s", SQL(", ").join(columns), SQL.identifier(table))
        )
