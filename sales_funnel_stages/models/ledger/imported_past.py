from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_datetime

from ...names import IMPORT_PAST_GROUP, SALESPERSON_GROUP
from ...tools import imported_past as pasts
from ...tools.imported_past import Past
from ...tools.transition import direction
from ..rules.described_field import DescribedDatetime
from .promised import without_promised

# which date of a past each field is
PAST_FIELDS = {
    "past_create_date": "created",
    "date_conversion": "converted",
    "date_closed": "closed",
}

# what a row says that tells of a step which nobody has judged
NOT_JUDGED = {
    **dict.fromkeys(
        (
            "verdict",
            "policy",
            "rules_version",
            "receipt",
            "met_by",
            "reason",
            "approver_id",
            "approver_name",
            "make_good_date",
        )
    ),
    "unmet_criterion_ids": [Command.clear()],
}


class CrmLead(models.Model):
    """Deals that are created with dates of the past: an import's, or a program's.

    With the right to, what is created so enters the ledger on these dates, marked as imported
    (see ``tools.imported_past``). Without, the dates are taken for none. What is recorded already
    is given no other date, by anybody. A date of this very moment, which Odoo and others write
    where a lead is converted or closed, is none of the past.

    No query where no such date is given.
    """

    _inherit = "crm.lead"

    past_create_date = DescribedDatetime(
        string="Originally Created On",
        readonly=True,
        copy=False,
        groups=SALESPERSON_GROUP,
        help="When a deal was created that was imported later.",
    )

    def copy_data(self, default=None):
        # of the copy, Odoo would say that it was converted when this one was
        vals_list = super().copy_data(default)
        for vals in vals_list:
            vals.pop("date_conversion", None)
            if default and "date_conversion" in default:
                vals["date_conversion"] = default["date_conversion"]
        return vals_list

    @api.model
    def _may_import_past(self):
        """Tell whether the dates of what the user creates count."""
        return self._get_real_user().has_group(IMPORT_PAST_GROUP)

    @api.model
    def _get_past_labels(self):
        """Return ``{field: what a person calls the date}``, as the import screen does."""
        return {
            "past_create_date": self.env._("Created On"),
            "date_conversion": self.env._("Converted On"),
            "date_closed": self.env._("Closed Date"),
        }

    @api.model
    def _read_past(self, values):
        """Return the :class:`Past` that values of a lead tell, in which nothing is of this moment.

        :param values: the lead, or the dict of values that it is created with
        """
        dates = {}
        for field, name in PAST_FIELDS.items():
            date = _to_datetime(values[field] if field in values else None)
            if date and not self._is_now(date):
                dates[name] = date
        return Past(**dates)

    @api.model
    def _is_now(self, date):
        moments = self.env.cr.now(), fields.Datetime.now()
        return min(moments).replace(microsecond=0) <= date <= max(moments)

    # ------------------------------------------------------------------
    # Creating
    # ------------------------------------------------------------------

    @api.model
    def _admit_past(self, vals_list):
        """Take the dates out of the values of leads to be created, if the user may not give them.

        :param list[dict] vals_list: the values of each, which are changed
        :raise UserError: where they are impossible; names lead and date
        """
        defaults = {
            name: self.env.context[f"default_{name}"]
            for name in PAST_FIELDS
            if f"default_{name}" in self.env.context
        }
        may_import_past = None
        for vals in vals_list:
            if not defaults and PAST_FIELDS.keys().isdisjoint(vals):
                continue
            vals.update({**defaults, **vals})
            past = self._read_past(vals)
            if not past.known:
                continue
            if may_import_past is None:
                may_import_past = self._may_import_past()
            if not may_import_past:
                vals.update(
                    {field: False for field, name in PAST_FIELDS.items() if name in past.known}
                )
            elif fault := self._describe_past_fault(vals):
                raise UserError(fault)

    @api.model
    def _describe_past_fault(self, vals):
        """Return what is wrong with the dates in the values of a lead, as a sentence, or None."""
        past = self._read_past(vals)
        fault = pasts.find_fault(past, fields.Datetime.now())
        if not fault:
            return None
        kind, name, earlier = fault
        labels = self._get_past_labels()
        label_by_name = {PAST_FIELDS[field]: label for field, label in labels.items()}
        values = {
            "lead": vals.get("name") or "",
            "field": label_by_name[name],
            "date": self._format_moment(past.known[name]),
        }
        if kind == pasts.TOO_LATE:
            return self.env._("“%(lead)s”: “%(field)s” is in the future: %(date)s.", **values)
        if kind == pasts.TOO_EARLY:
            return self.env._("“%(lead)s”: “%(field)s” is before 1970: %(date)s.", **values)
        return self.env._(
            "“%(lead)s”: “%(field)s” (%(date)s) is before “%(other)s” (%(other_date)s).",
            other=label_by_name[earlier],
            other_date=self._format_moment(past.known[earlier]),
            **values,
        )

    @api.model
    def _format_moment(self, date):
        return format_datetime(self.env, date, dt_format="short")

    # ------------------------------------------------------------------
    # What exists
    # ------------------------------------------------------------------

    def _without_dates_kept(self, vals):
        """Return values to be written on these without dates that are recorded so.

        Odoo's own code writes no dates but those of this moment; whatever else has to correct
        one does so as superuser.

        :raise UserError: where a user's value would change one; names lead and date
        """
        if self.env.su or PAST_FIELDS.keys().isdisjoint(vals):
            return vals
        past = self._read_past(vals).known
        for lead in self if past else ():
            if fault := lead._describe_back_dating(vals):
                raise UserError(fault)
        # when it was created is for good
        kept = {field for field, name in PAST_FIELDS.items() if name in past} | {"past_create_date"}
        return {name: value for name, value in vals.items() if name not in kept}

    def _describe_back_dating(self, vals):
        """Return the sentence that says why dates cannot be written on this lead, or None.

        :param dict vals: values to be written; others than dates do not matter
        """
        self.ensure_one()
        # sudo: it is told no more than that a date is another one
        lead = self.sudo()
        for name in PAST_FIELDS:
            date = _to_datetime(vals.get(name))
            kept = [lead[name], *([lead.create_date] if name == "past_create_date" else [])]
            is_kept = any(each and each.replace(microsecond=0) == date for each in kept)
            if date and not is_kept and not self._is_now(date):
                return self.env._(
                    "“%(lead)s” is there already: its history has its dates, and “%(field)s” "
                    "cannot be changed.",
                    lead=lead.name,
                    field=self._get_past_labels()[name],
                )
        return None

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    @api.model
    def _get_pasts(self, transition_by_lead):
        """Return ``{id: Past}`` of those leads that are created with dates that count.

        :param dict transition_by_lead: ``{id: Transition}``
        """
        created = {id_: each.after for id_, each in transition_by_lead.items() if not each.before}
        if not created or not self._may_import_past():
            return {}
        # sudo: the ledger is complete, whatever the user may read of the lead
        leads = self.browse(created).sudo()
        found = {lead.id: self._read_past(lead).of(created[lead.id]) for lead in leads}
        now = fields.Datetime.now()
        return {
            id_: past
            for id_, past in found.items()
            # such as a default of somebody's
            if past.known and not pasts.find_fault(past, now)
        }

    @api.model
    def _tell_past(self, rows, transition_by_lead, prepare_place):
        """Return rows of the ledger with those of leads that have a past told step by step.

        :param list[dict] rows: values of rows that tell each lead's creation as of now
        :param dict transition_by_lead: ``{id: Transition}``
        :param prepare_place: called with ``from`` or ``to`` and a :class:`State`, returns what a
            row says of it
        """
        past_by_lead = self._get_pasts(transition_by_lead)
        if not past_by_lead:
            return rows
        told = []
        for row in rows:
            id_ = row["lead_ref"]
            past = past_by_lead.get(id_)
            after = transition_by_lead[id_].after
            told += self._tell_steps(row, after, past, prepare_place) if past else [row]
        return told

    @api.model
    def _tell_steps(self, row, after, past, prepare_place):
        """Return the rows of a lead that is created, step by step.

        :param dict row: the values of the row that tells its creation, as if it had no past
        :param State after: where it is created
        :param Past past: its dates
        :param prepare_place: see ``_tell_past``
        """
        book = self._get_rulebook()
        start = book.start(after.team_id)
        start_id = book.stages[start - 1].id if start else 0
        steps = pasts.tell(after, past, start_id, row["date"])
        rows = []
        for number, step in enumerate(steps, 1):
            is_judged = number == len(steps) and not pasts.is_closed_then(after, past)
            told = {
                **without_promised(row, is_judged),
                **({} if is_judged else NOT_JUDGED),
                **prepare_place("from", step.before),
                **prepare_place("to", step.after),
                "direction": direction(step.before, step.after, book),
                "date": step.date,
                "is_gap": step.is_gap,
                "is_imported": True,
            }
            if rows:
                time = step.date - rows[-1]["date"]
                told["seconds_in_previous"] = round(time.total_seconds())
            rows.append(told)
        return rows


def _to_datetime(value):
    """Return what a client, or code, has given as a date, as one; None where it is none."""
    try:
        return fields.Datetime.to_datetime(value or None)
    except (TypeError, ValueError):
        # Odoo says what is wrong with it
        return None
