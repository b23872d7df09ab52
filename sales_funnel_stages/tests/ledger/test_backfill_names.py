from odoo.tests import tagged
from odoo.tools.translate import TranslationImporter

from ..support.backfill_common import NEW, PROPOSITION, QUALIFIED, WON, BackfillCommon


@tagged("post_install", "-at_install")
class TestBackfillLabels(BackfillCommon):
    """Labels in any language, or in none that is known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        importer = TranslationImporter(cls.env.cr)
        importer.load_file("crm/i18n/fr.po", "fr_FR")
        importer.save(overwrite=True)
        cls.env.registry.clear_cache()
        cls.env.invalidate_all()
        cls.rep.lang = "fr_FR"

    def make_french_past(self):
        lead = self.make_tracked_lead(user=self.rep)
        self.on_day(1, lead, self.rep, "fr_FR", type="opportunity")
        self.on_day(2, lead, active=False, probability=0)
        self.on_day(3, lead, self.rep, "fr_FR", active=True, probability=50)
        self.on_day(4, lead, type="lead")
        self.on_day(5, lead, self.rep, "fr_FR", type="opportunity", stage_id=self.stage_won.id)
        self.on_day(6, lead, stage_id=self.stage_qualified.id)
        return lead

    EXPECTED = [
        (0, "created", "lead", NEW, "open"),
        (1, "forward", "opportunity", NEW, "open"),
        (2, "lost", "opportunity", NEW, "lost"),
        (3, "reopened", "opportunity", NEW, "open"),
        (4, "backward", "lead", NEW, "open"),
        (5, "skipped", "opportunity", WON, "won"),
        (6, "backward", "opportunity", QUALIFIED, "open"),
    ]

    def get_labels(self, lead):
        fields = self.env["ir.model.fields"]._get("crm.lead", "type")
        values = self.env["mail.tracking.value"].search(
            [("mail_message_id", "in", lead.message_ids.ids), ("field_id", "=", fields.id)]
        )
        return set(values.mapped("new_value_char"))

    def test_french_and_english(self):
        lead = self.make_french_past()
        self.assertEqual(self.get_labels(lead), {"Lead", "Opportunité"})
        self.assert_rows(self.backfill(lead), self.EXPECTED)

    def test_no_language_knows_them_any_more(self):
        lead = self.make_french_past()
        self.env.cr.execute(
            """
            UPDATE ir_model_fields_selection SET name = '{"en_US": "Renamed"}'
             WHERE field_id IN (SELECT id FROM ir_model_fields
                                 WHERE model = 'crm.lead' AND name IN ('type', 'won_status'))
            """
        )
        self.assert_rows(self.backfill(lead), self.EXPECTED)

    def test_names_are_in_the_language_of_the_company(self):
        self.stage_qualified.with_context(lang="fr_FR").name = "Qualifié"
        self.team.with_context(lang="fr_FR").name = "Les sévères"
        self.env.company.partner_id.lang = "fr_FR"
        lead = self.make_tracked_lead(type="opportunity")
        self.on_day(1, lead, stage_id=self.stage_qualified.id)
        other_company = self.env["res.company"].create({"name": "English Ltd"})
        other_company.partner_id.lang = "en_US"
        other = self.make_tracked_lead(
            type="opportunity", team_id=False, user_id=False, company_id=other_company.id
        )
        self.on_day(1, other, stage_id=self.stage_qualified.id)
        rows = self.backfill(lead, other)
        row, other_row = rows.filtered(lambda row: row.direction == "forward").sorted("lead_ref")
        # what has no translation is called as in English
        self.assertEqual((row.from_stage_name, row.to_stage_name), (NEW, "Qualifié"))
        self.assertEqual(row.team_name, "Les sévères")
        self.assertEqual(other_row.to_stage_name, QUALIFIED)


@tagged("post_install", "-at_install")
class TestBackfillDeleted(BackfillCommon):
    """What exists no more is called as it was."""

    def test_names_of_what_is_gone(self):
        team = self.make_team("Pioneers", "off")
        stage = self.env["crm.stage"].create({"name": "Tasting", "sequence": 2})
        lead = self.make_tracked_lead(type="opportunity", team_id=team.id, user_id=False)
        self.on_day(1, lead, stage_id=stage.id)
        self.on_day(2, lead, stage_id=self.stage_proposition.id, team_id=self.team.id)
        self.env.cr.execute("DELETE FROM crm_team WHERE id = %s", team.ids)
        self.env.cr.execute("DELETE FROM crm_stage WHERE id = %s", stage.ids)
        self.env.invalidate_all()
        rows = self.backfill(lead)
        self.assertEqual(rows.mapped("to_stage_name"), [NEW, "Tasting", PROPOSITION])
        self.assertEqual(rows.mapped("to_stage_id"), self.stage_new + self.stage_proposition)
        self.assertEqual(rows.mapped("team_name"), ["Pioneers", "Pioneers", self.team.name])
        self.assertEqual(rows.mapped("team_id"), self.team)
        self.assertEqual(rows[2].from_team_name, "Pioneers")
