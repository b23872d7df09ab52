"""The fixture ``server``; it costs nothing where no test that uses it is selected."""

from contextlib import ExitStack

import pytest

from dev.database import twin

from .processes import this_odoo
from .sales import Sales
from .server import Server

COPY = pytest.StashKey()
END = pytest.StashKey()


def uses_server(item):
    return "server" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(items):
    """Let the server come last: after each class of Odoo's tests, these end every child process."""
    items.sort(key=uses_server)


def pytest_collection_finish(session):
    """Copy the database of the tests for the server, while nobody is connected to it."""
    if session.config.option.collectonly:
        return
    if any(map(uses_server, session.items)):
        stack = session.config.stash[END] = ExitStack()
        database = session.config.getoption("--odoo-database")
        session.config.stash[COPY] = stack.enter_context(twin(this_odoo(), database))


def pytest_unconfigure(config):
    config.stash.get(END, ExitStack()).close()


@pytest.fixture(scope="session")
def running_server(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with Server(this_odoo(), request.config.stash[COPY], folder) as server:
        yield server


@pytest.fixture
def server(running_server):
    """A real Odoo over HTTP; an error in its log fails the test."""
    yield running_server
    errors = running_server.new_errors()
    assert not errors, errors


@pytest.fixture(scope="session")
def prepared_sales(running_server):
    return Sales(running_server)


@pytest.fixture
def sales(server, prepared_sales):
    """Sales people and an enforcing team in the server's database."""
    return prepared_sales
