from odoo import api, models

from ....exceptions import StageRuleError
from ....names import HAND_FIELDS
from ....tools.carried import Carried

# what says that a row is won, beside its stage
WON_FIELDS = ("probability", "automated_probability", "date_closed")


class ImportReport(Carried):
    """What the gate refused of one import, row by row.

    By default a refused row is an error, and nothing is imported; a lenient import lets it
    in as far as it qualifies, with a warning::

        report = ImportReport(is_lenient=True)
        env["crm.lead"].with_context(**report.context()).load(fields, rows)
    """

    def __init__(self, is_lenient=False):
        self.is_lenient = is_lenient
        self._infos = {}
        self._refused = {}

    @property
    def messages(self):
        """The messages for ``load``, one a refused row, in the order of the rows.

        As Odoo's own (``type``, ``rows``, ``record``, ``message``), and ``stage_rule``
        by which a client can tell them from others.
        """
        return [
            {
                "type": "warning" if self.is_lenient else "error",
                "rows": info["rows"],
                "record": info["record"],
                "message": f"{reason} {outcome}" if self.is_lenient else reason,
                "stage_rule": True,
            }
            for _row, (info, reason, outcome) in sorted(self._refused.items())
        ]

    def expect(self, data_list):
        """Note which row each record's values come from (see ``_load_records``)."""
        self._infos = {id(data["values"]): data["info"] for data in data_list}

    def refuse(self, values, reason, outcome):
        """Add a refused row.

        A row may be refused more than once: on its way back to where it qualifies, or
        since Odoo tries a batch first, then every record alone. The first reason says
        what the row asked for, the last outcome what has become of it.

        :param dict values: the very dict that ``expect`` was given
        :param str reason: what was refused, and what is missing
        :param str outcome: what a lenient import makes of the row
        """
        info = self._infos[id(values)]
        row = info["rows"]["from"]
        _info, first_reason, _outcome = self._refused.get(row, (info, reason, outcome))
        self._refused[row] = (info, first_reason, outcome)


