from contextlib import contextmanager

from odoo import models

from .call import Call, calls_of


class CrmLead(models.Model):
    """Steps within steps: a row is one step, in the order in which they happened, each once.

    While a call moves leads, others may move the same ones: automation rules where Odoo computes
    a field, overrides of other addons before and after ``super()``. What the outer call has done
    so far is a step before that of the inner one; where the outer one ends, it has only done what
    is more than the ledger knows by then.

    Queries: none where calls are not nested; else one or two a call, whatever the number of leads.
    """

    _inherit = "crm.lead"

    @contextmanager
    def _moving(self, before, **how):
        """Let the code inside move these leads; what it has changed then passes the gate.

        :param dict before: where they are
        :param how: see :class:`Call`
        :raise StageRuleError: see ``_pass_gate``
        """
        call = Call(self, before, **how)
        calls = calls_of(self.env.cr)
        calls.append(call)
        try:
            yield call
            call.leads._let_status_follow()
            call.leads._pass_gate(call)
        finally:
            calls.remove(call)

    def _let_status_follow(self):
        """Compute the status of these once more, if Odoo is just about to.

        Odoo takes what it computes for computed already. Who is lost within that would be so only
        once something else of theirs is written, which moves nothing. Odoo is not made to do it,
        since an automation rule that moves them because of it would go round without end.
        No query.
        """
        computed = self & self.env.protected(self._fields["won_status"])
        computed._compute_won_status()

    def _parent_store_create(self):
        # the first that Odoo calls on what it has just inserted; as soon as it computes a field,
        # others may move them
        if calls := calls_of(self.env.cr):
            calls[-1].add(self._ids)
        return super()._parent_store_create()

    def _record_so_far(self):  # pylint: disable=missing-return
        super()._record_so_far()
        ids, inner_ids = {*self._ids}, set()
        for call in reversed(calls_of(self.env.cr)):
            concerned = (ids & call.ids) - inner_ids
            if concerned:
                call.has_inner = True
                own = call.leads.browse(concerned)
                own._let_status_follow()
                # what is created is there at once, and is judged at once (see create); of what
                # is written, Odoo may be half done with the others
                if not call.before and own._get_moved_by(call)[1]:
                    own = call.leads.browse(call.ids - inner_ids)
                own._pass_gate(call)
            inner_ids |= call.ids
