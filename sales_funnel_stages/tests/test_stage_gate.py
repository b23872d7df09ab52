from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

from odoo.fields import Command
from odoo.tests import tagged

from ..tools.rulebook import ENFORCE, GUIDE, OFF, POLICIES
from .case import StageRuleAssertions
from .common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    PROPOSITION_ANSWERS,
    PROPOSITION_UNMET,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    WON_ANSWERS,
    WON_UNMET,
    StageRuleCommon,
)


class Door(NamedTuple):
    """A way in which a lead that meets nothing moves through a gate.

    ``start`` makes the record (None: the door creates it), ``pass_through`` takes the
    test and the record, and returns the record that came out; ``unmet`` is what the
    gate asks for, and ``stage`` names the fixture's stage in which it comes out.
    """

    name: str
    start: Callable | None
    pass_through: Callable
    stage: str
    unmet: list


def create(**values):
    """Return a door's ``pass_through`` that creates a record as the rep."""

    def pass_through(test, _lead):
        stage = values.get("stage")
        return (
            test.env["crm.lead"]
            .with_user(test.rep)
            .create(
                {
                    "name": test.door,
                    "type": "opportunity",
                    "team_id": test.team.id,
                    **({"stage_id": test[stage].id} if stage else {}),
                    **{name: value for name, value in values.items() if name != "stage"},
                }
            )
        )

    return pass_through


def call(method, *args):
    """Return a door's ``pass_through`` that calls a method of the record."""

    def pass_through(_test, lead):
        getattr(lead, method)(*args)
        return lead

    return pass_through


def write(stage=None, **values):
    """Return a door's ``pass_through`` that writes on the record."""

    def pass_through(test, lead):
        lead.write({**values, **({"stage_id": test[stage].id} if stage else {})})
        return lead

    return pass_through


def save_in_client(test, lead):
    """Drop a card on another column of the kanban, as the web client does."""
    lead.with_context(default_type="opportunity").web_save(
        {"stage_id": test.stage_won.id}, {"display_name": {}, "stage_id": {}}
    )
    return lead


def copy(test, lead):
    return lead.copy({"name": test.door})


def run_server_action(test, lead):
    action = test.env["ir.actions.server"].create(
        {
            "name": "To Qualified",
            "model_id": test.env["ir.model"]._get_id("crm.lead"),
            "state": "object_write",
            "evaluation_type": "value",
            "update_path": "stage_id",
            "resource_ref": f"crm.stage,{test.stage_qualified.id}",
        }
    )
    action.with_user(test.rep).with_context(
        active_model="crm.lead", active_id=lead.id, active_ids=lead.ids
    ).run()
    return lead


def lead(test):
    return test.make_lead(test.door)


def late_lead(test):
    return test.make_lead(test.door, stage_id=test.stage_qualified.id)


def opportunity(test):
    return test.make_opportunity(test.door)


def advanced(test):
    return test.make_opportunity(test.door, test.stage_proposition)


def won(test):
    return test.make_opportunity(test.door, test.stage_won)


def lost(test):
    lost = test.make_opportunity(test.door)
    lost.with_user(test.env.user).action_set_lost()
    return lost


def parked(test):
    return test.make_opportunity(test.door, test.stage_on_hold)


