from ast import literal_eval

from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import Form, tagged

from ...tools.rulebook import OFF
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    WON_ANSWERS,
    EdgeLeadsCommon,
    LeadsInUseCommon,
    StageRuleCommon,
)

# reading the cards themselves; what the criteria look at; names
MAX_QUERIES = 8


@tagged("post_install", "-at_install")
class TestGateProgress(StageRuleCommon):
    """The badge of a card, and what a lead lacks first."""

    def assert_progress(self, lead, met, total, *missing):
        lead.invalidate_recordset()
        self.assertEqual(lead.gate_progress, {"met": met, "total": total, "missing": list(missing)})

    def test_what_a_card_says(self):
        lead = self.make_lead(**self.answers(CONVERT_ANSWERS, {"purchase_date": False}))
        self.assert_progress(lead, 2, 3, "Buys within six months")
        opportunity = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        self.assert_progress(
            opportunity,
            3,
            6,
            "Requirements identified",
            "Relationship with the key contact",
            "Engagement discussed",
        )
        opportunity.write(self.answers(QUALIFIED_ANSWERS))
        self.assert_progress(opportunity, 6, 6)

    def test_who_has_no_next_step(self):
        """Won and lost ones, and those of a team that has no rules in force."""
        won = self.make_opportunity(stage=self.stage_won)
        lost = self.make_opportunity()
        lost.action_set_lost()
        off = self.make_lead(team_id=self.make_team("Others", OFF).id)
        self.framework.rule_ids.filtered(lambda rule: not rule.stage_id).unlink()
        nothing_asked = self.make_lead()
        for lead in (won, lost, off, nothing_asked):
            self.assertFalse(lead.gate_progress)

    def test_it_follows_while_typing(self):
        lead = self.make_opportunity()
        with Form(lead, view=self.make_form("gate_progress", "missing_first_id")) as form:
            self.assertEqual(form.missing_first_id, self.criterion("need"))
            form.need_level = "weak"
            self.assertEqual(form.gate_progress["met"], 1)
            self.assertEqual(form.missing_first_id, self.criterion("budget"))

    def make_form(self, *names):
        fields = "".join(f'<field name="{name}"/>' for name in ("need_level", *names))
        return self.env["ir.ui.view"].create(
            {"name": "Test", "model": "crm.lead", "arch": f"<form>{fields}</form>"}
        )

    def test_queries(self):
        """As many for 80 cards as for 10, and few."""
        stages = self.stage_new, self.stage_qualified, self.stage_proposition
        leads = (
            self.env["crm.lead"]
            .create(
                [
                    {
                        "name": f"Lead {number}",
                        "type": "opportunity",
                        "team_id": self.team.id,
                        "stage_id": stages[number % 3].id,
                        "need_level": number % 2 and "strong",
                        "stakeholder_ids": [(0, 0, {"contact_name": "Ada", "role": "buyer"})],
                    }
                    for number in range(80)
                ]
            )
            .with_user(self.all_rep)
        )
        # what a first call reads for all that follow is no cost of a card
        leads.web_read({"name": {}, "gate_progress": {}})
        counted = {}
        for size in (10, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            leads._get_rulebook()
            leads.browse()._get_time_zone(self.env.company.id)
            before = self.env.cr.sql_log_count
            leads[:size].web_read({"name": {}, "gate_progress": {}})
            counted[size] = self.env.cr.sql_log_count - before
        self.assertEqual(counted[10], counted[80], "the number of queries grows with the cards")
        self.assertLessEqual(counted[80], MAX_QUERIES)

    def test_what_is_missing_in_words(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        self.assertEqual(
            lead.missing_text,
            "Requirements identified, Relationship with the key contact, Engagement discussed",
        )
        lead.write(self.answers(QUALIFIED_ANSWERS))
        self.assertFalse(lead.missing_text)
        self.assertFalse(self.make_opportunity(stage=self.stage_won).missing_text)
        self.assertEqual(
            self.make_lead().sudo().export_data(["missing_text"])["datas"],
            [["Need identified, Budget known, Buys within six months"]],
        )

    def test_the_column_of_lists_costs_nothing(self):
        """Odoo reads the fields of hidden columns, too: what is missing is not among them."""
        leads = self.make_opportunity() + self.make_opportunity("Another")

        def count(*names):
            for _time in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                leads.web_read({name: {} for name in names})
            return self.env.cr.sql_log_count - before

        self.assertEqual(count("name", "missing_column"), count("name"))
        for xml_id, optional in (
            ("crm.crm_case_tree_view_oppor", "hide"),
            ("crm.crm_case_tree_view_leads", "hide"),
            ("sales_funnel_stages.crm_lead_view_list_held_back", "show"),
            ("sales_funnel_stages.crm_lead_view_list_not_convertible", "show"),
        ):
            with self.subTest(xml_id):
                arch = leads.get_view(self.env.ref(xml_id).id, "list")["arch"]
                [column] = etree.fromstring(arch).findall(".//field[@name='missing_column']")
                self.assertEqual(column.get("optional"), optional)
                self.assertNotIn("gate_progress'", arch.replace('"', "'"))


@tagged("post_install", "-at_install")
class TestMissingFirst(LeadsInUseCommon):
    """Filters and groups by what is missing, in SQL as on records."""

    def make_leads(self):
        answers = (CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS)
        leads = self.env["crm.lead"]
        for count in range(len(answers) + 1):
            values = self.answers(*answers[:count])
            leads += self.make_lead(f"Lead {count}", **values).sudo()
            for stage in self.env["crm.stage"].search([]):
                leads += self.make_opportunity(f"{stage.name} {count}", stage, **values).sudo()
        return leads

    def assert_search_agrees(self, leads):
        """Assert that database and records say the same of each lead, also in groups."""
        expected = {lead: lead.missing_first_id for lead in leads}
        domain = Domain("id", "in", leads.ids)
        groups = leads._read_group(domain, ["missing_first_id"], ["id:recordset"])
        found = {lead: criterion for criterion, group in groups for lead in group}
        self.assertEqual(found, expected)
        for criterion in {*expected.values()}:
            those = leads.filtered(lambda lead, c=criterion: expected[lead] == c)
            is_it = Domain("missing_first_id", "=", criterion.id)
            self.assertEqual(leads.search(domain & is_it), those.sorted())
            self.assertEqual(leads.search(domain & ~is_it), (leads - those).sorted())
            self.assertEqual(leads.filtered_domain(is_it), those)

    def test_search(self):
        leads = self.make_leads()
        self.assertGreaterEqual(len(leads.missing_first_id), 4)
        self.assertIn(False, [lead.missing_first_id.id for lead in leads])
        self.assert_search_agrees(leads)

    def test_every_operator(self):
        """Whatever the web client or a program asks by, as of a field that is stored."""
        leads = self.make_leads()
        need, budget = self.criterion("need"), self.criterion("budget")
        needs, budgets = need.name, budget.name
        others = leads.missing_first_id - need - budget
        self.assertTrue(others)
        every, none = leads.missing_first_id, self.env["crm.qualification.criterion"]
        for operator, value, criteria, is_empty_found in (
            ("ilike", needs.lower(), need, False),
            ("not ilike", needs, every - need, True),
            ("like", needs, need, False),
            ("not like", needs, every - need, True),
            ("=ilike", f"{needs.lower()}%", need, False),
            ("=like", f"{needs}%", need, False),
            ("not =ilike", f"{needs}%", every - need, True),
            ("ilike", "no criterion is called so", none, False),
            ("not ilike", "no criterion is called so", every, True),
            ("ilike", "", every, False),
            ("=", need.name, need, False),
            ("!=", need.name, every - need, True),
            ("in", [need.name, budget.id, False], need + budget, True),
            ("not in", [need.name, False], every - need, False),
            ("=", need.id, need, False),
            ("=?", False, every, True),
            ("=", False, none, True),
            ("!=", False, every, False),
            ("in", [], none, False),
            ("not in", [], every, True),
            ("any", [("name", "ilike", budgets)], budget, False),
            ("not any", [("name", "ilike", budgets)], every - budget, True),
            ("any", [], every, False),
        ):
            with self.subTest(operator=operator, value=value):
                found = leads.search(
                    Domain("id", "in", leads.ids) & Domain("missing_first_id", operator, value)
                )
                expected = leads.filtered(
                    lambda lead, criteria=criteria, is_empty_found=is_empty_found: (
                        lead.missing_first_id in criteria
                        if lead.missing_first_id
                        else is_empty_found
                    )
                )
                self.assertEqual(found, expected.sorted())
        by_path = Domain("missing_first_id.name", "=", need.name) & Domain("id", "in", leads.ids)
        self.assertEqual(
            leads.search(by_path),
            leads.filtered(lambda lead: lead.missing_first_id == need).sorted(),
        )

    def test_an_operator_that_says_nothing(self):
        need = self.criterion("need")
        for operator, value in ((">", 3), ("<=", need.id), ("child_of", need.ids)):
            with self.subTest(operator), self.assertRaisesRegex(UserError, "Missing First"):
                self.env["crm.lead"].search([("missing_first_id", operator, value)])

    def test_other_frameworks_and_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        company.partner_id.tz = "Pacific/Auckland"
        company.resource_calendar_id.tz = "Pacific/Auckland"
        framework = self.env["crm.qualification.framework"].create({"name": "Own"})
        phone = self.env["crm.qualification.criterion"].create(
            {
                "name": "Phone known",
                "framework_id": framework.id,
                "domain": "[('phone', '!=', False)]",
            }
        )
        self.env["crm.stage.rule"].create({"framework_id": framework.id, "criterion_id": phone.id})
        own = self.make_team("Own", "guide", framework_id=framework.id)
        company.qualification_framework_id = framework
        leads = (
            self.make_leads()
            + self.make_lead("Own", team_id=own.id).sudo()
            + self.make_lead("Own, with one", team_id=own.id, phone="1").sudo()
            + self.make_lead("None", team_id=False, user_id=False).sudo()
            + self.make_lead("Theirs", team_id=False, user_id=False, company_id=company.id).sudo()
        )
        self.assertIn(phone, leads.missing_first_id)
        self.assert_search_agrees(leads)

    def test_a_stage_of_another_team_or_outside_the_pipeline(self):
        parked = self.env["crm.stage"].create(
            {"name": "On hold", "sequence": 9, "is_outside_pipeline": True}
        )
        self.stage_proposition.team_ids = self.make_team("Others", "guide")
        leads = (
            self.make_leads()
            + self.make_opportunity("Parked", parked).sudo()
            + self.make_opportunity("Parked, met", parked, **self.answers(CONVERT_ANSWERS)).sudo()
        )
        self.assert_search_agrees(leads)

    def test_without_rules(self):
        self.env["crm.stage.rule"].search([]).unlink()
        lead = self.make_lead()
        self.assertFalse(lead.missing_first_id)
        self.assert_search_agrees(lead.sudo())

    def test_as_a_salesperson(self):
        lead, hidden = self.make_lead(), self.make_lead("Hidden", self.manager)
        found = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .search([("missing_first_id", "=", self.criterion("need").id)])
        )
        self.assertEqual(found, lead)
        self.assertEqual(hidden.missing_first_id, self.criterion("need"))

    def search_filter(self, view, name):
        """Return the leads that a filter of a search view finds."""
        arch = self.env["crm.lead"].get_view(self.env.ref(view).id, "search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{name}']")
        return self.env["crm.lead"].search(literal_eval(node.get("domain")))

    def test_filters(self):
        ready = self.make_opportunity(
            "Ready", **self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        ).sudo()
        self.make_opportunity("Not ready")
        self.make_opportunity("Won", self.stage_won)
        overridden = self.make_lead("Overridden", self.manager)
        overridden.move_with_reason({"type": "opportunity"}, "They sign on paper")
        views = ("crm.view_crm_case_opportunities_filter", "crm.view_crm_case_leads_filter")
        self.assertEqual(self.search_filter(views[0], "ready_for_next_stage"), ready)
        for view in views:
            self.assertEqual(self.search_filter(view, "overridden"), overridden.sudo())


@tagged("post_install", "-at_install")
class TestMissingFirstOfEdgeLeads(EdgeLeadsCommon):
    def test_search(self):
        leads = self.make_edge_leads()
        groups = leads.with_context(active_test=False)._read_group(
            [("id", "in", leads.ids)], ["missing_first_id"], ["id:recordset"]
        )
        found = {lead: criterion for criterion, group in groups for lead in group}
        self.assertEqual(found, {lead: lead.missing_first_id for lead in leads})
