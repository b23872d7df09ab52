"""The PostgreSQL of a company: Debian's, as it is shipped."""

import pytest

from dev.worlds.large import USED

from .whole_database import query

pytestmark = pytest.mark.world(USED.name)

# Where it listens, and for whom, is all that is set here.
SET = """
    SELECT name, setting FROM pg_settings
     WHERE sourcefile LIKE '%/postgresql.auto.conf'
"""


def test_postgresql_is_as_it_is_shipped():
    with USED.hosted():
        assert query("postgres", "SELECT pg_jit_available()") == [(True,)]
        assert "Debian" in query("postgres", "SELECT version()")[0][0]
        assert query("postgres", SET) in ([("listen_addresses", "")], [])
