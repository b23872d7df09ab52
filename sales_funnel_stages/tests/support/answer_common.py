from freezegun import freeze_time

from odoo.fields import Command

from .common import StageRuleCommon


class AnswerCommon(StageRuleCommon):
    """The enforcing team follows a framework with criteria that are answered on the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["crm.qualification.framework"].create({"name": "Ours"})
        cls.team.framework_id = cls.own
        cls.metrics = cls.make_question("Gain in figures", answer_validity=1)
        cls.rival = cls.make_question("Competition known", is_undisclosed_met=True)

    @classmethod
    def make_question(cls, name, stage=None, **values):
        """Create a criterion that is answered on the lead, required to convert by default."""
        criterion = cls.env["crm.qualification.criterion"].create(
            {"name": name, "framework_id": cls.own.id, "check_by": "answer", **values}
        )
        cls.env["crm.stage.rule"].create(
            {
                "framework_id": cls.own.id,
                "criterion_id": criterion.id,
                "stage_id": stage and stage.id,
            }
        )
        return criterion

    @classmethod
    def answer(cls, lead, criterion, answer, day=None, **values):
        """Answer a criterion on a lead, today or at noon of some day (UTC)."""
        vals = {
            "lead_id": lead.id,
            "criterion_id": criterion.id,
            "answer": answer,
            **values,
        }
        model = cls.env["crm.qualification.answer"].with_user(lead.env.user)
        if not day:
            return model.create(vals)
        with freeze_time(f"{day} 12:00:00"):
            return model.create(vals)

    @classmethod
    def answered(cls, **answers):
        """Return commands that answer criteria of the framework, by the names above."""
        return [
            Command.create({"criterion_id": getattr(cls, name).id, "answer": answer})
            for name, answer in answers.items()
        ]

    def unmet(self, lead):
        """Return which of the framework's criteria a lead does not meet."""
        unmet = lead._get_unmet_criteria(self.own.criterion_ids.ids)[lead._ids[0]]
        return self.own.criterion_ids.browse(sorted(unmet))
