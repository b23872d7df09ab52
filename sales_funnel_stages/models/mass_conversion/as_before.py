import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from odoo import api, models, tools
from odoo.fields import Date
from odoo.tools import SQL

from ...names import RECORDED_FIELDS

# whoever undoes a conversion is who has written last, and when; two nobody changes; and whether it
# is won follows from the others, whatever an automation does meanwhile
NOT_PUT_BACK = {"id", "create_uid", "create_date", "write_uid", "write_date", "won_status"}
# also where what was before has been blanked, as of somebody who was forgotten
IN_ANY_CASE = {"type": "lead", "date_conversion": None}


class CrmLead(models.Model):
    """What leads were before they were converted, and that they are so again.

    The one place that decides what an undo gives back: every column of leads but
    ``NOT_PUT_BACK``, whichever addon has brought it, read from the model and as the database has
    it. Odoo derives many of them from customer, salesperson and team. Nothing is derived from
    what is put back: neither a name from no customer, nor the e-mail of a customer from a lead's.
    """

    _inherit = "crm.lead"

    @api.model
    @tools.ormcache()
    def _get_columns_put_back(self):
        """Return the names of the fields that are read before, and put back.

        Those are left out that the database holds as bytes, or once for each language or company.
        """
        return tuple(
            sorted(
                name
                for name, field in self._fields.items()
                if field.store
                and field.column_type
                and field.type != "binary"
                and not (field.translate or field.company_dependent)
                and name not in NOT_PUT_BACK
            )
        )

    def _read_columns(self):
        """Return ``{id: {name: value}}`` as the database has it, of what JSON can hold.

        One query. What is to be computed is, in the name of who calls.
        """
        self.env.flush_all()
        names = self._get_columns_put_back()
        columns = SQL(", ").join(SQL.identifier(name) for name in ("id", *names))
        rows = self.env.execute_query(
            SQL("SELECT %s FROM crm_lead WHERE id = ANY(%s)", columns, list(self._ids))
        )
        return {id_: dict(zip(names, map(_to_json, values), strict=True)) for id_, *values in rows}

    def _put_back(self, values_by_lead):
        """Let leads be what they were before, and nothing that Odoo would derive from that.

        What a person may write is written, as a person would; then what follows from it, or has
        no way back, is assigned. What has not changed stays, stamps of dates too.

        :param dict values_by_lead: ``{id: values}`` as ``_read_columns`` returns them, of what
            has changed
        """
        now = self._read_columns()
        known = self._without_what_is_gone(values_by_lead)
        # until 19.0.4 not all was read: what cannot be edited follows from what can
        complete = self.filtered(lambda lead: "type" in known[lead.id])
        partial = self - complete
        known = {id_: {**IN_ANY_CASE, **values} for id_, values in known.items()}
        with self.env.protecting(self._get_fields_kept(), complete):
            complete._write_back(known)
            complete._assign_back({id_: {**now[id_], **known[id_]} for id_ in complete._ids})
            complete._keep({id_: now[id_] for id_ in complete._ids}, known)
        with self.env.protecting(self._get_fields_kept(is_followed=True), partial):
            partial._write_back(known)
            partial._assign_back(known)

    def _keep(self, values_by_lead, but):
        """Write what has been derived all the same: an addon may set Odoo's protection aside.

        OCA's ``auditlog`` does, while it reads what it logs. A move is left as it is: who has made
        it meanwhile, such as an automation, has meant it.

        :param dict values_by_lead: ``{id: values}`` before anything was put back
        :param dict but: ``{id: values}`` that have been put back
        """
        now = self._read_columns()
        names = [
            name
            for name in self._get_columns_put_back()
            if name not in RECORDED_FIELDS
            and self._fields[name].compute
            and self._is_written_back(self._fields[name])
        ]
        lost = {}
        for id_, values in values_by_lead.items():
            kept = [name for name in names if name not in but[id_]]
            found = {name: values[name] for name in kept if now[id_][name] != values[name]}
            if found:
                lost[id_] = found
        self.browse(lost)._write_back(lost)

    def _write_back(self, values_by_lead):
        """Write what a person could write, in one write for all leads of the same values."""
        leads_by_values = defaultdict(self.browse)
        for lead in self:
            values = values_by_lead[lead.id]
            written = {
                name: values[name] for name in values if self._is_written_back(self._fields[name])
            }
            leads_by_values[json.dumps(written, sort_keys=True)] += lead
        for values, leads in leads_by_values.items():
            leads.write(
                {
                    name: _from_json(self._fields[name], value)
                    for name, value in json.loads(values).items()
                }
            )

    def _assign_back(self, values_by_lead):
        """Assign what nobody could write, to leads that are protected: nothing follows from it."""
        changed = set()
        # sudo: whoever undoes it need not see all that Odoo has derived
        for lead in self.sudo():
            for name, value in values_by_lead[lead.id].items():
                field = self._fields[name]
                if not self._is_written_back(field):
                    cached = field.convert_to_cache(_from_json(field, value), lead)
                    if field.convert_to_cache(lead[name], lead) != cached:
                        lead[name] = cached
                        changed.add(name)
        self.modified(changed)

    @api.model
    def _is_written_back(self, field):
        """Tell whether a person could write a field on leads, and nothing else with it."""
        return not (
            field.readonly
            # it would write on the customer
            or field.inverse
            # those of one team only are written together
            or field.type == "properties"
            or not self._has_field_access(field, "write")
        )

    @api.model
    def _get_fields_kept(self, is_followed=False):
        """Return the fields that are not computed meanwhile, whatever they are derived from.

        :param bool is_followed: whether those are computed that nobody can edit
        """
        fields = [self._fields[name] for name in self._get_columns_put_back()]
        if not is_followed:
            return fields
        groups = self.pool.field_computed
        return [
            field
            for field in fields
            if not field.compute or any(not each.readonly for each in groups[field])
        ]

    def _without_what_is_gone(self, values_by_lead):
        """Return these values without those that refer to records that are there no more."""
        ids_by_model = defaultdict(set)
        for values in values_by_lead.values():
            for name, value in values.items():
                if value and self._fields[name].type == "many2one":
                    ids_by_model[self._fields[name].comodel_name].add(value)
        # sudo: whoever undoes a conversion need not see whose the lead was
        existing = {
            model: set(self.env[model].sudo().browse(ids).exists()._ids)
            for model, ids in ids_by_model.items()
        }
        return {
            id_: {
                name: value
                for name, value in values.items()
                if self._fields[name].type != "many2one"
                or not value
                or value in existing[self._fields[name].comodel_name]
            }
            for id_, values in values_by_lead.items()
        }


def _to_json(value):
    """Return a value of a column as JSON can hold it, such that no part of it is lost.

    >>> _to_json(datetime(2026, 11, 30, 7, 15, 0, 5)), _to_json(date(2026, 11, 30))
    ('2026-11-30T07:15:00.000005', '2026-11-30')
    >>> _to_json(Decimal("10.05")), _to_json({"a1": [1]}), _to_json(None)
    (10.05, {'a1': [1]}, None)
    """
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _from_json(field, value):
    """Return what to assign to a field, of what ``_to_json`` has returned."""
    if value is None or value is False:
        return False
    if field.type == "datetime":
        return datetime.fromisoformat(value)
    return Date.to_date(value) if field.type == "date" else value
