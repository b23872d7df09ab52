from odoo.tests import tagged

from ...tools.answers import NO, UNDISCLOSED, YES
from ..support.answer_common import AnswerCommon


@tagged("post_install", "-at_install")
class TestAnswerMerge(AnswerCommon):
    """A merge keeps the answers of the lead that is left, and fills what is missing there."""

    def merge(self, *answers_by_lead):
        leads = self.env["crm.lead"].with_user(self.rep)
        for number, answers in enumerate(answers_by_lead):
            make = self.make_lead if number else self.make_opportunity
            lead = make(f"Lead {number}")
            leads += lead
            for name, (answer, day, evidence) in answers.items():
                self.answer(lead, getattr(self, name), answer, day, evidence=evidence)
        merged = leads.with_user(self.rep).merge_opportunity()
        self.assertEqual(merged, leads[0])
        return merged

    def kept(self, merged):
        return {
            answer.criterion_id: (answer.answer, str(answer.date or ""), answer.evidence)
            for answer in merged.qualification_answer_ids
        }

    def test_what_is_kept(self):
        merged = self.merge(
            {"metrics": (NO, "2026-01-01", "The boss")},
            {"metrics": (YES, "2026-02-01", "Ann"), "rival": (NO, "2026-01-01", "Bob")},
            {"rival": (UNDISCLOSED, "2026-02-01", "Cy")},
        )
        self.assertEqual(
            self.kept(merged),
            {
                self.metrics: (NO, "2026-01-01", "The boss"),
                self.rival: (UNDISCLOSED, "2026-02-01", "Cy"),
            },
        )
        self.assertEqual(merged.qualification_answer_ids.user_id, self.rep)
        body = "".join(merged.message_ids.mapped("body"))
        self.assertIn("Gain in figures", body)
        self.assertIn("Yes – Ann", body)

    def test_notes_without_an_answer_are_kept(self):
        """Where there is an answer by somebody, with what was noted before."""
        merged = self.merge(
            {"metrics": (False, None, "To be asked in May")},
            {"metrics": (YES, "2026-02-01", "Ann"), "rival": (False, None, "Bob knows")},
            {"metrics": (False, None, "Nothing new")},
        )
        self.assertEqual(
            self.kept(merged),
            {
                self.metrics: (YES, "2026-02-01", "Ann"),
                self.rival: (False, "", "Bob knows"),
            },
        )
