import logging
from dataclasses import dataclass, field

import psycopg2.errors

from odoo.models import BaseModel

_logger = logging.getLogger(__name__)

# What becomes of what uses something that goes.
DEACTIVATED = "deactivated"
NOTHING = "its domain matches nothing"
FREED = "goes on without it"
ADMINISTRATORS = "for administrators only"
DELETED = "deleted"
KEPT = "kept as it is"


@dataclass
class Use:
    """A record of somebody's that uses what goes, and what becomes of it.

    :ivar record: just one
    :ivar remedy: one of the above, which people read
    :ivar values: to be written; None: it is to be deleted; empty: nothing is to be done with it
    :ivar model: name of the model by which people know it
    :ivar name: by which they know it, while it is there
    """

    record: BaseModel
    remedy: str
    values: dict | None = field(default_factory=dict)

    def __post_init__(self):
        self.model, self.name = self.record._name, self.record.display_name
        if self.model == "ir.exports.line":
            self.model = "ir.exports"
            self.name = f"{self.record.export_id.name}: {self.record.name}"
        elif self.model == "mail.alias" and (owner := _owner(self.record)):
            self.model, self.name = owner._name, owner.display_name

    def __str__(self):
        return f"{self.record._name},{self.record.id} “{self.name}”"

    def joined(self, other):
        """→ one Use of two of the same record; of the remedies the first counts."""
        if self.values is None or other.values is None:
            return self if self.values is None else other
        return Use(self.record, self.remedy, {**other.values, **self.values})


def _owner(alias):
    """→ whose alias it is, such as a team; None if there is no such record."""
    model = alias.alias_parent_model_id.model
    owner = alias.env[model].browse(alias.alias_parent_thread_id) if model in alias.env else None
    return owner.exists() if owner else None


def safely(function, records):
    """Yield what a function yields for each record; where it fails, the log says so.

    An uninstallation is not stopped by a strange record.

    :param function: called with one record
    """
    for record in records:
        try:
            yield from function(record)
        except psycopg2.errors.ReadOnlySqlTransaction:
            # Odoo tries again with a connection that may write
            raise
        except Exception:
            _logger.exception("Cannot tell whether it uses what is uninstalled: %s", record)


def stored_models(env):
    """→ models that keep rows, as empty records that find what is not active, too."""
    return [
        model.with_context(active_test=False)
        for model in env.values()
        if model._auto and not model._abstract and not model._transient
    ]


def all_of(env, *names):
    """→ a list of all records of each of some models, if it is installed."""
    return [env[name].with_context(active_test=False).search([]) for name in names if name in env]
