from contextlib import contextmanager

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ...models.rules import criterion_trial
from ...tools import impact
from ...tools.impact import Scenario
from ...tools.rulebook import ENFORCE
from ..support.case import CriterionAssertions
from ..support.common import StageRuleCommon
from ..support.history_marks import made_up_history
from ..support.remote import RemoteCase

FRAMEWORK_LOGGER = "odoo.addons.sales_funnel_stages.models.rules.rulebook"

CLOSED = [
    "[('message_ids', '!=', False)]",
    "[('message_ids.body', 'ilike', 'salary')]",
    "[('message_ids', 'any', [('subject', 'ilike', 'salary')])]",
    "[('message_ids', 'not any', [('subject', 'ilike', 'salary')])]",
    "['!', ('website_message_ids.body', 'ilike', 'salary')]",
    "[('partner_id.message_ids.body', 'ilike', 'salary')]",
    "[('partner_id', 'any', [('message_ids', 'any', [('body', 'ilike', 'salary')])])]",
    "[('activity_ids.attachment_ids.name', 'ilike', 'salary')]",
    "[('message_follower_ids.subtype_ids.name', 'ilike', 'salary')]",
    "[('user_id.api_key_ids.name', 'ilike', 'robot')]",
    "[('user_id.api_key_ids', '=', False)]",
    "[('user_id.device_ids.ip_address', 'ilike', '10.')]",
    "[('user_id.log_ids', '!=', False)]",
    "[('user_id.res_users_settings_ids', '!=', False)]",
    "[('user_id.group_ids', 'in', [1])]",
    "[('user_id.group_ids.name', 'ilike', 'admin')]",
    "[('create_uid.all_group_ids', 'any', [('id', '=', 1)])]",
    "[('write_uid.password', 'ilike', 'a')]",
    "[('calendar_event_ids.access_token', 'ilike', 'a')]",
    "[('team_id.alias_id.alias_name', 'ilike', 'a')]",
    "[('tag_ids.write_uid.totp_secret', 'ilike', 'a')]",
]
OPEN = [
    "[('activity_ids.summary', 'ilike', 'call')]",
    "[('message_follower_ids.partner_id.name', 'ilike', 'ann')]",
    "[('user_id.partner_id.name', 'ilike', 'ann')]",
    "[('calendar_event_ids.start', '<', 'today')]",
    "[('partner_id.opportunity_ids.won_status', '=', 'won')]",
    "[('qualification_answer_ids.answer', '=', 'yes')]",
    "[('last_message_from', '=', 'customer')]",
]


class CriterionPathsCommon(StageRuleCommon, CriterionAssertions):
    @contextmanager
    def assert_refused_since(self, says):
        with self.assertRaises(ValidationError) as caught:
            yield
        self.assertIn(says, str(caught.exception))

    def make_criterion(self, domain, user=None, is_sudo=False, **values):
        return (
            self.env["crm.qualification.criterion"]
            .with_user(user or self.manager)
            .sudo(is_sudo)
            .create(
                {
                    "name": "Some question",
                    "framework_id": self.framework.id,
                    "domain": domain,
                    **values,
                }
            )
        )

    def require(self, domain, user=None):
        """Return a criterion with a domain, which is required to convert."""
        criterion = self.make_criterion(domain, user)
        self.env["crm.stage.rule"].create(
            {"framework_id": self.framework.id, "criterion_id": criterion.id}
        )
        return criterion

    def assert_met_by(self, criterion, met, among):
        """Assert which leads meet a criterion: to the gate, in searches, in counts."""
        unmet = among._get_unmet_criteria([criterion.id])
        self.assertEqual(among.filtered(lambda lead: not unmet[lead.id]), met)
        lead_model = self.env["crm.lead"].with_user(self.manager).sudo()
        rules = self.framework.rule_ids.filtered(lambda rule: rule.criterion_id != criterion)
        rules.unlink()
        found = lead_model.search([("is_qualified", "=", True), ("id", "in", among.ids)])
        self.assertEqual(found, met)
        self.assertEqual(among.filtered("is_qualified"), met)
        missing = lead_model.search(
            [("missing_first_id", "=", criterion.id), ("id", "in", among.ids)]
        )
        self.assertEqual(missing, among - met)
        held_back = lead_model._held_back_domain(Scenario(), impact.OPEN)
        counted = lead_model.search(lead_model._impact_domain(impact.OPEN) & held_back)
        of_deals = among.filtered(lambda lead: lead.type == "opportunity")
        self.assertEqual(counted & among, of_deals - met)


