from cProfile import Profile
from itertools import cycle
from pstats import Stats

from lxml.etree import fromstring

from odoo import fields
from odoo.tests import Form, tagged

from ..models.rules.database_field import DatabaseField
from ..models.rules.described_field import DescribedField
from ..models.rules.shown_field import RareLines, ShownField
from ..tools.impact import Scenario
from .support.common import StageRuleCommon


@tagged("post_install", "-at_install")
class TestPages(StageRuleCommon):
    """What a page costs that the web client opens."""

    def get_fields(self, field_class):
        return [
            field
            for model in self.env.values()
            for field in model._fields.values()
            if isinstance(field, field_class)
        ]

    def test_by_what_the_database_can_group_and_sort(self):
        """It is just said, and Odoo, which would try, finds the same."""
        for field_class, is_able, least in ((DatabaseField, True, 6), (ShownField, False, 17)):
            found = self.get_fields(field_class)
            self.assertGreaterEqual(len(found), least)
            for field in found:
                with self.subTest(str(field)):
                    self.assertIs(field._description_sortable(self.env), is_able)
                    self.assertIs(field._description_groupable(self.env), is_able)
                    found_out = fields.Field._description_sortable(field, self.env)
                    self.assertIs(found_out, is_able, "to sort by")
                    found_out = fields.Field._description_groupable(field, self.env)
                    self.assertIs(found_out, is_able, "to group by")

    def get_described(self, env, field):
        return field.get_description(env, env["crm.lead"]._get_view_field_attributes())

    def get_worked_out(self, env, field):
        attributes = env["crm.lead"]._get_view_field_attributes()
        return fields.Field.get_description(field, env, attributes)

    def test_descriptions_that_are_kept(self):
        """They are what Odoo works out, for whoever asks, in their language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        described = self.get_fields(DescribedField)
        self.assertGreaterEqual(len(described), 50)
        for user in (self.rep, self.manager, self.env.user):
            for lang in ("en_US", "fr_FR"):
                env = self.env["crm.lead"].with_user(user).with_context(lang=lang).env
                for field in described:
                    with self.subTest(field=str(field), user=user.name, lang=lang):
                        self.assertEqual(
                            self.get_described(env, field), self.get_worked_out(env, field)
                        )

    def test_a_description_belongs_to_whoever_gets_it(self):
        field = self.env["crm.lead"]._fields["need_level"]
        described = self.get_described(self.env, field)
        described["selection"].clear()
        described["string"] = "changed"
        self.assertEqual(self.get_described(self.env, field), self.get_worked_out(self.env, field))

    def test_a_description_follows_its_label(self):
        """It is worked out anew where Odoo reads the labels anew."""
        env = self.env(context={"lang": "en_US"})
        field = env["crm.lead"]._fields["need_level"]
        self.assertEqual(self.get_described(env, field)["string"], "Need")
        self.env["ir.model.fields"]._get("crm.lead", "need_level").field_description = "Wish"
        self.env.registry.clear_cache("stable")
        self.assertEqual(self.get_described(env, field)["string"], "Wish")

    def test_no_label_is_looked_up_for_what_is_described_once(self):
        """Odoo goes through the labels of all fields of a model for each of them."""
        field = self.env["crm.lead"]._fields["need_level"]
        self.assertIn("get_field_string", self.get_called(self.get_worked_out, field))
        self.get_called(self.get_described, field)
        self.assertNotIn("get_field_string", self.get_called(self.get_described, field))

    def get_called(self, describe, field):
        profile = Profile()
        profile.runcall(describe, self.env(context={"lang": "en_US"}), field)
        return {name for _file, _line, name in Stats(profile).stats}

    def count_queries(self, do):
        """Return how many queries something takes that has been done before, and is read anew.

        What first calls read for all that follow is no cost of it.
        """
        for _time in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            do()
        return self.env.cr.sql_log_count - before

    def test_views_ask_nothing_of_the_rules(self):
        leads = self.env["crm.lead"].with_user(self.manager)
        ours = [
            field.name
            for field in self.get_fields(DatabaseField)
            if field.model_name == leads._name
        ]
        self.assertIn("missing_first_id", ours)
        self.assertEqual(
            self.count_queries(lambda: leads.fields_get(ours)),
            self.count_queries(lambda: leads.fields_get(["name"])),
        )

    def test_the_cards_of_teams_do_not_wait_for_what_is_owed(self):
        """To count that, criteria are evaluated on all leads: a widget asks for it afterwards."""
        view = self.env.ref("sales_team.crm_team_view_kanban_dashboard")
        arch = fromstring(self.env["crm.team"].get_view(view.id, "kanban")["arch"])
        names = set(arch.xpath("//field/@name"))
        self.assertTrue(arch.xpath("//widget[@name='team_debts']"))
        self.assertTrue(names.isdisjoint({"override_debt_count", "arrival_debt_count"}), names)

    def is_compiling(self):
        self.env.cr.execute("SHOW jit")
        return self.env.cr.fetchone()[0] == "on"

    def test_what_is_asked_of_criteria_is_not_compiled(self):
        leads = self.env["crm.lead"]
        for name, ask in {
            "made good": lambda: leads.search([("has_override_debt", "=", True)]),
            "qualified": lambda: leads.search([("is_qualified", "=", True)]),
            "missing": lambda: leads._read_group([], ["missing_first_id"], ["__count"]),
            "report": lambda: self.env["crm.gate.report"].search_count([]),
            "impact": lambda: leads._get_impacts([Scenario()]),
            "held back": lambda: leads.search([("stage_rule_scenario", "=", f"open/{Scenario()}")]),
        }.items():
            with self.subTest(name), self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL jit = on")
                self.assertTrue(self.is_compiling())
                ask()
                self.assertFalse(self.is_compiling())

    def test_lines_that_are_not_there_cost_one_query_for_all(self):
        lead = self.make_opportunity().with_user(self.manager)
        names = [field.name for field in self.get_fields(RareLines)]
        self.assertGreaterEqual(len(names), 3)
        self.assertFalse(any(lead[name] for name in names))
        self.assertEqual(
            self.count_queries(lambda: lead.read(names)),
            self.count_queries(lambda: lead.read(names[:1])),
        )

    def test_lines_that_are_there(self):
        one, other, third = leads = self.env["crm.lead"].browse(
            self.make_opportunity(name).id for name in ("One", "Other", "Third")
        )
        person = self.env["crm.lead.stakeholder"].create({"lead_id": one.id, "contact_name": "Ada"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(leads.mapped("stakeholder_ids"), person)
        self.assertEqual((one.stakeholder_ids, other.stakeholder_ids), (person, person.browse()))
        self.env.invalidate_all()
        # not in the database yet
        person.lead_id = other
        self.assertEqual(third.stakeholder_ids, person.browse())
        self.assertEqual((one.stakeholder_ids, other.stakeholder_ids), (person.browse(), person))
        added = person.copy({"lead_id": third.id})
        self.assertEqual(third.stakeholder_ids, added)

    def test_a_save_reads_what_is_known_with_all_else(self):
        lead = self.make_opportunity().with_user(self.manager)
        priorities = cycle("123")

        def save(*names):
            spec = dict.fromkeys(("priority", *names), {})
            lead.web_save({"priority": next(priorities)}, spec)

        self.assertEqual(
            self.count_queries(lambda: save("need_level", "need_summary")),
            self.count_queries(save),
        )

    def test_all_that_is_owed_costs_what_a_part_of_it_does(self):
        lead = self.make_opportunity()
        names = ["has_arrival_debt", "has_override_debt", "override_debt", "arrival_debt"]
        self.assertFalse(any(lead[name] for name in names))
        self.assertEqual(
            self.count_queries(lambda: lead.read(names)),
            self.count_queries(lambda: lead.read(names[:1])),
        )

    def test_guidance_is_read_anew_once_it_is_written(self):
        criterion = self.criterion("need")
        lead = self.make_lead()
        for write in (
            lambda: criterion.write({"guidance": "Ask them."}),
            lambda: criterion.update_field_translations("guidance", {"en_US": "Ask again."}),
        ):
            write()
            lead.invalidate_recordset()
            with Form(lead) as form:
                [line] = [
                    line
                    for line in form.qualification_checklist["lines"]
                    if line["id"] == criterion.id
                ]
            self.assertEqual(line["guidance"], criterion.guidance)
