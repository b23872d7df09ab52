from lxml import etree

from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.translate import TranslationImporter

from .case import StageRuleAssertions
from .common import CONVERT_UNMET, QUALIFIED_UNMET, StageRuleCommon

MODULE = "sales_funnel_stages"


@tagged("post_install", "-at_install")
class TestFrench(HttpCase, StageRuleCommon, StageRuleAssertions):
    """A rep who works in French reads French, from the checklist to the refusal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("crm.group_use_lead")
        cls.env["res.lang"]._activate_lang("fr_FR")
        # this addon's terms only: all of Odoo's take long
        importer = TranslationImporter(cls.env.cr)
        importer.load_file(f"{MODULE}/i18n/fr.po", "fr_FR")
        importer.save(overwrite=True)
        cls.env.registry.clear_cache()
        cls.env.invalidate_all()
        cls.rep.lang = "fr_FR"

    def make_lead(self, *args, **values):
        return super().make_lead(*args, **values).with_context(lang="fr_FR")

    def names(self, lang, criteria):
        return [self.criterion(name).with_context(lang=lang).name for name in criteria]

    def assert_french(self, text, criteria):
        """Assert that a text names these criteria, in French and not in English."""
        for name in self.names("fr_FR", criteria):
            self.assertIn(name, text)
        for name in self.names("en_US", criteria):
            self.assertNotIn(name, text)

    def test_all_criteria_are_translated(self):
        criteria = self.framework.criterion_ids
        french = criteria.with_context(lang="fr_FR")
        for field in ("name", "guidance"):
            for english, translated in zip(criteria, french, strict=True):
                self.assertTrue(translated[field])
                self.assertNotEqual(translated[field], english[field])

    def test_the_checklist(self):
        lead = self.make_lead("Bureaux")
        lines = lead.qualification_checklist["lines"]
        self.assert_french(" ".join(line["name"] for line in lines), CONVERT_UNMET)
        self.assertIn("Notez-le dans «\xa0Budget\xa0».", [line["guidance"] for line in lines][1])

    def test_a_refused_conversion(self):
        lead = self.make_lead("Bureaux")
        with self._swallowed_refusal() as caught:
            lead.convert_opportunity(self.customer)
        text = str(caught.exception)
        self.assertIn("«\xa0Bureaux\xa0» ne peut pas encore devenir une opportunité.", text)
        self.assertIn("Il manque encore\xa0:", text)
        self.assertIn("onglet Qualification", text)
        self.assert_french(text, CONVERT_UNMET)

    def test_a_refused_move(self):
        lead = self.make_lead("Bureaux", type="opportunity", stage_id=self.stage_new.id)
        with self._swallowed_refusal() as caught:
            lead.stage_id = self.stage_qualified
        self.assertIn("ne peut pas encore passer à l’étape Qualified.", str(caught.exception))
        self.assert_french(str(caught.exception), QUALIFIED_UNMET)

    def test_the_wizard(self):
        lead = self.make_lead("Bureaux")
        form = Form(
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.rep)
            .with_context(
                lang="fr_FR", active_model="crm.lead", active_id=lead.id, active_ids=lead.ids
            )
        )
        lines = form.qualification_checklist["lines"]
        self.assert_french(" ".join(line["name"] for line in lines), CONVERT_UNMET)

    def test_the_form(self):
        arch = (
            self.env["crm.lead"]
            .with_user(self.rep)
            .with_context(lang="fr_FR")
            .get_view(self.env.ref("crm.crm_lead_view_form").id)["arch"]
        )
        page = etree.fromstring(arch).find(".//page[@name='qualification']")
        titles = [each.get("string") for each in page.iter("group", "separator")]
        self.assertEqual(
            [title for title in titles if title],
            ["Besoin", "Moyens", "Relation", "Accord", "Intervenants"],
        )

    def test_in_the_browser(self):
        lead = self.make_lead("Tour : bureaux")
        with mute_logger("odoo.http"):
            self.start_tour("/odoo", f"{MODULE}_french", login=self.rep.login)
        self.assertEqual(lead.type, "lead")