@tagged("post_install", "-at_install")
class TestCriterionPaths(CriterionPathsCommon):
    """A criterion looks only at what whoever is told of it may read."""

    def test_secrets_messages_and_what_is_technical_are_closed(self):
        for domain in CLOSED:
            with self.subTest(domain):
                # whoever asks
                self.assert_criterion_refused(domain, "criteria may not look at")
                with self.assert_refused_since("criteria may not look at"):
                    self.make_criterion(domain)

    def test_what_everybody_sees_is_open(self):
        for domain in OPEN:
            with self.subTest(domain):
                self.assertTrue(self.make_criterion(domain))

    def test_a_field_for_some_only_is_for_no_criterion(self):
        says = "not everybody who works with leads"
        self.assert_criterion_refused("[('partner_id.signup_type', '!=', False)]", says)
        domain = "[('partner_id.opportunity_ids.referred', '=', 'x')]"
        criterion = self.make_criterion(domain)
        self.assertFalse(criterion.fault)
        for groups, is_open in (
            ("base.group_user", True),
            ("sales_team.group_sale_salesman,base.group_system", True),
            ("sales_team.group_sale_manager", False),
            ("base.group_user,!base.group_system", True),
            ("!base.group_user", False),
            (".", False),
        ):
            with self.subTest(groups):
                self.patch(self.env["crm.lead"]._fields["referred"], "groups", groups)
                if is_open:
                    self.make_criterion(domain).unlink()
                else:
                    self.assert_criterion_refused(domain, says)
        self.env["crm.rulebook"]._renew()
        with self.assertLogs(FRAMEWORK_LOGGER, "ERROR"):
            criterion.invalidate_recordset()
            self.assertIn(says, criterion.fault)

    def test_what_a_private_meeting_hides_is_for_no_criterion(self):
        for name in ("name", "location"):
            self.assert_criterion_refused(
                f"[('calendar_event_ids.{name}', 'ilike', 'salary')]",
                "not everybody who works with leads",
            )

    def test_an_author_may_read_what_a_path_goes_through(self):
        access = self.env["ir.model.access"].search([("model_id.model", "=", "utm.campaign")])
        access.active = False
        self.env["ir.model.access"].create(
            {
                "name": "Campaigns are for one group",
                "model_id": self.env["ir.model"]._get("utm.campaign").id,
                "group_id": self.env.ref("base.group_system").id,
                "perm_read": True,
            }
        )
        domain = "[('campaign_id.title', 'ilike', 'secret')]"
        with self.assert_refused_since("you may not read"):
            self.make_criterion(domain)
        with self.assert_refused_since("you may not read"):
            self.make_criterion(domain, check_by="filter", name="imported")
        chief = new_test_user(
            self.env, "funnel_chief", "sales_team.group_sale_manager,base.group_system"
        )
        criterion = self.make_criterion(domain, chief)
        # nor does anybody else get it by a copy, who may not read it
        with self.assert_refused_since("you may not read"):
            criterion.with_user(self.manager).copy()
        with self.assert_refused_since("you may not read"):
            self.framework.with_user(self.manager).copy()

    def test_a_suspended_criterion_is_not_put_in_force_by_who_may_not_read_it(self):
        access = self.env["ir.model.access"].search([("model_id.model", "=", "utm.campaign")])
        criterion = self.require("[('campaign_id.title', 'ilike', 'x')]", self.env.user)
        access.active = False
        criterion.is_suspended = True
        self.assertIn("clearing “Suspended”", criterion.fault)
        with self.assert_refused_since("you may not read"):
            criterion.with_user(self.manager).is_suspended = False
        # what is written meanwhile is not evaluated, and checked with it
        criterion.with_user(self.manager).domain = "[('message_ids.body', 'ilike', 'y')]"
        self.assertNotIn(criterion.id, self.env["crm.qualification.framework"]._get_criteria())
        with self.assert_refused_since("criteria may not look at"):
            criterion.is_suspended = False
        criterion.with_user(self.manager).domain = "[('email_from', 'ilike', 'y')]"
        criterion.with_user(self.manager).is_suspended = False
        self.assertFalse(criterion.fault)

    def test_numbers_are_finite(self):
        for value in ("1e999", "-1e999", "9" * 400, "[5, 1e999]"):
            with self.subTest(value[:20]):
                operator = "in" if value.startswith("[") else ">"
                self.assert_criterion_refused(
                    f"[('expected_revenue', '{operator}', {value})]", "is not a value of"
                )

    def test_what_takes_too_long_is_refused(self):
        self.make_lead()
        domain = (
            "["
            + "'|', " * 199
            + ", ".join(f"('partner_id.name', 'ilike', 'nobody {number}')" for number in range(200))
            + "]"
        )
        criterion = self.make_criterion(domain)
        # the database's own limit, for one query
        self.patch(criterion_trial, "TIME_LIMIT", 0.001)
        with mute_logger("odoo.sql_db"):
            self.assert_criterion_refused(domain, "takes too long")
        self.assertEqual(
            self.env.execute_query(SQL("SHOW statement_timeout")), [("0",)], "it is set back"
        )
        # that of all of it; 0 is no limit for the database
        self.patch(criterion_trial, "TIME_LIMIT", 0)
        self.assert_criterion_refused("[('name', '=', 'x')]", "takes too long")
        self.assertTrue(criterion.exists())


