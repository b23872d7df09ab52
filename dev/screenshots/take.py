"""Going through the list of pictures."""

import io
import tempfile
from pathlib import Path

from PIL import Image

from ..progress import say, step
from ..tests.processes import this_odoo
from ..tests.server import Server
from . import dark, languages
from .browser import browsing
from .data import prepare
from .pictures import LOOKS, SHIPPED
from .screens import SCREENS
from .visit import Visitor


def take_all(database, shipped, looked_at, words):
    """Take the pictures whose name has all of the words → 0, if all were taken.

    :param shipped: the folder of what is shown to everybody
    :param looked_at: the folder of what is only looked at
    """
    wanted = [each for each in _pictures(shipped, looked_at) if _has(each[0], words)]
    failed = False
    with step("Adding what the demo data lack"):
        prepare(this_odoo(), database)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        with Server(this_odoo(), database, Path(folder)) as server:
            visitor = Visitor(server, browser)
            dark.prepare(visitor.admin)
            with step("Loading languages"):
                languages.load(visitor.admin, {look.lang for _path, _screen, look, _clip in wanted})
            for path, screen, look, clip in wanted:
                with step(path.name):
                    path.parent.mkdir(exist_ok=True)
                    try:
                        visitor.visit(screen, look)
                    except AssertionError as error:
                        failed = True
                        say(f"    {error}")
                    path.write_bytes(compress(browser.take_picture(clip)))
                for complaint in browser.complaints:
                    say(f"    {complaint}")
    return int(failed)


def compress(png):
    """→ the same picture in fewer bytes."""
    compressed = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(compressed, "PNG", optimize=True)
    return compressed.getvalue()


def _pictures(shipped, looked_at):
    """Yield path, screen, look and clip of each picture."""
    screens = {screen.name: screen for screen in SCREENS}
    for picture in SHIPPED:
        path = shipped / f"{picture.screen}.png"
        yield path, screens[picture.screen], picture.look, picture.clip
    for look in LOOKS:
        for screen in SCREENS:
            if screen.is_seen(look):
                yield looked_at / f"{screen.name}-{look.name}.png", screen, look, ""


def _has(path, words):
    name = f"shipped {path.stem}" if path.parent.name == "description" else path.stem
    return all(word in name for word in words)
