from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tests import Form, tagged

from ...names import IMPORT_PAST_GROUP
from ...tools.completeness import describe, find_violations
from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, StageRuleCommon

JANUARY = datetime(2024, 1, 2, 9)
FEBRUARY = datetime(2024, 2, 11, 8)
MARCH = datetime(2024, 3, 4, 10)
DAY = timedelta(days=1)


class ImportedPastCommon(StageRuleCommon, StageRuleAssertions):
    """A sales administrator creates, over the same call as a program, deals of the past."""

    def make_past(self, name="Canopy 2024", user=None, **values):
        return (
            self.env["crm.lead"]
            .with_user(user or self.manager)
            .create(
                {
                    "name": name,
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "user_id": self.rep.id,
                    "stage_id": self.stage_won.id,
                    **values,
                }
            )
        )

    def make_lost(self, **values):
        return self.make_past(
            **{"stage_id": self.stage_proposition.id, "active": False, "probability": 0, **values}
        )

    def told(self, lead):
        """Return what the history tells of a lead: ``(date, type, stage, status)`` of each row."""
        return [
            (row.date, row.to_type, row.to_stage_id.name, row.to_status) for row in self.rows(lead)
        ]

    def assert_true_history(self):
        """Assert all that the ledger promises of any database."""
        self.env.flush_all()
        violations = find_violations(
            lambda query: (self.env.cr.execute(query), self.env.cr.fetchall())[1]
        )
        self.assertFalse(violations, describe(violations))


@tagged("post_install", "-at_install")
class TestImportedPast(ImportedPastCommon):
    def test_won(self):
        lead = self.make_past(past_create_date=JANUARY, date_closed=MARCH)
        self.assertEqual(
            self.told(lead),
            [
                (JANUARY, "opportunity", "New", "open"),
                (MARCH, "opportunity", "Won", "won"),
            ],
        )
        created, won = rows = self.rows(lead)
        self.assertEqual(rows.mapped("is_imported"), [True, True])
        # nobody judged it
        for name in ("verdict", "policy", "rules_version", "receipt", "met_by", "reason"):
            self.assertFalse(any(rows.mapped(name)), name)
        self.assertFalse(rows.unmet_criterion_ids)
        self.assertEqual(rows.user_id, self.rep)
        self.assertEqual(rows.by_user_id, self.manager)
        self.assertTrue(won.is_gap, "where it was before is not known")
        self.assertFalse(created.is_gap)
        self.assertEqual(won.seconds_in_previous, (MARCH - JANUARY).total_seconds())
        self.assertEqual(lead.date_closed, MARCH)
        self.assertEqual(lead.create_date, self.env.cr.now(), "Odoo's own date is as it was")
        self.assert_true_history()

    def test_converted_and_won(self):
        lead = self.make_past(past_create_date=JANUARY, date_conversion=FEBRUARY, date_closed=MARCH)
        self.assertEqual(
            self.told(lead),
            [
                (JANUARY, "lead", "New", "open"),
                (FEBRUARY, "opportunity", "New", "open"),
                (MARCH, "opportunity", "Won", "won"),
            ],
        )
        self.assertEqual(self.rows(lead).mapped("direction"), ["created", "forward", "skipped"])
        self.assert_true_history()

    def test_lost(self):
        lead = self.make_lost(past_create_date=JANUARY, date_closed=MARCH)
        self.assertEqual(
            self.told(lead),
            [
                (JANUARY, "opportunity", "Proposition", "open"),
                (MARCH, "opportunity", "Proposition", "lost"),
            ],
        )
        self.assertFalse(any(self.rows(lead).mapped("verdict")))
        self.assert_true_history()

    def test_a_lost_lead(self):
        lead = self.make_lost(type="lead", past_create_date=JANUARY, date_closed=MARCH)
        self.assertEqual(
            [told[::3] for told in self.told(lead)], [(JANUARY, "open"), (MARCH, "lost")]
        )
        self.assertFalse(self.rows(lead)[1].is_gap, "a lead is nowhere else before it is lost")

    def test_only_when_it_was_closed(self):
        lead = self.make_past(date_closed=MARCH)
        self.assertEqual([told[::3] for told in self.told(lead)], [(MARCH, "open"), (MARCH, "won")])
        self.assert_true_history()

    def test_open_ones_are_judged_by_todays_rules(self):
        dates = {"past_create_date": JANUARY, "date_conversion": FEBRUARY}
        with self.assert_creation_refused("Canopy 2024", CONVERT_UNMET):
            self.make_past(stage_id=self.stage_new.id, **dates)
        lead = self.make_past(stage_id=self.stage_new.id, **dates, **self.answers(CONVERT_ANSWERS))
        self.assertEqual(
            self.told(lead),
            [(JANUARY, "lead", "New", "open"), (FEBRUARY, "opportunity", "New", "open")],
        )
        created, converted = self.rows(lead)
        self.assertFalse(created.verdict)
        self.assertEqual(converted.verdict, "passed")
        self.assertTrue(converted.receipt)
        self.assert_true_history()

    def test_what_was_closed_at_no_date_is_judged_and_closed_today(self):
        with self.assert_creation_refused(
            "Canopy 2024",
            [*CONVERT_UNMET, "relationship", "requirements", "engagement", "strong_need"]
            + ["payment_terms", "supplier", "contract", "customer"],
        ):
            self.make_past(past_create_date=JANUARY)
        self.team.stage_rule_policy = GUIDE
        lead = self.make_past(past_create_date=JANUARY)
        created, won = self.rows(lead)
        self.assertEqual((created.date, created.verdict), (JANUARY, False))
        self.assertEqual((won.date, won.verdict), (self.env.cr.now(), "guided"))

    def test_what_comes_later_goes_on_from_there(self):
        lead = self.make_past(
            stage_id=self.stage_new.id, past_create_date=JANUARY, **self.answers(CONVERT_ANSWERS)
        )
        self.assertGreater(lead.with_user(self.rep).days_in_step, 300)
        lead.action_set_lost()
        self.assert_step(lead, direction="lost", is_imported=False, verdict="passed")
        self.assert_true_history()

    def test_many_at_once(self):
        """Each has its own dates, and those without any are created today."""
        names = {"type": "opportunity", "team_id": self.team.id, "stage_id": self.stage_won.id}
        self.team.stage_rule_policy = GUIDE
        leads = (
            self.env["crm.lead"]
            .with_user(self.manager)
            .create(
                [
                    {**names, "name": "A", "past_create_date": JANUARY, "date_closed": MARCH},
                    {**names, "name": "B"},
                    {**names, "name": "C", "date_closed": FEBRUARY},
                ]
            )
        )
        first, second, third = ([told[0] for told in self.told(lead)] for lead in leads)
        self.assertEqual((first, third), ([JANUARY, MARCH], [FEBRUARY, FEBRUARY]))
        self.assertEqual(len(second), 1)
        self.assertEqual(self.rows(leads[1]).verdict, "guided")
        self.assertFalse(self.rows(leads[1]).is_imported)
        self.assert_true_history()

    def test_dates_as_a_client_sends_them(self):
        lead = self.make_past(past_create_date="2024-01-02", date_closed="2024-03-04 10:00:00")
        self.assertEqual(
            [told[0] for told in self.told(lead)], [datetime(2024, 1, 2), datetime(2024, 3, 4, 10)]
        )

    def test_the_sentence(self):
        lead = self.make_past(past_create_date=JANUARY, date_closed=MARCH)
        self.assertEqual(
            self.rows(lead).mapped("summary"),
            [
                f"Created as an opportunity in New, imported by {self.manager.name}",
                f"2 months as an opportunity, won, imported by {self.manager.name}",
            ],
        )
        imported = self.env["crm.stage.transition"].search([("is_imported", "=", True)])
        self.assertEqual(imported & self.rows(lead), self.rows(lead))


