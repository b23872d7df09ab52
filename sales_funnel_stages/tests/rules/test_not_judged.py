from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...tools.rulebook import ENFORCE, GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, StageRuleCommon

FRAMEWORK_LOGGER = "odoo.addons.sales_funnel_stages.models.rules.rulebook"


@tagged("post_install", "-at_install")
class TestNotJudged(StageRuleCommon, StageRuleAssertions):
    """What cannot be evaluated holds nobody, and is not said to have passed."""

    def break_criterion(self, criterion, domain="[('x_uninstalled', '=', 5)]"):
        """Damage a criterion, as an addon does that is uninstalled."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_qualification_criterion SET domain = %s WHERE id = %s",
                domain,
                criterion.id,
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        return self.assertLogs(FRAMEWORK_LOGGER, "ERROR")

    def test_a_broken_criterion_is_not_judged(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with self.break_criterion(self.criterion("need")):
            lead.with_user(self.rep).convert_opportunity(self.customer)
        row = lead.transition_ids[0]
        self.assertEqual((row.verdict, row.policy), ("not_judged", ENFORCE))
        said = {each["id"]: each["met"] for each in row.receipt}
        self.assertIsNone(said[self.criterion("need").id])
        self.assertIs(said[self.criterion("budget").id], True)
        self.assertFalse(row.unmet_criterion_ids)
        self.assertFalse(row.missing)
        # a free move has nothing to be judged
        lead.with_user(self.rep).action_set_lost()
        self.assertEqual(lead.transition_ids[0].verdict, "passed")

    def test_a_guided_move_is_not_judged_either(self):
        self.team.stage_rule_policy = GUIDE
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with self.break_criterion(self.criterion("need")):
            lead.with_user(self.rep).convert_opportunity(self.customer)
        self.assertEqual(lead.transition_ids[0].verdict, "not_judged")

    def test_nothing_is_to_be_judged_where_nothing_is_asked(self):
        self.team.stage_rule_policy = OFF
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with self.break_criterion(self.criterion("need")):
            lead.with_user(self.rep).convert_opportunity(self.customer)
        self.assertEqual(lead.transition_ids[0].verdict, "passed")

    def test_what_is_only_recommended_or_later_does_not_count(self):
        for name in ("authority", "strong_need"):
            with self.subTest(name):
                lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
                with self.break_criterion(self.criterion(name)):
                    lead.with_user(self.rep).convert_opportunity(self.customer)
                self.assertEqual(lead.transition_ids[0].verdict, "passed")

    def test_what_else_is_missing_is_refused_all_the_same(self):
        lead = self.make_lead()
        with self.break_criterion(self.criterion("need")):
            with self.assert_refused(lead, unmet=["budget", "timeframe"]):
                lead.with_user(self.rep).convert_opportunity(self.customer)

    def test_the_worth_of_a_criterion_counts_nothing_that_was_not_judged(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with self.break_criterion(self.criterion("need")):
            lead.with_user(self.rep).convert_opportunity(self.customer)
        self.env.flush_all()
        worth = self.env["crm.criterion.worth"].search([("lead_id", "=", lead.id)])
        self.assertIn(self.criterion("budget"), worth.criterion_id)
        self.assertNotIn(self.criterion("need"), worth.criterion_id)

    def test_managers_see_what_is_not_judged(self):
        need, team = self.criterion("need"), self.team.with_user(self.manager)
        self.assertFalse(team.stage_rule_fault)
        with self.break_criterion(need):
            self.assertIn("“Need identified” is not judged", team.stage_rule_fault)
        self.assertIn("no field “x_uninstalled”", team.stage_rule_fault)
        self.assertIn("no field “x_uninstalled”", need.with_user(self.manager).fault)
        self.assertFalse(self.criterion("budget").fault)
        company = self.env.company.with_user(self.manager)
        self.assertIn("“Need identified”", company.stage_rule_fault)
        self.team.stage_rule_policy = OFF
        self.assertFalse(team.stage_rule_fault)
        need.domain = "[('need_level', '!=', False)]"
        self.env.invalidate_all()
        self.assertFalse(need.fault)
        self.assertFalse(company.stage_rule_fault)

    def take_framework(self):
        """Leave the team that enforces without a framework, as nobody can who goes through Odoo."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET qualification_framework_id = NULL WHERE id = %s",
                self.env.company.id,
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_without_a_framework_nothing_is_judged(self):
        lead = self.make_lead()
        self.take_framework()
        self.assertIn("nothing is judged", self.team.with_user(self.manager).stage_rule_fault)
        lead.with_user(self.rep).convert_opportunity(self.customer)
        self.assertEqual(lead.transition_ids[0].verdict, "not_judged")
        # nobody has promised anything
        self.env.cr.execute(
            SQL("UPDATE crm_team SET stage_rule_policy = 'guide' WHERE id = %s", self.team.id)
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.team.stage_rule_fault)
        lead.stage_id = self.stage_qualified
        self.assertEqual(lead.transition_ids[0].verdict, "passed")

    def test_after_an_update_what_is_not_judged_is_named(self):
        """As the script of 19.0.6.0.0 does."""
        criterion_model = self.env["crm.qualification.criterion"]
        channel = self.env.ref("mail.channel_admin")
        known = channel.message_ids
        criterion_model._suspend_unreadable()
        criterion_model._tell_not_judged()
        self.assertEqual(channel.message_ids, known)
        self.assertFalse(criterion_model.search([("is_suspended", "=", True)]))
        need, budget = self.criterion("need"), self.criterion("budget")
        need.with_user(self.manager).domain = "[('campaign_id.title', '=', 'x')]"
        need.flush_recordset()
        self.env["ir.model.access"].search([("model_id.model", "=", "utm.campaign")]).active = False
        with self.break_criterion(budget, "[('message_ids.body', 'ilike', 'x')]"):
            self.env["crm.qualification.framework"]._get_criteria()
            criterion_model._suspend_unreadable()
            criterion_model._tell_not_judged()
            self.env["crm.qualification.framework"]._get_criteria()
        self.assertEqual(criterion_model.search([("is_suspended", "=", True)]), need)
        body = str((channel.message_ids - known).body)
        self.assertIn("Need identified (BANT)", body)
        self.assertIn("Budget known (BANT): criteria may not look at", body)
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        lead.with_user(self.rep).convert_opportunity(self.customer)
        self.assertEqual(lead.transition_ids[0].verdict, "not_judged")


