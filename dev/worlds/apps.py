"""The list of apps, as an administrator has it."""

import time

from odoo.tests.common import ChromeBrowserException

ADDON = "sales_funnel_stages"
APPS = "/odoo/action-base.open_module_tree"
INSTALL, UPGRADE = "button_immediate_install", "button_immediate_upgrade"
ACTIVATE = f".o_kanban_record:has(img[src^='/{ADDON}/']) button[name='{INSTALL}']"
# The web client loads its page anew, with what was installed.
IS_RELOADED = "return !window.isBefore && Boolean(document.querySelector('.o_main_navbar'));"
PATIENCE = 120


def activate(server, browser):
    """Press *Activate* on the addon's card, and wait until the web client is there again.

    :param browser: of an administrator who is logged in
    """
    browser.open(server.url + APPS)
    browser.wait(ACTIVATE, "Activate")
    browser.run("window.isBefore = true")
    browser.click(ACTIVATE, "Activate")
    end = time.monotonic() + PATIENCE
    while not _is_reloaded(browser):
        told = "\n".join([*browser.complaints, server.log.read_text()[-2000:]])
        assert not browser.complaints and time.monotonic() < end, f"It is {state(server)}:\n{told}"
        time.sleep(0.2)


def press(client, button):
    """Press a button of the addon's card in the list of apps, without a browser.

    :param client: a :class:`WebClient` of an administrator
    """
    client.press("ir.module.module", button, [_find(client)])


def uninstall(client):
    """Press *Uninstall* in the dialog that asks for it.

    :param client: a :class:`WebClient` of an administrator
    """
    values = {"module_ids": [(6, 0, [_find(client)])]}
    wizard_id = client.create("base.module.uninstall", values)
    client.press("base.module.uninstall", "action_uninstall", [wizard_id])


def state(server):
    """→ whether the addon is ``installed``, ``uninstalled``, or what is between."""
    [[state]] = server.rows("SELECT state FROM ir_module_module WHERE name = %s", ADDON)
    return state


def _find(client):
    [id_] = client.call("ir.module.module", "search", domain=[("name", "=", ADDON)])
    return id_


def _is_reloaded(browser):
    try:
        return browser.run(IS_RELOADED)
    except ChromeBrowserException:
        # the page is just being left
        return False
