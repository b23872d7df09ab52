import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from ..tools.rulebook import ENFORCE, OFF
from .support.case import StageRuleAssertions
from .support.common import StageRuleCommon

CONFIGURATION = ["crm.qualification.framework", "crm.qualification.criterion", "crm.stage.rule"]
OPERATIONS = ["read", "write", "create", "unlink"]


class AccessCommon(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal = new_test_user(cls.env, "funnel_internal", "base.group_user")
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.public = new_test_user(cls.env, "funnel_public", "base.group_public")
        cls.my_lead = cls.make_lead("Mine", stakeholder_ids=cls.people("Ann"))
        cls.their_lead = cls.make_lead("Theirs", cls.all_rep, stakeholder_ids=cls.people("Bo"))
        cls.ann, cls.bo = (lead.sudo().stakeholder_ids for lead in (cls.my_lead, cls.their_lead))

    @classmethod
    def people(cls, *names, **values):
        """Return values for stakeholders with these names, who are all Acme's."""
        return [
            Command.create({"contact_name": name, "partner_id": cls.customer.id, **values})
            for name in names
        ]

    def visible_people(self, user, **context):
        """Return the names of the stakeholders that somebody finds."""
        model = self.env["crm.lead.stakeholder"].with_user(user).with_context(**context)
        return sorted(model.search([]).mapped("contact_name"))

    def assert_hidden(self, stakeholder, user, **context):
        """Assert that somebody does not come by a stakeholder, in whatever way they ask."""
        name = stakeholder.sudo().contact_name
        model = self.env["crm.lead.stakeholder"].with_user(user).with_context(**context)
        self.env.invalidate_all()
        asked = [("contact_name", "=", name)]
        self.assertFalse(model.search(asked))
        self.assertEqual(model.search_count(asked), 0)
        self.assertFalse(model.search([("partner_id", "=", self.customer.id), *asked]))
        self.assertFalse(model.search([("lead_id", "=", stakeholder.sudo().lead_id.id)]))
        self.assertFalse(model.name_search(name))
        self.assertFalse(model.search_read(asked, ["contact_name"]))
        self.assertNotIn(name, dict(model._read_group([], ["contact_name"], ["__count"])))
        self.assertNotIn(name, str(model.formatted_read_group([], ["contact_name"], ["__count"])))
        for read in (
            lambda record: record.read(["contact_name"]),
            lambda record: record.contact_name,
            lambda record: record.display_name,
            lambda record: record.web_read({"contact_name": {}}),
            lambda record: record.copy(),
            lambda record: record.write({"contact_name": "Changed"}),
            lambda record: record.unlink(),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                read(model.browse(stakeholder.id))
        self.assertFalse(
            self.env["crm.lead"]
            .with_user(user)
            .with_context(**context)
            .search([("stakeholder_ids.contact_name", "=", name)])
        )


@tagged("post_install", "-at_install")
class TestAccessConfiguration(AccessCommon):
    def test_who_may_do_what(self):
        nothing = []
        for model, allowed_by_user in {
            **dict.fromkeys(
                CONFIGURATION,
                {
                    self.rep: ["read"],
                    self.all_rep: ["read"],
                    self.manager: OPERATIONS,
                    self.internal: nothing,
                    self.portal: nothing,
                    self.public: nothing,
                },
            ),
            **dict.fromkeys(
                ["crm.lead.stakeholder", "crm.qualification.answer"],
                {
                    self.rep: OPERATIONS,
                    self.all_rep: OPERATIONS,
                    self.manager: OPERATIONS,
                    self.internal: nothing,
                    self.portal: nothing,
                    self.public: nothing,
                },
            ),
        }.items():
            for user, allowed in allowed_by_user.items():
                for operation in OPERATIONS:
                    with self.subTest(model, user=user.login, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            operation in allowed,
                        )

    def test_a_salesperson_reads_the_rules(self):
        framework = self.framework.with_user(self.rep)
        self.assertIn("Need identified", framework.criterion_ids.mapped("name"))
        self.assertIn("Won", framework.rule_ids.stage_id.mapped("name"))
        self.assertEqual(framework.team_ids, self.env["crm.team"])
        for change in (
            lambda: framework.write({"name": "Mine"}),
            lambda: framework.criterion_ids[0].write({"domain": "[('name', '!=', False)]"}),
            lambda: framework.rule_ids[0].unlink(),
            lambda: framework.copy(),
            lambda: self.team.with_user(self.rep).write({"stage_rule_policy": OFF}),
            lambda: self.stage_new.with_user(self.rep).write({"is_outside_pipeline": True}),
            lambda: self.env.company.with_user(self.rep).write({"stage_rule_policy": OFF}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_a_manager_builds_a_framework(self):
        framework_model = self.env["crm.qualification.framework"].with_user(self.manager)
        with Form(framework_model) as form:
            form.name = "Ours"
        framework = form.record
        criterion = (
            self.env["crm.qualification.criterion"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Referred",
                    "domain": "[('referred', '!=', False)]",
                    "framework_id": framework.id,
                }
            )
        )
        self.env["crm.stage.rule"].with_user(self.manager).create(
            {"framework_id": framework.id, "criterion_id": criterion.id}
        )
        self.team.with_user(self.manager).framework_id = framework
        self.assertFalse(self.my_lead.is_qualified)
        self.my_lead.referred = "A friend"
        self.assertTrue(self.my_lead.is_qualified)
        copy = framework.copy()
        copy.unlink()

    def test_others_read_stages_and_teams_as_before(self):
        """Whoever could read a stage, a team or a lead without a part in sales still can."""
        for user in (self.internal, self.rep):
            with self.subTest(user.login):
                stage = self.stage_qualified.with_user(user)
                self.assertEqual(stage.read()[0]["name"], "Qualified")
                team = self.team.with_user(user).read(["name", "framework_id"])[0]
                self.assertEqual(team["name"], "Enforcers")
        group = self.env["res.groups"].create({"name": "Lead readers"})
        for model in ("crm.model_crm_lead", "sales_team.model_crm_tag"):
            self.env["ir.model.access"].create(
                {
                    "name": "Lead readers",
                    "model_id": self.env.ref(model).id,
                    "group_id": group.id,
                    "perm_read": True,
                    "perm_write": True,
                }
            )
        self.internal.group_ids += group
        lead = self.my_lead.with_user(self.internal)
        self.assertEqual(lead.read()[0]["name"], "Mine")
        self.assertFalse(lead.is_qualified)
        self.assertTrue(lead.qualification_checklist["lines"])
        with Form(lead) as form:
            form.need_level = "weak"
        self.assertEqual(lead.need_level, "weak")
        self.assertNotIn("stakeholder_ids", lead.read()[0])


@tagged("post_install", "-at_install")
class TestAccessStakeholders(AccessCommon):
    """Whoever may see or change a lead may do so with its stakeholders, and nobody else."""

    def test_a_salesperson_qualifies_their_own_leads(self):
        with Form(self.my_lead) as form:
            form.need_level = "strong"
            form.requirement_summary = "Forty seats"
            with form.stakeholder_ids.new() as line:
                line.contact_name = "Cy"
                line.role = "buyer"
            with form.stakeholder_ids.edit(0) as line:
                line.relationship = "engaged"
        self.assertEqual(self.my_lead.need_level, "strong")
        self.assertEqual(self.visible_people(self.rep), ["Ann", "Cy"])
        self.my_lead.stakeholder_ids[-1].unlink()
        self.assertEqual(self.visible_people(self.rep), ["Ann"])
        self.env["crm.lead.stakeholder"].with_user(self.rep).create(
            {"lead_id": self.my_lead.id, "contact_name": "Di"}
        )
        self.assertEqual(self.visible_people(self.rep), ["Ann", "Di"])

    def test_stakeholders_of_leads_that_one_may_not_see(self):
        self.assert_hidden(self.bo, self.rep)
        self.assertEqual(self.visible_people(self.all_rep), ["Ann", "Bo"])
        self.assertEqual(self.visible_people(self.manager), ["Ann", "Bo"])
        for user in (self.internal, self.portal, self.public):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.visible_people(user)
        # a lead that nobody has is everybody's
        self.their_lead.sudo().user_id = False
        self.assertEqual(self.visible_people(self.rep), ["Ann", "Bo"])

    def test_nobody_is_put_on_a_lead_that_one_may_not_change(self):
        model = self.env["crm.lead.stakeholder"].with_user(self.rep)
        with self.assertRaises(AccessError):
            model.create({"lead_id": self.their_lead.id, "contact_name": "Spy"})
        with self.assertRaises(AccessError):
            self.ann.with_user(self.rep).lead_id = self.their_lead
        self.assertEqual(self.their_lead.sudo().stakeholder_ids, self.bo)

    def test_leads_that_one_may_see_and_not_change(self):
        self.env["ir.rule"].create(
            {
                "name": "Everybody reads all leads",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "groups": [Command.set(self.env.ref("sales_team.group_sale_salesman").ids)],
                "domain_force": "[(1, '=', 1)]",
                "perm_read": True,
                "perm_write": False,
                "perm_create": False,
                "perm_unlink": False,
            }
        )
        bo = self.bo.with_user(self.rep)
        self.assertEqual(bo.contact_name, "Bo")
        for change in (
            lambda: bo.write({"contact_name": "Bob"}),
            bo.unlink,
            lambda: bo.create({"lead_id": self.their_lead.id, "contact_name": "Spy"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_record_rules_that_a_company_added(self):
        self.env["ir.rule"].create(
            {
                "name": "No secret leads",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "domain_force": "[('referred', '!=', 'secret')]",
            }
        )
        self.assertEqual(self.visible_people(self.manager), ["Ann", "Bo"])
        self.their_lead.sudo().referred = "secret"
        for user in (self.manager, self.all_rep, self.rep):
            with self.subTest(user.login):
                self.assertEqual(self.visible_people(user), ["Ann"])
                self.assert_hidden(self.bo, user)

    def test_stakeholders_of_archived_leads(self):
        (self.my_lead + self.their_lead).sudo().active = False
        self.assertEqual(self.visible_people(self.rep), ["Ann"])
        self.assert_hidden(self.bo, self.rep)
        self.assertEqual(self.visible_people(self.all_rep), ["Ann", "Bo"])

    def test_they_go_with_their_lead(self):
        self.their_lead.with_user(self.manager).unlink()
        self.assertFalse(self.bo.exists())


@tagged("post_install", "-at_install")
class TestAccessCompanies(AccessCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.env.company, cls.env["res.company"].create({"name": "There"})
        cls.stranger = new_test_user(
            cls.env,
            "funnel_stranger",
            "sales_team.group_sale_manager",
            company_id=cls.there.id,
            company_ids=[Command.set(cls.there.ids)],
        )
        cls.traveller = new_test_user(
            cls.env,
            "funnel_traveller",
            "sales_team.group_sale_manager",
            company_id=cls.here.id,
            company_ids=[Command.set((cls.here + cls.there).ids)],
        )
        cls.own_framework = cls.framework.copy({"name": "Theirs", "company_id": cls.there.id})
        cls.their_team = cls.make_team("There", ENFORCE, company_id=cls.there.id)
        cls.lead_there = cls.make_lead(
            "There",
            cls.stranger,
            team_id=cls.their_team.id,
            company_id=cls.there.id,
            stakeholder_ids=cls.people("Zoe"),
        )
        cls.zoe = cls.lead_there.sudo().stakeholder_ids
        cls.my_lead.sudo().company_id = cls.here

    def test_frameworks_of_another_company(self):
        for model, theirs in {
            "crm.qualification.framework": self.own_framework,
            "crm.qualification.criterion": self.own_framework.criterion_ids,
            "crm.stage.rule": self.own_framework.rule_ids,
        }.items():
            for user, allowed, is_seen in [
                (self.manager, self.here, False),
                (self.rep, self.here, False),
                (self.stranger, self.there, True),
                (self.traveller, self.here, False),
                (self.traveller, self.here + self.there, True),
            ]:
                with self.subTest(model, user=user.login, companies=allowed.mapped("name")):
                    model_as_user = (
                        self.env[model]
                        .with_user(user)
                        .with_context(allowed_company_ids=allowed.ids)
                    )
                    found = model_as_user.search([])
                    self.assertEqual(bool(theirs & found), is_seen)
                    self.assertTrue(found - theirs, "the shared one is everybody's")
                    self.env.invalidate_all()
                    if not is_seen:
                        with self.assertRaises(AccessError):
                            model_as_user.browse(theirs[:1].id).read(["display_name"])
        # neither along a stage that both companies have
        stage = self.stage_won.with_user(self.manager)
        self.assertFalse(self.own_framework.rule_ids & stage.rule_ids)
        self.assertEqual(len(stage.rule_ids), 2)

    def test_a_framework_of_another_company_cannot_be_chosen(self):
        team_here = self.make_team("Here", OFF, company_id=self.here.id)
        team_of_all = self.make_team("Everywhere", OFF, company_id=False)
        for follower in (team_here, team_of_all):
            with self.subTest(follower.name):
                with self.assertRaises(UserError) as caught:
                    follower.framework_id = self.own_framework
                self.assertIn("Theirs", str(caught.exception))
        with self.assertRaises(UserError) as caught:
            self.here.qualification_framework_id = self.own_framework
        self.assertIn("Theirs", str(caught.exception))
        self.their_team.framework_id = self.own_framework
        self.there.qualification_framework_id = self.own_framework

    def test_a_new_company_is_not_given_what_another_one_has(self):
        # who enforces follows a framework
        self.env["crm.team"].search([]).stage_rule_policy = "guide"
        companies = self.env["res.company"].search([])
        companies.qualification_framework_id = False
        self.framework.company_id = self.here
        new = self.env["res.company"].create({"name": "New"})
        self.assertFalse(new.qualification_framework_id)

    def test_stakeholders_of_another_company(self):
        self.assert_hidden(self.zoe, self.manager)
        self.assert_hidden(self.ann, self.stranger)
        self.assertEqual(self.visible_people(self.stranger), ["Zoe"])
        companies = {"allowed_company_ids": self.there.ids}
        self.assertEqual(self.visible_people(self.traveller, **companies), ["Zoe"])
        self.assert_hidden(self.ann, self.traveller, **companies)
        companies = {"allowed_company_ids": (self.here + self.there).ids}
        self.assertEqual(self.visible_people(self.traveller, **companies), ["Ann", "Bo", "Zoe"])

    def test_a_lead_follows_the_rules_of_its_own_company(self):
        """Not of the one through which somebody happens to look at it."""
        self.there.qualification_framework_id = self.own_framework
        self.own_framework.rule_ids.filtered(
            lambda rule: not rule.stage_id and rule.criterion_id.name != "Need identified"
        ).unlink()
        self.lead_there.need_level = "weak"
        self.my_lead.need_level = "weak"
        for allowed in (self.here, self.there, self.there + self.here):
            with self.subTest(companies=allowed.mapped("name")):
                leads = (
                    (self.lead_there + self.my_lead)
                    .with_user(self.traveller)
                    .sudo()
                    .with_context(allowed_company_ids=allowed.ids)
                )
                self.assertEqual(leads.mapped("is_qualified"), [True, False])
                self.assertEqual(leads.filtered_domain([("is_qualified", "=", True)]), leads[0])
                found = leads.search([("is_qualified", "=", True), ("id", "in", leads.ids)])
                self.assertEqual(found, leads[0])


@tagged("post_install", "-at_install")
class TestAccessWizards(AccessCommon):
    """Whoever may make a wizard of ours learns nothing by it of leads that they may not see."""

    def setUp(self):
        super().setUp()
        self.secret = self.my_lead.sudo().copy({"name": "Secret", "user_id": self.all_rep.id})

    def model(self, name):
        return self.env[name].with_user(self.rep)

    def test_every_wizard(self):
        mass = self.model("crm.lead2opportunity.partner.mass").create({})
        values = {
            "crm.stage.move": {"lead_ids": [Command.set(self.secret.ids)]},
            "crm.lead.return": {"reason": "So", "lead_ids": [Command.set(self.secret.ids)]},
            "crm.lead2opportunity.skipped": {"wizard_id": mass.id, "lead_id": self.secret.id},
        }
        written = {
            name
            for name, model in self.env.registry.items()
            if model._transient
            and self.env["ir.model"]._get(name).modules == "sales_funnel_stages"
            and any(
                field.comodel_name == "crm.lead" and not field.compute
                for field in model._fields.values()
            )
        }
        self.assertEqual(set(values), written)
        for name, vals in values.items():
            with self.subTest(name), self.assertRaises(AccessError), self.env.cr.savepoint():
                self.model(name).create(vals)


@tagged("post_install", "-at_install")
class TestAccessOverride(AccessCommon, StageRuleAssertions):
    def test_managers_may_override_and_others_may_not(self):
        group = self.env.ref("sales_funnel_stages.group_stage_rule_override")
        self.assertIn(group, self.manager.all_group_ids)
        self.assertNotIn(group, self.rep.all_group_ids + self.all_rep.all_group_ids)
        self.assertIn(group, self.env.ref("sales_team.group_sale_manager").implied_ids)
        move = {"type": "opportunity", "partner_id": self.customer.id}, "They insist"
        with self.assertRaisesRegex(AccessError, "do not have the right"):
            self.my_lead.move_with_reason(*move)
        # a right of its own, which needs no other
        self.rep.group_ids += group
        self.assertNotIn(self.env.ref("sales_team.group_sale_manager"), self.rep.all_group_ids)
        self.my_lead.move_with_reason(*move)
        self.assert_moved(self.my_lead, self.stage_new)
        self.assertFalse(
            self.env["crm.stage.rule"].with_user(self.rep).has_access("write"),
            "whoever may override a rule may not change it",
        )

    def test_the_right_alone_opens_nothing(self):
        self.internal.group_ids += self.env.ref("sales_funnel_stages.group_stage_rule_override")
        with self.assertRaises(AccessError):
            self.my_lead.with_user(self.internal).read(["name"])
        with self.assertRaises(AccessError):
            self.framework.with_user(self.internal).read(["name"])


@tagged("post_install", "-at_install")
class TestKeyContact(AccessCommon):
    """One key contact at most for each lead."""

    def setUp(self):
        super().setUp()
        self.ann.is_key_contact = True
        self.my_lead.write({"stakeholder_ids": self.people("Cy", "Di")})
        self.cy, self.di = self.my_lead.stakeholder_ids - self.ann.with_user(self.rep)

    def assert_key_contact(self, stakeholder):
        self.env.flush_all()
        self.env.invalidate_all()
        people = self.my_lead.stakeholder_ids
        self.assertEqual(people.filtered("is_key_contact"), stakeholder.with_user(self.rep))
        self.assertFalse(self.bo.is_key_contact, "another lead's people are left alone")

    def test_another_one_takes_over(self):
        self.cy.is_key_contact = True
        self.assert_key_contact(self.cy)
        self.my_lead.write({"stakeholder_ids": self.people("Ed", is_key_contact=True)})
        self.assert_key_contact(
            self.my_lead.stakeholder_ids.filtered(lambda p: p.contact_name == "Ed")
        )
        self.my_lead.stakeholder_ids.is_key_contact = False
        self.assert_key_contact(self.cy.browse())

    def test_switched_in_one_save(self):
        # the order of the lines is that of the commands
        for from_, to in ((self.ann, self.cy), (self.cy, self.ann), (self.ann, self.di)):
            for clears in (True, False):
                with self.subTest(f"{from_.contact_name} to {to.contact_name}", clears=clears):
                    from_.is_key_contact = True
                    self.assert_key_contact(from_)
                    with Form(self.my_lead) as form:
                        ids = [line["id"] for line in form.stakeholder_ids._records]
                        with form.stakeholder_ids.edit(ids.index(to.id)) as line:
                            line.is_key_contact = True
                        if clears:
                            with form.stakeholder_ids.edit(ids.index(from_.id)) as line:
                                line.is_key_contact = False
                    self.assert_key_contact(to)

    def test_switched_to_a_new_line(self):
        with Form(self.my_lead) as form, form.stakeholder_ids.new() as line:
            line.contact_name = "Ed"
            line.is_key_contact = True
        self.assert_key_contact(
            self.my_lead.stakeholder_ids.filtered(lambda p: p.contact_name == "Ed")
        )

    def test_the_database_allows_one(self):
        for values in ({"lead_id": self.my_lead.id, "contact_name": "Ed", "is_key_contact": True},):
            with (
                self.assertRaises(psycopg2.IntegrityError) as caught,
                mute_logger("odoo.sql_db"),
            ):
                self.env["crm.lead.stakeholder"].create([values, {**values, "contact_name": "Flo"}])
            said = self.env["crm.lead.stakeholder"]._sql_error_to_message(caught.exception)
            self.assertIn("one key contact at most", said)
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead_stakeholder SET is_key_contact = true WHERE lead_id = %s",
                    self.my_lead.id,
                )
            )
        self.assert_key_contact(self.ann)

    def test_a_name_is_that_of_the_contact(self):
        with Form(self.my_lead) as form, form.stakeholder_ids.new() as line:
            line.partner_id = self.customer
            self.assertEqual(line.contact_name, "Acme")
            line.contact_name = "The one at Acme"
        added = self.my_lead.stakeholder_ids.filtered(lambda p: p.contact_name == "The one at Acme")
        self.assertEqual(added.partner_id, self.customer)
        self.assertEqual(added.display_name, "The one at Acme")
