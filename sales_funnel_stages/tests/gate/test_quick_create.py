from odoo.tests import Form, tagged

from ...tools.rulebook import ENFORCE, GUIDE, OFF, POLICIES
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    CONVERT_UNMET,
    QUALIFIED_ANSWERS,
    QUALIFIED_UNMET,
    StageRuleCommon,
)


@tagged("post_install", "-at_install")
class TestQuickCreate(StageRuleCommon, StageRuleAssertions):
    """Opportunities that are born in the pipeline, as in its kanban, with leads on and off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.team"].search([("id", "!=", cls.team.id)]).active = False
        cls.use_leads(True)
        cls.on_hold = cls.env["crm.stage"].create(
            {"name": "On hold", "sequence": 0, "is_outside_pipeline": True}
        )

    @classmethod
    def use_leads(cls, is_used):
        """Switch the setting "Leads", as an administrator does."""
        cls.env["res.config.settings"].create({"group_use_lead": is_used}).execute()

    def quick_create(self, name, stage, team=None):
        """Fill in the form of a kanban column, as the web client does."""
        form = Form(
            self.env["crm.lead"]
            .with_user(self.rep)
            .with_context(
                default_type="opportunity",
                default_stage_id=stage.id,
                default_team_id=(self.team if team is None else team).id,
            ),
            view="crm.quick_create_opportunity_form",
        )
        form.name = name
        return form.save()

    def test_without_leads(self):
        """An opportunity is born in its first stage; what it lacks is asked at its next move."""
        self.use_leads(False)
        self.assertTrue(self.team.is_free_start)
        for policy in POLICIES:
            with self.subTest(policy=policy):
                self.team.stage_rule_policy = policy
                opportunity = self.quick_create("Born", self.stage_new)
                self.assert_moved(opportunity, self.stage_new)
        with self.assert_refused(opportunity, unmet=QUALIFIED_UNMET):
            opportunity.stage_id = self.stage_qualified
        with self.assert_creation_refused("Born late", unmet=QUALIFIED_UNMET):
            self.quick_create("Born late", self.stage_qualified)
        born = self.env["crm.lead"].with_user(self.rep).create({"name": "Born by default"})
        self.assert_moved(born)

    def test_with_leads(self):
        """Whoever comes to be an opportunity passes the conversion."""
        self.use_leads(True)
        self.assertFalse(self.team.is_free_start)
        for policy in (OFF, GUIDE):
            self.team.stage_rule_policy = policy
            self.assert_moved(self.quick_create("Born", self.stage_new), self.stage_new)
            self.assert_moved(self.quick_create("Late", self.stage_qualified), self.stage_qualified)
        self.team.stage_rule_policy = ENFORCE
        with self.assert_creation_refused("Unknown", unmet=CONVERT_UNMET):
            self.quick_create("Unknown", self.stage_new)
        with self.assert_creation_refused("Unknown", unmet=QUALIFIED_UNMET):
            self.quick_create("Unknown", self.stage_qualified)
        lead = self.env["crm.lead"].with_user(self.rep).create({"name": "A lead by default"})
        self.assert_moved(lead, type_="lead")

    def test_a_team_that_chose_otherwise(self):
        """Each team may start freely, or not, whatever the setting."""
        self.use_leads(True)
        self.team.with_user(self.manager).is_free_start = True
        self.assert_moved(self.quick_create("Born", self.stage_new), self.stage_new)
        self.use_leads(False)
        self.team.is_free_start = False
        with self.assert_creation_refused("Unknown", unmet=CONVERT_UNMET):
            self.quick_create("Unknown", self.stage_new)

    def test_in_a_column_outside_the_pipeline(self):
        self.use_leads(False)
        self.assert_moved(self.quick_create("Parked", self.on_hold), self.on_hold)
        self.use_leads(True)
        with self.assert_creation_refused("Parked", unmet=CONVERT_UNMET):
            self.quick_create("Parked", self.on_hold)

    def test_where_the_first_stage_is_folded(self):
        """Free is the stage in which Odoo starts, which is not the folded one before it."""
        self.use_leads(False)
        self.on_hold.fold = self.stage_new.fold = True
        born = self.env["crm.lead"].with_user(self.rep).create({"name": "Born by default"})
        self.assert_moved(born, self.stage_qualified)
        with self.assert_creation_refused(
            "Born late", unmet=[*QUALIFIED_UNMET, "strong_need", "payment_terms", "supplier"]
        ):
            self.quick_create("Born late", self.stage_proposition)

    def test_without_a_team(self):
        """The company's policy counts, and free is who has no leads at all."""
        self.env.company.stage_rule_policy = ENFORCE
        no_team = self.env["crm.team"]
        self.env["crm.team"].search([]).member_ids = False
        self.rep.sale_team_id = False
        self.team.active = False
        self.use_leads(False)
        born = self.quick_create("Born", self.stage_new, no_team)
        self.assertFalse(born.team_id)
        self.assert_moved(born, self.stage_new)
        self.use_leads(True)
        with self.assert_creation_refused("Unknown", unmet=CONVERT_UNMET):
            self.quick_create("Unknown", self.stage_new, no_team)

    def test_by_name(self):
        """What a many2one field, or the kanban without its form, calls."""
        self.use_leads(True)
        model = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .with_context(
                default_type="opportunity",
                default_stage_id=self.stage_new.id,
                default_team_id=self.team.id,
            )
        )
        with self.assert_creation_refused("Unknown", unmet=CONVERT_UNMET):
            model.name_create("Unknown")
        self.use_leads(False)
        id_, _name = model.name_create("Born")
        self.assert_moved(model.browse(id_), self.stage_new)

    def test_what_is_known_already(self):
        """Answers that come as defaults count, as when a refused form is opened again."""
        self.use_leads(True)
        answers = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        opportunity = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .with_context(
                default_type="opportunity",
                default_stage_id=self.stage_qualified.id,
                default_team_id=self.team.id,
                **{f"default_{name}": value for name, value in answers.items()},
            )
            .create({"name": "Known"})
        )
        self.assert_moved(opportunity, self.stage_qualified)
