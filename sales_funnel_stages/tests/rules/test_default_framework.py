from odoo.fields import Command
from odoo.tests import tagged

from ...tools.rulebook import ENFORCE, GUIDE, RECOMMENDED, REQUIRED
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    WON_ANSWERS,
    StageRuleCommon,
)

# what the default framework asks for, by the ends of the criteria's XML ids
RELATIONSHIP = ["relationship", "requirements", "engagement"]
TERMS = ["strong_need", "payment_terms", "supplier"]
CONTRACT = ["contract", "customer"]

WON, PARKED = {"is_won": True}, {"is_outside_pipeline": True}
STOCK = [("New", 1), ("Qualified", 2), ("Proposition", 3), ("Won", 70, WON)]
#: ``{what is special about the stages of a database: (the stages, which criteria they get)}``
SHAPES = {
    "stock": (
        STOCK,
        {"Qualified": RELATIONSHIP, "Proposition": TERMS, "Won": CONTRACT},
    ),
    "renamed": (
        [("Neu", 1), ("Won", 2), ("New", 3), ("Gewonnen", 70, WON)],
        {"Won": RELATIONSHIP, "New": TERMS, "Gewonnen": CONTRACT},
    ),
    "reordered": (
        [("New", 3), ("Qualified", 1), ("Proposition", 2), ("Won", 70, WON)],
        {"Proposition": RELATIONSHIP, "New": TERMS, "Won": CONTRACT},
    ),
    "many": (
        [*((f"Step {number}", number) for number in range(1, 8)), ("Won", 70, WON)],
        {"Step 2": RELATIONSHIP, "Step 7": TERMS, "Won": CONTRACT},
    ),
    "own ones": (
        [("Contact", 10), ("Offer", 20), ("Deal", 30, WON)],
        {"Offer": RELATIONSHIP, "Deal": [*TERMS, *CONTRACT]},
    ),
    "no stage": ([], {}),
    "one stage": ([("Everything", 1)], {}),
    "one open stage": (
        [("Open", 1), ("Won", 2, WON)],
        {"Won": [*RELATIONSHIP, *TERMS, *CONTRACT]},
    ),
    "only a won stage": (
        [("Won", 1, WON)],
        {"Won": [*RELATIONSHIP, *TERMS, *CONTRACT]},
    ),
    "no won stage": (
        STOCK[:3],
        {"Qualified": RELATIONSHIP, "Proposition": TERMS},
    ),
    "two stages and none won": (STOCK[:2], {"Qualified": RELATIONSHIP}),
    "one sequence": (
        [("First", 5), ("Second", 5), ("Third", 5), ("Won", 5, WON)],
        {"Second": RELATIONSHIP, "Third": TERMS, "Won": CONTRACT},
    ),
    "a stage behind Won": (
        [*STOCK, ("Lost", 80), ("On hold", 90)],
        {"Qualified": RELATIONSHIP, "Proposition": TERMS, "Won": CONTRACT},
    ),
    "Won before all others": (
        [("Won", 0, WON), *STOCK[:3]],
        {"Qualified": RELATIONSHIP, "Proposition": TERMS, "Won": CONTRACT},
    ),
    "a stage outside the pipeline": (
        [("New", 1), ("On hold", 2, PARKED), ("Next", 3), ("Last", 4), ("Won", 70, WON)],
        {"Next": RELATIONSHIP, "Last": TERMS, "Won": CONTRACT},
    ),
    "two won stages": (
        [*STOCK, ("Won again", 80, WON)],
        {"Qualified": RELATIONSHIP, "Proposition": TERMS, "Won": CONTRACT},
    ),
}

