"""Somebody at a browser, who goes to screens."""

import re

from ..tests.clients import WebClient
from .screens import Click, Scroll, Upload

# The app whose menus are shown.
MENU = "menu_id={crm.crm_menu_root}"
XML_ID = re.compile(r"\{(\w+)\.(\w+)\}")


class Visitor:
    """Goes to screens of a server, as whoever they are for.

    :ivar admin: a :class:`WebClient` of the administrator
    """

    def __init__(self, server, browser):
        self.server = server
        self.browser = browser
        self.admin = WebClient(server, "admin")
        self._clients = {}
        self._langs = {}

    def visit(self, screen, look):
        """Go to a :class:`Screen` as a :class:`Look` says, until all of it is there."""
        browser = self.browser
        browser.set_size(look.width, look.height, look.is_phone)
        browser.set_dark(look.is_dark)
        browser.log_in(self.speak(screen.login, look.lang))
        path = f"{screen.path}{'&' if '?' in screen.path else '?'}{MENU}"
        browser.open(self.server.url + XML_ID.sub(self._id, path))
        for step in screen.steps:
            if isinstance(step, Click):
                browser.click(step.selector, step.text, step.behind)
            elif isinstance(step, Upload):
                browser.upload(step.selector, step.content)
            else:
                browser.wait(step.selector, step.text)
            if isinstance(step, Scroll):
                browser.scroll_to(step.selector)
        browser.settle()

    def speak(self, login, lang):
        """Have somebody read another language → their :class:`WebClient`."""
        if self._langs.get(login) != lang:
            uid = self._client(login).uid
            self.admin.call("res.users", "write", [uid], vals={"lang": lang})
            self._langs[login] = lang
        return self._client(login, lang)

    def _client(self, login, lang=None):
        # A session keeps the language of whoever logs in.
        if (login, lang) not in self._clients:
            self._clients[login, lang] = WebClient(self.server, login)
        return self._clients[login, lang]

    def _id(self, found):
        return str(self.admin.find(".".join(found.groups())))
