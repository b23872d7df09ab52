from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.tools import SQL

from . import dashboard_reference, stuck_reference
from .dashboard_reference import Period
from .funnel_case import FunnelAssertions
from .maven_dates import NOW

# what is asked of the dashboard: first and last day, and how many months before; and the moments
# at which both periods begin and are over
PERIODS = {
    "a quarter": (
        ("2017-10-01", "2017-12-31", 3),
        (datetime(2017, 10, 1), datetime(2018, 1, 1)),
        (datetime(2017, 7, 1), datetime(2017, 10, 1)),
    ),
    "a month": (
        ("2017-12-01", "2017-12-31", 1),
        (datetime(2017, 12, 1), datetime(2018, 1, 1)),
        (datetime(2017, 11, 1), datetime(2017, 12, 1)),
    ),
    "a year": (
        ("2017-01-01", "2017-12-31", 12),
        (datetime(2017, 1, 1), datetime(2018, 1, 1)),
        (datetime(2016, 1, 1), datetime(2017, 1, 1)),
    ),
    "ten days": (
        ("2017-06-11", "2017-06-20", 0),
        (datetime(2017, 6, 11), datetime(2017, 6, 21)),
        (datetime(2017, 6, 1), datetime(2017, 6, 11)),
    ),
}


class FiguresAssertions(FunnelAssertions):
    """Compares what the dashboard says, and what is stuck, with plain Python.

    For classes with an ``env``, of the real pipeline at its dates.

    :cvar unshown: steps that leads were in and that the dashboard has no place for
    """

    unshown = frozenset()

    @contextmanager
    def as_of_then(self):
        """Let it be the day on which the last deal of the files was closed."""
        with (
            freeze_time(NOW),
            patch.object(type(self.env.cr), "now", lambda _cursor: NOW),
        ):
            self.env.invalidate_all()
            yield
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Dashboard
    # ------------------------------------------------------------------

    def assert_dashboards(self, domain=(), keep=None, user=None):
        """Assert every figure of the dashboard, of each of the periods.

        :param domain: a filter, :param keep: and the same, as a function of a row of the
            ledger and of a stay
        :param user: who looks
        """
        rows, stays = self._reference_rows(), self._reference_stays()
        if keep:
            rows, stays = list(filter(keep, rows)), list(filter(keep, stays))
        report = self.env["crm.funnel.report"].with_user(user or self.env.user)
        with self.as_of_then():
            for name, (asked, *both) in PERIODS.items():
                found = report.with_context(tz="UTC").get_dashboard(list(domain), *asked)
                age = NOW - both[0][0]
                for when, (start, stop) in zip(("now", "before"), both, strict=True):
                    told = Period(start, stop, start + age)
                    self._assert_dashboard(found, when, rows, stays, told, f"{name}, {when}")
                told = dashboard_reference.trend(
                    rows, Period(*both[0], NOW), found["trend"]["unit"]
                )
                self.assertEqual(self._trend(found), told, name)
                self.assertEqual(found["contacts"] is None, bool(domain))

    def _assert_dashboard(self, found, when, rows, stays, told, where):
        expected = dashboard_reference.figures(rows, stays, told)
        steps = {(step["type"], step["stage_id"]): step[when] for step in found["steps"]}
        self.assertLessEqual(expected["steps"].keys() - steps.keys(), self.unshown, where)
        for place, figures in steps.items():
            of_place = expected["steps"].get(place)
            if of_place:
                self._assert_close(figures, of_place, f"{where}, {place}")
            else:
                self.assertFalse(any(figures.values()), f"{where}, {place}")
        drop_off = {
            (row["outcome"], row["lost_reason_id"] or row["lost_reason_name"]): row[when]
            for row in found["drop_off"]
        }
        drop_off = {key: count for key, count in drop_off.items() if count}
        self.assertEqual(drop_off, expected["drop_off"], where)
        self._assert_close(found["velocity"][when], expected["velocity"], f"{where}, velocity")
        if found["contacts"]:
            contacts = dashboard_reference.contacts(*self._contacts(), told)
            self._assert_close(found["contacts"][when], contacts, f"{where}, contacts")

    @staticmethod
    def _trend(found):
        names = ("leads", "opportunities", "customers")
        rows = {
            date.fromisoformat(row["first"]): tuple(row[name] for name in names)
            for row in found["trend"]["rows"]
        }
        return {first: counts for first, counts in rows.items() if any(counts)}

    def _assert_close(self, found, expected, where):
        self.assertEqual(found.keys(), expected.keys(), where)
        for name, value in expected.items():
            if value is None:
                self.assertIsNone(found[name], f"{where}: {name}")
            else:
                self.assertAlmostEqual(found[name], value, 4, f"{where}: {name}")

    def _contacts(self):
        """Return the contacts that the dashboard counts, and whose the leads are."""
        partners = self.env.execute_query(
            SQL(
                """
                SELECT id, commercial_partner_id, create_date
                  FROM res_partner
                 WHERE partner_share AND active AND type = 'contact'
                """
            )
        )
        leads = self.env.execute_query(SQL("SELECT partner_id FROM crm_lead"))
        return partners, [partner_id for [partner_id] in leads]

    # ------------------------------------------------------------------
    # Stuck
    # ------------------------------------------------------------------

    def assert_stuck(self):
        """Assert what is usual in each stage, and of each lead whether it is stuck.

        :return: how many are
        """
        rows, stages = self._reference_rows(), self._reference_stages()
        usual = stuck_reference.usual_days(rows, stages, NOW - relativedelta(months=12))
        names = ("id", "type", "won_status", "stage_id")
        start_by_lead = stuck_reference.starts(rows)
        expected = stuck_reference.stuck(
            [lead for lead in self._tuples("crm_lead", names, None) if lead[0] in start_by_lead],
            start_by_lead,
            usual,
            NOW,
        )
        with self.as_of_then():
            found = self.env["crm.stage"].browse(usual)
            self.assertEqual({stage.id: stage.usual_days for stage in found}, usual)
            leads = self.env["crm.lead"].browse(expected)
            self.assertEqual(
                {lead.id: (lead.days_in_step, lead.is_stuck) for lead in leads}, expected
            )
            are_stuck = self.env["crm.lead"].search(
                [("is_stuck", "=", True), ("id", "in", leads.ids)]
            )
        self.assertEqual(set(are_stuck.ids), {id_ for id_, (_days, is_) in expected.items() if is_})
        return len(are_stuck)
