import inspect

from odoo.exceptions import AccessError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged

from .support.common import StageRuleCommon

OURS = "odoo.addons.sales_funnel_stages."
BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
ANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@tagged("post_install", "-at_install")
class TestSignatures(StageRuleCommon):
    """What can be called, can be called by keyword arguments: JSON-2 knows no others."""

    def own_methods(self):
        """Return ``[(model, name, function of ours, what it overrides or None)]``."""
        found = []
        for model in self.env.values():
            mro = [cls for cls in type(model).mro() if getattr(cls, "pool", None) is None]
            for place, cls in enumerate(mro):
                if not cls.__module__.startswith(OURS):
                    continue
                for name, function in vars(cls).items():
                    if inspect.isfunction(function):
                        overridden = next(
                            (
                                vars(each)[name]
                                for each in mro[place + 1 :]
                                if inspect.isfunction(vars(each).get(name))
                                and not each.__module__.startswith(OURS)
                            ),
                            None,
                        )
                        found.append((model, name, function, overridden))
        return found

    def test_by_the_names_of_what_is_overridden(self):
        """Whoever calls Odoo's method by keyword arguments, calls ours by them."""
        checked, unknown = 0, {}
        for model, name, function, overridden in self.own_methods():
            if not overridden:
                continue
            checked += 1
            mine = inspect.signature(function).parameters.values()
            if any(each.kind == inspect.Parameter.VAR_KEYWORD for each in mine):
                continue
            theirs = inspect.signature(overridden).parameters.values()
            missing = {each.name for each in theirs if each.kind not in ANY} - {"self"}
            missing -= {each.name for each in mine if each.kind in BY_NAME}
            if missing:
                unknown[f"{model._name}.{name}"] = missing
        self.assertGreater(checked, 100)
        self.assertFalse(unknown)

    def test_public_ones_by_their_own_names(self):
        checked = 0
        for model, name, _function, _overridden in self.own_methods():
            if name.startswith("_") or model._abstract:
                continue
            try:
                public = get_public_method(model, name)
            except (AccessError, AttributeError):
                continue
            checked += 1
            with self.subTest(model=model._name, method=name):
                parameters = [*inspect.signature(public).parameters.values()][1:]
                # what no name is given to cannot be called by one
                self.assertFalse(
                    [each.name for each in parameters if each.kind not in (*BY_NAME, ANY[1])]
                )
                # as a client's context goes, so would a parameter of that name
                self.assertNotIn("context", [each.name for each in parameters])
        self.assertGreater(checked, 60)

    def test_what_the_readme_offers_to_programs(self):
        lead = self.make_lead(user=self.manager).with_user(self.manager)
        call_kw(
            lead.browse(),
            "move_with_reason",
            [lead.ids],
            {
                "values": {"type": "opportunity"},
                "reason": "They sign on paper",
                "make_good_date": "2090-12-31",
            },
        )
        self.assertEqual(lead.type, "opportunity")
        call_kw(lead.browse(), "action_return_to_lead", [lead.ids], {"reason": "Too early"})
        self.assertEqual(lead.type, "lead")
