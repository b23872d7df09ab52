from datetime import date

from odoo.fields import Command

from ...tools.answers import YES
from .answer_common import AnswerCommon
from .case import StageRuleAssertions
from .conversion_form import ConversionForm

REASON = "They sign on paper"


class AnsweringCommon(AnswerCommon, StageRuleAssertions):
    """Leads of whose questions one was answered long ago, and wizards that take answers."""

    def make_asked(self, **values):
        """Create a lead on which “Gain in figures” was answered by the manager, long ago."""
        lead = self.make_lead("Desks", **values)
        self.old = self.answer(
            lead.with_user(self.manager), self.metrics, YES, "2020-03-31", evidence="A report"
        )
        return lead

    def give(self, form, criterion, answer, evidence=False):
        """Give an answer that nobody has given yet, in the dialog of a move or of a conversion."""
        values = {"criterion_id": criterion.id, "answer": answer, "evidence": evidence}
        if isinstance(form, ConversionForm):
            self._answer_in(form, Command.create(values))
            return
        with form.qualification_answer_ids.new() as line:
            line.criterion_id = criterion
            line.answer = answer
            line.evidence = evidence

    def renew(self, form, answer=YES):
        """Answer anew there what was answered long ago."""
        # as the form signs it meanwhile
        values = {"answer": answer, "date": date.today(), "user_id": form._env.uid}
        self._answer_in(form, Command.update(self.old.id, values))

    def _answer_in(self, form, command):
        [values] = form._values["filled_lead_ids"].to_list_of_vals()
        given = values.get("qualification_answer_ids", [])
        form.fill_in(qualification_answer_ids=[*given, command])

    def assert_answers(self, lead, **expected):
        """Assert what is answered on a lead, by the names of the criteria."""
        lead.env.flush_all()
        lead.invalidate_recordset()
        answers = {each.criterion_id: each.answer for each in lead.qualification_answer_ids}
        self.assertEqual(answers, {getattr(self, name): value for name, value in expected.items()})

    def assert_old(self, lead, **others):
        """Assert that the old answer is as it was, and what else is answered."""
        self.assert_answers(lead, metrics=YES, **others)
        self.assertEqual(
            (self.old.date, self.old.user_id, self.old.evidence),
            (date(2020, 3, 31), self.manager, "A report"),
        )

    def assert_met(self, checklist, **expected):
        """Assert what a checklist says of criteria, by their names."""
        lines = {line["id"]: line for line in checklist["lines"]}
        for name, is_met in expected.items():
            with self.subTest(name):
                line = lines[getattr(self, name).id]
                self.assertEqual(line["is_met"], is_met)
                self.assertEqual(line["answered_in"], "qualification_answer_ids")
