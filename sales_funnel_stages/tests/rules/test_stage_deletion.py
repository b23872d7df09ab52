import xmlrpc.client

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from ...exceptions import StageInUseError
from ...tools.rulebook import RECOMMENDED, REQUIRED
from ..support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestStageInUse(StageRuleCommon):
    """What holds a stage is named at once, all of it."""

    def refused(self, stages, error=StageInUseError):
        with self.assertRaises(error) as caught:
            stages.with_user(self.manager).unlink()
        self.assertTrue(stages.exists())
        return caught.exception

    def test_rules_of_several_frameworks(self):
        self.framework.copy({"name": "Ours"})
        message = str(self.refused(self.stage_qualified))
        for words in ("“Qualified” cannot be deleted", "BANT: Relationship", "Ours: Relationship"):
            self.assertIn(words, message)
        for name in ("relationship", "requirements", "engagement"):
            self.assertEqual(message.count(self.criterion(name).name), 2)
        self.assertNotIn("Leads", message)

    def test_rules_and_leads(self):
        self.make_opportunity(stage=self.stage_qualified)
        self.make_opportunity(stage=self.stage_qualified, active=False)
        message = str(self.refused(self.stage_qualified))
        self.assertIn("Leads and opportunities, archived ones included: 2", message)
        self.assertIn("Engagement discussed", message)

    def test_leads_alone(self):
        self.stage_qualified.rule_ids.unlink()
        self.make_opportunity(stage=self.stage_qualified)
        error = self.refused(self.stage_qualified, UserError)
        self.assertNotIsInstance(error, StageInUseError)
        self.assertIn("archived ones included: 1", str(error))
        self.assertIn("to another stage first", str(error))

    def test_several_stages(self):
        empty = self.env["crm.stage"].create({"name": "Empty"})
        error = self.refused(self.stage_qualified + self.stage_proposition + empty)
        self.assertIn("“Qualified”", str(error))
        self.assertIn("“Proposition”", str(error))
        self.assertNotIn("Empty", str(error))
        self.assertEqual(len(error.context["stage_in_use_ids"]), 3)
        empty.unlink()

    def test_what_its_place_is_held_by(self):
        with self.assertRaises(ValidationError) as caught:
            self.stage_qualified.is_outside_pipeline = True
        for name in ("relationship", "requirements", "engagement"):
            self.assertIn(self.criterion(name).name, str(caught.exception))


