"""The browser of Odoo's tours, to look with: it visits screens and remembers all complaints."""

import base64
import json
import logging
from contextlib import contextmanager
from types import SimpleNamespace

from odoo.tests.common import HOST, ChromeBrowser

from .dark import darkened

# seconds: the first page has to wait until Odoo has made its assets, on a busy machine
PATIENCE = 120
# Nothing moves, and no caret blinks.
STILL = """
document.addEventListener("DOMContentLoaded", () => {
    const style = document.createElement("style");
    style.textContent = `*, *::before, *::after {
        animation: none !important;
        caret-color: transparent !important;
        scroll-behavior: auto !important;
        transition: none !important;
    }`;
    document.head.append(style);
});
"""
FIND = """
const find = (selector, text) => [...document.querySelectorAll(selector)].find(
    (each) => each.getClientRects().length && each.textContent.includes(text)
);
const until = async (condition, what) => {
    const end = Date.now() + %d;
    while (!condition()) {
        if (Date.now() > end) {
            throw new Error(`Not seen: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
};
""" % (1000 * PATIENCE // 2)
WAIT = "await until(() => find(selector, text), selector)"
CLICK = """
await until(() => find(selector, text) || (behind && find(behind, "")), selector);
if (!find(selector, text)) {
    find(behind, "").click();
    await until(() => find(selector, text), selector);
}
find(selector, text).click();
"""
# An input for files is hidden behind a button.
UPLOAD = """
await until(() => document.querySelector(selector), selector);
const input = document.querySelector(selector);
const transfer = new DataTransfer();
transfer.items.add(new File([content], "deals.csv", { type: "text/csv" }));
input.files = transfer.files;
input.dispatchEvent(new Event("change", { bubbles: true }));
"""
SCROLL = "find(selector, '').scrollIntoView({ block: 'center', inline: 'center' });"
# Whatever was asked for has come, and is drawn. What is on its way is told by the indicator alone,
# which comes late: nothing may happen for longer than that.
SETTLE = """
let seen = -1;
let since = Date.now();
await until(() => {
    const before = seen;
    seen = performance.getEntriesByType("resource").length;
    const images = [...document.images].every((image) => image.complete);
    if (!images || seen !== before || document.querySelector(".o_loading_indicator")) {
        since = Date.now();
    }
    return Date.now() - since > 600;
}, "the end of loading");
await document.fonts.ready;
document.activeElement?.blur();
await new Promise((resolve) => setTimeout(resolve, 100));
"""
CLIP = """
const { x, y, width, height } = find(selector, "").getBoundingClientRect();
return { x, y, width, height, scale: 1 };
"""


class Browser(ChromeBrowser):
    """A Chromium without a test case.

    :ivar complaints: what pages have logged as a warning or an error since the last ``open``
    """

    def __init__(self):
        self.complaints = []
        self.is_dark = False
        super().__init__(
            SimpleNamespace(
                # below Odoo's, which says how much is told
                _logger=logging.getLogger("odoo.screenshots"),
                browser_size="1280x800",
                touch_enabled=False,
                fetch_proxy=self._refuse,
            )
        )
        self._handlers["Log.entryAdded"] = self._handle_log
        for method, params in (
            ("Log.enable", {}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": STILL}),
        ):
            self._websocket_request(method, params=params)

    def _handle_request_paused(self, requestId, request, **params):
        url = darkened(request["url"]) if self.is_dark else request["url"]
        if url == request["url"]:
            super()._handle_request_paused(requestId=requestId, request=request, **params)
        else:
            self._websocket_send(
                "Fetch.continueRequest", params={"requestId": requestId, "url": url}
            )

    @staticmethod
    def _refuse(_url):
        return {"body": "", "responseCode": 404, "responseHeaders": []}

    def _handle_console(self, type, args=(), **_details):
        if type in ("warning", "error", "assert"):
            words = [str(self._from_remoteobject(each)) for each in args]
            self.complaints.append(f"{type}: {' '.join(words)}")

    def _handle_exception(self, exceptionDetails, timestamp):
        thrown = exceptionDetails.get("exception", {})
        said = thrown.get("description") or exceptionDetails["text"]
        self.complaints.append(f"exception: {said}")

    def _handle_log(self, entry):
        if entry["level"] in ("warning", "error"):
            self.complaints.append(f"{entry['level']}: {entry['text']} {entry.get('url', '')}")

    def set_size(self, width, height, phone=False):
        """Be a window, or a phone, of that many pixels."""
        device = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self._websocket_request("Emulation.setDeviceMetricsOverride", params=device)
        self._websocket_request("Emulation.setTouchEmulationEnabled", params={"enabled": phone})

    def set_dark(self, is_dark):
        """Have a dark theme, or the one that Odoo comes with."""
        self.is_dark = is_dark
        # by which Odoo's scripts know it
        self.set_cookie("color_scheme", "dark" if is_dark else "light", "/", HOST)

    def log_in(self, client):
        """Be whoever a :class:`WebClient` is."""
        self.set_cookie("session_id", client.session_id, "/", HOST)

    def open(self, url):
        """Go to a page of Odoo's web client, and forget the complaints of those before."""
        self.navigate_to("about:blank", wait_stop=True)
        self.complaints.clear()
        self.navigate_to(url)

    def wait(self, selector, text=""):
        self._run(WAIT, selector=selector, text=text)

    def click(self, selector, text="", behind=""):
        self._run(CLICK, selector=selector, text=text, behind=behind)

    def upload(self, selector, content):
        """Give a file with a text to an input."""
        self._run(UPLOAD, selector=selector, content=content)

    def scroll_to(self, selector):
        """Have the middle of what a selector matches in the middle of the window."""
        self._run(SCROLL, selector=selector)

    def settle(self):
        """Wait until nothing is loaded any more."""
        self._run(SETTLE)

    def take_picture(self, selector=None):
        """→ a PNG of the window, or of what a selector matches."""
        params = {"clip": self._run(CLIP, selector=selector)} if selector else {}
        answer = self._websocket_request("Page.captureScreenshot", params=params, timeout=PATIENCE)
        return base64.b64decode(answer["data"])

    def run(self, code, **arguments):
        """Run JavaScript that may wait → what it returns.

        :param arguments: constants for it
        """
        constants = "".join(
            f"const {name} = {json.dumps(value)};\n" for name, value in arguments.items()
        )
        answer = self._websocket_request(
            "Runtime.evaluate",
            params={
                "expression": f"(async () => {{ {constants}{code} }})()",
                "awaitPromise": True,
                "returnByValue": True,
            },
            timeout=PATIENCE,
        )
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]["exception"]
            raise AssertionError(thrown.get("description", thrown))
        return answer["result"].get("value")

    def _run(self, code, **arguments):
        return self.run(FIND + code, **arguments)


@contextmanager
def browsing():
    """A :class:`Browser` for the ``with`` statement."""
    browser = Browser()
    try:
        yield browser
    finally:
        browser.stop()
