import random
from datetime import timedelta

from odoo.fields import Command, Date
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from ..models.crm_lead_fields import NOTED_WHERE_WRITTEN, TOGETHER
from ..tools.rulebook import ENFORCE, OFF, RECOMMENDED
from .case import StageRuleAssertions
from .common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    WON_ANSWERS,
    StageRuleCommon,
)

# what is not known of a lead, but happens to it
NOT_ANSWERS = {
    "conversion_plan_id",
    "qualification_answer_ids",
    "revisit_date",
    "stage_request_ids",
    "stakeholder_ids",
    "transition_ids",
}

# each field of the qualification and a value of it
TRACKED_VALUES = {
    "contact_role": "adviser",
    "need_level": "strong",
    "need_summary": "They lose a day a week",
    "requirement_summary": "Forty seats",
    "budget_status": "confirmed",
    "budget_amount": 1200.5,
    "purchase_date": "2030-05-01",
    "first_contact_date": "2024-01-02",
    "engagement_date": "2024-02-03",
    "supplier_status": "dismissed",
    "incumbent_supplier": "Oracle",
    "payment_terms_status": "agreed",
    "contract_status": "signed",
}
# what belongs to a deal and not to its copy
NOT_COPIED = {"engagement_date", "payment_terms_status", "contract_status"}


