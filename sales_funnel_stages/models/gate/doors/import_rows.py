from odoo import api, models
from odoo.exceptions import UserError

from ....exceptions import StageRuleError
from ....names import HAND_FIELDS
from ....tools.carried import Carried
from ...ledger.imported_past import PAST_FIELDS

# what says that a row is won, beside its stage
WON_FIELDS = ("probability", "automated_probability", "date_closed")


class BatchError(Exception):
    """Some row of a batch is wrong, which Odoo finds out when it tries them one by one.

    Of an error that is for a person it would say, besides, that it is of the first row.
    """


class ImportReport(Carried):
    """What the gate refused of one import, row by row.

    By default a refused row is an error, and nothing is imported; a lenient import lets it
    in as far as it qualifies, with a warning. What else is wrong with a row, as a date that
    cannot be, is an error in both::

        report = ImportReport(is_lenient=True)
        env["crm.lead"].with_context(**report.context()).load(fields, rows)
    """

    def __init__(self, is_lenient=False, is_test=False):
        """
        :param bool is_lenient: whether refused rows come in as far as they qualify
        :param bool is_test: whether all is undone in the end
        """
        self.is_lenient = is_lenient
        self.is_test = is_test
        self._infos = {}
        self._refused = {}
        self._failed = {}

    @property
    def is_failed(self):
        """Whether nothing can be imported for what stands in it."""
        return bool(self._failed or (self._refused and not self.is_lenient))

    def get_messages(self, is_done, wrong_rows=()):
        """Return the messages for ``load``, one a row, in the order of the rows.

        As Odoo's own (``type``, ``rows``, ``record``, ``message``), and ``stage_rule``
        by which a client can tell them from others; ``past_dates`` where it is about these.

        :param bool is_done: whether the rows are imported, rather than tried only
        :param wrong_rows: numbers, from 0, of rows in which Odoo has found something wrong
        """
        messages = {}
        for row, (info, reason, outcome) in self._refused.items():
            messages[row] = {
                "type": "warning" if self.is_lenient else "error",
                "rows": info["rows"],
                "record": info["record"],
                "message": f"{reason} {outcome[not is_done]}" if self.is_lenient else reason,
                "stage_rule": True,
            }
        for row, (info, reason, is_consequence) in self._failed.items():
            if not (is_consequence and row in wrong_rows):
                messages[row] = {
                    "type": "error",
                    "rows": info["rows"],
                    "record": info["record"],
                    "message": reason,
                    "stage_rule": True,
                    "past_dates": True,
                }
        return [message for _row, message in sorted(messages.items())]

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
        :param outcome: two texts: what a lenient import has made of the row, and what it would
            make of it
        """
        row, info = self._find(values)
        _info, first_reason, _outcome = self._refused.get(row, (info, reason, outcome))
        self._refused[row] = (info, first_reason, outcome)

    def fail(self, values, reason, is_consequence=False):
        """Add a row whose dates cannot be: nothing is imported, lenient or not.

        :param dict values: the very dict that ``expect`` was given
        :param str reason: what is wrong with them
        :param bool is_consequence: whether that may be for something else that is wrong in the row
        """
        row, info = self._find(values)
        self._failed[row] = (info, reason, is_consequence)

    def _find(self, values):
        """Return the number of a row, from 0, and what Odoo knows of it."""
        info = self._infos[id(values)]
        return info["rows"]["from"], info


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

        :return: as Odoo's: ``ids`` (False where nothing is imported, see :class:`ImportReport`),
            ``messages`` and ``nextrow``
        """
        requested = self._get_import_report()
        report = ImportReport(
            is_lenient=bool(requested and requested.is_lenient),
            is_test=bool(requested and requested.is_test),
        )
        with self.env.cr.savepoint() as savepoint:
            result = super(CrmLead, self.with_context(**report.context())).load(fields, data)
            if report.is_failed:
                savepoint.close(rollback=True)
                # external ids of what is gone are cached without a mark that
                # ``reset_changes`` would find
                self.env.registry.clear_cache()
                self.env.registry.reset_changes()
                result["ids"] = False
        messages = report.get_messages(
            is_done=bool(result["ids"]) and not report.is_test,
            wrong_rows={each["rows"]["from"] for each in result["messages"] if "rows" in each},
        )
        result["messages"] = [*messages, *result["messages"]]
        return result

    @api.model
    def _get_import_report(self):
        """Return the :class:`ImportReport` of the import that runs, or None."""
        return ImportReport.of(self.env)

    def _load_records(self, data_list, update=False):
        report = self._get_import_report()
        if not report:
            return super()._load_records(data_list, update)
        report.expect(data_list)
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            if len(data_list) > 1:
                raise BatchError from error
            raise

    def _load_records_create(self, vals_list):
        report = self._get_import_report()
        if not report:
            return super()._load_records_create(vals_list)
        admitted = [self._admit_past_row(vals, report) for vals in vals_list]
        while True:
            try:
                leads = super()._load_records_create([dict(vals) for vals in admitted])
                leads._check_closed_rows(vals_list, admitted, report)
                return leads
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
        if fault := self._describe_back_dating(values):
            report.fail(values, fault)
            admitted = _without_dates(values)
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

    @api.model
    def _admit_past_row(self, vals, report):
        """Return a row's values to create a lead with; without dates that cannot be.

        :param dict vals: the row's values
        :param ImportReport report: it is told what is wrong with the dates
        """
        fault = self._may_import_past() and self._describe_past_fault(vals)
        if fault:
            report.fail(vals, fault)
        return _without_dates(vals) if fault else dict(vals)

    def _check_closed_rows(self, vals_list, admitted, report):
        """Tell the report which of these have a closing date, and are not closed.

        :param list[dict] vals_list: the values of their rows
        :param list[dict] admitted: with which they were created
        :param ImportReport report: it is told
        """
        if not self._may_import_past():
            return
        label = self._get_past_labels()["date_closed"]
        for lead, vals, given in zip(self, vals_list, admitted, strict=True):
            if self._read_past(given).closed and lead.won_status == "pending":
                report.fail(
                    vals,
                    self.env._(
                        "“%(lead)s” has “%(field)s”, and is neither won nor lost.",
                        lead=lead.name,
                        field=label,
                    ),
                    # such as a stage that is not there
                    is_consequence=True,
                )

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
        held_back.pop("date_conversion", None)
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
                    "“%(lead)s” cannot become an opportunity yet. Not met: %(missing)s.",
                    lead=refusal["lead_name"],
                    missing=missing,
                )
            else:
                reason = self.env._(
                    "“%(lead)s” cannot enter %(stage)s yet. Not met: %(missing)s.",
                    lead=refusal["lead_name"],
                    stage=stage_names[refusal["stage_id"]],
                    missing=missing,
                )
            reasons[refusal["index"]] = reason
        return reasons

    @api.model
    def _describe_created(self, vals):
        """Return what an import makes of a row that is held back, and what it would make of it."""
        if vals.get("type") == "lead":
            return self.env._("Imported as a lead."), self._describe_held_back()
        stage = self.env["crm.stage"].browse(vals["stage_id"])
        return self.env._("Imported into %s.", stage.name), self._describe_held_back(stage)

    def _describe_updated(self, values):
        """Return what an import makes of a lead that is held back, and what it would make of it."""
        if values.get("type", self.type) == "lead":
            return self.env._("Kept as a lead."), self._describe_held_back()
        stage = self.env["crm.stage"].browse(values.get("stage_id", self.stage_id.id))
        if self.type == "lead":
            done = self.env._("Converted into an opportunity in %s.", stage.name)
        elif stage == self.stage_id:
            done = self.env._("Kept in %s.", stage.name)
        else:
            done = self.env._("Moved to %s.", stage.name)
        return done, self._describe_held_back(stage)

    @api.model
    def _describe_held_back(self, stage=None):
        """Return what a row would be that is held back: in that stage, or a lead."""
        if stage is None:
            return self.env._("It would be a lead.")
        return self.env._("It would be in %s.", stage.name)


def _without_dates(values):
    """Return values without those that say when a deal was created, converted and closed."""
    return {name: value for name, value in values.items() if name not in PAST_FIELDS}
