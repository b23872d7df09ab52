from contextlib import ExitStack, contextmanager
from functools import wraps
from unittest.mock import patch

from odoo.tools import SQL

from ...tools.completeness import ASTRAY_OF_LEADS

#: what a row of the ledger has to tell of
FOLLOWED_FIELDS = {"type", "stage_id", "team_id", "won_status"}


class FlushNet:
    """Notes what Odoo writes to the table of leads, and holds it against the ledger.

    Whatever Odoo changes of a lead ends in ``_create`` or ``_write_multi``, which write the
    rows; the net wraps both. As soon as a change of type, stage, team or won state is in the
    database, the last row of that lead's history has to lead there; only ``create`` and
    ``write`` may write first, and record before they end::

        with FlushNet(env) as net:
            ...
        net.noted   # ids of the leads that were written, refused and deleted ones among them
        net.missed  # what the ledger did not tell: lead, where it is, where its last row led
    """

    def __init__(self, env):
        self.env = env
        self.noted = set()
        self.missed = []
        self._depth = 0

    def __enter__(self):
        lead_class = type(self.env["crm.lead"])
        wrappers = {
            "create": self._recording(lead_class.create),
            "write": self._recording(lead_class.write),
            "_create": self._noting_new(lead_class._create),
            "_write_multi": self._noting(lead_class._write_multi),
        }
        with ExitStack() as stack:
            for name, wrapper in wrappers.items():
                stack.enter_context(patch.object(lead_class, name, wrapper))
            self._patches = stack.pop_all()
        return self

    def __exit__(self, *_error):
        self._patches.close()

    def check(self, env=None):
        """Hold what was noted against the ledger."""
        env = env or self.env
        env.flush_all()
        # not raised: who swallows errors would swallow this one, too
        self.missed += env.execute_query(SQL(ASTRAY_OF_LEADS, sorted(self.noted)))

    @contextmanager
    def _at_work(self, env):
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
        if not self._depth:
            self.check(env)

    def _recording(self, method):
        @wraps(method)
        def work(leads, *args, **kwargs):
            with self._at_work(leads.env):
                return method(leads, *args, **kwargs)

        return work

    def _noting_new(self, method):
        @wraps(method)
        def _create(model, data_list):
            leads = method(model, data_list)
            self._note(leads)
            return leads

        return _create

    def _noting(self, method):
        @wraps(method)
        def _write_multi(leads, vals_list):
            method(leads, vals_list)
            self._note(
                leads.browse(
                    id_
                    for id_, vals in zip(leads.ids, vals_list, strict=True)
                    if not FOLLOWED_FIELDS.isdisjoint(vals)
                )
            )

        return _write_multi

    def _note(self, leads):
        self.noted.update(leads.ids)
        if leads and not self._depth:
            self.check(leads.env)
