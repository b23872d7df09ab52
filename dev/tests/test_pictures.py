"""The pictures that are shown are those that `make screenshots` takes."""

import re

import pytest

from dev.checkout import ROOT
from dev.screenshots.command import SHIPPED as FOLDER
from dev.screenshots.pictures import SHIPPED
from dev.screenshots.screens import SCREENS

MUCH = 200_000
TAKEN = {f"{picture.screen}.png" for picture in SHIPPED}


@pytest.mark.parametrize("page", [ROOT / "README.md", FOLDER / "index.html"], ids=lambda p: p.name)
def test_a_page_shows_all_that_are_taken_and_no_others(page):
    assert set(re.findall(r"(\w+\.png)", page.read_text())) == TAKEN


def test_each_picture_is_of_a_screen_that_is_known():
    assert {picture.screen for picture in SHIPPED} <= {screen.name for screen in SCREENS}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_picture_is_there_and_loads_fast(name):
    assert 0 < (FOLDER / name).stat().st_size < MUCH
