"""A call of a client in a transaction of its own, and two that are under way at the same time."""

from psycopg2 import errors

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import ConcurrencyError
from odoo.service.model import call_kw

#: after these, Odoo runs a call again: see odoo.service.model.retrying
CONFLICTS = (
    errors.LockNotAvailable,
    errors.SerializationFailure,
    errors.DeadlockDetected,
    ConcurrencyError,
)
TRIES = 4


class Call:
    """What somebody calls over the network, as ``odoo.service.model`` does it, but step by step.

    :param make: a function from an environment of OdooBot to ``(model, method, args, kwargs)``,
        or None if there is nothing to call
    """

    def __init__(self, registry, uid, make):
        self.registry = registry
        self.uid = uid
        self.make = make
        self.error = None
        self.is_conflict = False
        #: whether it asks for a team, a salesperson or a company of leads
        self.is_of_hands = False
        #: whether it may hand over leads, or merge them, before it moves them
        self.is_of_many = False

    def begin(self):
        """Begin: from now on it sees the database as it is now."""
        self.registry.check_signaling()
        self.cr = self.registry.cursor()
        self.cr.execute("SELECT 1")
        # Who waits for the other one waits in vain here, where both are one process.
        self.cr.execute("SET LOCAL lock_timeout = '20ms'")

    def run(self):
        """Do what is called, up to the end of the transaction."""
        cr = self.cr
        try:
            cr.reset()
            made = self.make(Environment(cr, SUPERUSER_ID, {}))
            cr.reset()
            env = Environment(cr, self.uid, {})
            env.transaction.default_env = env
            if made:
                model, method, args, kwargs = made
                call_kw(env[model], method, args, kwargs)
                cr.flush()
        except Exception as error:
            self._fail(error)

    def commit(self):
        """End it, where nothing has failed."""
        if not self.cr.closed:
            try:
                self.cr.commit()
                self.registry.signal_changes()
            except Exception as error:
                self._fail(error)
            self.close()

    def close(self):
        if not self.cr.closed:
            self.cr.close()

    def _fail(self, error):
        self.is_conflict = isinstance(error, CONFLICTS)
        self.error = error
        self.cr.rollback()
        self.cr.transaction.reset() if self.cr.transaction else None
        self.registry.reset_changes()
        self.close()

    def alone(self):
        """Do it from begin to end, again where it comes in the way of another."""
        for _try in range(TRIES):
            self.error, self.is_conflict = None, False
            self.begin()
            self.run()
            self.commit()
            if not self.is_conflict:
                return


def both(first, second, is_first_last):
    """Do two calls at the same time: both see what was before either.

    :param bool is_first_last: the one that did its work first is committed last
    """
    first.begin()
    second.begin()
    first.run()
    second.run()
    for call in (second, first) if is_first_last else (first, second):
        call.commit()
    for call in (first, second):
        if call.is_conflict:
            call.alone()