@tagged("post_install", "-at_install")
class TestCriterionPathsRPC(RemoteCase, CriterionPathsCommon):
    """No way in which a manager saves a criterion over the network leads around it."""

    def test_every_way_to_save_is_checked(self):
        criterion = self.make_criterion("[('email_from', 'ilike', 'x')]")
        framework = self.framework.copy()
        before = self.env["crm.qualification.criterion"].search_count([])
        self.authenticate(self.manager.login, self.manager.login)
        for domain in CLOSED[:4]:
            values = {"name": "Q", "framework_id": framework.id, "domain": domain}
            nested = {"criterion_ids": [[0, 0, {"name": "Q", "domain": domain}]]}
            changed = {"criterion_ids": [[1, framework.criterion_ids[0].id, {"domain": domain}]]}
            for model, method, *args in (
                ("criterion", "create", [values]),
                ("criterion", "name_create", "Q"),
                ("criterion", "write", [criterion.id], {"domain": domain}),
                ("criterion", "write", [criterion.id], {**values, "is_suspended": False}),
                ("criterion", "web_save", [criterion.id], {"domain": domain}, {}),
                ("criterion", "web_save", [], {**values, "check_by": "filter"}, {}),
                ("criterion", "copy", [criterion.id], {"domain": domain}),
                ("framework", "write", [framework.id], nested),
                ("framework", "write", [framework.id], changed),
                ("framework", "web_save", [], {"name": "F", **nested}, {}),
            ):
                context = {"default_domain": domain, "default_framework_id": framework.id}
                with self.subTest(method, domain=domain):
                    answer = self.call(
                        method, *args, model=f"crm.qualification.{model}", context=context
                    )
                    self.assertIn("may not look at", answer["error"]["data"]["message"])
            with self.subTest("load", domain=domain):
                answer = self.call(
                    "load",
                    ["name", "framework_id/.id", "domain"],
                    [["Q", str(framework.id), domain]],
                    model="crm.qualification.criterion",
                )
                self.assertIn("may not look at", answer["result"]["messages"][0]["message"])
        # an answered criterion has the domain of its answers, whatever is given
        answer = self.call(
            "write",
            [criterion.id],
            {"domain": CLOSED[0], "check_by": "answer"},
            model="crm.qualification.criterion",
        )
        self.assertTrue(answer["result"])
        self.assertEqual(criterion.domain, criterion._make_answer_domain())
        self.assertEqual(self.env["crm.qualification.criterion"].search_count([]), before)


