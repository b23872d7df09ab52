from odoo.tests import tagged

from ...tools.rulebook import GUIDE
from ...tools.shipped_rules import SHIPPED_RULES
from ..rules.test_shipped_frameworks import ShippedCommon
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon
from ..support.pages import read_table


@tagged("post_install", "-at_install")
class TestCopy(LeadsInUseCommon, ShippedCommon, StageRuleAssertions):
    """A copy starts where it can be, as what comes in by itself does."""

    def make_known(self, **values):
        """Make an opportunity of which all is known, as OdooBot."""
        lead = self.make_opportunity(**{**self.answers(CONVERT_ANSWERS), **values})
        answered = lead.env["crm.qualification.criterion"]._get_answered_ids()
        lead.sudo().qualification_answer_ids = [
            (0, 0, {"criterion_id": id_, "answer": "yes"}) for id_ in answered
        ]
        return lead

    def test_every_shipped_framework(self):
        """Answers were given in one deal; what they would tell, the note says."""
        head = "framework", "the copy of an opportunity of which all is known"
        told = dict(read_table("DOORS.md", *head))
        found = {}
        for name in SHIPPED_RULES:
            if name != "bant":
                self.follow(name)
            framework = self.shipped(name)
            with self.subTest(framework.name):
                lead = self.make_known()
                copy = lead.copy()
                self.assert_moved(copy, self.stage_new, copy.type)
                self.assertFalse(copy.qualification_answer_ids)
                self.assert_step(copy, direction="created", verdict="passed")
                said = "".join(copy.message_ids.mapped("body"))
                is_noted = "Not met" in said
                found[framework.name] = copy.type + (", with a note" if is_noted else "")
        self.assertEqual(found, told)

    def test_several(self):
        """Each starts where it can, in the order of what is copied."""
        known, unknown, last = (
            self.make_known(name="One"),
            self.make_opportunity("Two"),
            self.make_known(name="Three"),
        )
        copies = (known + unknown + last).copy()
        self.assertEqual(copies.mapped("type"), ["opportunity", "lead", "opportunity"])
        self.assertEqual([name[:3] for name in copies.mapped("name")], ["One", "Two", "Thr"])

    def test_where_it_is_to_start_is_said(self):
        lead = self.make_opportunity("Two")
        for default in ({"type": "opportunity"}, {"stage_id": self.stage_qualified.id}):
            with self.subTest(**default), self._swallowed_refusal():
                lead.copy(default)
        self.assertEqual(lead.copy({"type": "lead"}).type, "lead")

    def test_where_nobody_is_held_back(self):
        self.team.stage_rule_policy = GUIDE
        self.assertEqual(self.make_opportunity("Two").copy().type, "opportunity")
