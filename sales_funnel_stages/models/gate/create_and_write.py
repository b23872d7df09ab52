from contextlib import nullcontext

from odoo import api, models

from ...exceptions import StageRuleError
from ...names import HAND_FIELDS, LOSING_FIELDS, MOVING_FIELDS, RECORDED_FIELDS, STATUS_FIELDS
from ...tools.links import Links
from ...tools.reopening import Reopening
from ..qualification.fields import NOTED_WHERE_WRITTEN
from .concurrency import DESTINATION_FIELDS


class CrmLead(models.Model):
    """``create`` and ``write``, in which every way ends in which a lead moves: see ``gate.py``."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        try:
            return self._create_at_gate(vals_list)
        except StageRuleError as error:
            lacking = self._get_intake_refusals(vals_list, error)
            if not lacking:
                raise
            leads = self._create_at_gate(
                [
                    self._as_plain_lead(vals) if index in lacking else vals
                    for index, vals in enumerate(vals_list)
                ]
            )
            leads._note_what_they_lack({leads[index].id: each for index, each in lacking.items()})
            return leads

    @api.model
    def _create_at_gate(self, vals_list):
        # copies: what is derived is taken out, and crm adds to the values it is given
        vals_list = [dict(vals) for vals in vals_list]
        derived_list = [self._take_derived(vals) for vals in vals_list]
        self._admit_past(vals_list)
        with self._undone_if_refused():
            with self.browse()._moving({}, is_loss=True):
                leads = super().create(vals_list)  # pylint: disable=super-method-mismatch
            leads._check_derived(derived_list)
        return leads

    def write(self, vals):
        vals = self._without_dates_kept(vals)
        if not self._get_derived_names().isdisjoint(vals):
            vals = dict(vals)
            derived = self._take_derived(vals)
            with self._undone_if_refused():
                self.write(vals)
                self._check_derived([derived] * len(self))
            return True
        if RECORDED_FIELDS.isdisjoint(vals) or Links.takes(self, vals):
            self._note_answers_before(vals)
            with self._keep_why_lost(vals):
                return super().write(vals)
        self._record_so_far()
        self._fetch_to_move()
        self._note_answers_before(vals)
        before = self._get_states()
        if not DESTINATION_FIELDS.isdisjoint(vals):
            self._check_not_moved_meanwhile(before)
        # Odoo scores nothing anew for another company or customer
        is_scored = not STATUS_FIELDS.isdisjoint(vals)
        is_loss = not LOSING_FIELDS.isdisjoint(vals)
        is_refusable = self._is_move(vals) or (is_scored and self._is_any_left_open(before))
        # other writes convert nothing, and need no environment of their own
        is_conversion = vals.get("type") == "opportunity"
        with self._in_one_move() if is_conversion else nullcontext(self) as leads:
            can_fail = is_refusable or (is_loss and self._is_asked_why_lost())
            undone = leads._undone_if_refused() if can_fail else nullcontext()
            moving = leads._moving(
                before,
                is_refusable=is_refusable,
                is_hand_derived=HAND_FIELDS.isdisjoint(vals),
                is_scored=is_scored,
                is_loss=is_loss,
            )
            with undone, moving, leads._keep_why_lost(vals):
                # a copy: crm adds to the values it is given
                result = super(CrmLead, leads).write(dict(vals))
        return result

    def web_save(self, vals, specification, next_id=None):
        if not next_id and not NOTED_WHERE_WRITTEN.isdisjoint(specification):
            # at once, what is looked at on the way and what is shown of it afterwards
            self.fetch(
                [
                    name
                    for name in self._get_fields_to_move()
                    if self._has_field_access(self._fields[name], "read")
                ]
            )
        return super().web_save(vals, specification, next_id)

    def web_save_multi(self, vals_list, specification):
        # what is edited for many at once is judged for all of them at once
        is_alike = len(self) == len(vals_list) > 1 and all(
            vals == vals_list[0] for vals in vals_list
        )
        if not is_alike or RECORDED_FIELDS.isdisjoint(vals_list[0]):
            return super().web_save_multi(vals_list, specification)
        self.write(vals_list[0])
        # as Odoo answers
        return self.with_context(bin_size=True).web_read(specification)

    @api.model
    def _is_move(self, vals):
        """Tell whether writing these values can be refused."""
        if not MOVING_FIELDS.isdisjoint(vals) or Reopening.of(self.env):
            return True
        # a change of hands wins where a team has no stage of its own but Won
        book = self._get_rulebook()
        may_be_refused = book.is_start_won or book.arrivals
        return bool(may_be_refused) and not (HAND_FIELDS | {"partner_id"}).isdisjoint(vals)