@made_up_history("a company is taken from a lead past Odoo")
@tagged("post_install", "-at_install")
class TestCriterionRecords(CriterionPathsCommon):
    """Only those records are there that the lead's company sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.env.company, cls.env["res.company"].create({"name": "There"})
        cls.there.qualification_framework_id = cls.framework
        cls.there.qualification_framework_id.company_id = False
        cls.team_here = cls.make_team("Here", ENFORCE, company_id=cls.here.id)
        cls.team_there = cls.make_team("There", ENFORCE, company_id=cls.there.id)
        cls.manager_there = new_test_user(
            cls.env,
            "funnel_manager_there",
            "sales_team.group_sale_manager",
            company_id=cls.there.id,
            company_ids=[Command.set(cls.there.ids)],
        )

    def make_criterion(self, domain, user=None, **values):
        # the framework is that of both companies: no manager of one may change it
        return super().make_criterion(domain, user, is_sudo=True, **values)

    def make_leads_of_one_customer(self):
        """Return leads here, there, of a team there, and of no company; all of one customer."""
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "partner_id": self.customer.id,
                    "user_id": False,
                    **at,
                }
                for name, at in {
                    "Here": {"company_id": self.here.id, "team_id": self.team_here.id},
                    "There": {"company_id": self.there.id, "team_id": self.team_there.id},
                    "Of a team": {"company_id": self.there.id, "team_id": self.team_there.id},
                    "Nobody's": {"company_id": False, "team_id": False},
                }.items()
            ]
        )
        leads.flush_recordset()
        # as leads are whose team was given to a company later
        self.env.cr.execute("UPDATE crm_lead SET company_id = NULL WHERE id = %s", [leads[2].id])
        leads.invalidate_recordset()
        self.assertEqual(leads.mapped("company_id"), self.here + self.there)
        self.assertFalse(leads[3].team_id)
        return leads

    def test_what_another_company_has_is_not_there(self):
        leads = self.make_leads_of_one_customer()
        leads[0].expected_revenue = 5000
        domain = "[('partner_id.opportunity_ids.expected_revenue', '>', 1000)]"
        self.assert_met_by(self.require(domain, self.manager_there), leads[0], leads)

    def test_nor_is_it_there_by_not_any(self):
        leads = self.make_leads_of_one_customer()
        leads[0].expected_revenue = 5000
        domain = (
            "[('partner_id', 'any', [('opportunity_ids', 'not any', "
            "[('expected_revenue', '>', 1000)])])]"
        )
        self.assert_met_by(self.require(domain, self.manager_there), leads[1:], leads)

    def test_what_all_companies_share_is_there(self):
        leads = self.make_leads_of_one_customer()
        leads[3].expected_revenue = 5000
        domain = "[('partner_id.opportunity_ids.expected_revenue', '>', 1000)]"
        self.assert_met_by(self.require(domain), leads, leads)

    def test_a_team_tells_the_company(self):
        leads = self.make_leads_of_one_customer()
        leads[1].expected_revenue = 5000
        domain = "[('partner_id.opportunity_ids.expected_revenue', '>', 1000)]"
        self.assert_met_by(self.require(domain), leads[1] + leads[2], leads)

    def test_what_is_part_of_anothers_lead_is_not_there(self):
        leads = self.make_leads_of_one_customer()
        leads[0].stakeholder_ids = [Command.create({"contact_name": "Ann"})]
        domain = "[('partner_id.opportunity_ids.stakeholder_ids.contact_name', '=', 'Ann')]"
        self.assert_met_by(self.require(domain, self.manager_there), leads[0], leads)

    def test_a_field_that_shows_one_of_another_company_is_empty(self):
        self.make_custom_field("x_note", "char", related="partner_id.ref", store=False)
        self.customer.company_id = False
        leads = self.make_leads_of_one_customer()
        self.customer.ref = "secret"
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s",
            [self.here.id, self.customer.id],
        )
        self.customer.invalidate_recordset()
        self.assert_met_by(
            self.require("[('x_note', '=', 'secret')]", self.manager_there), leads[0], leads
        )

    def test_a_lead_that_one_may_not_see_is_not_named(self):
        """Neither by the error that names one on which the two ways differ."""
        lead = self.make_leads_of_one_customer()[0]
        need = self.criterion("need")
        self.assertNotIn(lead.name, need.with_user(self.manager_there)._name_one(lead))
        self.assertEqual(need.with_user(self.manager)._name_one(lead), lead.name)


@tagged("post_install", "-at_install")
class TestLastMessage(CriterionPathsCommon):
    """Who wrote last, and when: what criteria may know of messages."""

    def write_to(self, lead, author, **values):
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", **values}
        return lead.message_post(author_id=author.id, **values)

    def assert_last(self, lead, by, message):
        self.assertEqual(lead.last_message_from, by)
        self.assertEqual(lead.last_message_date, message and message.date)
        found = self.env["crm.lead"].search([("last_message_from", "=", by), ("id", "=", lead.id)])
        self.assertEqual(found, lead)
        self.assertFalse(found.search([("last_message_from", "!=", by), ("id", "=", lead.id)]))

    def test_it_is_the_last_that_a_person_wrote(self):
        lead = self.make_lead()
        self.assert_last(lead, False, False)
        ours = self.write_to(lead, self.rep.partner_id)
        self.assert_last(lead, "us", ours)
        theirs = self.write_to(lead, self.customer, message_type="email")
        self.assert_last(lead, "customer", theirs)
        # a note is no message, nor is a notice
        lead.message_post(author_id=self.rep.partner_id.id)
        lead.message_post(
            author_id=self.rep.partner_id.id,
            message_type="notification",
            subtype_xmlid="mail.mt_comment",
        )
        self.assert_last(lead, "customer", theirs)

    def test_it_is_a_criterion_as_any_other(self):
        leads = self.make_lead("a") + self.make_lead("b") + self.make_lead("c")
        self.write_to(leads[0], self.customer, message_type="email")
        self.write_to(leads[1], self.rep.partner_id)
        old = self.write_to(leads[2], self.customer, message_type="email")
        old.date = "2020-01-01 10:00:00"
        asked = self.require("[('last_message_from', '=', 'customer')]")
        self.assert_met_by(asked, leads[0] + leads[2], leads)
        asked.domain = "[('last_message_date', '>=', 'today -7d')]"
        self.assert_met_by(asked, leads[0] + leads[1], leads)
        asked.domain = "[('last_message_from', '=', 'us'), ('last_message_date', '<', 'today +1d')]"
        self.assert_met_by(asked, leads[1], leads)

    def test_a_batch_costs_one_query(self):
        leads = self.env["crm.lead"].concat(*[self.make_lead(str(i)) for i in range(20)])
        leads.invalidate_recordset()
        with self.assertQueryCount(1):
            leads.mapped("last_message_from")