class CrmLead(models.Model):
    """Importing through the gate: refused rows are named, all of them.

    Odoo creates the rows of an import in one batch. Those that the gate refuses are held
    back to where they qualify and the batch is tried again, so that whatever else is
    wrong with the file comes up in the same run; unless the import is lenient, nothing of
    it is kept. A batch is created as often as its worst row is refused, plus one,
    mostly twice; updates go row by row, as in Odoo.
    """

    _inherit = "crm.lead"

    @api.model
    def load(self, fields, data):
        """Import rows (see ``base``); rows that the stage rules refuse are named, all of them.

        :return: as Odoo's: ``ids`` (False where a row was refused and the import is not
            lenient, see :class:`ImportReport`), ``messages`` and ``nextrow``
        """
        requested = self._get_import_report()
        report = ImportReport(is_lenient=bool(requested and requested.is_lenient))
        with self.env.cr.savepoint() as savepoint:
            result = super(CrmLead, self.with_context(**report.context())).load(fields, data)
            if report.messages and not report.is_lenient:
                savepoint.close(rollback=True)
                # external ids of what is gone are cached without a mark that
                # ``reset_changes`` would find
                self.env.registry.clear_cache()
                self.env.registry.reset_changes()
                result["ids"] = False
        result["messages"] = [*report.messages, *result["messages"]]
        return result

    @api.model
    def _get_import_report(self):
        """Return the :class:`ImportReport` of the import that runs, or None."""
        return ImportReport.of(self.env)

    def _load_records(self, data_list, update=False):
        report = self._get_import_report()
        if report:
            report.expect(data_list)
        return super()._load_records(data_list, update)

    def _load_records_create(self, vals_list):
        report = self._get_import_report()
        if not report:
            return super()._load_records_create(vals_list)
        admitted = [dict(vals) for vals in vals_list]
        while True:
            try:
                return super()._load_records_create([dict(vals) for vals in admitted])
            except StageRuleError as error:
                held_back = {
                    refusal["index"]: self._hold_back_created(admitted[refusal["index"]], refusal)
                    for refusal in error.refusals
                    # others are not of this batch: an automation moved them
                    if refusal["is_new"]
                }
                if all(admitted[index] == vals for index, vals in held_back.items()):
                    raise
                reasons = self._describe_import_refusals(error.refusals)
                for index, vals in held_back.items():
                    admitted[index] = vals
                    report.refuse(vals_list[index], reasons[index], self._describe_created(vals))

    def _load_records_write(self, values):
        report = self._get_import_report()
        if not report:
            return super()._load_records_write(values)
        admitted = dict(values)
        properties = self._pop_own_properties(admitted)
        if properties:
            super()._load_records_write(properties)
        while True:
            try:
                return super()._load_records_write(dict(admitted))
            except StageRuleError as error:
                refusal = error.refusals[0]
                held_back = self._hold_back_updated(admitted, refusal)
                # another lead's refusal: an automation moved it
                if refusal["lead_id"] != self.id or held_back == admitted:
                    raise
                admitted = held_back
                [reason] = self._describe_import_refusals([refusal]).values()
                report.refuse(values, reason, self._describe_updated(admitted))

    def _pop_own_properties(self, values):
        """Take the properties out of a row's values, where they are those of the lead's team.

        Odoo writes properties last. A criterion that looks at one has to see it before
        the same row moves the lead. Where the row changes the team, they have to wait.
        """
        if not {"team_id", "user_id"}.isdisjoint(values):
            return {}
        names = [
            name
            for name in values
            if name in self._fields and self._fields[name].type == "properties"
        ]
        return {name: values.pop(name) for name in names}

    # ------------------------------------------------------------------
    # Holding back
    # ------------------------------------------------------------------

    @api.model
    def _hold_back_created(self, vals, refusal):
        """Return a row's values as far as it qualifies: in an earlier stage, or as a lead.

        :param dict vals: the row's values
        :param dict refusal: see :class:`StageRuleError`
        """
        held_back = self._without_win(vals, refusal)
        if refusal["furthest_stage_id"]:
            held_back["stage_id"] = refusal["furthest_stage_id"]
            return held_back
        held_back["type"] = "lead"
        held_back.pop("stage_id", None)
        if "default_stage_id" in self.env.context:
            held_back["stage_id"] = False
        return held_back

    def _hold_back_updated(self, values, refusal):
        """Return an update's values so that the lead goes as far as it qualifies.

        :param dict values: the row's values
        :param dict refusal: see :class:`StageRuleError`
        """
        self.ensure_one()
        if refusal["is_hand_over"]:
            return {name: value for name, value in values.items() if name not in HAND_FIELDS}
        book = self._get_rulebook()
        held_back = self._without_win(values, refusal)
        furthest_id = refusal["furthest_stage_id"]
        here = book.position(self.stage_id.id) or 0
        if furthest_id and (self.type == "lead" or book.position(furthest_id) > here):
            held_back["stage_id"] = furthest_id
        else:
            # named, since Odoo may derive them from what else the row changes
            held_back.update(type=self.type, stage_id=self.stage_id.id)
        return held_back

    @api.model
    def _without_win(self, vals, refusal):
        """Return values without what says "won", where that is what was refused."""
        stage = self._get_rulebook().stage(refusal["stage_id"])
        is_won = stage and stage.is_won
        return {name: v for name, v in vals.items() if not (is_won and name in WON_FIELDS)}

    # ------------------------------------------------------------------
    # Saying
    # ------------------------------------------------------------------

    @api.model
    def _describe_import_refusals(self, refusals):
        """Return ``{index: text}``: what was refused of each row, in one line."""
        criterion_names = self._get_criterion_names(
            {id_ for refusal in refusals for id_ in refusal["criterion_ids"]}
        )
        stage_names = self._get_stage_names({refusal["stage_id"] for refusal in refusals})
        reasons = {}
        for refusal in refusals:
            missing = ", ".join(
                name for id_, name in criterion_names.items() if id_ in refusal["criterion_ids"]
            )
            if refusal["is_hand_over"]:
                reason = refusal["message"].replace("\n- ", " ", 1).replace("\n- ", ", ")
            elif refusal["is_conversion"] and not refusal["furthest_stage_id"]:
                reason = self.env._(
                    "“%(lead)s” cannot become an opportunity yet. Still missing: %(missing)s.",
                    lead=refusal["lead_name"],
                    missing=missing,
                )
            else:
                reason = self.env._(
                    "“%(lead)s” cannot enter %(stage)s yet. Still missing: %(missing)s.",
                    lead=refusal["lead_name"],
                    stage=stage_names[refusal["stage_id"]],
                    missing=missing,
                )
            reasons[refusal["index"]] = reason
        return reasons

    @api.model
    def _describe_created(self, vals):
        """Return what an import, or the test of one, makes of a row that is held back."""
        if vals.get("type") == "lead":
            return self.env._("Imported as a lead.")
        stage = self.env["crm.stage"].browse(vals["stage_id"])
        return self.env._("Imported into %s.", stage.name)

    def _describe_updated(self, values):
        """Return what an import, or the test of one, makes of a lead that is held back."""
        if values.get("type", self.type) == "lead":
            return self.env._("Kept as a lead.")
        stage = self.env["crm.stage"].browse(values.get("stage_id", self.stage_id.id))
        if self.type == "lead":
            return self.env._("Converted into an opportunity in %s.", stage.name)
        if stage == self.stage_id:
            return self.env._("Kept in %s.", stage.name)
        return self.env._("Moved to %s.", stage.name)
