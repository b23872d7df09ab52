from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ...tools.rulebook import CONVERSION, RECOMMENDED
from ...tools.shipped_rules import SHIPPED_RULES
from ..support.common import StageRuleCommon

# how many rules that name a stage a framework gets on Odoo's stages
NUMBERS = {"bant": 8, "champ": 2, "meddpicc": 11, "spiced": 4, "gpctba": 7}


class TemplateCommon(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shipped = {
            name: cls.env.ref(f"sales_funnel_stages.framework_{name}") for name in SHIPPED_RULES
        }
        for name, framework in cls.shipped.items():
            if framework != cls.framework:
                framework._install_shipped(name)
        cls.champ, cls.meddpicc = cls.shipped["champ"], cls.shipped["meddpicc"]

    @classmethod
    def bound(cls, framework):
        """Return what a framework asks of stages: ``{(criterion, stage, tier), …}``."""
        rules = framework.rule_ids.filtered("stage_id")
        return {(rule.criterion_id, rule.stage_id, rule.tier) for rule in rules}

    def assert_template(self, framework):
        self.assertFalse(framework.rule_ids.stage_id)
        self.assertTrue(framework.is_template)

    def assert_bound(self, framework, number=2):
        self.assertEqual(len(self.bound(framework)), number)
        self.assertFalse(framework.is_template)


@tagged("post_install", "-at_install")
class TestTemplates(TemplateCommon):
    """A framework that nobody follows names no stage; whoever chooses it, gets its rules."""

    def test_only_what_is_followed_names_stages(self):
        self.assert_bound(self.framework, NUMBERS["bant"])
        for name, framework in self.shipped.items():
            if framework != self.framework:
                with self.subTest(name):
                    self.assert_template(framework)
                    self.assertTrue(framework.rule_ids, "what converting asks for is there")

    def test_all_of_them_can_be_followed(self):
        for name, framework in self.shipped.items():
            with self.subTest(name):
                self.team.framework_id = framework
                self.assert_bound(framework, NUMBERS[name])

    def test_a_team_in_its_form(self):
        with Form(self.team.with_user(self.manager)) as form:
            form.framework_id = self.champ
        self.assert_bound(self.champ)

    def test_the_settings_by_whoever_makes_no_rules(self):
        admin = new_test_user(self.env, "funnel_it", "base.group_system")
        self.assertFalse(self.env["crm.stage.rule"].with_user(admin).has_access("create"))
        settings = self.env["res.config.settings"].with_user(admin)
        settings.create({"qualification_framework_id": self.champ.id}).execute()
        self.assert_bound(self.champ)
        self.assert_template(self.framework)

    def test_follow_this_framework(self):
        self.champ.with_user(self.manager).action_follow()
        self.assert_bound(self.champ)

    def test_what_is_created_with_it(self):
        self.make_team("Challengers", "off", framework_id=self.champ.id)
        self.assert_bound(self.champ)
        self.env["res.company"].create(
            {"name": "There", "qualification_framework_id": self.meddpicc.id}
        )
        self.assert_bound(self.meddpicc, NUMBERS["meddpicc"])

    def test_an_import(self):
        names = ["name", "framework_id/.id", "framework_id"]
        for row in ([["Imported", str(self.champ.id)]], [["Imported", self.meddpicc.name]]):
            header = [names[0], names[1] if row[0][1].isdecimal() else names[2]]
            outcome = self.env["crm.team"].with_user(self.manager).load(header, row)
            self.assertTrue(outcome["ids"], outcome["messages"])
        self.assert_bound(self.champ)
        self.assert_bound(self.meddpicc, NUMBERS["meddpicc"])

    def test_from_the_side_of_the_framework(self):
        self.champ.team_ids = [Command.link(self.team.id)]
        self.assert_bound(self.champ)
        self.champ.team_ids = [Command.unlink(self.team.id)]
        self.assert_template(self.champ)

    def test_what_whoever_chooses_has_in_mind_for_other_records(self):
        defaults = {"default_date_from": "2099-01-01", "default_tier": RECOMMENDED}
        self.team.with_context(**defaults).framework_id = self.champ
        self.assertFalse(any(self.champ.rule_ids.mapped("date_from")))
        self.assert_bound(self.champ)

    def test_a_second_follower(self):
        self.team.framework_id = self.champ
        rules = self.champ.rule_ids
        other = self.make_team("Others", "off", framework_id=self.champ.id)
        self.assertEqual(self.champ.rule_ids, rules)
        self.team.framework_id = False
        self.assertEqual(self.champ.rule_ids, rules, "somebody follows it still")
        other.active = False
        self.assertEqual(self.champ.rule_ids, rules, "it may come back")
        other.unlink()
        self.assert_template(self.champ)

    def test_two_companies(self):
        there = self.env["res.company"].create(
            {"name": "There", "qualification_framework_id": self.champ.id}
        )
        self.env.company.qualification_framework_id = self.champ
        self.env.company.qualification_framework_id = self.framework
        self.assert_bound(self.champ)
        there.qualification_framework_id = self.framework
        self.assert_template(self.champ)

    def test_to_and_fro(self):
        self.team.framework_id = self.champ
        before = self.bound(self.champ)
        self.team.framework_id = self.meddpicc
        self.assert_template(self.champ)
        self.team.framework_id = self.champ
        self.assertEqual(self.bound(self.champ), before)
        self.assert_template(self.meddpicc)

    def test_the_stages_that_there_are_then(self):
        self.team.framework_id = self.champ
        self.team.framework_id = False
        self.stage_qualified.sequence = 5
        self.team.framework_id = self.champ
        self.assertEqual(self.champ.rule_ids.stage_id, self.stage_proposition)
        # bound to the stages of once, they are as shipped all the same
        self.stage_qualified.sequence = 2
        self.env["crm.stage"].create({"name": "Visit", "sequence": 1})
        self.team.framework_id = False
        self.assert_template(self.champ)

    def test_a_deleted_stage(self):
        self.framework.rule_ids.filtered("stage_id").unlink()
        self.stage_qualified.unlink()
        self.team.framework_id = self.champ
        self.assertEqual(self.champ.rule_ids.stage_id, self.stage_proposition)


@tagged("post_install", "-at_install")
class TestEdited(TemplateCommon):
    """What somebody has made of a framework is kept, and is all that there is of it."""

    def follow_and_edit(self, edit):
        self.team.framework_id = self.meddpicc
        edit(self.meddpicc.rule_ids.filtered("stage_id"))
        edited = self.meddpicc.rule_ids, self.bound(self.meddpicc)
        self.team.framework_id = False
        self.assertEqual((self.meddpicc.rule_ids, self.bound(self.meddpicc)), edited)
        self.make_team("Others", "off", framework_id=self.meddpicc.id)
        self.assertEqual((self.meddpicc.rule_ids, self.bound(self.meddpicc)), edited)
        self.assertFalse(self.meddpicc.is_template)

    def test_a_tier(self):
        self.follow_and_edit(lambda rules: rules[0].write({"tier": RECOMMENDED}))

    def test_a_stage(self):
        self.follow_and_edit(lambda rules: rules[0].write({"stage_id": self.stage_new.id}))

    def test_a_date(self):
        self.follow_and_edit(lambda rules: rules[0].write({"date_from": "2099-01-01"}))

    def test_an_order(self):
        self.follow_and_edit(lambda rules: rules[0].write({"sequence": 100}))

    def test_a_deletion(self):
        self.follow_and_edit(lambda rules: rules[0].unlink())

    def test_the_deletion_of_all_that_a_stage_asks_for(self):
        self.follow_and_edit(
            lambda rules: rules.filtered(lambda rule: rule.stage_id == self.stage_won).unlink()
        )

    def test_the_deletion_of_all(self):
        self.follow_and_edit(lambda rules: rules.unlink())

    def test_one_more(self):
        self.follow_and_edit(lambda rules: rules[0].copy({"stage_id": self.stage_new.id}))

    def test_a_conversion_is_not_asked_for_again(self):
        self.champ.rule_ids[0].unlink()
        kept = self.champ.rule_ids
        self.team.framework_id = self.champ
        self.assertEqual(self.champ.rule_ids.filtered(lambda rule: not rule.stage_id), kept)
        self.team.framework_id = False
        self.assert_template(self.champ)
        self.assertEqual(self.champ.rule_ids, kept)

    def test_a_criterion_that_was_deleted(self):
        money = self.env.ref("sales_funnel_stages.criterion_champ_money")
        money.rule_ids.unlink()
        money.unlink()
        self.team.framework_id = self.champ
        self.assert_bound(self.champ, 1)

    def test_a_rule_added_to_a_template(self):
        added = self.env["crm.stage.rule"].create(
            {
                "framework_id": self.champ.id,
                "criterion_id": self.env.ref("sales_funnel_stages.criterion_champ_money").id,
                "stage_id": self.stage_qualified.id,
                "tier": RECOMMENDED,
            }
        )
        self.team.framework_id = self.champ
        self.assert_bound(self.champ)
        self.assertEqual(added.tier, RECOMMENDED)
        self.team.framework_id = False
        self.assertTrue(added.exists())

    def test_a_framework_of_their_own(self):
        own = self.champ.copy()
        self.assertFalse(own.is_template)
        self.assertEqual(len(self.bound(own)), 2, "it is copied to be changed")
        self.team.framework_id = own
        self.team.framework_id = False
        self.assertEqual(len(self.bound(own)), 2)


@tagged("post_install", "-at_install")
class TestForetold(TemplateCommon):
    """What a template would do is told before somebody follows it, as it is then."""

    def test_the_rules(self):
        for framework in self.shipped.values():
            with self.subTest(framework.name):
                foretold = self.env["crm.lead"]._get_rulebook().rules[framework.id]
                self.team.framework_id = framework
                made = self.env["crm.lead"]._get_rulebook().rules[framework.id]
                self.assertEqual(set(made), set(foretold))
                self.assertTrue({rule.gate for rule in made} > {CONVERSION})
                self.team.framework_id = False

    def test_the_impact(self):
        self.make_opportunity(need_level="strong")
        self.make_opportunity(stage=self.stage_proposition)

        def held_back(record):
            record.invalidate_recordset(["stage_rule_impact"])
            return {each["id"]: each["count"] for each in record.stage_rule_impact["by_stage"]}

        team = self.team.with_user(self.manager)
        both = {self.stage_new.id: 1, self.stage_proposition.id: 1}
        with Form(team) as form:
            form.framework_id = self.meddpicc
            foretold = form.stage_rule_impact["by_stage"]
            self.assertEqual({each["id"]: each["count"] for each in foretold}, both)
            self.assert_template(self.meddpicc)
        self.assertEqual(held_back(team), both)
        self.assertEqual(held_back(self.meddpicc.with_user(self.manager)), both)
        self.assertEqual(
            held_back(self.shipped["gpctba"].with_user(self.manager)), both, "of a template, too"
        )

    def test_what_the_matrix_shows(self):
        told = self.champ.with_user(self.rep).template_rules
        self.assertEqual(
            {(each["gate"], each["tier"]) for each in told},
            {(CONVERSION, "required"), (CONVERSION, RECOMMENDED)}
            | {(self.stage_qualified.id, "required")},
        )
        self.assertEqual(len(told), 6)
        self.team.framework_id = self.champ
        self.assertFalse(self.champ.template_rules)


@tagged("post_install", "-at_install")
class TestUpdate(TemplateCommon):
    """A database that has the rules of old is freed of them, where nobody has edited them."""

    def make_rules_of_old(self, *names):
        for name in names:
            self.shipped[name]._make_stage_rules()
            self.assert_bound(self.shipped[name], NUMBERS[name])

    def notes(self):
        channel = self.env.ref("mail.channel_admin")
        return channel.message_ids.filtered(lambda note: "Nobody follows" in note.body)

    def test_it(self):
        self.make_rules_of_old("champ", "meddpicc", "spiced")
        self.team.framework_id = self.meddpicc
        spiced = self.shipped["spiced"]
        spiced.rule_ids.filtered("stage_id")[0].tier = RECOMMENDED
        self.env["crm.qualification.framework"]._release_stages()
        self.assert_template(self.champ)
        self.assert_bound(self.meddpicc, NUMBERS["meddpicc"])
        self.assert_bound(spiced, NUMBERS["spiced"])
        [note] = self.notes()
        self.assertIn("SPICED: Qualified, Proposition", note.body)
        self.assertNotIn("CHAMP", note.body)

    def test_nothing_to_note(self):
        self.make_rules_of_old("champ")
        self.env["crm.qualification.framework"]._release_stages()
        self.assert_template(self.champ)
        self.assertFalse(self.notes())

    def test_in_the_language_of_the_administrator(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("base.user_admin").lang = "fr_FR"
        self.make_rules_of_old("champ")
        self.champ.rule_ids.filtered("stage_id")[0].unlink()
        self.env["crm.qualification.framework"]._release_stages()
        channel = self.env.ref("mail.channel_admin")
        self.assertIn("Personne ne suit", channel.message_ids[0].body)
