"""The fixture ``server``, which costs nothing where no test that uses it is selected; and what is
impossible in a world, or known to fail of a check that is several tests.
"""

import pytest

from dev.pytest_processes import DATABASES

from .processes import this_odoo
from .sales import Sales
from .server import Server


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave out the checks that are impossible in a world; expect what is known to fail there.

    Of one test of a check, as in ``figures[worth]``; see also ``test_worlds.py``.
    """
    items[:] = [item for item in items if _get_check(item) not in _get_impossible(item)]
    for item in items:
        if world := _get_world(item):
            rest = item.callspec.id.removeprefix(world.name).removeprefix("-")
            if issue := world.known_failures.get(f"{_get_check(item)}[{rest}]"):
                item.add_marker(pytest.mark.xfail(strict=True, reason=f"issue {issue}"))


def _get_world(item):
    callspec = getattr(item, "callspec", None)
    return callspec and callspec.params.get("served")


def _get_check(item):
    return getattr(item, "originalname", item.name).removeprefix("test_")


def _get_impossible(item):
    world = _get_world(item)
    return world.impossible if world else {}


# Of a module: it is a child process, and each class of Odoo's tests ends with all of these.
@pytest.fixture(scope="module")
def running_server(request, tmp_path_factory):
    with request.config.stash[DATABASES].another("server") as database:
        with Server(this_odoo(), database, tmp_path_factory.mktemp("server")) as server:
            yield server


@pytest.fixture
def server(running_server):
    """A real Odoo over HTTP; an error in its log fails the test."""
    yield running_server
    errors = running_server.new_errors()
    assert not errors, errors


@pytest.fixture(scope="module")
def prepared_sales(running_server):
    return Sales(running_server)


@pytest.fixture
def sales(server, prepared_sales):
    """Sales people and an enforcing team in the server's database."""
    return prepared_sales


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Fail a check of a world for a warning in its log, so that it can be a known failure."""
    place = pyfuncitem.funcargs.get("place")
    try:
        result = yield
    finally:
        # those of a check that has failed are not the next one's
        complaints = place and place.server.new_complaints()
    assert not complaints, complaints
    return result
