from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ...models.rules.append_only import Recording
from ...tools.answers import NO, YES
from ..support.answer_common import AnswerCommon


class PastAnswerCommon(AnswerCommon):
    """An answer that the rep has given, which somebody else has a mind to change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead("Mine")
        cls.given = cls.answer(cls.lead, cls.metrics, YES, "2026-03-31", evidence="Their report")

    def past(self, lead=None):
        """Return what was answered on a lead before, in order."""
        lead = lead or self.lead
        return (
            self.env["crm.qualification.answer.past"]
            .search([("lead_id", "=", lead.id)])
            .sorted("id")
        )

    def assert_kept(self, row, **expected):
        """Assert what is kept of the answer, by default that it is the rep's."""
        kept = {
            "lead_id": self.lead.sudo(),
            "criterion_id": self.metrics,
            "answer": YES,
            "evidence": "Their report",
            "user_id": self.rep,
            "user_name": self.rep.name,
            "date": date(2026, 3, 31),
            "replaced_by_id": self.manager,
            **expected,
        }
        self.assertEqual({name: row[name] for name in kept}, kept)


@tagged("post_install", "-at_install")
class TestAnotherAnswer(PastAnswerCommon):
    """What somebody else makes of an answer is theirs, and what was answered is kept."""

    @freeze_time("2026-04-10 12:00:00")
    def test_each_way_to_change_it(self):
        other_lead = self.make_lead("Other")
        for name, values in {
            "answer": {"answer": NO},
            "evidence": {"evidence": "I say so"},
            "no evidence": {"evidence": False},
            "criterion": {"criterion_id": self.rival.id},
            "lead": {"lead_id": other_lead.id},
            "at once": {"evidence": "I say so", "criterion_id": self.rival.id, "answer": NO},
        }.items():
            with self.subTest(name):
                lead = self.make_lead(name)
                answer = self.answer(lead, self.metrics, YES, "2026-03-31", evidence="Their report")
                answer.with_user(self.manager).write(values)
                self.assertEqual((answer.user_id, answer.date), (self.manager, date(2026, 4, 10)))
                self.assert_kept(self.past(lead), lead_id=lead.sudo())

    @freeze_time("2026-04-10 12:00:00")
    def test_from_the_lead(self):
        lead = self.lead.with_user(self.manager)
        lead.write(
            {"qualification_answer_ids": [Command.update(self.given.id, {"evidence": "I say so"})]}
        )
        self.assertEqual(self.given.user_id, self.manager)
        self.assert_kept(self.past())
        with Form(lead) as form, form.qualification_answer_ids.edit(0) as line:
            line.evidence = "They said so"
            self.assertEqual(line.user_id, self.manager)
        self.assertEqual(self.past()[-1].evidence, "I say so")

    def test_linked_to_another_lead(self):
        other = self.make_lead("Other").with_user(self.manager)
        other.write({"qualification_answer_ids": [Command.link(self.given.id)]})
        self.assertEqual(self.given.user_id, self.manager)
        self.assert_kept(self.past())

    def test_taken_away_and_given_anew(self):
        lead = self.lead.with_user(self.manager)
        lead.qualification_answer_ids = [Command.clear(), *self.answered(metrics=YES)]
        self.assertEqual(lead.qualification_answer_ids.user_id, self.manager)
        self.assert_kept(self.past())

    def test_imported(self):
        result = (
            self.env["crm.qualification.answer"]
            .with_user(self.manager)
            .load([".id", "evidence"], [[str(self.given.id), "I say so"]])
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.given.user_id, self.manager)
        self.assert_kept(self.past())

    def test_a_copy_is_whose_who_makes_it(self):
        other = self.make_lead("Other")
        copy = self.given.with_user(self.manager).copy({"lead_id": other.id})
        self.assertEqual((copy.user_id, self.given.user_id), (self.manager, self.rep))
        self.assertFalse(self.past())

    def test_their_own(self):
        """Who changes their own mind says so today, and what they said is kept as well."""
        with freeze_time("2026-04-10 12:00:00"):
            self.given.evidence = "Their new report"
            self.assertEqual(self.given.date, date(2026, 4, 10))
            self.assert_kept(self.past(), replaced_by_id=self.rep)
            # given again: it still holds, and was given before
            self.given.answer = YES
            self.assertEqual(len(self.past()), 1, "it says what it has said, on the same day")
        with freeze_time("2026-04-11 12:00:00"):
            self.given.answer = YES
        self.assertEqual(len(self.past()), 2)

    def test_what_says_nothing_new(self):
        self.given.with_user(self.manager).write(
            {"evidence": "Their report", "criterion_id": self.metrics.id, "lead_id": self.lead.id}
        )
        self.assertEqual((self.given.user_id, self.given.date), (self.rep, date(2026, 3, 31)))
        self.assertFalse(self.past())
        note = self.answer(self.lead, self.rival, False)
        note.with_user(self.manager).evidence = "To be asked"
        self.assertFalse(note.user_id or self.past())
        note.with_user(self.manager).evidence = "To be asked in May"
        self.assertEqual(self.past().evidence, "To be asked")

    def test_several_at_once(self):
        """The number of queries does not grow."""
        counted = {}
        # the first time, what all calls share is read
        for size in (2, 2, 20):
            answers = self.given.browse()
            for number in range(size):
                lead = self.make_lead(f"Lead {number}")
                answers += self.answer(lead, self.metrics, YES, evidence="Their report")
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            answers.with_user(self.manager).write({"evidence": "I say so"})
            self.env.flush_all()
            counted[size] = self.env.cr.sql_log_count - start
            self.assertEqual(len(self.past(answers.lead_id[-1:])), 1)
        self.assertEqual(counted[2], counted[20])

    def test_merged(self):
        """What was answered on the others is kept as it was given, or with what was before."""
        kept = self.make_opportunity("Kept")
        self.answer(kept, self.metrics, NO, "2026-01-01", evidence="The boss")
        self.answer(kept, self.rival, False, evidence="I say so")
        self.answer(self.lead, self.rival, YES, "2026-02-01", evidence="Cy")
        self.given.with_user(self.manager).evidence = "Ann"
        leads = (kept + self.lead).with_user(self.all_rep)
        self.assertEqual(leads.merge_opportunity(), kept)
        found = {
            each.criterion_id: (each.answer, each.evidence, each.user_id)
            for each in kept.qualification_answer_ids
        }
        self.assertEqual(
            found,
            {
                self.metrics: (NO, "The boss", self.rep),
                # not with what somebody else had noted there
                self.rival: (YES, "Cy", self.rep),
            },
        )
        self.assertEqual(
            [(each.criterion_name, each.answer, each.evidence) for each in self.past(kept)],
            [
                ("Gain in figures", YES, "Their report"),
                ("Gain in figures", YES, "Ann"),
                ("Competition known", False, "I say so"),
            ],
        )


