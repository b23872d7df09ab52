from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged

from .support.common import CONVERT_ANSWERS, StageRuleCommon

MODULE = "sales_funnel_stages"
OPPOSITES = {
    "=": "!=",
    "in": "not in",
    "ilike": "not ilike",
    "like": "not like",
    "=ilike": "not =ilike",
    "any": "not any",
}
COMPARED = ("<", "<=", ">", ">=")


@tagged("post_install", "-at_install")
class TestSearches(StageRuleCommon):
    """Fields of ours that are searched for by a method, by whatever the web client offers."""

    def setUp(self):
        super().setUp()
        self.leads = self.make_lead().sudo() + self.make_opportunity().sudo()
        self.leads += self.make_lead("Known", **self.answers(CONVERT_ANSWERS)).sudo()

    def searched_fields(self):
        return [
            field
            for model in self.env.values()
            for field in model._fields.values()
            if not field.store
            and not field.related
            and field.search
            and field._modules == (MODULE,)
            and not model._abstract
        ]

    def get_values(self, field, operator):
        """Return what a person may compare a field with."""
        if operator == "any":
            return [[("name", "ilike", "Need")]] if field.relational else []
        if operator.endswith("like"):
            return ["Need", "a", ""]
        known = {
            "boolean": [True, False],
            "many2one": [1, False, "Need identified"],
            "date": ["2030-01-01", False],
            "datetime": ["2030-01-01 12:00:00", False],
            "selection": [*(field.get_values(self.env) if field.type == "selection" else ())],
        }.get(field.type, ["open/all:0:0:0:0", False])
        return [known, []] if operator == "in" else known

    def search(self, field, operator, value):
        """Return what is found, None where Odoo says in words that it cannot be asked for."""
        try:
            with self.env.cr.savepoint():
                return self.env[field.model_name].search(Domain(field.name, operator, value))
        except (UserError, ValueError) as error:
            # Odoo calls it by its label, or by its name where the value makes no sense at all
            label = field.get_description(self.env, ["string"])["string"]
            self.assertTrue(label in str(error) or repr(field.name) in str(error), str(error))
            return None

    def test_each_is_found_or_not(self):
        fields = self.searched_fields()
        self.assertGreaterEqual(len(fields), 9)
        for field in fields:
            everything = self.env[field.model_name].search([])
            for operator, opposite in OPPOSITES.items():
                for value in self.get_values(field, operator):
                    with self.subTest(field=str(field), operator=operator, value=value):
                        found = self.search(field, operator, value)
                        others = self.search(field, opposite, value)
                        self.assertEqual(found is None, others is None)
                        if found is not None:
                            self.assertFalse(found & others)
                            self.assertEqual(found | others, everything)

    def test_what_is_compared(self):
        """Dates are; of anything else Odoo says that it is not."""
        for field in self.searched_fields():
            for operator in COMPARED:
                with self.subTest(field=str(field), operator=operator):
                    found = self.search(
                        field, operator, "2030-01-01" if "date" in field.type else 1
                    )
                    self.assertEqual(found is not None, "date" in field.type)
