from contextlib import contextmanager

from lxml.builder import E

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.rulebook import CONVERSION, REQUIRED
from ..rules.shown_field import ShownJson

# the form of the dialog
MOVE_FORM = "sales_funnel_stages.crm_lead_view_form_stage_move"
# which move it is about, as keys of the context: to be shown, and to open no gate
CONVERSION_KEY, STAGE_KEY, MADE_KEY = "stage_move_type", "stage_move_stage_id", "stage_move_is_made"


class CrmLead(models.Model):
    """The dialog of a move that was refused: a form on the lead, which takes what is missing.

    What is typed is the lead's own. It is saved in the step that makes the move, so that the gate
    judges both together, or by itself, without moving. The dialog of one that is to be created
    does the same before it is there.
    """

    _inherit = "crm.lead"

    stage_move_checklist = ShownJson(
        compute="_compute_stage_move_checklist",
        help="What the move that a dialog is about requires, criterion by criterion.",
    )

    @api.depends(lambda self: ("name", *self._qualification_depends()))
    @api.depends_context("uid", "lang", CONVERSION_KEY, STAGE_KEY, MADE_KEY)
    def _compute_stage_move_checklist(self):
        context = self.env.context
        is_conversion = context.get(CONVERSION_KEY) == "opportunity"
        stage = self.env["crm.stage"].search([("id", "=", context.get(STAGE_KEY) or 0)])
        for lead in self:
            lead.stage_move_checklist = lead._prepare_move_checklist(
                is_conversion, stage, bool(context.get(MADE_KEY))
            )

    def _prepare_move_checklist(self, is_conversion, stage, is_made):
        """Return what the dialog of a move shows of this lead.

        :param bool is_conversion: whether it is to become an opportunity
        :param stage: the ``crm.stage`` to enter; empty: the one it is in, or starts in
        :param bool is_made: whether it has moved, as its team's policy lets it
        :return:
            - ``description``: what cannot be done yet, or can by now, in words
            - ``stage``: the name of the stage; False: to become an opportunity
            - ``lines``: what is required (see ``_prepare_line``)
            - ``met`` and ``total``, of these
            - ``furthest``: of one that is to be created, the name of the stage in which it can
              be as it is; False: it has to stay a lead
        :rtype: dict
        """
        saved = self._origin
        move = {}
        if saved and not is_made:
            [move] = saved._prepare_move(is_conversion, stage)
        with self._as_given(move) as lead:
            gate = (stage or lead.stage_id._origin).id or CONVERSION
            required = lead._prepare_required(gate)
        is_met = required["met"] == required["total"]
        unmet = {line["id"] for line in required["lines"] if not line["is_met"]}
        stage_name = self._get_stage_names([gate]).get(gate, False)
        return {
            **required,
            "description": self._describe_move(is_conversion, stage, is_made, is_met),
            "stage": stage_name if stage or not is_conversion else False,
            "furthest": False if saved else self._get_name_of_furthest(gate, unmet),
        }

    def _prepare_required(self, gate):
        """Return what a gate requires of this lead: ``lines``, ``met`` and ``total``."""
        [criterion_ids] = self._get_required_criteria(gate).values()
        [unmet] = self._get_unmet_criteria(criterion_ids).values()
        required = dict.fromkeys(criterion_ids, REQUIRED)
        return {
            "lines": self._prepare_lines(required, unmet, self._get_shown_criteria(required)),
            "met": len(required) - len(unmet),
            "total": len(required),
        }

    @contextmanager
    def _as_converted(self, customer):
        """Give this lead as its conversion makes it, unsaved, and what is asked of it before.

        :param customer: the ``res.partner`` that it gets, unsaved where it is created
        :return: the lead, and what ``_prepare_move_checklist`` returns, with ``is_refused``
        :rtype: tuple
        """
        saved = self._origin
        stage = self.env["crm.stage"]
        [move] = saved._prepare_move(True, stage, customer)
        move["partner_id"] = customer
        before = saved._get_states()
        with self._as_given(move) as draft:
            required = draft._prepare_required(draft.stage_id._origin.id or CONVERSION)
            is_refused = bool(draft._judge_read_drafts(before, [move]))
            is_met = required["met"] == required["total"]
            if is_met or is_refused:
                told = self._describe_move(True, stage, is_made=False, is_met=not is_refused)
            else:
                told = self.env._(
                    "“%(lead)s” can %(move)s, although this is not met.",
                    lead=self.name,
                    move=self._get_move_text(True, stage),
                )
            yield draft, {**required, "description": told, "is_refused": is_refused}

    def _describe_move(self, is_conversion, stage, is_made, is_met):
        if is_made:
            return self.env._(
                "“%(lead)s” is now in %(stage)s. Complete what is not met yet.",
                lead=self.name,
                stage=self.stage_id.name,
            )
        to_stage = stage if is_conversion else stage or self.stage_id
        named = {
            "lead": self.name or "–",
            "move": self._get_move_text(is_conversion, to_stage),
        }
        if is_met:
            return self.env._("“%(lead)s” can %(move)s now.", **named)
        return self.env._("“%(lead)s” cannot %(move)s yet.", **named)

    def _get_name_of_furthest(self, gate, unmet):
        stage_id = self._get_furthest_stage(gate, unmet, is_new=True)
        return self._get_stage_names([stage_id]).get(stage_id, False)

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        if view_type == "form" and view_id == self._get_move_form_id():
            key += (self.env["crm.rulebook"]._get_version(),)
        return key

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and view.id == self._get_move_form_id():
            there = {node.get("name") for node in arch.iterchildren("field")}
            for name in self._get_all_fields_to_fill():
                if name not in there:
                    arch.append(self._make_move_field(self._fields[name]))
        return arch, view

    @api.model
    def _get_move_form_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(MOVE_FORM)

    @api.model
    def _get_all_fields_to_fill(self):
        """Return the names of the fields that some criterion in force asks to be filled in."""
        names = self.env["crm.qualification.criterion"]._get_fields_to_fill_by_criterion()
        return dict.fromkeys(name for each in names.values() for name in each)

    @api.model
    def _make_move_field(self, field):
        """Return the node of a field that the form has not by itself, as Odoo's forms have it."""
        attributes = {"name": field.name}
        if field.type == "many2many":
            attributes["widget"] = "many2many_tags"
        if field.type == "monetary":
            attributes["options"] = repr({"currency_field": field.get_currency_field(self)})
        return E.field(attributes)

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    def save_and_move(self, values, move):
        """Write what is missing on a lead and let it move, in one step; or create it there.

        The gate judges both together.

        :param dict values: as for ``write``, or for ``create`` where this is called on no record
        :param dict move: ``stage_id`` (to enter it), ``type`` ("opportunity": to become one), or
            both; with a ``reason``, it overrides the stage rules, and ``make_good_date`` says by
            when what is unmet will be made good, as "2030-12-31"
        :return: ``id`` of the lead, and ``message``: congratulations where it is won, else False
        :rtype: dict
        :raise StageRuleError: where it may not move so
        :raise AccessError: with a reason, where the user may not override the stage rules
        :raise UserError: for values or a move that are none
        """
        self._check_values_of_one(values)
        leads = self
        is_conversion, stage = leads._read_asked_move(move)
        if move.get("reason"):
            gates = [stage.id or CONVERSION]
            if is_conversion and not leads:
                gates.append(CONVERSION)
            leads = leads._with_override(move["reason"], move.get("make_good_date"), gates=gates)
        if leads:
            leads._make_move(is_conversion, stage, values)
        else:
            where = {"stage_id": stage.id} if stage else {}
            leads = leads.create({**values, "type": "opportunity", **where})
        lead = leads.with_env(self.env)
        return {
            "id": lead.id,
            "message": (stage.is_won and lead._get_rainbowman_message()) or False,
        }

    @api.model
    def create_as_far_as_allowed(self, values):
        """Create an opportunity in the last stage before its own that the rules let it enter.

        :param dict values: as for ``create``, with the stage in which it was to start
        :return: ``id``, and ``stage``: the stage's name; False: it has to stay a lead
        :rtype: dict
        :raise UserError: for values that are none
        """
        self.browse()._check_values_of_one(values)
        lead = self._create_as_far_as_allowed(values)
        return {"id": lead.id, "stage": lead.type == "opportunity" and lead.stage_id.name}

    @api.model
    def _create_as_far_as_allowed(self, values):
        draft = self.new({**self.default_get(["stage_id", "team_id"]), **values})
        gate = draft.stage_id._origin.id or CONVERSION
        [required] = draft._get_required_criteria(gate).values()
        [unmet] = draft._get_unmet_criteria(required).values()
        stage_id = draft._get_furthest_stage(gate, unmet, is_new=True)
        if stage_id:
            return self.create({**values, "type": "opportunity", "stage_id": stage_id})
        # what was said of the stage in which it was to start is no stage of a lead
        return self.with_context(default_stage_id=False).create(self._as_plain_lead(values))

    def _check_values_of_one(self, values):
        """Check that this is one lead at most, and that values may be written on it.

        :raise UserError: where it is not so
        """
        if len(self) > 1:
            raise UserError(self.env._("What is missing is filled in for one lead at a time."))
        if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
            raise UserError(self.env._("Say what is to be written, as field names and values."))
