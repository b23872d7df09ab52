from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...tools.answers import NO, YES
from ...tools.rulebook import ENFORCE
from ..support.answer_common import AnswerCommon


@tagged("post_install", "-at_install")
class TestAnswerAccess(AnswerCommon):
    """Whoever may read or change a lead may do so with its answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.my_lead = cls.make_lead("Mine")
        cls.their_lead = cls.make_lead("Theirs", cls.all_rep)
        cls.mine, cls.theirs = (
            cls.answer(lead, cls.metrics, YES) for lead in (cls.my_lead, cls.their_lead)
        )

    def test_a_rep_has_those_of_their_leads(self):
        model = self.env["crm.qualification.answer"].with_user(self.rep)
        self.assertEqual(model.search([("criterion_id", "=", self.metrics.id)]), self.mine)
        theirs = self.theirs.with_user(self.rep)
        mine = self.mine.with_user(self.rep)
        for forbidden in (
            lambda: theirs.read(["answer"]),
            lambda: theirs.write({"answer": NO}),
            lambda: theirs.unlink(),
            lambda: self.answer(self.their_lead.with_user(self.rep), self.rival, YES),
            lambda: mine.write({"lead_id": self.their_lead.id, "criterion_id": self.rival.id}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                forbidden()
        mine.answer = NO
        mine.unlink()

    def test_others(self):
        for user in (self.all_rep, self.manager):
            found = self.env["crm.qualification.answer"].with_user(user).search([])
            self.assertEqual(found & (self.mine + self.theirs), self.mine + self.theirs)

    def test_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.team.company_id = self.env.company
        self.assertEqual(self.my_lead.sudo().company_id, self.env.company)
        self.manager.company_ids += elsewhere
        model = self.env["crm.qualification.answer"].with_user(self.manager)
        there = model.with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(there.search([]) & self.mine)
        self.assertIn(self.mine, model.search([]))


@tagged("post_install", "-at_install")
class TestAnswerQueries(AnswerCommon):
    """Who has no criterion in force that is answered on the lead pays nothing for them."""

    def count(self, run):
        self.env.flush_all()
        self.env.invalidate_all()
        run()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def make_batch(self, size, **values):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "user_id": self.rep.id,
                    "qualification_answer_ids": self.answered(metrics=YES, rival=YES),
                    **values,
                }
                for number in range(size)
            ]
        )

    def test_the_number_of_queries_does_not_grow(self):
        batches = {size: self.make_batch(size).with_user(self.rep) for size in (5, 50)}
        for name, run in {
            "read": lambda leads: leads.mapped("is_qualified"),
            "questions": lambda leads: leads.mapped("qualification_questions"),
            "move": lambda leads: (
                leads.write({"stage_id": self.stage_qualified.id}),
                leads.write({"stage_id": self.stage_new.id}),
            ),
            "answer": lambda leads: leads.qualification_answer_ids.write({"answer": YES}),
        }.items():
            counted = {
                size: self.count(lambda run=run, leads=leads: run(leads))
                for size, leads in batches.items()
            }
            with self.subTest(name):
                self.assertEqual(counted[5], counted[50])

    def test_who_has_none_pays_nothing(self):
        leads = self.make_batch(5, qualification_answer_ids=False).with_user(self.rep)
        self.team.stage_rule_policy = ENFORCE
        self.team.framework_id = self.framework
        self.env.flush_all()
        self.env.invalidate_all()
        asked = []
        execute = type(self.env.cr).execute

        def listen(cursor, query, *args, **kwargs):
            asked.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", listen)
        leads.mapped("is_qualified")
        leads.mapped("qualification_questions")
        leads.with_user(self.env.ref("base.user_root")).write({"stage_id": self.stage_qualified.id})
        self.env.flush_all()
        self.assertTrue(asked)
        # which leads have any is asked with what else of that kind there may be
        own = [
            query
            for query in asked
            if "qualification_answer" in query and "crm_lead_stakeholder" not in query
        ]
        self.assertFalse(own)