@tagged("post_install", "-at_install")
class TestIsQualified(StageRuleCommon):
    """Searching, grouping and sorting say of each lead what the field says of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here, cls.there = cls.env.company, cls.env["res.company"].create({"name": "There"})
        # today is never the same day in both
        cls.here.resource_calendar_id.tz = "Pacific/Kiritimati"
        cls.there.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Far away", "tz": "Pacific/Pago_Pago", "company_id": cls.there.id}
        )
        strict = cls.framework.copy({"name": "Strict"})
        strict.rule_ids.filtered(lambda rule: rule.tier == RECOMMENDED).tier = "required"
        lax = cls.framework.copy({"name": "Lax", "company_id": cls.there.id})
        lax.rule_ids.filtered(
            lambda rule: rule.criterion_id.name not in ("Budget known", "Contact established")
        ).unlink()
        lax.rule_ids.tier = "required"
        cls.there.qualification_framework_id = lax
        teams = [
            cls.make_team("Here", ENFORCE, company_id=cls.here.id),
            cls.make_team("There", OFF, company_id=cls.there.id),
            cls.make_team("Strict", ENFORCE, framework_id=strict.id),
            cls.make_team("Strict there", ENFORCE, company_id=cls.there.id, framework_id=strict.id),
            cls.make_team("Closed", ENFORCE, active=False, framework_id=strict.id),
            cls.team,
        ]
        cls.traveller, cls.stranger = (
            new_test_user(
                cls.env,
                f"funnel_{company.name}",
                "sales_team.group_sale_manager",
                company_id=company.id,
                company_ids=[Command.set((cls.here + cls.there).ids)],
                tz="Europe/Paris",
            )
            for company in (cls.here, cls.there)
        )
        cls.leads = cls.env["crm.lead"].create(cls.random_leads(teams))
        cls.env.flush_all()
        # as leads are whose team was given to a company later
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET company_id = NULL WHERE id IN %s",
                tuple(cls.leads.filtered("team_id.company_id").ids[::4]),
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def random_leads(cls, teams):
        """Return values of leads of all kinds, the same at each run."""
        chance = random.Random(7)
        lead_model = cls.env["crm.lead"]._in_canonical_env(cls.here)
        today = Date.context_today(lead_model)
        # at some hours the two companies are two days apart
        days = [today + timedelta(days=days) for days in (-4, -3, -2, -1, 0, 1, 500)]
        values_list = []
        for number in range(160):
            team = chance.choice([*teams, False, False])
            company = team and team.company_id or chance.choice([cls.here, cls.there, False])
            values_list.append(
                {
                    "name": f"Lead {number}",
                    "type": chance.choice(["lead", "opportunity"]),
                    "team_id": team and team.id,
                    "company_id": company and company.id,
                    "user_id": False,
                    "active": chance.random() < 0.8,
                    "need_level": chance.choice([False, "none", "weak", "strong", "strong"]),
                    "budget_status": chance.choice([False, "none", "estimated", "confirmed"]),
                    "purchase_date": chance.choice([False, *days, *days]),
                    "first_contact_date": chance.choice([False, *days]),
                    "contact_role": chance.choice([False, "user", "buyer", "decision_maker"]),
                    "requirement_summary": chance.choice([False, "Forty seats"]),
                    "stakeholder_ids": [
                        Command.create({"contact_name": "Ann", "role": "buyer"})
                        for _ in range(chance.choice([0, 0, 1]))
                    ],
                }
            )
        return values_list

    def looked_at(self, user, *companies):
        # sudo: of all leads, whatever the user's record rules hide
        leads = self.leads.with_user(user).sudo().with_context(active_test=False)
        return leads.with_context(
            allowed_company_ids=[company.id for company in companies] or user.company_id.ids
        )

    def each_view(self):
        """Yield the leads as different people look at them."""
        for user in (self.traveller, self.stranger):
            for companies in ([], [self.here, self.there], [self.there, self.here]):
                self.env.invalidate_all()
                with self.subTest(user=user.login, companies=[each.name for each in companies]):
                    yield self.looked_at(user, *companies)

    def test_a_search_finds_what_is_qualified(self):
        for leads in self.each_view():
            qualified = leads.filtered("is_qualified")
            self.assertGreater(len(qualified), 20)
            self.assertGreater(len(leads - qualified), 20)
            among = [("id", "in", leads.ids)]
            for domain, expected in [
                ([("is_qualified", "=", True)], qualified),
                ([("is_qualified", "=", False)], leads - qualified),
                ([("is_qualified", "!=", True)], leads - qualified),
                ([("is_qualified", "!=", False)], qualified),
                ([("is_qualified", "in", [True])], qualified),
                ([("is_qualified", "not in", [True])], leads - qualified),
                ([("is_qualified", "in", [True, False])], leads),
                (["!", ("is_qualified", "=", True)], leads - qualified),
                (
                    ["&", ("is_qualified", "=", True), ("type", "=", "lead")],
                    qualified.filtered(lambda lead: lead.type == "lead"),
                ),
            ]:
                with self.subTest(domain=domain):
                    found = self.env["crm.lead"].with_env(leads.env).search([*among, *domain])
                    self.assertEqual(sorted(found.mapped("name")), sorted(expected.mapped("name")))
                    self.assertEqual(leads.filtered_domain(domain), expected)
                    self.assertEqual(leads.search_count([*among, *domain]), len(expected))

    def test_a_batch_says_what_each_lead_says(self):
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        together = self.leads._get_unmet_criteria(criteria)
        alone = {}
        for lead in self.leads:
            alone.update(lead._get_unmet_criteria(criteria))
        self.assertEqual(together, alone)
        drafts = self.env["crm.lead"].union(
            *(lead.new({"need_level": "strong"}, origin=lead) for lead in self.leads)
        )
        unmet_by_draft = drafts._get_unmet_criteria(criteria)
        for draft in drafts:
            self.assertEqual(
                unmet_by_draft[draft._ids[0]], draft._get_unmet_criteria(criteria)[draft._ids[0]]
            )

    def test_the_verdicts_are_not_all_those_of_one_company(self):
        """Else the tests of this class would prove little."""
        of_here = self.looked_at(self.traveller).filtered("is_qualified")
        of_there = self.looked_at(self.stranger).filtered("is_qualified")
        self.assertTrue((of_here - of_there).filtered(lambda lead: not lead.company_id))
        self.assertTrue((of_there - of_here).filtered(lambda lead: not lead.company_id))
        of_companies = (of_here & of_there).company_id
        self.assertEqual(of_companies, self.here + self.there)
        day = {
            company: Date.context_today(self.leads._in_canonical_env(company))
            for company in (self.here, self.there)
        }
        self.assertGreater(day[self.here], day[self.there])

    def test_amounts_in_several_currencies(self):
        """Odoo rounds the amounts of a domain in the currency of the records searched on."""
        usd, eur = self.env.ref("base.USD"), self.env.ref("base.EUR")
        eur.active = True
        self.there.currency_id = (usd + eur) - self.here.currency_id
        self.framework.criterion_ids[0].domain = "[('budget_amount', '>=', 100)]"
        for lead in self.leads[::2]:
            lead.budget_amount = 100
        leads = self.looked_at(self.traveller, self.here, self.there)
        self.assertEqual(len(leads.company_currency), 2)
        qualified = leads.filtered("is_qualified")
        self.assertTrue(qualified)
        self.assertEqual(
            leads.search([("id", "in", leads.ids), ("is_qualified", "=", True)]).sorted("id"),
            qualified.sorted("id"),
        )

    def test_grouping(self):
        for leads in self.each_view():
            qualified = leads.filtered("is_qualified")
            domain = [("id", "in", leads.ids)]
            self.assertEqual(
                dict(leads._read_group(domain, ["is_qualified"], ["__count"])),
                {True: len(qualified), False: len(leads - qualified)},
            )
            groups = leads.formatted_read_group(
                domain, ["is_qualified", "type"], ["__count", "expected_revenue:sum"]
            )
            self.assertEqual(sum(group["__count"] for group in groups), len(leads))
            for group in groups:
                self.assertEqual(
                    leads.search_count([*domain, *group["__extra_domain"]]), group["__count"]
                )

    def test_sorting(self):
        for leads in self.each_view():
            qualified = leads.filtered("is_qualified")
            domain = [("id", "in", leads.ids)]
            first = leads.search(domain, order="is_qualified desc, id", limit=len(qualified))
            self.assertEqual(first, qualified.sorted("id"))
            last = leads.search(domain, order="is_qualified, id", offset=len(leads - qualified))
            self.assertEqual(last, qualified.sorted("id"))

    def test_through_another_model(self):
        self.leads[:80].partner_id = self.customer
        leads = self.looked_at(self.traveller)
        found = leads.env["res.partner"].search([("opportunity_ids.is_qualified", "=", True)])
        self.assertIn(self.customer, found)
        leads[:80].filtered("is_qualified").partner_id = False
        found = leads.env["res.partner"].search([("opportunity_ids.is_qualified", "=", True)])
        self.assertNotIn(self.customer, found)

    def test_what_is_not_saved_yet_counts(self):
        lead = self.looked_at(self.traveller).filtered("is_qualified")[0]
        domain = [("id", "=", lead.id), ("is_qualified", "=", True)]
        self.assertTrue(lead.search(domain))
        lead.budget_status = "none"
        self.assertFalse(lead.search(domain))
        self.assertFalse(lead.is_qualified)

    def test_the_number_of_queries_does_not_grow(self):
        for name, read in {
            "qualified": lambda leads: leads.mapped("is_qualified"),
            "score": lambda leads: leads.mapped("qualification_score"),
            "checklist": lambda leads: leads.mapped("qualification_checklist"),
            "search": lambda leads: leads.search(
                [("id", "in", leads.ids), ("is_qualified", "=", True)]
            ),
            "list": lambda leads: leads.web_read(
                {"name": {}, "is_qualified": {}, "qualification_score": {}}
            ),
        }.items():
            with self.subTest(name):
                all_leads = self.looked_at(self.traveller)
                read(all_leads)  # what is cached in the registry is read once
                counted = {}
                for size in (16, 160):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    leads = all_leads.browse(all_leads.ids[:size])
                    before = self.env.cr.sql_log_count
                    read(leads)
                    counted[size] = self.env.cr.sql_log_count - before
                self.assertEqual(counted[16], counted[160], name)
                self.assertLess(counted[160], 20)


@tagged("post_install", "-at_install")
class TestQualificationScore(StageRuleCommon):
    """Met weight over total weight of what the next step asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.env["crm.qualification.framework"].create({"name": "Ours"})
        cls.team.framework_id = cls.own

    def ask(self, field, weight, stage=None, **values):
        """Ask for a field to be filled in, to convert or to enter a stage."""
        criterion = self.env["crm.qualification.criterion"].create(
            {
                "name": field,
                "framework_id": self.own.id,
                "domain": f"[({field!r}, '!=', False)]",
                "weight": weight,
            }
        )
        return self.env["crm.stage.rule"].create(
            {
                "framework_id": self.own.id,
                "criterion_id": criterion.id,
                "stage_id": stage and stage.id,
                **values,
            }
        )

    def assert_score(self, lead, score, is_qualified):
        lead.invalidate_recordset()
        self.assertEqual((lead.qualification_score, lead.is_qualified), (score, is_qualified))

    def test_arithmetic(self):
        lead = self.make_lead()
        self.assert_score(lead, 100, True)
        self.ask("need_level", 20)
        self.assert_score(lead, 0, False)
        self.ask("budget_status", 10)
        self.ask("referred", 30, tier=RECOMMENDED)
        lead.need_level = "weak"
        self.assert_score(lead, 33, False)
        lead.budget_status = "none"
        self.assert_score(lead, 50, True)
        lead.referred = "A friend"
        self.assert_score(lead, 100, True)

    def test_rounding(self):
        lead = self.make_lead(need_level="weak")
        for field, weight, score in [("need_level", 1, 100), ("referred", 199, 0), ("phone", 1, 0)]:
            self.ask(field, weight)
            self.assert_score(lead, score, field == "need_level")
        lead.referred = "A friend"
        # not everything is met, and it does not say so
        self.assert_score(lead, 99, False)

    def test_weights_of_nothing(self):
        lead = self.make_lead()
        self.ask("need_level", 0)
        self.assert_score(lead, 100, False)

    def test_it_is_of_the_next_step(self):
        self.ask("need_level", 10)
        self.ask("budget_status", 10, self.stage_new)
        self.ask("requirement_summary", 20, self.stage_qualified)
        self.ask("contract_status", 60, self.stage_won)
        values = {"need_level": "weak"}
        self.assert_score(self.make_lead(stage_id=self.stage_qualified.id, **values), 25, True)
        self.assert_score(self.make_lead(**values), 50, True)
        opportunity = self.make_opportunity(**values)
        self.assert_score(opportunity, 25, True)
        for stage, score in (
            (self.stage_qualified, 25),
            (self.stage_proposition, 10),
            (self.stage_won, 10),
        ):
            opportunity.sudo().with_user(self.env.ref("base.user_root")).stage_id = stage
            self.assert_score(opportunity, score, True)
        on_hold = self.env["crm.stage"].create({"name": "On hold", "is_outside_pipeline": True})
        opportunity.stage_id = on_hold
        self.assert_score(opportunity, 50, True)

    def test_a_team_without_a_framework_follows_its_company(self):
        self.ask("referred", 10)
        lead = self.make_lead(referred="A friend")
        self.assert_score(lead, 100, True)
        lead.team_id = self.make_team("Others", OFF)
        self.assert_score(lead, 0, False)
        self.env.company.qualification_framework_id = self.own
        self.assert_score(lead, 100, True)


