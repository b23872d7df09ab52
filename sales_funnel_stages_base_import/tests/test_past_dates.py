from datetime import datetime, timedelta

from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.support.translations import load_french

from .common import ImportScreenCommon

# as in the issue
CLOSED_DEALS = """\
Opportunity,Type,Stage,Sales Team,Expected Revenue,Closed Date,Created on
Canopy 2024,Opportunity,Won,Enforcers,9000,2024-03-04 10:00:00,2024-01-02 09:00:00
Fence 2024,Opportunity,Won,Enforcers,11000,2024-05-20 15:30:00,2024-02-11 09:00:00
Shed 2025,Opportunity,Won,Enforcers,4000,2025-02-01 12:00:00,2024-12-20 09:00:00
"""
NAMES = ("Canopy 2024", "Fence 2024", "Shed 2025")


@tagged("post_install", "-at_install")
class TestPastDates(ImportScreenCommon):
    def rows(self, leads):
        domain = [("lead_ref", "in", leads.ids)]
        return self.env["crm.stage.transition"].sudo().search(domain, order="id")

    def figures(self):
        """Return what the dashboard of this month says."""
        today = datetime.now()
        report = self.env["crm.funnel.report"].with_user(self.manager).with_context(tz="UTC")
        period = today.replace(day=1).strftime("%Y-%m-%d"), today.strftime("%Y-%m-%d")
        dashboard = report.get_dashboard([], *period, 1)
        steps = {step["key"]: step["now"] for step in dashboard["steps"]}
        return dashboard["velocity"]["now"], steps, dashboard["trend"]

    def months_of_wins(self, leads):
        report = self.env["crm.funnel.report"].with_user(self.manager).with_context(tz="UTC")
        groups = report._read_group(
            [("lead_id", "in", leads.ids), ("step_type", "=", "customer")],
            ["date:month"],
            ["entered:sum"],
        )
        return {month.strftime("%Y-%m"): count for month, count in groups}

    def test_closed_deals_are_wins_of_their_months(self):
        won_today = self.make_opportunity("Won today", expected_revenue=500)
        won_today.with_user(self.env.user).stage_id = self.stage_won
        before = self.figures()
        result = self.import_file(CLOSED_DEALS, self.manager)
        self.assertEqual(result["messages"], [])
        leads = self.imported(*NAMES)
        self.assertEqual(self.months_of_wins(leads), {"2024-03": 1, "2024-05": 1, "2025-02": 1})
        self.assertEqual(self.figures(), before)
        self.assertEqual(self.rows(leads).mapped("is_imported"), [True] * 6)
        self.assertEqual(set(self.rows(leads).mapped("verdict")), {False})

    def test_the_win_rate_of_then(self):
        """What was lost then counts, too."""
        header, *lines = CLOSED_DEALS.splitlines()
        lines = [f"{line},True,100" for line in lines]
        lines.append(
            "Gone 2024,Opportunity,New,Enforcers,70,2024-03-20 10:00:00,2024-01-02 09:00:00,False,0"
        )
        result = self.import_file("\n".join([f"{header},Active,Probability", *lines]), self.manager)
        self.assertEqual(result["messages"], [])
        report = self.env["crm.funnel.report"].with_user(self.manager).with_context(tz="UTC")
        velocity = report.get_dashboard([], "2024-03-01", "2024-03-31")["velocity"]["now"]
        self.assertEqual((velocity["won"], velocity["lost"]), (1, 1))

    def test_without_the_right(self):
        """The screen says that the dates are ignored; what is closed is judged as today."""
        _wizard, preview = self.open_file(CLOSED_DEALS)
        comments = {
            field["name"]: field["stage_rule_comment"]
            for field in preview["fields"]
            if "stage_rule_comment" in field
        }
        self.assertEqual(set(comments), {"past_create_date", "date_conversion", "date_closed"})
        for comment in comments.values():
            self.assertEqual(comment["type"], "warning")
            self.assertIn("this date is ignored", comment["content"])
        result = self.import_file(CLOSED_DEALS)
        self.assertFalse(result["ids"])
        self.assertEqual([each["rows"]["from"] for each in result["messages"]], [0, 1, 2])
        self.team.stage_rule_policy = "guide"
        result = self.import_file(CLOSED_DEALS)
        rows = self.rows(self.imported(*NAMES))
        self.assertEqual(len(rows), 3)
        self.assertEqual(set(rows.mapped("is_imported")), {False})
        self.assertEqual(set(rows.mapped("verdict")), {"guided"})

    def test_with_the_right_the_screen_says_what_becomes_of_them(self):
        _wizard, preview = self.open_file(CLOSED_DEALS, self.manager)
        self.assertEqual(preview["matches"][5], ["date_closed"])
        self.assertEqual(preview["matches"][6], ["past_create_date"])
        by_name = {field["name"]: field for field in preview["fields"]}
        self.assertEqual(by_name["date_conversion"]["string"], "Converted On")
        self.assertIn("are not judged", by_name["date_closed"]["stage_rule_comment"]["content"])
        self.assertEqual(by_name["past_create_date"]["stage_rule_comment"]["type"], "info")

    def test_other_models_have_no_such_columns(self):
        tree = self.env["base_import.import"].with_user(self.manager).get_fields_tree("res.partner")
        self.assertFalse([field for field in tree if "stage_rule_comment" in field])

    def test_impossible_dates_are_errors_of_their_rows(self):
        tomorrow = datetime.now() + timedelta(days=2)
        text = CLOSED_DEALS.replace("2024-02-11", "2024-06-11").replace(
            "2025-02-01 12:00:00", tomorrow.strftime("%Y-%m-%d %H:%M:%S")
        )
        for options in ({}, {"stage_rule_lenient": True}):
            with self.subTest(**options):
                result = self.import_file(text, self.manager, **options)
                self.assertFalse(result["ids"])
                self.assertFalse(self.imported(*NAMES))
                self.assertEqual(
                    [(each["file_rows"]["from"], each["type"]) for each in result["messages"]],
                    [(3, "error"), (4, "error")],
                )
                order, future = (each["message"] for each in result["messages"])
                self.assertRegex(order, "“Fence 2024”: “Closed Date” .* before “Created On”")
                self.assertRegex(future, "“Shed 2025”: “Closed Date” is in the future")

    def test_a_closing_date_of_what_is_not_closed(self):
        text = CLOSED_DEALS.replace("Fence 2024,Opportunity,Won", "Fence 2024,Opportunity,New")
        self.team.stage_rule_policy = "guide"
        result = self.import_file(text, self.manager)
        self.assertFalse(result["ids"])
        [message] = result["messages"]
        self.assertEqual(message["file_rows"]["from"], 3)
        self.assertIn("neither won nor lost", message["message"])

    def test_what_is_wrong_otherwise_is_said_alone(self):
        """Of a stage that is not there nobody knows whether it is closed."""
        self.team.stage_rule_policy = "guide"
        result = self.import_file(
            CLOSED_DEALS.replace("Opportunity,Won", "Opportunity,Gone"), self.manager
        )
        self.assertFalse(result["ids"])
        self.assertEqual({each.get("field") for each in result["messages"]}, {"stage_id"})

    def test_existing_deals_keep_their_dates(self):
        self.import_file(CLOSED_DEALS, self.manager)
        leads = self.imported(*NAMES)
        columns = [".id", "date_closed"]
        text = "\n".join(
            [
                "ID,Closed Date",
                f"{leads[0].id},2024-03-04 10:00:00",
                f"{leads[1].id},2024-04-04 10:00:00",
            ]
        )
        result = self.import_file(text, self.manager, columns=columns)
        self.assertFalse(result["ids"])
        [message] = result["messages"]
        self.assertEqual(message["file_rows"]["from"], 3)
        self.assertRegex(message["message"], "“Fence 2024” .*“Closed Date” cannot be changed")
        # what says the same as the history is no change
        same = "\n".join(text.splitlines()[:2])
        self.assertEqual(self.import_file(same, self.manager, columns=columns)["messages"], [])

    def test_in_french(self):
        load_french(self.env, "crm", "sales_funnel_stages", "sales_funnel_stages_base_import")
        text = CLOSED_DEALS.replace("Created on", "Créé le")
        text = text.replace("Closed Date", "Date de clôture")
        _wizard, preview = self.open_file(text, self.manager, lang="fr_FR")
        self.assertEqual(preview["matches"][5], ["date_closed"])
        self.assertEqual(preview["matches"][6], ["past_create_date"])
        by_name = {field["name"]: field for field in preview["fields"]}
        self.assertEqual(by_name["date_conversion"]["string"], "Converti le")
        comment = by_name["date_closed"]["stage_rule_comment"]["content"]
        self.assertIn("ne sont pas évaluées", comment)
