import random
from datetime import timedelta

from odoo.fields import Command, Date
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ...tools.rulebook import ENFORCE, OFF, RECOMMENDED
from ..support.common import StageRuleCommon
from ..support.history_marks import made_up_history


@made_up_history("companies are taken from leads past Odoo")
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
                    "budget_amount": number % 8 and 500,
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
