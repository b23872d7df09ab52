"""The screens that are ours, in a real browser: everybody can use them, and they log nothing."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dev.screenshots import dark, languages
from dev.screenshots.browser import browsing
from dev.screenshots.data import prepare
from dev.screenshots.pictures import Look
from dev.screenshots.screens import SCREENS
from dev.screenshots.visit import Visitor

from .processes import this_odoo

AXE = Path("axe-core", "axe.min.js")
GRAVE = ("serious", "critical")
# Odoo's own widgets and dialogs, which are in everybody's forms as they are.
ODOOS = (
    ".o_field_badge",
    ".o_field_many2one_avatar_user img",
    ".o_form_label",
    ".o_list_record_selector",
    ".o_optional_columns_dropdown",
    ".o_select_menu",
    ".o_setting_right_pane > .text-muted",
)
RUN_AXE = """
const sign = (target) => {
    const element = document.querySelector(target);
    return `${element.localName}.${[...element.classList].sort().join(".")}`;
};
const look = (data) => `${data?.fgColor || ""} on ${data?.bgColor || ""}`;
const { violations } = await axe.run({
    include: ours.map((each) => [each]),
    exclude: odoos.map((each) => [each]),
});
return violations
    .filter(({ impact }) => grave.includes(impact))
    .flatMap(({ id, help, nodes }) =>
        nodes.map(({ html, failureSummary, target, any }) => ({
            // what makes it a violation: its kind, the classes of what violates, and how it looks
            kind: [id, sign(target.at(-1)), ...any.map(({ data }) => look(data))].join(" "),
            text: `${id}: ${help}\\n${html}\\n${failureSummary}`,
        }))
    );
"""
IS_IN_SIGHT = """
return [...document.querySelectorAll(ours)].some((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
});
"""
LOOKS = [
    Look("desktop"),
    Look("dark", is_dark=True),
    # what differs on a phone and from right to left, at once
    Look("arabic_phone", width=400, is_phone=True, lang="ar_001"),
]


@pytest.fixture(scope="module")
def visitor(running_server):
    prepare(this_odoo(), running_server.database)
    with browsing() as browser:
        visitor = Visitor(running_server, browser)
        dark.prepare(visitor.admin)
        languages.activate(visitor.admin, {look.lang for look in LOOKS})
        yield visitor


@pytest.mark.parametrize(
    ("screen", "look"),
    [
        pytest.param(screen, look, id=f"{screen.name}-{look.name}")
        for look in LOOKS
        for screen in SCREENS
        if screen.is_seen(look)
    ],
)
def test_screen(server, visitor, screen, look):
    visitor.visit(screen, look)
    assert not visitor.browser.complaints, "\n".join(visitor.browser.complaints)
    assert visitor.browser.run(IS_IN_SIGHT, ours=", ".join(screen.ours)), "not in the picture"
    violations = find_violations(visitor.browser, screen.ours)
    if violations and screen.stock:
        visitor.visit(replace(screen, path=screen.stock), look)
        odoos = find_violations(visitor.browser, screen.ours)
        violations = {kind: text for kind, text in violations.items() if kind not in odoos}
    assert not violations, "\n\n".join(violations.values())


def find_violations(browser, ours):
    """→ what is in the way of people with a disability, in the parts that selectors match.

    :return: ``{kind of violation: what is said of the last one}``
    """
    axe = Path(os.environ["NODE_PATH"]) / AXE
    found = browser.run(axe.read_text() + RUN_AXE, ours=ours, odoos=ODOOS, grave=GRAVE)
    return {each["kind"]: each["text"] for each in found}


def test_the_tests_find_what_is_wrong(server, visitor):
    browser = visitor.browser
    visitor.visit(SCREENS[0], LOOKS[0])
    browser.run(
        "console.warn('Careful: %s', 'hot'); console.error('Burnt');"
        # beside what is there: Odoo still looks at that
        " document.querySelector('.o_form_view')"
        ".insertAdjacentHTML('beforeend', '<button class=\"naked\"></button>');"
    )
    assert browser.complaints == ["warning: Careful: %s hot", "error: Burnt"]
    [violation] = find_violations(browser, [".naked"]).values()
    assert violation.startswith("button-name:")
