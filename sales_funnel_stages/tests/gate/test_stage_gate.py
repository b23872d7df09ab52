from odoo.fields import Command
from odoo.tests import tagged

from ...tools.rulebook import ENFORCE, GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_ANSWERS,
    PROPOSITION_UNMET,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    WON_ANSWERS,
    StageRuleCommon,
)


@tagged("post_install", "-at_install")
class TestStageGate(StageRuleCommon, StageRuleAssertions):
    """What the gate compares, and in which order (for the doors themselves see `test_doors`)."""

    def test_what_qualifies_goes_all_the_way(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        lead.convert_opportunity(self.customer)
        self.assert_moved(lead, self.stage_new)
        lead.write(self.answers(QUALIFIED_ANSWERS))
        lead.stage_id = self.stage_qualified
        lead.write(self.answers(PROPOSITION_ANSWERS))
        lead.stage_id = self.stage_proposition
        lead.write(self.answers(WON_ANSWERS))
        lead.action_set_won()
        self.assert_moved(lead, self.stage_won)
        self.assertEqual(lead.won_status, "won")

    def test_filling_and_moving_in_one_save(self):
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        opportunity.write({**self.answers(QUALIFIED_ANSWERS), "stage_id": self.stage_qualified.id})
        self.assert_moved(opportunity, self.stage_qualified)

    def test_emptying_and_moving_in_one_save(self):
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        with self.assert_refused(opportunity, unmet=["engagement"]):
            opportunity.write({"engagement_date": False, "stage_id": self.stage_qualified.id})
        self.assertTrue(opportunity.engagement_date)

    def test_creating_with_answers_and_stakeholders(self):
        opportunity = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .create(
                {
                    "name": "Known already",
                    "type": "opportunity",
                    "team_id": self.team.id,
                    "stage_id": self.stage_qualified.id,
                    **self.answers(CONVERT_ANSWERS),
                    "requirement_summary": "Forty seats",
                    **self.answers({"engagement_date": "today"}),
                    "stakeholder_ids": [
                        Command.create(
                            {
                                "contact_name": "Ada",
                                "is_key_contact": True,
                                "relationship": "champion",
                            }
                        )
                    ],
                }
            )
        )
        self.assert_moved(opportunity, self.stage_qualified)

    def test_skipping_a_stage_skips_no_rule(self):
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS, PROPOSITION_ANSWERS))
        with self.assert_refused(opportunity, unmet=["relationship", "requirements", "engagement"]):
            opportunity.stage_id = self.stage_proposition

    def test_what_is_recommended_is_not_asked_for(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        self.assertFalse(lead.contact_role or lead.first_contact_date)
        lead.convert_opportunity(False)
        self.assert_moved(lead, self.stage_new)

    def test_all_of_a_batch_is_named(self):
        good = self.make_opportunity("Good", **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS))
        bad = self.make_opportunity("Bad", **self.answers(CONVERT_ANSWERS))
        worse = self.make_opportunity("Worse")
        with self.assert_refused(bad + worse, unmet=QUALIFIED_UNMET) as caught:
            (good + bad + worse).write({"stage_id": self.stage_qualified.id})
        self.assert_moved(good, self.stage_new)
        self.assertEqual(
            [refusal["index"] for refusal in caught.exception.refusals],
            [1, 2],
            "clients find a lead by its place in the batch",
        )

    def test_all_of_a_batch_that_is_converted_is_named(self):
        good = self.make_lead("Good", **self.answers(CONVERT_ANSWERS))
        bad = self.make_lead("Bad", need_level="weak")
        worse = self.make_lead("Worse")
        with self.assert_refused(bad + worse, unmet=CONVERT_UNMET):
            (good + bad + worse).convert_opportunity(self.customer)
        self.assert_moved(good, type_="lead")
        self.assertFalse(good.partner_id)

    def test_all_of_a_batch_that_is_created_is_named(self):
        with self.assert_creation_refused("Bad", unmet=CONVERT_UNMET) as caught:
            self.env["crm.lead"].with_user(self.rep).create(
                [
                    {"name": name, "type": "opportunity", "team_id": self.team.id, **values}
                    for name, values in [
                        ("Good", self.answers(CONVERT_ANSWERS)),
                        ("Bad", {"need_level": "weak"}),
                        ("Worse", {}),
                    ]
                ]
            )
        self.assertEqual(
            [refusal["lead_name"] for refusal in caught.exception.refusals], ["Bad", "Worse"]
        )
        self.assertFalse(self.env["crm.lead"].search([("name", "=", "Good")]))

    def test_reordered_stages(self):
        """The pipeline is as it is ordered now, also for deals that are under way."""
        opportunity = self.make_opportunity(
            **self.answers(CONVERT_ANSWERS), stage=self.stage_qualified
        )
        self.stage_proposition.with_user(self.manager).sequence = 0
        opportunity.stage_id = self.stage_proposition
        self.assert_moved(opportunity, self.stage_proposition)
        with self.assert_refused(
            opportunity,
            unmet=["relationship", "requirements", "engagement", *PROPOSITION_UNMET[6:]],
        ):
            opportunity.stage_id = self.stage_qualified

    def test_stages_of_one_sequence(self):
        """A stage that was added in the kanban is tied with the first; the older one is first."""
        added = self.env["crm.stage"].with_user(self.manager).create({"name": "Added"})
        self.assertEqual(added.sequence, self.stage_new.sequence)
        self.env["crm.stage.rule"].create(
            {
                "framework_id": self.framework.id,
                "criterion_id": self.criterion("contact").id,
                "stage_id": added.id,
            }
        )
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        with self.assert_refused(opportunity, unmet=["contact"]):
            opportunity.stage_id = added
        opportunity.first_contact_date = "2026-01-01"
        opportunity.stage_id = added
        opportunity.stage_id = self.stage_new
        self.assert_moved(opportunity, self.stage_new)

    def test_a_won_stage_before_others_is_last(self):
        self.stage_won.sequence = 0
        opportunity = self.make_opportunity(
            **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, WON_ANSWERS),
            partner_id=self.customer.id,
        )
        with self.assert_refused(opportunity, unmet=["strong_need", "payment_terms", "supplier"]):
            opportunity.stage_id = self.stage_won

    def test_a_stage_becomes_a_won_one(self):
        """It wins the deals in it: they have to meet what being won asks for."""
        unmet = self.make_opportunity(
            "Not signed", self.stage_qualified, **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        )
        stage = self.stage_qualified.with_user(self.manager)
        with self.assert_refused(unmet, unmet=["strong_need", "payment_terms", "supplier"]):
            stage.is_won = True
        self.assertFalse(stage.is_won)
        with self.assert_refused(unmet, unmet=["strong_need", "payment_terms", "supplier"]):
            # the rules as they were before count again
            unmet.stage_id = self.stage_proposition
        unmet.write(self.answers(PROPOSITION_ANSWERS))
        stage.is_won = True
        self.assertEqual(unmet.won_status, "won")
        stage.is_won = False
        self.assertEqual(unmet.won_status, "pending")

    def test_a_team_is_deleted(self):
        opportunity = self.make_opportunity(stage=self.stage_qualified)
        other = self.make_opportunity("Other")
        self.env.company.stage_rule_policy = GUIDE
        self.team.with_user(self.manager).unlink()
        self.env.invalidate_all()
        self.assertFalse(opportunity.team_id)
        self.assert_moved(opportunity, self.stage_qualified)
        # the company's policy counts from now on
        other.stage_id = self.stage_qualified
        self.assert_moved(other, self.stage_qualified)
        self.env.company.stage_rule_policy = ENFORCE
        with self.assert_refused(other, unmet=PROPOSITION_UNMET):
            other.stage_id = self.stage_proposition

    def test_a_mixed_batch(self):
        """One write, two teams: only what an enforcing team has is held back."""
        guided = self.make_team("Guided", GUIDE)
        free = self.make_opportunity("Free", team_id=guided.id)
        held = self.make_opportunity("Held")
        with self.assert_refused(held, unmet=QUALIFIED_UNMET):
            (free + held).write({"stage_id": self.stage_qualified.id})
        self.assert_moved(free, self.stage_new)
        free.write({"stage_id": self.stage_qualified.id})
        self.assert_moved(free, self.stage_qualified)
