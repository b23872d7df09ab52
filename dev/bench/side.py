"""One of the databases that are compared, in this process."""

import gc
from contextlib import closing, contextmanager
from typing import NamedTuple

import psycopg2

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.sql_db import connection_info_for
from odoo.tools import SQL

from .clock import clock

LOGIN = "bench_rep"
# Two colleagues.
SELLERS = ("bench_seller_1", "bench_seller_2")
# By which leads are found: those who visited a trade show, and those whom salespeople have met, a
# fifth of whom are customers.
FAIR, MET = "Trade show", "Met"
TEAM = "sales_team.team_sales_department"


class Run(NamedTuple):
    """What one run of an action took."""

    seconds: float
    queries: int


class Side:
    """A database, and the person who works in it."""

    def __init__(self, database, login=LOGIN):
        self.database = database
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            user = Environment(cr, SUPERUSER_ID, {})["res.users"].search([("login", "=", login)])
            self.uid = user.id
            # What the web client adds to every call.
            self.context = {
                **user.with_user(user).context_get(),
                "allowed_company_ids": user.company_ids.ids,
            }

    @contextmanager
    def request(self):
        """The environment of a new request, whose changes are undone at the end."""
        with self.registry.cursor() as cr:
            try:
                yield Environment(cr, self.uid, self.context)
            finally:
                cr.rollback()

    def tidy(self):
        """Remove what was undone, as PostgreSQL does by itself where people work."""
        _database, parameters = connection_info_for(self.database)
        with closing(psycopg2.connect(**parameters)) as connection:
            connection.autocommit = True
            with connection.cursor() as cr:
                cr.execute("VACUUM")

    def prepare(self, action):
        """→ the function that does an action in an environment of this side; see ``actions``."""
        with self.request() as env:
            return action(env)

    def run(self, do):
        """Do once what is measured, in a request of its own → the :class:`Run`."""
        with self.request() as env:
            now = clock(env.cr)
            gc.collect()
            queries = env.cr.sql_log_count
            started = now()
            do(env)
            seconds = now() - started
            return Run(seconds, env.cr.sql_log_count - queries)

    def run_all(self, calls):
        """Do each call in a request of its own → the :class:`Run` of all of them."""
        runs = [self.run(call) for call in calls]
        return Run(*map(sum, zip(*runs, strict=True)))

    def find_violations(self, do):
        """Do once what is measured → what of the history of leads is not so then, with the rows."""
        # known once Odoo has its configuration
        from odoo.addons.sales_funnel_stages.tools.completeness import (
            HISTORY,
            find_violations,
        )

        with self.request() as env:
            do(env)
            env.flush_all()
            return find_violations(lambda query: env.execute_query(SQL(query)), HISTORY)
