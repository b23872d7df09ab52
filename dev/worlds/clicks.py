"""Odoo's own robot, which opens every menu, view and filter of an app in the browser."""

import time
from contextlib import contextmanager

from ..screenshots.browser import Browser

APP = "crm.crm_menu_root"
# What the app opens with is opened by its first menu, too: the robot is told that it has seen it.
START = """
const state = {
    light: false, studioCount: 0, testedApps: [app], testedMenus: [], testedFilters: 0,
    testedModals: 0, appIndex: 0, menuIndex: 0, subMenuIndex: 0,
};
odoo.loader.modules
    .get("@web/webclient/clickbot/clickbot_loader")
    .startClickEverywhere(app, state.light, state);
"""
SUCCESS = "clickbot test succeeded"
# How long it may do nothing, and how long all of it may take, in seconds.
PATIENCE, LIMIT = 60, 600


class Clicker(Browser):
    """A browser that remembers all that pages have said.

    :ivar lines: what they have logged, at whatever level
    """

    def __init__(self):
        self.lines = []
        super().__init__()

    def _handle_console(self, type, args=(), **details):
        words = [str(self._from_remoteobject(each)) for each in args]
        self.lines.append(" ".join(words))
        super()._handle_console(type, args, **details)


@contextmanager
def clicking(client):
    """A :class:`Clicker` of whoever a :class:`WebClient` is, for the ``with`` statement."""
    browser = Clicker()
    try:
        browser.log_in(client)
        yield browser
    finally:
        browser.stop()


def click_everywhere(client, browser, app=APP):
    """Open every menu, view and filter of an app.

    :param client: a :class:`WebClient` of whoever the browser is
    :return: the XML ids of the menus that were opened
    :raise AssertionError: for an error, a warning, or where it takes too long
    """
    browser.open(f"{client.server.url}/odoo?menu_id={client.find(app)}")
    browser.wait(".o_menu_sections")
    browser.lines.clear()
    browser.run(START, app=app)
    seen, since, end = 0, time.monotonic(), time.monotonic() + LIMIT
    while SUCCESS not in browser.lines:
        assert not browser.complaints, _get_text(browser)
        if len(browser.lines) > seen:
            seen, since = len(browser.lines), time.monotonic()
        assert time.monotonic() < min(since + PATIENCE, end), _get_text(browser)
        time.sleep(0.2)
    assert not browser.complaints, _get_text(browser)
    return [line.split()[-1] for line in browser.lines if line.startswith("Testing menu ")]


def _get_text(browser):
    return "\n".join([*browser.complaints, "It did last:", *browser.lines[-10:]])
