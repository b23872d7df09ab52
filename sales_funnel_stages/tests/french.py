import re

import polib

from odoo.tools import file_path
from odoo.tools.translate import TranslationImporter, TranslationModuleReader

# what French says as English does; the linter has these empty
ALIKE = {
    "%(stay)s, %(event)s",
    "BANT",
    "Budget",
    "Champion",
    "Contact",
    "Date",
    "Description",
    "ID",
    "Qualification",
    "Total",
    "Verdict",
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd%]")


def load_french(env, *modules):
    """Activate French, with the terms of these addons only: all of Odoo's take long."""
    env["res.lang"]._activate_lang("fr_FR")
    importer = TranslationImporter(env.cr)
    for module in modules:
        importer.load_file(f"{module}/i18n/fr.po", "fr_FR")
    importer.save(overwrite=True)
    env.registry.clear_cache()
    env.invalidate_all()


class FrenchAssertions:
    """Assertions about what an addon says in French."""

    def assert_in_french(self, module):
        """Assert that all that Odoo would export of an addon is in its template and in French."""
        # website's label of a model is exported with every addon that extends the model
        exported = {
            row[4]
            for row in TranslationModuleReader(self.env.cr, [module])
            if row[2] != "ir.model,website_form_label"
        }
        template = polib.pofile(file_path(f"{module}/i18n/{module}.pot"))
        french = polib.pofile(file_path(f"{module}/i18n/fr.po"))
        for entries in (template, french):
            terms = {entry.msgid for entry in entries if not entry.obsolete}
            self.assertEqual(terms, exported, "export the template anew, and translate")
        self.assertFalse(french.obsolete_entries())
        # those that are neither empty nor fuzzy
        translated = {entry.msgid: entry.msgstr for entry in french.translated_entries()}
        self.assertEqual(exported - translated.keys() - ALIKE, set())
        for term, translation in translated.items():
            self.assertCountEqual(PLACEHOLDER.findall(translation), PLACEHOLDER.findall(term))
