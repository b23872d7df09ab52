import re

import polib

from odoo.tools import file_path
from odoo.tools.translate import TranslationImporter, TranslationModuleReader

from .alike_terms import IN, alike

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


class TranslationAssertions:
    """Assertions about what an addon says in other languages."""

    def assert_translated(self, module):
        """Assert that all that Odoo would export of an addon is in its template, and translated."""
        # website's label of a model is exported with every addon that extends the model
        exported = {
            row[4]
            for row in TranslationModuleReader(self.env.cr, [module])
            if row[2] != "ir.model,website_form_label"
        }
        template = polib.pofile(file_path(f"{module}/i18n/{module}.pot"))
        self.assertEqual(self._terms(template), exported, "export the template anew")
        for lang in IN:
            with self.subTest(lang=lang):
                translations = polib.pofile(file_path(f"{module}/i18n/{lang}.po"))
                self.assertEqual(self._terms(translations), exported, "translate what is new")
                self._assert_complete(translations, lang)

    def _assert_complete(self, translations, lang):
        terms = self._terms(translations)
        self.assertFalse(translations.obsolete_entries())
        # those that are neither empty nor fuzzy
        translated = {entry.msgid: entry.msgstr for entry in translations.translated_entries()}
        self.assertEqual(terms - translated.keys() - alike(lang), set())
        for term, translation in translated.items():
            self.assertCountEqual(PLACEHOLDER.findall(translation), PLACEHOLDER.findall(term))

    @staticmethod
    def _terms(entries):
        return {entry.msgid for entry in entries if not entry.obsolete}
