"""What the tests of the glue run on."""

from dev.checkout import addon_names, addons
from dev.pytest_processes import DATABASES

from ..processes import installed_addons


def test_all_addons_are_installed(request):
    assert installed_addons(request.config.stash[DATABASES].name) == addon_names(addons())
