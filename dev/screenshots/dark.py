"""A dark theme, since Odoo's free edition has none."""

import base64
import re
from pathlib import Path

SCSS = Path(__file__).with_suffix(".scss")
URL = "/screenshots/dark.scss"
BUNDLE = "web.assets_web_dark"
# what is loaded when its page needs it
LAZY_BUNDLE = "web.assets_backend_lazy_dark"
LIGHT = re.compile(r"/web/assets/[^/]+/web\.assets_web((?:\.rtl)?\.min\.css)$")


def prepare(admin):
    """Add its colours to Odoo's bundles of a dark theme."""
    admin.create(
        "ir.attachment",
        {
            "name": SCSS.name,
            "url": URL,
            "mimetype": "text/scss",
            "datas": base64.b64encode(SCSS.read_bytes()).decode(),
        },
    )
    for bundle in (BUNDLE, LAZY_BUNDLE):
        admin.create(
            "ir.asset", {"name": "Dark", "bundle": bundle, "directive": "prepend", "path": URL}
        )


def darkened(url):
    """The address of what a page loads → of what it loads instead in the dark.

    >>> darkened("http://h/web/assets/1/web.assets_web.rtl.min.css")
    'http://h/web/assets/any/web.assets_web_dark.rtl.min.css'
    >>> darkened("http://h/web/assets/1/web.assets_web_print.min.css")
    'http://h/web/assets/1/web.assets_web_print.min.css'
    """
    return LIGHT.sub(rf"/web/assets/any/{BUNDLE}\1", url)
