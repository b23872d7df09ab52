import unittest

import psycopg2
from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, convert_file, mute_logger

from ...tools.rulebook import CONVERSION, ENFORCE, GUIDE, OFF, RECOMMENDED, REQUIRED
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, StageRuleCommon

FRAMEWORK_LOGGER = "odoo.addons.sales_funnel_stages.models.rules.rulebook"


class FrameworkCommon(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_framework = cls.env["crm.qualification.framework"].create({"name": "CHAMP"})
        cls.challenge = cls.make_criterion("Challenge known", "[('need_summary', '!=', False)]")

    @classmethod
    def make_criterion(cls, name, domain, framework=None, **values):
        """Create a criterion, of the other framework by default."""
        return cls.env["crm.qualification.criterion"].create(
            {
                "name": name,
                "domain": domain,
                "framework_id": (framework or cls.other_framework).id,
                **values,
            }
        )

    @classmethod
    def make_rule(cls, criterion, stage=None, **values):
        """Create a stage rule; without a stage: to convert."""
        return cls.env["crm.stage.rule"].create(
            {
                "framework_id": criterion.framework_id.id,
                "criterion_id": criterion.id,
                "stage_id": stage and stage.id,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestFrameworkProtection(FrameworkCommon):
    """What is used cannot be deleted, and the error names what uses it."""

    def assert_kept(self, record, says, delete=None):
        """Assert that a record cannot be deleted, and that the error says why."""
        with self.assertRaises(UserError) as caught:
            (delete or record.unlink)()
        for text in says:
            self.assertIn(text, str(caught.exception))
        self.assertTrue(record.exists())

    def test_a_criterion_that_a_rule_uses_is_kept(self):
        need = self.criterion("need")
        self.assert_kept(need, says=["“Need identified”", "“Need identified to convert”"])
        contract = self.criterion("contract")
        self.assert_kept(contract, says=["“Contract signed to enter Won”"])
        self.env["crm.stage.rule"].search([("criterion_id", "=", need.id)]).unlink()
        need.unlink()
        self.assertFalse(need.exists())

    def test_a_stage_that_a_rule_uses_is_kept(self):
        self.assert_kept(
            self.stage_qualified,
            says=["“Qualified”", "Engagement discussed", "Stage rules of BANT"],
        )
        self.assertEqual(len(self.stage_qualified.rule_ids), 3)
        self.stage_qualified.rule_ids.unlink()
        self.stage_qualified.unlink()
        self.assertFalse(self.stage_qualified.exists())

    def test_a_framework_that_a_team_follows_is_kept(self):
        self.team.framework_id = self.other_framework
        rule = self.make_rule(self.challenge)
        self.assert_kept(self.other_framework, says=["“Enforcers”", "“CHAMP”"])
        # also where the error is swallowed: Odoo's own assertion would undo what was done
        with unittest.TestCase.assertRaises(self, UserError):
            self.other_framework.unlink()
        self.assertTrue(rule.exists(), "its rules are kept with it")
        self.team.active = False
        self.assert_kept(self.other_framework, says=["“Enforcers”"])
        self.team.framework_id = False
        self.other_framework.unlink()
        self.assertFalse(self.other_framework.exists())
        self.assertFalse(self.challenge.exists())

    def test_a_framework_that_a_company_follows_is_kept(self):
        company = self.env["res.company"].create(
            {"name": "Elsewhere", "qualification_framework_id": self.other_framework.id}
        )
        # the manager does not see that company
        self.assert_kept(
            self.other_framework,
            says=["“Elsewhere”", "“CHAMP”"],
            delete=self.other_framework.with_user(self.manager).unlink,
        )
        company.qualification_framework_id = self.framework
        self.other_framework.with_user(self.manager).unlink()
        self.assertFalse(self.other_framework.exists())

    def test_a_custom_field_that_a_criterion_looks_at_is_kept(self):
        field = self.make_custom_field("x_floors", "integer")
        self.challenge.domain = "[('x_floors', '>', 2)]"
        says = ["“x_floors”", "“Challenge known”", "“CHAMP”"]
        self.assert_kept(field, says)
        self.assert_kept(field, says, delete=lambda: field.write({"name": "x_storeys"}))
        self.challenge.domain = "['|', ('need_level', '=', 'weak'), '!', ('x_floors', '=', 2)]"
        self.assert_kept(field, says)
        self.challenge.domain = "[('need_level', '=', 'weak')]"
        field.unlink()
        self.assertFalse(field.exists())

    def test_a_custom_field_of_another_model_is_kept_too(self):
        field = self.make_custom_field(
            "x_floors", "integer", model_id=self.env.ref("base.model_res_partner").id
        )
        for domain in (
            "[('partner_id.x_floors', '>', 2)]",
            "[('stakeholder_ids.partner_id.parent_id.x_floors', '>', 2)]",
            "[('stakeholder_ids', 'any', [('partner_id', 'any', [('x_floors', '>', 2)])])]",
        ):
            with self.subTest(domain):
                self.challenge.domain = domain
                self.assert_kept(field, says=["“x_floors”", "“Challenge known”"])
        # a field of that name elsewhere is another field
        other = self.make_custom_field("x_floors", "integer")
        other.unlink()
        self.assertFalse(other.exists())

    def test_a_broken_criterion_keeps_no_field(self):
        field = self.make_custom_field("x_floors", "integer")
        self.env.cr.execute(
            SQL(
                "UPDATE crm_qualification_criterion SET domain = %s WHERE id = %s",
                "[('x_floors', ",
                self.challenge.id,
            )
        )
        self.challenge.invalidate_recordset()
        field.unlink()
        self.assertFalse(field.exists())

    def test_what_was_deleted_stays_deleted(self):
        """An update of the addon does not bring back what somebody did not want."""
        customer = self.criterion("customer")
        self.env["crm.stage.rule"].search([("criterion_id", "=", customer.id)]).unlink()
        customer.unlink()
        rules = self.env["crm.stage.rule"].search([])
        convert_file(
            self.env,
            "sales_funnel_stages",
            "data/crm_qualification_framework_data.xml",
            {},
            mode="update",
        )
        self.assertFalse(
            self.env.ref("sales_funnel_stages.criterion_bant_customer", raise_if_not_found=False)
        )
        self.assertEqual(self.env["crm.stage.rule"].search([]), rules)


@tagged("post_install", "-at_install")
class TestFrameworkConsistency(FrameworkCommon):
    def test_a_new_rule_has_no_name_yet(self):
        self.assertFalse(self.env["crm.stage.rule"].new({}).display_name)

    def test_a_copy_shares_nothing(self):
        copy = self.framework.copy()
        self.assertEqual(copy.name, "BANT (copy)")
        self.assertEqual(
            copy.criterion_ids.mapped(lambda c: (c.name, c.domain, c.weight, c.guidance)),
            self.framework.criterion_ids.mapped(lambda c: (c.name, c.domain, c.weight, c.guidance)),
        )
        self.assertEqual(
            copy.rule_ids.mapped(lambda r: (r.criterion_id.name, r.stage_id, r.tier)),
            self.framework.rule_ids.mapped(lambda r: (r.criterion_id.name, r.stage_id, r.tier)),
        )
        self.assertEqual(copy.rule_ids.criterion_id.framework_id, copy)
        self.assertFalse(copy.criterion_ids & self.framework.criterion_ids)
        self.assertFalse(copy.team_ids, "nobody follows the copy yet")
        rules = self.framework.rule_ids
        copy.rule_ids[0].tier = RECOMMENDED
        copy.criterion_ids[0].domain = "[('need_level', '=', 'strong')]"
        self.assertEqual(rules[0].tier, REQUIRED)
        self.assertIn("weak", self.framework.criterion_ids[0].domain)
        copy.unlink()
        self.assertEqual(rules.exists(), rules)

    def test_several_frameworks_are_copied_each_with_its_own(self):
        self.make_rule(self.challenge, self.stage_qualified)
        bant, champ = (self.framework + self.other_framework).copy()
        self.assertEqual(bant.name, "BANT (copy)")
        self.assertEqual(champ.name, "CHAMP (copy)")
        self.assertEqual(champ.criterion_ids.name, "Challenge known")
        self.assertEqual(champ.rule_ids.criterion_id, champ.criterion_ids)
        self.assertEqual(len(bant.criterion_ids), len(self.framework.criterion_ids))

    def test_a_criterion_has_one_rule_for_a_stage(self):
        rule = self.make_rule(self.challenge, self.stage_qualified)
        to_convert = self.make_rule(self.challenge, tier=RECOMMENDED)
        for stage, tier in (
            (self.stage_qualified, REQUIRED),
            (self.stage_qualified, RECOMMENDED),
            (None, REQUIRED),
        ):
            with self.subTest(stage=stage and stage.name, tier=tier):
                with (
                    self.assertRaises(psycopg2.IntegrityError) as caught,
                    mute_logger("odoo.sql_db"),
                ):
                    self.make_rule(self.challenge, stage, tier=tier)
                said = self.env["crm.stage.rule"]._sql_error_to_message(caught.exception)
                self.assertIn("has a rule for that stage already", said)
        self.make_rule(self.challenge, self.stage_proposition)
        self.assertEqual(len(self.challenge.rule_ids), 3)
        self.assertGreaterEqual(self.challenge.rule_ids, rule + to_convert)

    def test_the_criterion_of_a_rule_is_of_its_framework(self):
        with self.assertRaises(ValidationError) as caught:
            self.make_rule(self.challenge, framework_id=self.framework.id)
        for text in ("“Challenge known”", "“CHAMP”", "“BANT”"):
            self.assertIn(text, str(caught.exception))
        rule = self.make_rule(self.challenge)
        with self.assertRaises(ValidationError):
            rule.framework_id = self.framework
        with self.assertRaises(ValidationError):
            rule.criterion_id = self.criterion("need")
        with self.assertRaises(ValidationError):
            self.challenge.framework_id = self.framework
        rule.unlink()
        self.challenge.framework_id = self.framework
        self.assertEqual(self.challenge.framework_id, self.framework)

    def test_outside_the_pipeline_there_are_no_rules(self):
        on_hold = self.env["crm.stage"].create({"name": "On hold", "is_outside_pipeline": True})
        with self.assertRaises(ValidationError) as caught:
            self.make_rule(self.challenge, on_hold)
        self.assertIn("“On hold” is outside the pipeline", str(caught.exception))
        rule = self.make_rule(self.challenge)
        with self.assertRaises(ValidationError):
            rule.stage_id = on_hold
        with self.assertRaises(ValidationError) as caught:
            self.stage_qualified.is_outside_pipeline = True
        self.assertIn("“Qualified” cannot leave the pipeline", str(caught.exception))
        self.assertIn("Engagement discussed", str(caught.exception))
        self.stage_qualified.rule_ids.unlink()
        self.stage_qualified.is_outside_pipeline = True

    def test_a_won_stage_is_in_the_pipeline(self):
        with self.assertRaises(ValidationError) as caught:
            self.env["crm.stage"].create(
                {"name": "Gained", "is_won": True, "is_outside_pipeline": True}
            )
        self.assertIn("“Gained” is won", str(caught.exception))
        on_hold = self.env["crm.stage"].create({"name": "On hold", "is_outside_pipeline": True})
        with self.assertRaises(ValidationError):
            on_hold.is_won = True
        self.stage_won.rule_ids.unlink()
        with self.assertRaises(ValidationError):
            self.stage_won.is_outside_pipeline = True

    def test_a_weight_is_not_negative(self):
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            self.challenge.weight = -1
            self.challenge.flush_recordset()

    def test_a_framework_does_not_leave_its_followers(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.team.company_id = self.env.company
        self.team.framework_id = self.other_framework
        with self.assertRaises(UserError) as caught:
            self.other_framework.company_id = elsewhere
        self.assertIn("Enforcers", str(caught.exception))
        self.other_framework.company_id = self.env.company
        with self.assertRaises(UserError):
            self.team.company_id = elsewhere
        elsewhere.qualification_framework_id = self.framework
        with self.assertRaises(UserError) as caught:
            self.framework.company_id = self.env.company
        self.assertIn("Elsewhere", str(caught.exception))


@tagged("post_install", "-at_install")
class TestFrameworkBroken(FrameworkCommon, StageRuleAssertions):
    """A criterion that stopped working is not in force, is logged, and blocks nobody."""

    def break_criterion(self, criterion, domain):
        """Damage a criterion as nobody can who goes through Odoo."""
        self.env.cr.execute(
            SQL(
                "UPDATE crm_qualification_criterion SET domain = %s WHERE id = %s",
                domain,
                criterion.id,
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_a_broken_criterion_blocks_nobody(self):
        need = self.criterion("need")
        for domain in (
            "[('x_uninstalled', '=', 5)]",
            "[('partner_id.x_uninstalled', '=', 5)]",
            "[('stakeholder_ids', 'any', [('x_uninstalled', '=', 5)])]",
            "[('need_level', '=', 'enormous')]",
            "[('is_qualified', '=', True)]",
            "[('name', '=',",
            "[('name', '=')]",
            "import os",
            "",
            "[('name', 'smells like', 'x')]",
            "[" * 500,
        ):
            with self.subTest(domain[:50]):
                self.break_criterion(need, domain)
                answers = self.answers({**CONVERT_ANSWERS, "need_level": False})
                with self.assertLogs(FRAMEWORK_LOGGER, "ERROR") as logged:
                    lead = self.make_lead(**answers)
                    lead.convert_opportunity(self.customer)
                self.assertIn("'Need identified'", logged.output[0])
                self.assert_moved(lead, self.stage_new)
                self.assertTrue(lead.is_qualified)
                self.assertNotIn(
                    need.id, [line["id"] for line in lead.qualification_checklist["lines"]]
                )
                self.assertIn(lead, self.env["crm.lead"].search([("is_qualified", "=", True)]))

    def test_the_other_rules_stay_in_force(self):
        self.break_criterion(self.criterion("need"), "[('x_uninstalled', '=', 5)]")
        with self.assertLogs(FRAMEWORK_LOGGER, "ERROR"):
            lead = self.make_lead()
            with self.assert_refused(lead, unmet=["budget", "timeframe"]):
                lead.convert_opportunity(self.customer)

    def test_a_broken_criterion_does_not_stop_the_registry(self):
        self.break_criterion(self.criterion("need"), "[('x_uninstalled', ")
        self.env.registry._setup_models__(self.env.cr, ["crm.lead"])
        self.assertIn("budget_status", self.env["crm.lead"]._qualification_depends())

    def test_a_property_that_was_removed_blocks_nobody(self):
        self.team.lead_properties_definition = [{"name": "aaaa", "string": "Motto", "type": "char"}]
        need = self.criterion("need")
        need.domain = "[('lead_properties.aaaa', '=', 'Onwards')]"
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        with self.assert_refused(lead, unmet=["need"]):
            lead.convert_opportunity(self.customer)
        # past Odoo, which refuses it
        self.team.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE crm_team SET lead_properties_definition = NULL WHERE id = %s", self.team.id)
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with self.assertLogs(FRAMEWORK_LOGGER, "ERROR"):
            lead.convert_opportunity(self.customer)
        self.assert_moved(lead, self.stage_new)


@tagged("post_install", "-at_install")
class TestRulebook(FrameworkCommon, StageRuleAssertions):
    """The rules are kept in memory, and read again as soon as anything of them changes."""

    def get_rulebook(self):
        return self.env["crm.qualification.framework"]._get_rulebook()

    def assert_noticed(self, name, change, what):
        """Assert that a change shows in the rulebook at once, and also when it is undone.

        :param what: what has to differ, of a rulebook
        """
        before = what(self.get_rulebook())
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            change()
            self.assertNotEqual(what(self.get_rulebook()), before, name)
            raise ZeroDivisionError
        # as Odoo does where a request fails
        self.env.invalidate_all()
        self.env.registry.reset_changes()
        self.assertEqual(what(self.get_rulebook()), before)

    def test_it_is_read_once(self):
        self.get_rulebook()
        with self.assertQueryCount(0):
            self.get_rulebook()
            self.get_rulebook().asked(self.framework.id, self.stage_won.id, self.team.id)

    def assert_changes_noticed(self, what, changes):
        """As ``assert_noticed``.

        :param dict changes: ``{name: change}``
        """
        for name, change in changes.items():
            with self.subTest(name):
                self.assert_noticed(name, change, what)

    def test_every_change_of_rules_is_noticed(self):
        rule = self.framework.rule_ids[0]
        customer = self.criterion("customer").id
        self.assert_changes_noticed(
            lambda book: book.rules,
            {
                "rule made": lambda: self.make_rule(self.challenge),
                "rule's tier": lambda: rule.write({"tier": RECOMMENDED}),
                "rule's stage": lambda: rule.write({"stage_id": self.stage_won.id}),
                "rule's criterion": lambda: rule.write({"criterion_id": customer}),
                "rule deleted": rule.unlink,
                "framework copied": self.framework.copy,
                "framework deleted": self.framework.copy().unlink,
            },
        )

    def test_every_change_of_stages_is_noticed(self):
        on_hold = {"name": "On hold", "is_outside_pipeline": True}
        self.assert_changes_noticed(
            lambda book: book.stages,
            {
                "stage order": lambda: self.stage_new.write({"sequence": 50}),
                "stage won": lambda: self.stage_proposition.write({"is_won": True}),
                "stage's teams": lambda: self.stage_new.write({"team_ids": self.team.ids}),
                "stage made": lambda: self.env["crm.stage"].create(on_hold),
                "stage deleted": self.env["crm.stage"].create({"name": "Odd"}).unlink,
            },
        )

    def test_every_change_of_teams_is_noticed(self):
        other_framework = {"framework_id": self.other_framework.id}
        other_team = self.make_team("Others", OFF)
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        self.assert_changes_noticed(
            lambda book: book.teams,
            {
                "team's policy": lambda: self.team.write({"stage_rule_policy": GUIDE}),
                "team's framework": lambda: self.team.write(other_framework),
                "team without leads": lambda: self.team.write({"use_leads": False}),
                "team's free start": lambda: self.team.write({"is_free_start": True}),
                "team's company": lambda: other_team.write({"company_id": other_company.id}),
                "team made": lambda: self.make_team("More", ENFORCE),
                "team deleted": other_team.unlink,
            },
        )

    def test_every_change_of_companies_is_noticed(self):
        # so that switching them off is a change, with and without demo data
        self.env.ref("base.group_user")._apply_group(self.env.ref("crm.group_use_lead"))
        company, settings = self.env.company, self.env["res.config.settings"]
        other_framework = {"qualification_framework_id": self.other_framework.id}
        self.assert_changes_noticed(
            lambda book: book.companies,
            {
                "company's framework": lambda: company.write(other_framework),
                "company's policy": lambda: company.write({"stage_rule_policy": ENFORCE}),
                "company made": lambda: self.env["res.company"].create({"name": "More"}),
                "leads switched off": lambda: settings.create({"group_use_lead": False}).execute(),
            },
        )

    def test_a_changed_criterion_is_noticed(self):
        need = self.criterion("need")
        lead = self.make_lead(need_level="weak", requirement_summary="Forty seats")
        self.assertEqual(lead._get_unmet_criteria(need.ids), {lead.id: set()})
        score = lead.qualification_score
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            need.domain = "[('need_level', '=', 'strong')]"
            self.assertEqual(lead._get_unmet_criteria(need.ids), {lead.id: {need.id}})
            raise ZeroDivisionError
        self.env.invalidate_all()
        self.env.registry.reset_changes()
        self.assertEqual(lead._get_unmet_criteria(need.ids), {lead.id: set()})
        need.weight = 500
        lead.invalidate_recordset()
        self.assertGreater(lead.qualification_score, score)

    def test_a_new_rule_holds_at_once(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS))
        self.assertTrue(lead.is_qualified)
        self.framework.rule_ids.filtered(
            lambda rule: rule.criterion_id == self.criterion("authority")
        ).tier = REQUIRED
        with self.assert_refused(lead, unmet=["authority"]):
            lead.convert_opportunity(self.customer)

    def test_a_broken_rule_is_not_in_the_rulebook(self):
        rule = self.make_rule(self.challenge)
        gates = [each.gate for each in self.get_rulebook().rules[self.other_framework.id]]
        self.assertEqual(gates, [CONVERSION])
        rule.unlink()
        self.assertFalse(self.get_rulebook().rules.get(self.other_framework.id))


@tagged("post_install", "-at_install")
class TestLiveFields(FrameworkCommon):
    """What is computed from a criterion follows the fields it looks at, while somebody types."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.view = cls.env["ir.ui.view"].create(
            {
                "name": "Live qualification",
                "model": "crm.lead",
                "arch": """
                    <form>
                        <field name="name"/>
                        <field name="type"/>
                        <field name="team_id"/>
                        <field name="partner_id"/>
                        <field name="tag_ids"/>
                        <field name="referred"/>
                        <field name="need_summary"/>
                        <field name="is_qualified"/>
                        <field name="qualification_score"/>
                    </form>
                """,
            }
        )

    def test_a_new_criterion_answers_while_somebody_types(self):
        self.team.framework_id = self.other_framework
        lead = self.make_lead()
        with Form(lead, self.view) as form:
            self.assertTrue(form.is_qualified, "nothing is asked for yet")
        referred = self.make_criterion("Referred", "[('referred', '!=', False)]")
        self.make_rule(referred)
        with Form(lead, self.view) as form:
            self.assertFalse(form.is_qualified)
            form.referred = "A friend"
            self.assertTrue(form.is_qualified)
            self.assertEqual(form.qualification_score, 100)
            form.referred = False
            self.assertFalse(form.is_qualified)
            form.referred = "A friend"
        self.assertTrue(lead.is_qualified)

    def test_it_follows_a_path(self):
        self.team.framework_id = self.other_framework
        for domain in ("[('partner_id.email', '!=', False)]", "[('tag_ids.color', '=', 1)]"):
            self.challenge.domain = domain
            self.challenge.rule_ids or self.make_rule(self.challenge)
            tag = self.env["crm.tag"].create({"name": domain, "color": 1})
            lead = self.make_lead()
            with self.subTest(domain), Form(lead, self.view) as form:
                self.assertFalse(form.is_qualified)
                form.partner_id = self.customer
                form.tag_ids.add(tag)
                self.assertTrue(form.is_qualified)
        # also where what is looked at changes by itself
        self.challenge.domain = "[('partner_id.email', '!=', False)]"
        lead = self.make_lead(partner_id=self.customer.id)
        self.assertTrue(lead.is_qualified)
        self.customer.email = False
        self.assertFalse(lead.is_qualified)

    def test_archived_lines_do_not_count(self):
        self.team.framework_id = self.other_framework
        self.challenge.domain = "[('activity_ids', '!=', False)]"
        self.make_rule(self.challenge)
        lead = self.make_lead()
        self.assertFalse(lead.is_qualified)
        activity = lead.activity_schedule("mail.mail_activity_data_todo")
        self.assertTrue(lead.is_qualified)
        activity.active = False
        self.assertFalse(lead.is_qualified)

    def test_a_changed_criterion_looks_at_its_new_field(self):
        self.team.framework_id = self.other_framework
        self.make_rule(self.challenge)
        lead = self.make_lead()
        self.challenge.domain = "[('referred', '!=', False)]"
        with Form(lead, self.view) as form:
            form.need_summary = "Losing money"
            self.assertFalse(form.is_qualified)
            form.referred = "A friend"
            self.assertTrue(form.is_qualified)
        self.challenge.rule_ids.unlink()
        self.challenge.unlink()
        self.assertNotIn("referred", self.env["crm.lead"]._qualification_depends())


@tagged("post_install", "-at_install")
class TestNewCriteria(FrameworkCommon):
    """The matrix is filled in before criteria are saved: they bring their rules along."""

    def make(self, tiers, **values):
        framework_model = self.env["crm.qualification.framework"].with_user(self.manager)
        criterion = {"name": "Pain identified", "domain": "[('need_level', '!=', False)]"}
        return framework_model.create(
            {
                "name": "Ours",
                "criterion_ids": [Command.create({**criterion, "new_tiers": tiers, **values})],
            }
        )

    def test_rules_are_made_with_a_criterion(self):
        framework = self.make({"0": RECOMMENDED, str(self.stage_qualified.id): REQUIRED})
        self.assertRecordValues(
            framework.rule_ids.sorted("tier"),
            [
                {"stage_id": False, "tier": RECOMMENDED},
                {"stage_id": self.stage_qualified.id, "tier": REQUIRED},
            ],
        )
        criterion = framework.criterion_ids
        self.assertEqual(framework.rule_ids.criterion_id, criterion)
        criterion.invalidate_recordset()
        self.assertFalse(criterion.new_tiers, "they are rules from now on")
        # what is there stays
        criterion.new_tiers = {"0": REQUIRED, str(self.stage_won.id): REQUIRED}
        self.assertEqual(len(framework.rule_ids), 3)
        self.assertEqual(framework.rule_ids.filtered(lambda r: not r.stage_id).tier, RECOMMENDED)

    def test_none(self):
        for tiers in (False, None, {}):
            self.assertFalse(self.make(tiers).rule_ids)

    def test_what_is_none(self):
        for tiers in (
            {"0": "maybe"},
            {"x": REQUIRED},
            {"999999": REQUIRED},
            {"0": None},
            [1],
            "x",
            {"0": {}},
            {"9" * 30: REQUIRED},
        ):
            with self.subTest(tiers=tiers), self.assertRaisesRegex(UserError, "Say from which"):
                self.make(tiers)

    def test_the_form_has_what_the_matrix_needs(self):
        """Its stages before the framework is saved, and where to keep rules of new criteria."""
        view = self.env.ref("sales_funnel_stages.crm_qualification_framework_view_form")
        framework_model = self.env["crm.qualification.framework"].with_user(self.manager)
        self.assertEqual(Form(framework_model, view=view).gates[0]["id"], CONVERSION)
        arch = etree.fromstring(framework_model.get_view(view.id, "form")["arch"])
        [field] = arch.findall(".//field[@name='criterion_ids']/list/field[@name='new_tiers']")
        self.assertTrue(field.get("column_invisible"))
