import io
import json
from datetime import timedelta
from random import Random

from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...tools.verdict import State
from ..support.common import StageRuleCommon
from ..support.funnel_histories import FunnelHistories, random_history
from ..support.guard import let_history_change
from ..support.history_marks import made_up_history

LEADS = 120
XLSX = "/sales_funnel_stages/funnel_dashboard/xlsx"


@made_up_history("histories are written into the ledger")
@tagged("post_install", "-at_install")
class TestFunnelDashboardWeb(HttpCase, StageRuleCommon):
    """The dashboard in a browser, and its spreadsheet."""

    def setUp(self):
        super().setUp()
        let_history_change(self.env)
        self.env.cr.execute("DELETE FROM crm_stage_transition")
        others = self.make_team("Others", "off")
        now = self.env.cr.now()
        start = max(now.replace(day=1, hour=0, minute=0, second=0), now - timedelta(hours=1))
        lead = State(False, self.stage_new.id)
        FunnelHistories(self.env).replace(
            {
                self.make_lead("Tour: desks", user=self.manager): [(start, lead)],
                self.make_lead("Tour: lamps", user=self.manager, team_id=others.id): [
                    (start, lead)
                ],
                self.make_lead("Tour: chairs", user=self.manager): [
                    (start - relativedelta(months=1), lead)
                ],
            }
        )

    def download(self, **arguments):
        data = {"domain": [], "date_from": "2026-01-01", "date_to": "2030-12-31", "months": 0}
        return self.url_open(
            XLSX,
            data={
                "data": json.dumps({**data, **arguments}),
                "csrf_token": Request.csrf_token(self),
            },
        )

    def test_tour(self):
        self.start_tour(
            "/odoo/sales-funnel",
            "sales_funnel_stages_funnel_dashboard",
            login=self.manager.login,
        )

    def test_the_browsers_way_back(self):
        self.start_tour(
            "/odoo/sales-funnel", "sales_funnel_stages_funnel_back", login=self.manager.login
        )

    def test_each_number_opens_as_many_rows_as_it_says(self):
        random, now = Random("numbers"), self.env.cr.now()
        hold = self.env["crm.stage"].create(
            {"name": "On hold", "sequence": 5, "is_outside_pipeline": True}
        )
        pipeline = (self.stage_new + self.stage_qualified + self.stage_proposition).ids
        reasons = self.env["crm.lost.reason"].create([{"name": "Price"}, {"name": "Timing"}])
        others = self.env["crm.team"].search([("name", "=", "Others")])
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "expected_revenue": random.randrange(100, 9000),
                    "user_id": self.manager.id,
                    "team_id": random.choice([self.team, others]).id,
                    "lost_reason_id": random.choice([*reasons.ids, False]),
                }
                for number in range(LEADS)
            ]
        )
        past = (now - relativedelta(months=20), now)
        histories = {
            lead: random_history(random, *past, pipeline, hold.id, self.stage_won.id)
            for lead in leads[1:]
        }
        # what left a stage in the moment in which it came has been there for no days
        at_once = now - timedelta(hours=2)
        histories[leads[0]] = [
            (at_once, State(True, pipeline[0])),
            (at_once, State(True, pipeline[1])),
        ]
        FunnelHistories(self.env).replace(histories)
        # more of them than there are leads in the ledger, so that they have a bar
        self.env["res.partner"].create([{"name": f"Contact {n}"} for n in range(LEADS)])
        self.start_tour(
            "/odoo/sales-funnel",
            "sales_funnel_stages_funnel_numbers",
            login=self.manager.login,
            timeout=180,
        )

    def test_spreadsheet(self):
        self.authenticate(self.manager.login, self.manager.login)
        answer = self.download(domain=[("team_id", "=", self.team.id)])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Sales%20Funnel", answer.headers["Content-Disposition"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0][:2], ("Part", "Figure"))
        self.assertEqual(rows[0][2], "2026-01-01 – 2030-12-31")
        self.assertIn(("Lead", "Reached", 2, 0), rows)
        self.assertIn(("Lead", "Still There", 2, 0), rows)
        self.assertIn(("Velocity", "Opportunities", 0, 0), rows)

    def test_the_spreadsheet_says_which_filters_are_on(self):
        self.authenticate(self.manager.login, self.manager.login)
        answer = self.download(filters=["Sales Team: Enforcers", "=1+1"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(min_row=2, max_row=4))
        self.assertEqual(
            [tuple(cell.value for cell in row) for row in rows[:2]],
            [("Filters", "Sales Team: Enforcers", None, None), ("Filters", "=1+1", None, None)],
        )
        self.assertNotEqual(rows[1][1].data_type, "f", "a text has become a formula")
        self.assertNotEqual(rows[2][0].value, "Filters")

    def test_spreadsheet_of_who_may_not_read_leads(self):
        other = new_test_user(self.env, "funnel_other", "base.group_user")
        self.authenticate(other.login, other.login)
        with mute_logger("odoo.http"):
            self.assertEqual(self.download().status_code, 403)