@tagged("post_install", "-at_install")
class TestQualificationLive(StageRuleCommon, StageRuleAssertions):
    """What a salesperson sees while typing, before anything is saved."""

    def checked(self, form):
        """Return the met and the unmet criteria of the checklist of a form."""
        lines = form.qualification_checklist["lines"]
        names = {self.criterion(name).name: name for name in [
            "need", "budget", "timeframe", "authority", "contact", "requirements",
            "relationship", "engagement", "strong_need", "payment_terms", "supplier",
            "contract", "customer",
        ]}  # fmt: skip
        return (
            [names[line["name"]] for line in lines if line["is_met"]],
            [names[line["name"]] for line in lines if not line["is_met"]],
        )

    def test_a_lead(self):
        lead = self.make_lead()
        convert = ["need", "budget", "timeframe", "authority", "contact", "requirements"]
        with Form(lead) as form:
            self.assertEqual(self.checked(form), ([], convert))
            form.need_level = "weak"
            self.assertEqual(self.checked(form), (["need"], convert[1:]))
            form.budget_status = "estimated"
            form.purchase_date = Date.context_today(lead)
            checklist = form.qualification_checklist
            self.assertEqual((checklist["met"], checklist["total"]), (3, 3))
            self.assertFalse(checklist["stage"])
            form.need_level = "none"
            self.assertEqual(form.qualification_checklist["met"], 2)
            form.need_level = "weak"
            self.assertFalse(lead.is_qualified, "nothing is saved yet")
        self.assertTrue(lead.is_qualified)

    def test_stakeholders(self):
        lead = self.make_lead()
        with Form(lead) as form:
            with form.stakeholder_ids.new() as line:
                line.contact_name = "Ann"
            self.assertIn("authority", self.checked(form)[1])
            with form.stakeholder_ids.edit(0) as line:
                line.role = "decision_maker"
            self.assertIn("authority", self.checked(form)[0])
        with Form(lead) as form:
            form.stakeholder_ids.remove(0)
            self.assertIn("authority", self.checked(form)[1])

    def test_an_opportunity(self):
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        with Form(opportunity) as form:
            self.assertEqual(form.qualification_checklist["stage"], "Qualified")
            self.assertEqual(
                self.checked(form)[1],
                ["authority", "contact", "requirements", "relationship", "engagement"],
            )
            with form.stakeholder_ids.new() as line:
                line.contact_name = "Ann"
                line.is_key_contact = True
                line.relationship = "engaged"
            form.requirement_summary = "Forty seats"
            form.engagement_date = Date.context_today(opportunity)
            self.assertEqual(self.checked(form)[1], ["authority", "contact"])
            self.assertEqual(
                (form.qualification_checklist["met"], form.qualification_checklist["total"]), (6, 6)
            )
            form.stage_id = self.stage_qualified
            self.assertEqual(form.qualification_checklist["stage"], "Proposition")
            self.assertIn("strong_need", self.checked(form)[1])
        self.assert_moved(opportunity, self.stage_qualified)

    def test_a_new_record(self):
        lead_model = self.env["crm.lead"].with_user(self.rep)
        with Form(lead_model.with_context(default_type="lead")) as form:
            form.name = "Brand new"
            form.team_id = self.team
            self.assertIn("need", self.checked(form)[1])
            form.need_level = "strong"
            self.assertIn("need", self.checked(form)[0])
        self.assertEqual(form.record.need_level, "strong")

    def test_another_team_asks_for_other_things(self):
        framework = self.env["crm.qualification.framework"].create({"name": "Nothing"})
        lax = self.make_team("Lax", OFF, framework_id=framework.id)
        with Form(self.make_lead()) as form:
            form.team_id = lax
            self.assertEqual(form.qualification_checklist["lines"], [])
            form.team_id = self.team
            self.assertEqual(len(form.qualification_checklist["lines"]), 6)

    def test_what_the_checklist_says(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.stage_qualified.with_context(lang="fr_FR").name = "Qualifié"
        need = self.criterion("need").with_context(lang="fr_FR")
        need.write({"name": "Besoin identifié", "guidance": "Demandez-leur."})
        opportunity = self.make_opportunity(need_level="weak")
        french = opportunity.with_context(lang="fr_FR").qualification_checklist
        english = opportunity.with_context(lang="en_US").qualification_checklist
        self.assertEqual(french["stage"], "Qualifié")
        self.assertEqual(english["stage"], "Qualified")
        self.assertEqual(
            french["lines"][0],
            {
                "id": need.id,
                "name": "Besoin identifié",
                "guidance": "Demandez-leur.",
                "tier": "required",
                "is_met": True,
                "since": {"stage": False},
                "fields": ["need_level"],
            },
        )
        self.assertEqual(english["lines"][0]["name"], "Need identified")
        self.assertEqual(
            [line["id"] for line in english["lines"]],
            self.env["crm.qualification.criterion"]
            .browse(line["id"] for line in english["lines"])
            .sorted()
            .ids,
        )


@tagged("post_install", "-at_install")
class TestQualificationAnswers(StageRuleCommon):
    """The answers are ordinary fields: imported, exported, tracked, copied, scored with."""

    def test_each_answer_is_tracked(self):
        lead = self.make_lead().with_context(tracking_disable=False)
        self.env.flush_all()
        self.env.cr.precommit.run()
        for name, value in TRACKED_VALUES.items():
            with self.subTest(name):
                before = lead.message_ids
                lead.write({name: value})
                self.env.flush_all()
                self.env.cr.precommit.run()
                lead.invalidate_recordset(["message_ids"])
                tracked = (lead.message_ids - before).sudo().tracking_value_ids
                self.assertEqual(tracked.field_id.mapped("name"), [name])
        tracking_fields = {
            name
            for name, field in lead._fields.items()
            if field._modules and "sales_funnel_stages" in field._modules and field.store
        }
        self.assertEqual(tracking_fields - NOT_ANSWERS, set(TRACKED_VALUES), "one is not tracked")

    def test_what_is_noted_where_it_is_written(self):
        fields = self.env["crm.lead"]._fields
        together = {name for name, field in fields.items() if field.prefetch == TOGETHER}
        self.assertEqual(together, NOTED_WHERE_WRITTEN)

    def test_copies(self):
        lead = self.make_lead(
            **TRACKED_VALUES,
            stakeholder_ids=[
                Command.create(
                    {
                        "contact_name": "Ann",
                        "role": "buyer",
                        "is_key_contact": True,
                        "relationship": "champion",
                    }
                ),
                Command.create({"contact_name": "Bo"}),
            ],
        )
        copy = lead.copy()
        for name in TRACKED_VALUES:
            with self.subTest(name):
                expected = False if name in NOT_COPIED else lead[name]
                self.assertEqual(copy[name], expected)
        self.assertFalse(copy.stakeholder_ids & lead.stakeholder_ids)
        self.assertEqual(
            copy.stakeholder_ids.mapped(
                lambda each: (each.contact_name, each.role, each.is_key_contact, each.relationship)
            ),
            [("Ann", "buyer", True, "champion"), ("Bo", False, False, "none")],
        )

    def test_import_and_export(self):
        lead_model = self.env["crm.lead"].with_user(self.manager)
        stakeholder_fields = ["contact_name", "role", "is_key_contact"]
        fields = [
            "id", "name", "type", "team_id",
            *TRACKED_VALUES,
            *(f"stakeholder_ids/{name}" for name in stakeholder_fields),
        ]  # fmt: skip
        selections = lead_model.fields_get(attributes=["selection"])
        labels = {
            name: dict(selections[name].get("selection", [])).get(value, str(value))
            for name, value in TRACKED_VALUES.items()
        }
        nothing = [""] * (4 + len(TRACKED_VALUES))
        result = lead_model.load(
            fields,
            [
                ["__import__.lead_keys", "By keys", "lead", "Enforcers"]
                + [str(value) for value in TRACKED_VALUES.values()]
                + ["Ann", "buyer", "True"],
                [*nothing, "Bo", "user", ""],
                ["__import__.lead_labels", "By labels", "Lead", "Enforcers"]
                + list(labels.values())
                + ["Cy", "Decision maker", ""],
            ],
        )
        self.assertFalse(result["messages"])
        leads = lead_model.browse(result["ids"])
        self.assertEqual(leads.mapped("name"), ["By keys", "By labels"])
        for lead in leads:
            for name, value in TRACKED_VALUES.items():
                with self.subTest(name, lead=lead.name):
                    imported = lead[name]
                    self.assertEqual(str(imported) if name.endswith("date") else imported, value)
        self.assertEqual(leads[0].stakeholder_ids.mapped("contact_name"), ["Ann", "Bo"])
        self.assertEqual(leads[0].stakeholder_ids.mapped("is_key_contact"), [True, False])
        self.assertEqual(leads[1].stakeholder_ids.role, "decision_maker")

        self.manager.group_ids += self.env.ref("base.group_allow_export")
        exported = leads.export_data([*fields[1:], "is_qualified", "qualification_score"])["datas"]
        self.assertEqual(exported[0][0], "By keys")
        by_field = dict(zip(fields[1:], exported[0], strict=False))
        self.assertEqual(by_field["need_level"], "Strong need")
        self.assertEqual(by_field["purchase_date"].strftime("%Y-%m-%d"), "2030-05-01")
        self.assertEqual(by_field["stakeholder_ids/contact_name"], "Ann")
        self.assertEqual(exported[1][-3 - len(stakeholder_fields) + 1], "Bo")
        self.assertEqual(exported[0][-2:], [False, leads[0].qualification_score])

    def test_predictive_lead_scoring(self):
        """Administrators may choose the answers; the scores then follow them."""
        offered = self.env["crm.lead.scoring.frequency.field"].search([]).field_id
        names = {
            "contact_role", "need_level", "budget_status", "supplier_status",
            "payment_terms_status", "contract_status",
        }  # fmt: skip
        self.assertLessEqual(names, set(offered.mapped("name")))
        config = self.env["ir.config_parameter"].sudo()
        config.set_param("crm.pls_start_date", "2000-01-01")
        chosen = offered.filtered(lambda field: field.name in names)
        update = self.env["crm.lead.pls.update"].create(
            {
                "pls_start_date": "2000-01-01",
                "pls_fields": [
                    Command.set(
                        self.env["crm.lead.scoring.frequency.field"]
                        .search([("field_id", "in", chosen.ids)])
                        .ids
                    )
                ],
            }
        )
        values = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS)
        won = self.env["crm.lead"].create(
            [
                {
                    **values, "name": f"Won {number}", "type": "opportunity",
                    "team_id": self.team.id, "partner_id": self.customer.id,
                    "stage_id": self.stage_won.id,
                }
                for number in range(8)
            ]
        )  # fmt: skip
        lost = self.env["crm.lead"].create(
            [
                {
                    "name": f"Lost {number}", "type": "opportunity", "team_id": self.team.id,
                    "need_level": "none",
                }
                for number in range(8)
            ]
        )  # fmt: skip
        lost.action_set_lost()
        self.assertEqual(set(won.mapped("won_status")), {"won"})
        strong = self.make_opportunity("Strong", need_level="strong")
        hopeless = self.make_opportunity("Hopeless", need_level="none")
        update.action_update_crm_lead_probabilities()
        self.assertEqual(set(config.get_param("crm.pls_fields").split(",")), names)
        self.env["crm.lead"]._cron_update_automated_probabilities()
        (strong + hopeless).invalidate_recordset()
        self.assertGreater(strong.automated_probability, hopeless.automated_probability)
        # also live, as Odoo's own fields
        hopeless.need_level = "strong"
        self.assertAlmostEqual(hopeless.automated_probability, strong.automated_probability)
