from contextlib import nullcontext

from odoo import api, models

from ...tools.rule_changes import Told

FRAMEWORK = "crm.qualification.framework"


class CrmRulebookMixin(models.AbstractModel):
    """A model that the rulebook is made of.

    When its records change, the rulebook is read again, and what has changed is told
    (``crm.rulebook.change``). Snapshots before and after are compared, since the values written do
    not tell: some follow from others, and some are what they were.

    Queries: those that read the fields that count, and one that adds to what is told, whatever
    the number of records; none where others are written.
    """

    _name = "crm.rulebook.mixin"
    _description = "Source of the Rulebook"

    # the fields that rules are made of
    _rulebook_fields = frozenset()
    # fields that are kept with them, and make no other rule of it
    _shown_fields = frozenset()
    # the field that names the framework that a record is a part of
    _part_of_framework = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_shared_framework()
        records._tell_changes({}, records._get_rulebook_values())
        return records

    def write(self, vals):
        self._check_shared_framework()
        with self._kept_while_written(vals):
            if self._rulebook_fields.isdisjoint(vals):
                result = super().write(vals)
                if not self._shown_fields.isdisjoint(vals):
                    self._renew_rulebook()
                return result
            before = self._get_rulebook_values()
            result = super().write(vals)
        # a part may have come to another one
        self._check_shared_framework()
        self._tell_changes(before, self._get_rulebook_values())
        return result

    def unlink(self):
        self._check_shared_framework()
        touched_by_model = self._get_touched_by_deletion()
        before = self._get_rulebook_values()
        touched_before = [touched._get_rulebook_values() for touched in touched_by_model]
        result = super().unlink()
        self._tell_changes(before, {})
        for touched, values in zip(touched_by_model, touched_before, strict=True):
            touched._tell_changes(values, touched.exists()._get_rulebook_values())
        return result

    def _kept_while_written(self, _vals):
        """Return a context manager that refuses what writing values takes away from rules.

        For other packages to extend.
        """
        return nullcontext()

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        self._check_shared_framework()
        if field_name not in self._rulebook_fields:
            result = super()._update_field_translations(field_name, translations, *args, **kwargs)
            if field_name in self._shown_fields:
                self._renew_rulebook()
            return result
        before = self._get_translations(field_name, translations)
        result = super()._update_field_translations(field_name, translations, *args, **kwargs)
        self._tell_changes(before, self._get_translations(field_name, translations))
        return result

    @api.model
    def _renew_rulebook(self):
        """Let the rules be read anew, here and (after the commit) everywhere."""
        self.env["crm.rulebook"]._renew()

    def action_view_rulebook_changes(self):
        """Show what has changed of this record, and of the rules that name it."""
        return self.env["crm.rulebook.change"]._show_about(self)

    # ------------------------------------------------------------------
    # What is told
    # ------------------------------------------------------------------

    def _get_touched_by_deletion(self):
        """Return records of other models, by model, that the database changes with a deletion."""
        return []

    @api.model
    def _tell_changes(self, before, after, source=None):
        """Renew the rulebook, and tell what has changed of it, unless nothing has.

        :param dict before: ``{id: Told}``, without those that did not exist
        :param dict after: ``{id: Told}``, without those that exist no more
        :param str source: the model of these records, by default this one
        """
        change_model = self.env["crm.rulebook.change"]
        vals_list = change_model._prepare_changes(source or self._name, before, after)
        if vals_list:
            self._renew_rulebook()
            version = self.env["crm.rulebook"]._get_version()
            change_model._record([{**vals, "version": version} for vals in vals_list])

    def _get_rulebook_values(self):
        """Return ``{id: Told}``: what the rules are made of, as it is now."""
        # sudo: what counts is told, whoever may read it
        records = self.sudo()
        names = [name for name in self._fields if name in self._rulebook_fields]
        return {
            record.id: record._tell({name: record._get_told_value(name) for name in names})
            for record in records
        }

    def _get_translations(self, field_name, languages):
        """Return ``{id: Told}``: what a field is in some languages."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()} | {"en_US"}
        # sudo: as above
        records = self.sudo()
        return {
            record.id: record._tell(
                {
                    f"{field_name}@{lang}": record.with_context(lang=lang)[field_name]
                    for lang in languages
                    if lang in installed
                }
            )
            for record in records
        }

    def _tell(self, values):
        framework = self._get_framework()
        company = framework.company_id or (
            self
            if self._name == "res.company"
            else "company_id" in self._fields and self["company_id"]
        )
        return Told(
            self.display_name,
            values,
            (framework.id or None, framework.name or None),
            (company and company.id) or None,
        )

    def _get_told_value(self, name):
        """Return what a field of this record is, such as JSON has it."""
        value, field = self[name], self._fields[name]
        if field.type == "many2one":
            return [value.id, value.display_name] if value else None
        if field.relational:
            return [[each.id, each.display_name] for each in value.sorted("id")]
        if field.type == "properties_definition":
            return [[each["name"], _describe_property(each)] for each in value or []]
        return value.isoformat() if value and field.type == "date" else value

    # ------------------------------------------------------------------
    # Frameworks that several companies share
    # ------------------------------------------------------------------

    def _get_framework(self):
        """Return the framework that each of these records is, or is a part of."""
        if self._name == FRAMEWORK:
            return self
        if self._part_of_framework:
            return self[self._part_of_framework]
        return self.env[FRAMEWORK]

    def _check_shared_framework(self):
        """Check that the user may change the frameworks that these records are parts of.

        :raise AccessError: names those companies that follow it and are not the user's
        """
        # as with all access: what Odoo does for somebody is not asked
        if not self.env.su:
            # sudo: whether it is shared does not depend on who may read it
            self.sudo()._get_framework()._check_companies(self.env.user)


def _describe_property(definition):
    """Return a property in words: what it is called, its type and what can be chosen."""
    text = f"{definition.get('string') or definition['name']} ({definition.get('type')})"
    choices = definition.get("selection") or definition.get("tags")
    return f"{text}: {', '.join(str(each[1]) for each in choices)}" if choices else text
