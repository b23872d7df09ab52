from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang

from ..rules.fact_paths import ANSWERS


class CrmStageTransition(models.Model):
    """What had met the criteria of a step, told to a person: "Budget known – Budget: Confirmed"."""

    _inherit = "crm.stage.transition"

    met_by = fields.Json(
        string="Values Then",
        copy=False,
        groups="base.group_system",
        help="The values that met each criterion then: by its number, and by their paths from the "
        "lead. Erased with a lead that is deleted.",
    )
    met_by_text = fields.Text(
        string="Met By",
        compute="_compute_met_by_text",
        help="What had met the criteria at that moment, whatever has become of it since.",
    )

    @api.depends("met_by", "receipt")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_met_by_text(self):
        names = self._get_readable_names()
        linked = self._get_linked_names()
        # sudo: what is shown of it is what the reader may see on the lead
        for row, told in zip(self, self.sudo(), strict=True):
            lines = []
            for each in told.receipt or ():
                facts = (told.met_by or {}).get(str(each["id"]), {})
                texts = [row._get_fact_text(path, facts[path], linked) for path in sorted(facts)]
                known = ", ".join(filter(None, texts))
                if known:
                    name = names["crm.qualification.criterion", each["id"], each["name"]]
                    lines.append(f"{name} – {known}")
            row.met_by_text = "\n".join(lines)

    def _get_fact_text(self, path, value, linked):
        """Return a value in words of the reader: "Budget: Confirmed"; empty what is not theirs.

        :param str path: where it was found, from the lead
        :param dict linked: what ``_get_linked_names`` returned
        """
        self.ensure_one()
        found = self._find_fields(path)
        if not found:
            return ""
        field = found[-1]
        if field.name == ANSWERS and isinstance(value, list):
            labels = dict(
                self.env["crm.qualification.answer"]
                ._fields["answer"]
                ._description_selection(self.env)
            )
            return " – ".join(filter(None, [labels.get(value[0], value[0]), value[1]]))
        label = " › ".join(each._description_string(self.env) for each in found)
        text = self._get_fact_value_text(field, value, linked)
        return self.env._("%(label)s: %(value)s", label=label, value=text) if text else ""

    def _find_fields(self, path):
        """Return the fields along a path from a lead; none where the reader may not see them."""
        model, found = self.env["crm.lead"], []
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                # the name of a property, or the number of a criterion; else it is there no more
                return found if found and found[-1].name in (ANSWERS, "lead_properties") else []
            if not model._has_field_access(field, "read") or not model.has_access("read"):
                return []
            found.append(field)
            model = self.env.get(field.comodel_name) if field.type == "many2one" else None
        return found

    def _get_fact_value_text(self, field, value, linked):
        if field.type == "many2one":
            return linked.get((field.comodel_name, value), "")
        if field.type == "boolean":
            return self.env._("Yes")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=self.company_currency)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_datetime(self.env, fields.Datetime.to_datetime(value))
        if field.type == "float":
            return formatLang(self.env, value)
        return str(value)

    def _get_linked_names(self):
        """Return ``{(model, id): name}`` of the records that are values and the reader may see."""
        ids_by_model = defaultdict(set)
        # sudo: which records these are; their names are read as the reader
        for told in self.sudo():
            for facts in (told.met_by or {}).values():
                for path, value in facts.items():
                    found = self._find_fields(path)
                    if found and found[-1].type == "many2one":
                        ids_by_model[found[-1].comodel_name].add(value)
        return {
            (model_name, record.id): record.display_name
            for model_name, ids in ids_by_model.items()
            for record in self.env[model_name].browse(ids).exists()._filtered_access("read")
        }