@tagged("post_install", "-at_install")
class TestGround(StageRuleCommon, StageRuleAssertions):
    """What a rule stands on is not taken away by somebody who knows nothing of it."""

    def test_who_enforces_follows_a_framework(self):
        with self.assertRaises(ValidationError) as caught:
            self.env.company.qualification_framework_id = False
        self.assertIn("enforces", str(caught.exception))
        self.team.stage_rule_policy = GUIDE
        self.env.company.qualification_framework_id = False
        with self.assertRaises(ValidationError) as caught:
            self.team.with_user(self.manager).stage_rule_policy = ENFORCE
        self.assertIn("“Enforcers” enforces", str(caught.exception))
        with self.assertRaises(ValidationError):
            self.make_team("Strict", ENFORCE)
        with self.assertRaises(ValidationError):
            self.env.company.stage_rule_policy = ENFORCE
        self.team.framework_id = self.framework
        self.team.stage_rule_policy = ENFORCE
        with self.assertRaises(ValidationError) as caught:
            self.team.with_user(self.manager).framework_id = False
        self.assertIn("“Enforcers” enforces", str(caught.exception))

    def use_property(self):
        self.team.lead_properties_definition = [
            {"name": "aaaa", "string": "Motto", "type": "char"},
            {
                "name": "bbbb",
                "string": "Size",
                "type": "selection",
                "selection": [["small", "Small"], ["large", "Large"]],
            },
            {"name": "cccc", "string": "Seats", "type": "integer"},
        ]
        need = self.criterion("need")
        need.domain = (
            "['|', ('lead_properties.aaaa', '=', 'Onwards'), "
            "('lead_properties.bbbb', '=', 'large')]"
        )

    def test_a_property_that_a_criterion_uses_stays(self):
        self.use_property()
        motto, size, seats = self.team.lead_properties_definition
        small = {**size, "selection": [["small", "Small"]]}
        lead = self.make_lead()
        for definition in ([], [size, seats], [motto, small], [{**motto, "type": "date"}, size]):
            with self.subTest(definition):
                with self.assertRaises(UserError) as caught:
                    self.team.with_user(self.manager).lead_properties_definition = definition
                self.assertIn("“Need identified” of “BANT”: Become", str(caught.exception))
        with self.assertRaises(UserError):
            # as the form of a lead does
            lead.with_user(self.manager).lead_properties = [
                {**motto, "value": False, "definition_deleted": True},
                {**size, "value": False},
            ]
        with self.assertRaises(UserError):
            self.team.with_user(self.manager).unlink()
        self.team.with_user(self.manager).lead_properties_definition = [size, motto]
        self.criterion("need").domain = "[('lead_properties.bbbb', '=', 'large')]"
        self.team.with_user(self.manager).lead_properties_definition = [size]

    def test_a_property_that_another_team_has_may_go(self):
        self.use_property()
        other = self.make_team("Other", GUIDE)
        other.lead_properties_definition = self.team.lead_properties_definition
        self.team.lead_properties_definition = []
        with self.assertRaises(UserError):
            other.unlink()

    def test_a_broken_criterion_holds_no_property(self):
        self.use_property()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_qualification_criterion SET domain = %s WHERE id = %s",
                "[('lead_properties.aaaa', '=', 'x'), ('x_gone', '=', 5)]",
                self.criterion("need").id,
            )
        )
        self.env.invalidate_all()
        with self.assertLogs(FRAMEWORK_LOGGER, "ERROR"):
            self.team.lead_properties_definition = []
            self.env.registry.clear_cache()
            self.env["crm.qualification.framework"]._get_criteria()

    def test_a_value_of_a_custom_field_stays(self):
        field = self.make_custom_field(
            "x_size",
            "selection",
            selection_ids=[
                Command.create({"value": value, "name": value}) for value in ("s", "m", "l")
            ],
        )
        self.criterion("need").domain = "[('x_size', 'in', ['m', 'l'])]"
        small, medium, _large = field.selection_ids
        for change in (
            lambda: medium.unlink(),
            lambda: medium.write({"value": "medium"}),
            lambda: field.write({"selection_ids": [Command.unlink(medium.id)]}),
            lambda: field.write({"store": False, "compute": "", "depends": ""}),
            lambda: field.unlink(),
        ):
            with self.assertRaises(UserError) as caught:
                change()
            self.assertIn("Need identified", str(caught.exception))
            # what was undone is undone in memory, too
            self.env.registry._setup_models__(self.env.cr)
        small.unlink()
