"""The house: calls and imports run downward, nothing runs in a circle, hooks are hooks."""

from pathlib import Path

import pytest

from dev.architecture import CONSUMERS, PACKAGES, Architecture
from dev.checkout import ROOT

ADDON = ROOT / "sales_funnel_stages"
# libraries that tools/ may not need: they are pure
IMPURE = ("odoo.models", "odoo.api", "odoo.fields", "psycopg2")


@pytest.fixture(scope="module")
def house():
    return Architecture(ADDON)


def test_calls_run_downward(house):
    assert not [f"{use} is of {home}" for use, home in house.upward()]


def test_imports_run_downward(house):
    assert not list(map(str, house.upward_imports()))


def test_nothing_calls_in_a_circle(house):
    assert not [sorted(group) for group in house.circles()]


def test_each_method_is_overridden_once_but_hooks(house):
    assert not {
        key: [f"{each.file}:{each.line}" for each in methods]
        for key, methods in house.ladders().items()
    }


def test_no_method_is_named_in_a_text(house):
    assert not list(map(str, house.named_in_texts()))


def test_tools_are_pure(house):
    for source in house.sources.values():
        if source.layer == "tools":
            assert not [use for use in source.imports if use.name.startswith(IMPURE)], source.path
            assert not [use for use in source.uses if use.name in ("execute_query", "cr")]


def test_names_need_nothing(house):
    assert not house.sources["names.py"].imports


def test_packages_are_loaded_in_this_order(house):
    """Also decides which of two extensions of a hook runs first: that of the lower package."""
    loaded = [use.name.split("/")[-1] for use in house.sources["models/__init__.py"].imports]
    assert loaded == list(PACKAGES)


def test_every_file_is_in_a_package(house):
    layers = {path: source.layer for path, source in house.sources.items() if "/" in path}
    allowed = {*PACKAGES, *CONSUMERS, "tools", "models"}
    assert not {path for path, layer in layers.items() if layer not in allowed}
    assert [path for path, layer in layers.items() if layer == "models"] == ["models/__init__.py"]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_it_is_for(house, package):
    text = (ADDON / "models" / package / "__init__.py").read_text()
    assert text.startswith('"""'), f"models/{package}/__init__.py needs a line on what it is for"


# ----------------------------------------------------------------------
# The tool itself: each fault is found in a small house that has it
# ----------------------------------------------------------------------

LEAD = "class Lead(models.Model):\n    _inherit = 'crm.lead'\n"


def small_house(folder, **files):
    for name, text in files.items():
        path = folder / "models" / Path(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Architecture(folder)


def test_a_call_upward_is_found(tmp_path):
    house = small_house(
        tmp_path,
        rules__a=LEAD + "    def _low(self):\n        self._high()\n",
        gate__b=LEAD + "    def _high(self):\n        self._low()\n",
    )
    assert [(str(use), home) for use, home in house.upward()] == [
        ("models/rules/a.py:4 (_high)", "models/gate/b.py")
    ]
    assert house.circles() == [{"models/rules/a.py", "models/gate/b.py"}]


def test_a_model_of_above_is_found(tmp_path):
    house = small_house(
        tmp_path,
        rules__a=LEAD + "    def _low(self):\n        self.env['crm.paper'].browse()\n",
        gate__b="class Paper(models.Model):\n    _name = 'crm.paper'\n",
    )
    assert [home for _use, home in house.upward()] == ["models/gate/b.py"]


def test_an_import_upward_is_found(tmp_path):
    house = small_house(tmp_path, rules__a="from ..gate.b import X\n", gate__b="X = 1\n")
    assert [use.name for use in house.upward_imports()] == ["models/gate/b/X"]


def test_a_ladder_is_found_and_a_hook_is_none(tmp_path):
    over = LEAD + "    def %s(self):\n        return super().%s()\n"
    hook = LEAD + "    def _after(self):\n        '''Do more. For other packages to extend.'''\n"
    house = small_house(
        tmp_path,
        rules__a=over % ("write", "write"),
        rules__hook=hook,
        gate__b=over % ("write", "write"),
        gate__c=over % ("_after", "_after"),
        approval__d=over % ("_after", "_after"),
    )
    assert list(house.ladders()) == [("crm.lead", "write")]


def test_a_method_in_a_text_is_found(tmp_path):
    house = small_house(
        tmp_path,
        rules__a=LEAD + "    x = fields.Char(compute='_low')\n    def _low(self): ...\n",
        gate__b=LEAD + "    def _high(self):\n        getattr(self, '_low')()\n",
    )
    assert list(map(str, house.named_in_texts())) == ["models/gate/b.py:4 (_low)"]
