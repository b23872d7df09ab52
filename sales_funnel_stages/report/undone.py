from odoo import api, fields, models
from odoo.fields import Domain

from ..models.ledger.counted import counted_rows
from ..tools.carried import Carried


class WithUndone(Carried):
    """Lets a report count conversions that were undone, too."""


class CrmUndoneMixin(models.AbstractModel):
    """A report that leaves out conversions that were undone, unless a filter asks for them.

    Its query has :func:`counted` as a clause of WITH, which stands for the ledger.
    """

    _name = "crm.undone.mixin"
    _description = "Report With or Without Undone Conversions"

    with_undone = fields.Boolean(
        string="With Undone Conversions",
        compute="_compute_with_undone",
        search="_search_with_undone",
        help="Mass conversions that were undone count, too, and their undo.",
    )

    @api.depends_context(WithUndone.key)
    def _compute_with_undone(self):
        self.with_undone = bool(WithUndone.of(self.env))

    def _search_with_undone(self, operator, value):
        if operator != "in":
            return NotImplemented
        # which rows there are is up to the query
        return Domain.TRUE

    @api.model
    def _counting(self, domain):
        """Return this report as a domain wants it: without undone conversions, or with them.

        :param domain: as a client gives it
        """
        is_asked = any(
            condition.field_expr == "with_undone" and _is_true(condition)
            for condition in Domain(domain).iter_conditions()
        )
        return self.with_context(**WithUndone().context()) if is_asked else self

    @api.model
    def search_fetch(self, domain, *args, **kwargs):
        # what is read of them later is read of the same rows
        report = self._counting(domain)
        return super(CrmUndoneMixin, report).search_fetch(domain, *args, **kwargs)

    def _as_found(self):
        """Return these rows so that they can be read, whichever way they were found."""
        return self if self.exists() == self else self.with_context(**WithUndone().context())

    @api.model
    def _search(self, domain, *args, **kwargs):
        report = self._counting(domain)
        return super(CrmUndoneMixin, report)._search(domain, *args, **kwargs)


def counted(env):
    """Return the rows of the ledger that count, as a clause of WITH: see ``counted_rows``."""
    return counted_rows(bool(WithUndone.of(env)))


def _is_true(condition):
    if condition.operator in ("in", "="):
        value = condition.value
        return value is True or not isinstance(value, bool) and True in value
    return condition.operator in ("!=", "not in") and condition.value is False
