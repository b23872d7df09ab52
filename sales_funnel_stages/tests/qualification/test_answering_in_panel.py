from odoo.tests import tagged

from ..support.answering_common import AnsweringCommon


@tagged("post_install", "-at_install")
class TestAnsweringInPanel(AnsweringCommon):
    def test_which_lines_are_answered(self):
        self.env["crm.stage.rule"].create(
            {
                "framework_id": self.own.id,
                "criterion_id": self.env["crm.qualification.criterion"]
                .create(
                    {
                        "name": "By a filter",
                        "framework_id": self.own.id,
                        "domain": "[('qualification_answer_ids', '!=', False)]",
                    }
                )
                .id,
            }
        )
        lines = self.make_asked().qualification_checklist["lines"]
        self.assertEqual(
            {line["name"]: line["answered_in"] for line in lines},
            {
                "Gain in figures": "qualification_answer_ids",
                "Competition known": "qualification_answer_ids",
                "By a filter": False,
            },
        )