@tagged("post_install", "-at_install")
class TestImportedPastRight(ImportedPastCommon):
    def test_who_has_it(self):
        for user, may in ((self.rep, False), (self.all_rep, False), (self.manager, True)):
            self.assertEqual(user.has_group(IMPORT_PAST_GROUP), may)

    def test_without_it_the_dates_are_ignored(self):
        self.team.stage_rule_policy = GUIDE
        for user in (self.rep, self.all_rep):
            lead = self.make_past(user=user, past_create_date=JANUARY, date_closed=MARCH)
            self.assert_step(lead, direction="created", verdict="guided", is_imported=False)
            self.assertEqual(len(self.rows(lead)), 1)
            self.assertGreaterEqual(lead.date_closed, self.env.cr.now().replace(microsecond=0))
            self.assertFalse(lead.past_create_date)

    def test_without_it_what_is_closed_is_judged(self):
        with self.assertRaises(UserError):
            self.make_past(user=self.rep, past_create_date=JANUARY, date_closed=MARCH)

    def test_without_it_no_context_gives_them_either(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.env["crm.lead"].with_user(self.rep)
        lead = lead.with_context(
            default_date_closed="2024-03-04 10:00:00", default_past_create_date="2024-01-02"
        )
        lead = lead.create(
            {"name": "By context", "type": "opportunity", "stage_id": self.stage_won.id}
        )
        self.assert_step(lead, direction="created", is_imported=False)
        self.assertGreaterEqual(lead.date_closed, self.env.cr.now().replace(microsecond=0))

    def test_sudo_does_not_give_it(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.env["crm.lead"].with_user(self.rep).sudo()
        lead = lead.create(
            {
                "name": "Su",
                "type": "opportunity",
                "date_closed": MARCH,
                "stage_id": self.stage_won.id,
            }
        )
        self.assert_step(lead, is_imported=False)

    def test_the_right_alone_is_enough(self):
        self.rep.group_ids += self.env.ref(IMPORT_PAST_GROUP)
        lead = self.make_past(user=self.rep, past_create_date=JANUARY, date_closed=MARCH)
        self.assertEqual([told[0] for told in self.told(lead)], [JANUARY, MARCH])


@tagged("post_install", "-at_install")
class TestImpossibleDates(ImportedPastCommon):
    def assert_impossible(self, says, **dates):
        with self.assertRaisesRegex(UserError, says), self.env.cr.savepoint():
            self.make_past(**dates)

    def test_each_names_lead_and_date(self):
        tomorrow = datetime.now() + DAY
        self.assert_impossible(
            "“Canopy 2024”: “Closed Date” .* is before “Created On”",
            past_create_date=MARCH,
            date_closed=JANUARY,
        )
        self.assert_impossible(
            "“Converted On” .* is before “Created On”",
            past_create_date=MARCH,
            date_conversion=JANUARY,
        )
        self.assert_impossible(
            "“Closed Date” .* is before “Converted On”",
            date_conversion=MARCH,
            date_closed=JANUARY,
        )
        self.assert_impossible("“Closed Date” is in the future", date_closed=tomorrow)
        self.assert_impossible("“Created On” is in the future", past_create_date=tomorrow)
        self.assert_impossible("“Closed Date” is before 1970", date_closed=datetime(1904, 1, 1))

    def test_a_day_without_a_time(self):
        """Closed on the day on which it was created, at a time that nobody has noted."""
        lead = self.make_past(past_create_date=MARCH, date_closed=Date.to_string(MARCH))
        self.assertEqual([told[0] for told in self.told(lead)], [MARCH, MARCH])

    def test_they_are_no_matter_where_they_do_not_count(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_past(user=self.rep, date_closed="2099-01-01 00:00:00")
        self.assertLess(lead.date_closed.year, 2099)

    def test_a_closing_date_of_what_is_open_tells_nothing(self):
        """As Odoo's own code has some."""
        self.team.stage_rule_policy = GUIDE
        lead = self.make_past(stage_id=self.stage_new.id, date_closed=MARCH)
        self.assert_step(lead, direction="created", is_imported=False, verdict="guided")


@tagged("post_install", "-at_install")
class TestNothingIsBackDated(ImportedPastCommon):
    """What is recorded has its dates; what Odoo itself writes of now is no matter."""

    def assert_kept(self, leads, says, **dates):
        with self.assertRaisesRegex(UserError, says), self.env.cr.savepoint():
            leads.write(dates)

    def test_each_date(self):
        lead = self.make_opportunity("Recorded").with_user(self.manager)
        for name, label in (
            ("past_create_date", "Created On"),
            ("date_conversion", "Converted On"),
            ("date_closed", "Closed Date"),
        ):
            self.assert_kept(lead, f"“Recorded” .*“{label}”", **{name: MARCH})
            self.assert_kept(lead, f"“Recorded” .*“{label}”", **{name: "2024-03-04 10:00:00"})

    def test_with_the_move_that_closes_it(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_opportunity("Recorded")
        self.assert_kept(
            lead, "“Recorded” .*“Closed Date”", stage_id=self.stage_won.id, date_closed=MARCH
        )
        lead.stage_id = self.stage_won
        self.assert_step(lead, to_status="won", is_imported=False)

    def test_one_of_several(self):
        leads = self.make_past(past_create_date=JANUARY, date_closed=MARCH)
        leads += self.make_opportunity("Recorded").with_user(self.manager)
        self.assert_kept(leads, "“Recorded”", date_closed=MARCH)

    def test_the_same_date_is_no_change(self):
        """As in an export that is imported again."""
        lead = self.make_past(past_create_date=JANUARY, date_closed=MARCH)
        lead.write({"date_closed": "2024-03-04 10:00:00", "past_create_date": lead.create_date})
        self.assertEqual((lead.date_closed, lead.past_create_date), (MARCH, JANUARY))

    def test_odoo_writes_what_it_does(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_lead()
        lead.convert_opportunity(lead.partner_id)
        self.assertTrue(lead.date_conversion)
        lead.action_set_won()
        self.assertTrue(lead.date_closed)
        lead.stage_id = self.stage_new
        self.assertFalse(lead.date_closed)
        lead.action_set_lost()
        self.assertTrue(lead.date_closed)
        lead.action_unarchive()
        with Form(lead) as form:
            form.name = "Other"
        self.assertEqual(lead.name, "Other")

    def test_code_that_corrects_it_does_so_as_superuser(self):
        lead = self.make_past(past_create_date=JANUARY, date_closed=MARCH)
        lead.sudo().date_closed = FEBRUARY
        self.assertEqual(lead.date_closed, FEBRUARY)

    def test_a_copy_is_of_today(self):
        """Odoo would have it converted when the original was."""
        original = self.make_past(
            stage_id=self.stage_new.id,
            past_create_date=JANUARY,
            date_conversion=FEBRUARY,
            **self.answers(CONVERT_ANSWERS),
        )
        copy = original.copy({**self.answers(CONVERT_ANSWERS)})
        self.assert_step(copy, direction="created", is_imported=False)
        self.assertFalse(copy.date_conversion)