@tagged("post_install", "-at_install")
class TestDeleting(StageRuleCommon):
    """The rules of a stage are removed, or moved, in one step with it."""

    def delete(self, stages, to_stage=None, user=None):
        wizards = self.env["crm.stage.delete"].with_user(user or self.manager)
        with Form(wizards.with_context(default_stage_ids=stages.ids)) as form:
            if to_stage:
                form.handling = "move"
                form.to_stage_id = to_stage
        return form.record.action_confirm()

    def asked(self, stage, framework=None):
        rules = stage.rule_ids.filtered(
            lambda rule: rule.framework_id == (framework or self.framework)
        )
        return {rule.criterion_id: rule.tier for rule in rules}

    def test_without_its_rules(self):
        self.framework.copy()
        rules = self.stage_qualified.rule_ids
        action = self.delete(self.stage_qualified)
        self.assertTrue(action["infos"]["are_stages_deleted"])
        self.assertFalse(self.stage_qualified.exists() or rules.exists())

    def test_its_rules_go_to_another_stage(self):
        before = {**self.asked(self.stage_qualified), **self.asked(self.stage_proposition)}
        self.delete(self.stage_qualified, self.stage_proposition)
        self.assertFalse(self.stage_qualified.exists())
        self.assertEqual(self.asked(self.stage_proposition), before)

    def test_the_stricter_rule_is_kept(self):
        criteria = [self.criterion(name) for name in ("relationship", "requirements", "engagement")]
        laxer, stricter, later = criteria
        rules = self.env["crm.stage.rule"].create(
            [
                {
                    "framework_id": self.framework.id,
                    "criterion_id": criterion.id,
                    "stage_id": self.stage_proposition.id,
                    **values,
                }
                for criterion, values in [
                    (laxer, {"tier": RECOMMENDED}),
                    (stricter, {"tier": REQUIRED}),
                    (later, {"tier": REQUIRED, "date_from": "2099-01-01"}),
                ]
            ]
        )
        self.stage_qualified.rule_ids.filtered(
            lambda rule: rule.criterion_id == stricter
        ).tier = RECOMMENDED
        self.delete(self.stage_qualified, self.stage_proposition)
        asked = self.asked(self.stage_proposition)
        self.assertEqual({asked[criterion] for criterion in criteria}, {REQUIRED})
        self.assertEqual(rules.exists(), rules[1])
        self.assertFalse(any(self.framework.rule_ids.mapped("date_from")))

    def test_two_stages_into_one(self):
        self.stage_proposition.rule_ids[0].copy({"stage_id": self.stage_qualified.id})
        before = {**self.asked(self.stage_qualified), **self.asked(self.stage_proposition)}
        self.delete(self.stage_qualified + self.stage_proposition, self.stage_new)
        self.assertEqual(self.asked(self.stage_new), before)

    def test_they_need_another_stage(self):
        wizards = self.env["crm.stage.delete"].with_user(self.manager)
        stages = self.stage_qualified + self.stage_proposition
        for to_stage in (self.env["crm.stage"], self.stage_proposition):
            wizard = wizards.create(
                {"stage_ids": stages.ids, "handling": "move", "to_stage_id": to_stage.id}
            )
            with self.assertRaises(UserError):
                wizard.action_confirm()
        self.assertEqual(len(stages.rule_ids), 6)

    def test_leads_are_shown_and_stay(self):
        lead = self.make_opportunity(stage=self.stage_qualified, active=False)
        action = self.delete(self.stage_qualified)
        self.assertTrue(self.stage_qualified.exists())
        self.assertFalse(self.stage_qualified.rule_ids)
        found = self.env["crm.lead"].with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found, lead.with_env(self.env))

    def test_rules_that_somebody_may_not_see(self):
        there = self.env["res.company"].create({"name": "There"})
        own = self.framework.copy({"name": "Theirs", "company_id": there.id})
        there.qualification_framework_id = own
        with self.assertRaises(StageInUseError) as caught:
            self.delete(self.stage_qualified)
        self.assertIn("Theirs", str(caught.exception))
        self.assertNotIn("BANT", str(caught.exception))
        self.assertTrue(own.rule_ids.stage_id)

    def test_who_may(self):
        with self.assertRaises(AccessError):
            self.delete(self.stage_qualified, user=self.all_rep)


@tagged("post_install", "-at_install")
class TestRemoteDeletion(HttpCase, StageRuleCommon):
    def test_what_a_client_is_told(self):
        self.authenticate(self.manager.login, self.manager.login)
        with mute_logger("odoo.http"):
            error = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": "crm.stage",
                        "method": "unlink",
                        "args": self.stage_qualified.ids,
                        "kwargs": {},
                    }
                },
            ).json()["error"]["data"]
        self.assertTrue(error["message"].startswith("The stage “Qualified” cannot be deleted"))
        self.assertIn("Delete the rules", error["message"])
        self.assertEqual(error["context"]["stage_in_use_ids"], self.stage_qualified.ids)

    def test_what_a_program_is_told(self):
        with (
            mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc"),
            self.assertRaises(xmlrpc.client.Fault) as caught,
        ):
            self.xmlrpc_object.execute_kw(
                self.env.cr.dbname,
                self.manager.id,
                self.manager.login,
                "crm.stage",
                "unlink",
                [self.stage_qualified.ids],
            )
        self.assertIn("Requirements identified", caught.exception.faultString)
        self.assertNotIn("Traceback", caught.exception.faultString)

    def test_in_the_pipeline(self):
        self.make_opportunity("Tour: desks", user=self.manager)
        with mute_logger("odoo.http"):
            self.start_tour("/odoo", "sales_funnel_stages_delete_stage", login=self.manager.login)
        self.assertFalse(self.stage_qualified.exists() or self.stage_proposition.exists())
        self.assertEqual(len(self.stage_won.rule_ids), 5)

    def test_in_the_form_of_the_stage(self):
        with mute_logger("odoo.http"):
            self.start_tour(
                "/odoo", "sales_funnel_stages_delete_stage_form", login=self.manager.login
            )
        self.assertFalse(self.stage_qualified.exists())