# what keeps a lead that meets everything from meeting one criterion
SPOILERS = {
    "need": {"need_level": "none"},
    "budget": {"budget_status": "none"},
    "timeframe": {"purchase_date": "2200-01-01"},
    "relationship": {"contact_role": "user"},
    "requirements": {"requirement_summary": False},
    "engagement": {"engagement_date": "2200-01-01"},
    "strong_need": {"need_level": "weak"},
    "payment_terms": {"payment_terms_status": False},
    "supplier": {"supplier_status": "in_place"},
    "contract": {"contract_status": "sent"},
    "customer": {"partner_id": False},
    "authority": {"contact_role": "user"},
    "contact": {"first_contact_date": "2200-01-01"},
}


@tagged("post_install", "-at_install")
class TestDefaultRules(StageRuleCommon, StageRuleAssertions):
    """Every rule of the default framework blocks what does not meet it, and nothing else."""

    def make_ready(self, rule, **spoiled):
        """Create a lead right before the gate of a rule, which meets all that it asks for.

        :return: the lead, and a function that moves it through the gate
        """
        values = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS)
        values = {**values, "partner_id": self.customer.id, **spoiled}
        if not rule.stage_id:
            lead = self.make_lead(**values)
            return lead, lambda: lead.convert_opportunity(lead.partner_id)
        stages = self.env["crm.stage"].search([])
        before = stages[stages.ids.index(rule.stage_id.id) - 1]
        lead = self.make_opportunity(stage=before, **values)
        return lead, lambda: lead.write({"stage_id": rule.stage_id.id})

    def test_each_required_rule_blocks_and_lets_pass(self):
        rules = self.framework.rule_ids.filtered(lambda rule: rule.tier == REQUIRED)
        self.assertEqual(len(rules), 11)
        names = {self.criterion(name): name for name in SPOILERS}
        for rule in rules:
            name = names[rule.criterion_id]
            with self.subTest(rule.display_name):
                lead, move = self.make_ready(rule, **SPOILERS[name])
                with self.assert_refused(lead, unmet=[name]):
                    move()
                lead, move = self.make_ready(rule)
                move()
                self.assert_moved(lead, rule.stage_id or self.stage_new)

    def test_each_recommended_rule_is_a_sign_and_no_condition(self):
        rules = self.framework.rule_ids.filtered(lambda rule: rule.tier == RECOMMENDED)
        names = {self.criterion(name): name for name in SPOILERS}
        self.assertEqual(
            {names[rule.criterion_id] for rule in rules}, {"authority", "contact", "requirements"}
        )
        for rule in rules:
            with self.subTest(rule.display_name):
                self.assertFalse(rule.stage_id)
                lead, move = self.make_ready(rule, **SPOILERS[names[rule.criterion_id]])
                line = {line["id"]: line for line in lead.qualification_checklist["lines"]}[
                    rule.criterion_id.id
                ]
                self.assertEqual((line["tier"], line["is_met"]), (RECOMMENDED, False))
                self.assertLess(lead.qualification_score, 100)
                move()
                self.assert_moved(lead, self.stage_new)

    def test_under_guide_no_rule_blocks(self):
        self.team.stage_rule_policy = GUIDE
        for rule in self.framework.rule_ids:
            with self.subTest(rule.display_name):
                lead = self.make_lead()
                if rule.stage_id:
                    lead.write({"type": "opportunity", "stage_id": rule.stage_id.id})
                else:
                    lead.convert_opportunity(self.customer)
                self.assert_moved(lead, rule.stage_id or self.stage_new)

    def test_each_answer_that_meets_a_criterion(self):
        """Each way to meet a criterion of which there are several."""
        role, met = self.criterion("authority"), self.criterion("relationship")
        budget = self.criterion("budget")
        key = {"contact_name": "Bo", "is_key_contact": True, "relationship": "champion"}
        today = self.answers({"first_contact_date": "today"})
        for criterion, values, is_met in [
            (role, {"contact_role": "buyer"}, True),
            (role, {"contact_role": "adviser"}, False),
            (role, {"stakeholder_ids": [Command.create({**key, "role": "buyer"})]}, True),
            (role, {"stakeholder_ids": [Command.create({**key, "role": "user"})]}, False),
            (met, {"stakeholder_ids": [Command.create(key)]}, True),
            (met, {"stakeholder_ids": [Command.create({**key, "relationship": "none"})]}, False),
            (met, {"stakeholder_ids": [Command.create({**key, "is_key_contact": False})]}, False),
            (met, {"contact_role": "buyer", **today}, True),
            (met, {"contact_role": "buyer"}, False),
            (met, {"contact_role": "influencer", **today}, False),
            (self.criterion("timeframe"), {"purchase_date": "2000-01-01"}, True),
            (self.criterion("supplier"), {"supplier_status": "under_review"}, True),
            (budget, {"budget_status": "estimated"}, True),
            (budget, {"budget_status": "confirmed"}, False),
            (budget, {"budget_status": "confirmed", "budget_amount": 1}, True),
            (budget, {"budget_status": "none", "budget_amount": 1}, False),
            (budget, {"budget_amount": 1}, False),
        ]:
            with self.subTest(criterion.name, **values):
                lead = self.make_lead(**values)
                unmet = lead._get_unmet_criteria(criterion.ids)[lead.id]
                self.assertEqual(criterion.id not in unmet, is_met)

    def test_each_criterion_says_what_to_do(self):
        for criterion in self.framework.criterion_ids:
            with self.subTest(criterion.name):
                self.assertGreater(len(criterion.guidance), 40)
                self.assertTrue(criterion.rule_ids, "a criterion that no rule uses")
                self.assertGreater(criterion.weight, 0)


