from odoo import fields
from odoo.tests import Form, tagged

from ..models.rules.database_field import DatabaseField
from ..models.rules.shown_field import ShownField
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