# what meets nothing is stopped here under "enforce", and only here
GATES = [
    Door("created as opportunity", None, create(), "stage_new", CONVERT_UNMET),
    Door(
        "created later on",
        None,
        create(stage="stage_qualified"),
        "stage_qualified",
        QUALIFIED_UNMET,
    ),
    Door("created won", None, create(stage="stage_won"), "stage_won", WON_UNMET),
    Door(
        "created a won lead", None, create(type="lead", stage="stage_won"), "stage_won", WON_UNMET
    ),
    Door("created on hold", None, create(stage="stage_on_hold"), "stage_on_hold", CONVERT_UNMET),
    Door("copied", opportunity, copy, "stage_new", CONVERT_UNMET),
    Door("converted", lead, call("convert_opportunity", False), "stage_new", CONVERT_UNMET),
    Door("type changed", lead, write(type="opportunity"), "stage_new", CONVERT_UNMET),
    Door(
        "converted late",
        late_lead,
        call("convert_opportunity", False),
        "stage_qualified",
        QUALIFIED_UNMET,
    ),
    Door("next stage", opportunity, write("stage_qualified"), "stage_qualified", QUALIFIED_UNMET),
    Door(
        "stage skipped",
        opportunity,
        write("stage_proposition"),
        "stage_proposition",
        PROPOSITION_UNMET,
    ),
    Door("marked won", opportunity, call("action_set_won"), "stage_won", WON_UNMET),
    Door(
        "marked won with a rainbow",
        opportunity,
        call("action_set_won_rainbowman"),
        "stage_won",
        WON_UNMET,
    ),
    Door("won by stage", opportunity, write("stage_won"), "stage_won", WON_UNMET),
    Door("dropped on Won", opportunity, save_in_client, "stage_won", WON_UNMET),
    Door("won from the last stage", advanced, call("action_set_won"), "stage_won", WON_UNMET),
    Door("lost, then won", lost, call("action_set_won"), "stage_won", WON_UNMET),
    Door(
        "restored later on",
        lost,
        write("stage_qualified", active=True),
        "stage_qualified",
        QUALIFIED_UNMET,
    ),
    Door("a lead marked won", lead, call("action_set_won"), "stage_won", WON_UNMET),
    Door(
        "on hold, then back", parked, write("stage_qualified"), "stage_qualified", QUALIFIED_UNMET
    ),
    Door("moved by an action", opportunity, run_server_action, "stage_qualified", QUALIFIED_UNMET),
]

# nobody is ever stopped here
FREE = [
    Door("created as lead", None, create(type="lead"), "stage_new", []),
    Door("back", advanced, write("stage_qualified"), "stage_qualified", []),
    Door("back from won", won, write("stage_new", probability=10), "stage_new", []),
    Door("same stage", advanced, write("stage_proposition"), "stage_proposition", []),
    Door("lost", advanced, call("action_set_lost"), "stage_proposition", []),
    Door("archived", advanced, call("action_archive"), "stage_proposition", []),
    Door("restored", lost, call("action_unarchive"), "stage_new", []),
    Door("restored by button", lost, call("action_restore"), "stage_new", []),
    Door("on hold", advanced, write("stage_on_hold"), "stage_on_hold", []),
    Door("a lead moved on", lead, write("stage_proposition"), "stage_proposition", []),
    Door("a lead lost", lead, call("action_set_lost"), "stage_new", []),
    Door("back to lead", advanced, write(type="lead"), "stage_proposition", []),
    Door("without a stage", advanced, write(stage_id=False), "stage_none", []),
    Door("certain", opportunity, write(probability=100), "stage_new", []),
    Door("nobody's", opportunity, write(user_id=False), "stage_new", []),
]


@tagged("post_install", "-at_install")
class TestStageGate(StageRuleCommon, StageRuleAssertions):
    """Every door, under every policy; and what the gate compares."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_on_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 50, "is_outside_pipeline": True}
        )
        cls.stage_none = cls.env["crm.stage"]

    def __getitem__(self, name):
        """Return what the fixture has under a name, for the doors."""
        return getattr(self, name)

    @contextmanager
    def at(self, door, **parameters):
        """Name the leads after the door, so that what fails says where."""
        self.door = door.name
        with self.subTest(door=door.name, **parameters):
            yield

    def assert_passes(self, door):
        came_out = door.pass_through(self, door.start and door.start(self))
        came_out.invalidate_recordset()
        self.assertEqual(came_out.stage_id, self[door.stage])

    def assert_stops(self, door):
        if door.start is None or door.pass_through is copy:
            expected = self.assert_creation_refused(self.door, unmet=door.unmet)
            record = door.start and door.start(self)
        else:
            record = door.start(self)
            expected = self.assert_refused(record, unmet=door.unmet)
        with expected:
            door.pass_through(self, record)

    def test_gates_under_enforce(self):
        for door in GATES:
            with self.at(door):
                self.assert_stops(door)

    def test_gates_under_guide_and_off(self):
        for policy in (GUIDE, OFF):
            self.team.stage_rule_policy = policy
            for door in GATES:
                with self.at(door, policy=policy):
                    self.assert_passes(door)

    def test_free_doors(self):
        for policy in POLICIES:
            self.team.stage_rule_policy = policy
            for door in FREE:
                with self.at(door, policy=policy):
                    self.assert_passes(door)

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