@tagged("post_install", "-at_install")
class TestDefaultFrameworkBinding(StageRuleCommon, StageRuleAssertions):
    """The default framework binds to the stages that a database really has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.stage_rule_policy = GUIDE
        cls.other_team = cls.make_team("Others", GUIDE)

    def bind(self, *stages):
        """Bind the default framework to these stages alone.

        :param stages: ``(name, sequence)`` and maybe further values
        :return: ``{stage name: [criterion, …]}`` in pipeline order, required ones only
        """
        self.env["crm.stage.rule"].search([]).unlink()
        self.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        self.env["crm.stage"].search([]).unlink()
        for name, sequence, *values in stages:
            self.env["crm.stage"].create(
                {"name": name, "sequence": sequence, **(values[0] if values else {})}
            )
        self.framework._install_shipped("bant")
        rules = self.framework.rule_ids
        to_convert = rules.filtered(lambda rule: not rule.stage_id)
        self.assertEqual(
            to_convert.mapped(lambda rule: (rule.criterion_id, rule.tier)),
            [
                *((self.criterion(name), REQUIRED) for name in ("need", "budget", "timeframe")),
                *(
                    (self.criterion(name), RECOMMENDED)
                    for name in ("authority", "contact", "requirements")
                ),
            ],
        )
        names = {self.criterion(name): name for name in SPOILERS}
        bound = {}
        for rule in rules - to_convert:
            self.assertEqual(rule.tier, REQUIRED)
            bound.setdefault(rule.stage_id.name, []).append(names[rule.criterion_id])
        return bound

    def assert_works(self):
        """Assert that under guide people work as before, in whatever stages there are."""
        (self.team + self.other_team).stage_rule_policy = GUIDE
        for team in (self.team, self.other_team):
            stages = self.env["crm.stage"].search(
                ["|", ("team_ids", "=", False), ("team_ids", "in", team.ids)]
            )
            lead_model = self.env["crm.lead"].with_user(self.rep)
            values = {"user_id": self.rep.id, "team_id": team.id}
            lead = lead_model.create({"name": "A lead", "type": "lead", **values})
            self.assertFalse(lead.is_qualified)
            lead.convert_opportunity(self.customer)
            for stage in stages:
                lead.stage_id = stage
                self.assertTrue(lead.qualification_checklist["lines"])
                lead_model.create({"name": stage.name, "stage_id": stage.id, **values})
            opportunity = lead_model.create(
                {"name": "An opportunity", "type": "opportunity", **values}
            )
            if not opportunity.stage_id.is_won:
                opportunity.action_set_lost()
                opportunity.action_unarchive()
            if stages.filtered("is_won"):
                opportunity.action_set_won()
                self.assertEqual(opportunity.won_status, "won")

    def assert_first_stage_is_free(self):
        """Assert that a lead which meets the conversion rules can be converted, enforced."""
        for team in (self.team, self.other_team):
            team.stage_rule_policy = ENFORCE
            lead = self.make_lead(team_id=team.id, **self.answers(CONVERT_ANSWERS))
            lead.convert_opportunity(self.customer)
            self.assert_moved(lead)

    def test_the_stages_of_a_database(self):
        for name, (stages, expected) in SHAPES.items():
            with self.subTest(name):
                self.assertEqual(self.bind(*stages), expected)
                self.assert_works()
                # Odoo itself makes new leads in the stage with the lowest sequence
                if not self.env["crm.stage"].search([], limit=1).is_won:
                    self.assert_first_stage_is_free()

    def test_stages_of_teams_only(self):
        ours = {"team_ids": [Command.set(self.team.ids)]}
        theirs = {"team_ids": [Command.set(self.other_team.ids)]}
        won = {"is_won": True}
        self.assertEqual(
            self.bind(
                ("A", 1, ours), ("B", 2, ours), ("C", 3, ours), ("Done", 4, {**ours, **won}),
                ("X", 1, theirs), ("Y", 2, theirs), ("Gone", 4, {**theirs, **won}),
            ),
            {
                "B": RELATIONSHIP,
                "Y": RELATIONSHIP,
                "C": TERMS,
                "Gone": [*TERMS, *CONTRACT],
                "Done": CONTRACT,
            },
        )  # fmt: skip
        self.assert_works()
        self.assert_first_stage_is_free()

    def test_stages_of_teams_and_a_won_stage_for_all(self):
        ours = {"team_ids": [Command.set(self.team.ids)]}
        theirs = {"team_ids": [Command.set(self.other_team.ids)]}
        self.assertEqual(
            self.bind(
                ("A", 1, ours), ("B", 2, ours), ("C", 3, ours), ("Won", 70, {"is_won": True}),
                ("X", 1, theirs), ("Y", 2, theirs),
            ),
            {"B": RELATIONSHIP, "Y": RELATIONSHIP, "C": TERMS, "Won": [*TERMS, *CONTRACT]},
        )  # fmt: skip
        self.assert_works()
        self.assert_first_stage_is_free()

    def test_the_first_stage_of_one_team_is_a_later_one_of_another(self):
        ours = {"team_ids": [Command.set(self.team.ids)]}
        both = {"team_ids": [Command.set((self.team + self.other_team).ids)]}
        bound = self.bind(("A", 1, ours), ("B", 2, both), ("C", 3, both), ("D", 4, both))
        self.assertEqual(bound, {"C": RELATIONSHIP, "D": TERMS})
        self.assert_works()
        self.assert_first_stage_is_free()

    def test_with_leads_on_and_off(self):
        settings = self.env["res.config.settings"]
        for uses_leads in (True, False):
            with self.subTest(uses_leads=uses_leads):
                settings.create({"group_use_lead": uses_leads}).execute()
                self.assertEqual(
                    self.bind(("New", 1), ("Next", 2), ("Last", 3), ("Won", 4, {"is_won": True})),
                    {"Next": RELATIONSHIP, "Last": TERMS, "Won": CONTRACT},
                )
                self.assert_works()

    def test_every_company_follows_it(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertEqual(company.qualification_framework_id, self.framework)
        own = self.framework.copy({"company_id": company.id})
        company.qualification_framework_id = own
        bare = self.env["res.company"].create({"name": "Bare", "qualification_framework_id": False})
        self.framework.rule_ids.unlink()
        self.env["crm.qualification.framework"]._install_default()
        self.assertEqual(company.qualification_framework_id, own, "a choice is kept")
        self.assertEqual(bare.qualification_framework_id, self.framework)