@tagged("post_install", "-at_install")
class TestPastAnswerAccess(PastAnswerCommon):
    def test_nobody_changes_them(self):
        self.given.answer = NO
        row = self.past()
        admin = new_test_user(self.env, "funnel_admin", "base.group_system")
        admin.group_ids += self.env.ref("sales_team.group_sale_manager")
        for rows in (row, row.with_user(self.manager), row.with_user(admin).sudo()):
            for change in (
                lambda rows=rows: rows.write({"evidence": "Nicer"}),
                rows.unlink,
                lambda rows=rows: rows.create({"lead_id": self.lead.id}),
                lambda rows=rows: rows.copy(),
            ):
                with self.assertRaisesRegex(UserError, "cannot be changed"):
                    change()
        for user in (self.rep, self.manager, admin):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.with_user(user).has_access(operation))
        once = row.with_context(**Recording(1).context())
        values = {"lead_id": self.lead.id, "replaced_date": "2020-01-01"}
        once.create([values])
        with self.assertRaises(UserError):
            once.create([values])

    def test_who_sees_them(self):
        theirs = self.answer(self.make_lead("Theirs", self.all_rep), self.metrics, YES)
        theirs.answer = self.given.answer = NO
        mine, past = self.past(), self.past() + self.past(theirs.lead_id)

        def seen(user):
            found = self.env["crm.qualification.answer.past"].with_user(user).search([])
            return set(found.ids)

        self.assert_seen_as_leads_are(seen, set(mine.ids), set(past.ids), set())
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.team.company_id = self.env.company
        self.manager.company_ids += elsewhere
        there = mine.with_user(self.manager).with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(there.search([]) & mine)

    def test_they_end_with_their_lead(self):
        self.given.answer = NO
        self.metrics.rule_ids.unlink()
        row = self.past()
        self.metrics.unlink()
        self.env.invalidate_all()
        self.assertEqual((row.criterion_id.id, row.criterion_name), (False, "Gain in figures"))
        self.lead.sudo().unlink()
        self.assertFalse(row.exists())

    def test_the_lead_tells_that_there_are_some(self):
        def told():
            self.lead.invalidate_recordset()
            return {each["id"]: each["earlier"] for each in self.lead.qualification_questions}

        self.assertEqual(told(), {self.metrics.id: 0, self.rival.id: 0})
        self.given.answer = NO
        self.given.with_user(self.manager).unlink()
        self.assertEqual(told(), {self.metrics.id: 2, self.rival.id: 0})

    def test_what_was_there_before_is_not_theirs_to_move(self):
        with self.assertRaises(AccessError):
            self.given._move_to_lead(self.make_lead("Theirs", self.all_rep).with_user(self.rep))
