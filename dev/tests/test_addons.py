"""Which addons are tested on what, and what a checkout ships."""

import re

import polib

from dev.checkout import addon_names, addons, needs, plain_addons, shipped_addons

TERM = re.compile(r'\b_t\(\s*"([^"\\]+)"')


def test_the_main_suite_runs_on_plain_crm():
    # which Odoo installs by itself with CRM
    assert needs(plain_addons()) == ["base_import", "crm", "privacy_lookup"]
    assert addon_names().split(",") == [
        "sales_funnel_stages",
        "sales_funnel_stages_base_import",
        "sales_funnel_stages_privacy_lookup",
    ]


def test_glue_is_tested_with_what_it_glues():
    [glue] = [folder for folder in addons() if folder.name == "sales_funnel_stages_sale_crm"]
    assert glue not in plain_addons()
    assert needs([glue]) == ["crm", "sale_crm"]
    assert {"base_import", "crm", "sale_crm"} <= set(needs(addons()))


def test_glue_is_tested_with_addons_of_others():
    [glue] = [folder for folder in addons() if folder.name == "sales_funnel_stages_queue_job"]
    assert glue not in plain_addons()
    assert needs([glue]) == ["crm", "queue_job"]
    assert "queue_job" not in needs(plain_addons())


def test_all_but_mere_tests_is_shipped():
    names = {folder.name for folder in shipped_addons()}
    assert "sales_funnel_stages_sale_crm" in names
    assert not any(name.startswith("test_") for name in names)


def test_all_terms_of_scripts_are_in_the_template():
    # Odoo finds none in an object after a key that is called class
    for addon in shipped_addons():
        [template] = (addon / "i18n").glob("*.pot")
        scripts = addon.glob("static/src/**/*.js")
        told = {term for path in scripts for term in TERM.findall(path.read_text())}
        assert told <= {entry.msgid for entry in polib.pofile(str(template))}, addon
