from datetime import timedelta

from lxml import etree

from odoo.fields import Date
from odoo.tests import Form, HttpCase, TransactionCase, tagged
from odoo.tools import html2plaintext, mute_logger

from .approval.test_stage_request import StageRequestCommon
from .ledger.test_ledger import LedgerCommon
from .support.case import StageRuleAssertions
from .support.common import CONVERT_UNMET, QUALIFIED_UNMET, StageRuleCommon
from .support.translations import TranslationAssertions, load_french

MODULE = "sales_funnel_stages"


@tagged("post_install", "-at_install")
class TestFrenchTerms(TransactionCase, TranslationAssertions):
    """With the addon's data as they are, which other fixtures clear away."""

    def test_all_of_it(self):
        self.assert_translated(MODULE)


@tagged("post_install", "-at_install")
class TestFrench(HttpCase, StageRuleCommon, StageRuleAssertions):
    """A rep who works in French reads French, from the checklist to the refusal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref("crm.group_use_lead")
        load_french(cls.env, MODULE)
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
        self.assertIn("Critères non remplis\xa0:", text)
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


@tagged("post_install", "-at_install")
class TestFrenchSentences(LedgerCommon, StageRequestCommon):
    """What is put together from parts reads well in French, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load_french(cls.env, MODULE)
        stages = (cls.stage_new, cls.stage_qualified, cls.stage_won)
        for stage, name in zip(stages, ("Nouveau", "Qualifié", "Gagné"), strict=True):
            stage.with_context(lang="fr_FR").name = name
        cls.rep.write({"name": "Anne", "lang": "fr_FR"})
        cls.leader.write({"name": "Marc", "lang": "fr_FR"})

    @classmethod
    def make_lead(cls, *args, **values):
        return super().make_lead(*args, **values).with_context(lang="fr_FR")

    def tell(self, lead):
        """Return what the last row of a lead's history says."""
        return self.rows(lead)[-1].with_context(lang="fr_FR").summary

    def test_the_history(self):
        opportunity = self.make_qualified(type="lead")
        created = self.env.cr.now()
        with self.at(created + timedelta(days=3)):
            opportunity.convert_opportunity(self.customer)
        self.assertEqual(
            self.tell(opportunity), "3 jours comme piste, convertie à l’étape Nouveau par Anne"
        )
        with self.at(created + timedelta(days=15)):
            opportunity.stage_id = self.stage_qualified
        self.assertEqual(self.tell(opportunity), "12 jours en Nouveau, passage à Qualifié par Anne")
        with self.at(created + timedelta(days=16)):
            opportunity.action_set_won()
        self.assertEqual(
            self.tell(opportunity), "24 heures en Qualifié, marquée comme gagnée par Anne"
        )

    def test_the_history_of_what_has_no_stage(self):
        opportunity = self.make_opportunity(stage_id=False)
        self.assertEqual(self.tell(opportunity), "Opportunité créée par OdooBot")

    def test_a_request(self):
        lead = self.make_lead("Bureaux", type="opportunity", stage_id=self.stage_new.id)
        request = self.ask(lead, self.stage_qualified).with_context(lang="fr_FR")
        self.assertEqual(request.display_name, "« Bureaux » : passer à l’étape Qualifié")
        self.assertEqual(
            lead.stage_request_waiting,
            "Anne a demandé que cette fiche puisse passer à l’étape Qualifié. "
            "La décision revient à Marc.",
        )
        self.assertIn(
            "Anne demande que « Bureaux » puisse passer à l’étape Qualifié.",
            html2plaintext(self.activities(lead).note),
        )
        request.with_user(self.leader).action_decline("Trop tôt")
        self.assertIn(
            "« Bureaux » : passer à l’étape Qualifié. Demande refusée par Marc.",
            html2plaintext(self.told(self.rep)[0]),
        )

    def test_what_is_owed(self):
        lead = self.make_lead("Bureaux", self.manager)
        day = Date.context_today(lead) + timedelta(days=30)
        lead.move_with_reason({"type": "opportunity"}, "Ils ont signé", day)
        self.assertRegex(
            lead.override_debt,
            rf"^Dérogation accordée par .*, à régulariser avant le {day:%d/%m/%Y} : "
            r"Besoin identifié, .*\. Motif : Ils ont signé$",
        )
