from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.rule_changes import CHANGED, CREATED, DELETED, differences, kind
from ..erasure.erasure_mixin import OF_ANYBODY
from .answered_criterion import ANSWER
from .fact_paths import ANSWERS

SOURCES = [
    ("crm.qualification.framework", "Framework"),
    ("crm.qualification.criterion", "Criterion"),
    ("crm.stage.rule", "Stage Rule"),
    ("crm.stage", "Stage"),
    ("crm.team", "Sales Team"),
    ("res.company", "Company"),
    ("resource.calendar", "Working Hours"),
    ("res.groups", "Settings"),
]
CRITERION = "crm.qualification.criterion"
# what stands for nothing, and for what the reader may not see
NOTHING, HIDDEN = "–", "…"


class CrmRulebookChange(models.Model):
    """A change of the rules: what was changed of one record, by whom and when.

    It tells which version of the rulebook it made; rows of the ledger tell by which they were
    judged. Rows are added where rules change (``crm.rulebook.mixin``), and nobody changes them.
    They outlive what they tell of, whose names they keep.
    """

    _name = "crm.rulebook.change"
    _inherit = ["crm.append.only.mixin"]
    _description = "Change of the Rules"
    _order = "id desc"
    _rec_name = "res_name"
    # rows know by whom and when
    _log_access = False
    _personal_texts = {"by_user_name": OF_ANYBODY}

    version = fields.Char(index=True, help="The version of the rules that was made by it.")
    date = fields.Datetime(required=True)
    by_user_id = fields.Many2one("res.users", string="By", ondelete="set null")
    by_user_name = fields.Char()
    company_id = fields.Many2one("res.company", ondelete="set null")
    framework_id = fields.Many2one("crm.qualification.framework", ondelete="set null")
    framework_name = fields.Char()
    kind = fields.Selection(
        [(CREATED, "Created"), (CHANGED, "Changed"), (DELETED, "Deleted")],
        string="Change",
        required=True,
    )
    source = fields.Selection(SOURCES, string="Type", required=True)
    res_id = fields.Integer(string="Number", required=True, aggregator=None)
    res_name = fields.Char(string="Name", help="As it was called then.")
    about = fields.Char(help="All records that it names, as in “,crm.stage:3,crm.team:5,”.")
    changes = fields.Json(
        copy=False,
        groups="base.group_system",
        help="For each field what it was and what it became. What is shown of it is in the "
        "summary.",
    )
    summary = fields.Text(string="What Changed", compute="_compute_summary")

    @api.depends("source", "changes")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_summary(self):
        hidden = self._get_hidden()
        # sudo: names of what the reader may not see are left out
        for row, told in zip(self, self.sudo(), strict=True):
            row.summary = "\n".join(
                row._get_change_text(change, hidden) for change in told.changes or ()
            )

    def _refuse_change(self):
        raise UserError(
            self.env._(
                "The changes of the rules cannot be changed. Each change of a rule is added by "
                "itself."
            )
        )

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    @api.model
    def _prepare_changes(self, source, before, after):
        """Return the values of a row for each record that has changed, but for the version.

        :param str source: the name of their model
        :param dict before: ``{id: Told}``, without those that did not exist
        :param dict after: ``{id: Told}``, without those that exist no more
        :rtype: list[dict]
        """
        user = self.env["crm.lead"]._get_real_user()
        vals_list = []
        for id_ in {**before, **after}:
            old, new = before.get(id_), after.get(id_)
            changes = differences(old, new)
            if not changes:
                continue
            told = new or old
            vals_list.append(
                {
                    "date": self.env.cr.now(),
                    "by_user_id": user.id,
                    "by_user_name": user.name,
                    # a company that is deleted is there no more
                    "company_id": told.company_id if new or source != "res.company" else None,
                    "framework_id": (new and new.framework[0]) or None,
                    "framework_name": told.framework[1],
                    "kind": kind(old, new),
                    "source": source,
                    "res_id": id_,
                    "res_name": told.name,
                    "about": self._get_references(source, id_, [old, new]),
                    "changes": changes,
                }
            )
        return vals_list

    @api.model
    def _get_references(self, source, id_, tellings):
        """Return the value of ``about``."""
        refs = {f"{source}:{id_}": None}
        for told in filter(None, tellings):
            if told.framework[0]:
                refs[f"crm.qualification.framework:{told.framework[0]}"] = None
            for name, value in told.values.items():
                field = self.env[source]._fields.get(name)
                if field is not None and field.relational and value:
                    pairs = [value] if field.type == "many2one" else value
                    refs.update({f"{field.comodel_name}:{pair[0]}": None for pair in pairs})
        return f",{','.join(refs)},"

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    @api.model
    def _show_about(self, records):
        """Return the action that shows the changes that name one of some records."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_rulebook_change_action"
        )
        terms = [("about", "like", f",{record._name}:{record.id},") for record in records]
        return {**action, "domain": ["|"] * (len(terms) - 1) + terms, "context": {}}

    @api.model
    def _show_until(self, version, date):
        """Return the action that shows what led to a version of the rules, the last change first.

        :param str version: the version
        :param datetime date: when it was in force, in case it was not made by a change
        """
        # sudo: which change was the last; of what is shown the user sees what is theirs
        rows = self.sudo()
        last = rows.search([("version", "=", version)], limit=1) or rows.search(
            [("date", "<=", date)], limit=1
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_funnel_stages.crm_rulebook_change_action"
        )
        return {**action, "domain": [("id", "<=", last.id or 0)], "context": {}}

    def _get_change_text(self, change, hidden):
        """Return a change of one field in words: "Weight: 10 → 5".

        :param hidden: what ``_get_hidden`` returned
        """
        self.ensure_one()
        name, _at, lang = change["field"].partition("@")
        field = self.env[self.source]._fields.get(name) if self.source in self.env else None
        label = field._description_string(self.env) if field is not None else name
        label = f"{label} ({lang})" if lang else label
        old, new = (
            self._get_answered_text(value) or self._get_value_text(field, value, hidden)
            for value in (change["old"], change["new"])
        )
        if self.kind == CHANGED and old != new:
            return self.env._("%(label)s: %(old)s → %(new)s", label=label, old=old, new=new)
        value = old if self.kind == DELETED else new
        return self.env._("%(label)s: %(value)s", label=label, value=value)

    def _get_answered_text(self, value):
        """Return what stands for the domain of a criterion that is answered; else nothing."""
        domain = f"[('{ANSWERS}', 'any', [('criterion_id', '=', {self.res_id})"
        if self.source != CRITERION or not str(value).startswith(domain):
            return ""
        choices = self.env[CRITERION]._fields["check_by"]._description_selection(self.env)
        return dict(choices)[ANSWER]

    def _get_value_text(self, field, value, hidden):
        """Return what a field was, or became, in words of the reader."""
        type_ = field.type if field is not None else None
        if type_ == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if not value:
            return "0" if type_ == "integer" else NOTHING
        if type_ == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if type_ == "date":
            return format_date(self.env, value)
        if isinstance(value, list):
            pairs = [value] if type_ == "many2one" else value
            return self._get_names_text(field, pairs, hidden)
        return str(value)

    @api.model
    def _get_names_text(self, field, pairs, hidden):
        """Return the names of records, or of properties, but for those that are hidden."""
        comodel = getattr(field, "comodel_name", None)
        return ", ".join(HIDDEN if (comodel, id_) in hidden else name for id_, name in pairs)

    def _get_hidden(self):
        """Return ``{(model, id)}`` of those records named that exist and the user may not see."""
        ids_by_model = defaultdict(set)
        # sudo: see _compute_summary
        for told in self.sudo():
            fields_ = self.env[told.source]._fields if told.source in self.env else {}
            for change in told.changes or ():
                field = fields_.get(change["field"])
                if field is None or field.type not in ("many2one", "many2many"):
                    continue
                for value in filter(None, (change["old"], change["new"])):
                    pairs = [value] if field.type == "many2one" else value
                    ids_by_model[field.comodel_name].update(pair[0] for pair in pairs)
        hidden = set()
        for model_name, ids in ids_by_model.items():
            records = self.env[model_name].browse(ids).exists()
            hidden |= {
                (model_name, id_) for id_ in (records - records._filtered_access("read")).ids
            }
        return hidden
