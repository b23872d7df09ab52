import logging

import psycopg2.errors

from .acting import find_acting
from .domains import find_domains
from .granting import find_granting
from .showing import find_showing
from .use import DELETED, Use
from .views import find_views

_logger = logging.getLogger(__name__)

# of two remedies of one record, that of the first counts
FINDERS = (find_acting, find_views, find_showing, find_granting, find_domains)


def find_uses(going):
    """Say what of somebody's own uses what goes, and what is to become of it.

    Changes nothing. What one finder cannot bear is logged, and does not stop the others.

    :param going: a :class:`Going`
    :return: a list of :class:`Use`, one a record
    """
    uses = {}
    for finder in FINDERS:
        try:
            with going.env.cr.savepoint():
                found = list(finder(going))
        except psycopg2.errors.ReadOnlySqlTransaction:
            # Odoo tries again with a connection that may write
            raise
        except Exception:
            _logger.exception("Cannot tell what uses what is uninstalled: %s", finder.__name__)
            continue
        for use in found:
            uses[use.record] = uses[use.record].joined(use) if use.record in uses else use
    return [*uses.values(), *_manual_fields(going)]


def _manual_fields(going):
    ir_fields = going.env["ir.model.fields"]
    return [
        Use(ir_fields._get(model, name), DELETED) for model, name in sorted(going.manual_fields)
    ]
