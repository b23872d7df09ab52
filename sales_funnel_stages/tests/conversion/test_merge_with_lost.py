from odoo.fields import Command
from odoo.tests import Form, tagged

from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    PROPOSITION_UNMET,
    QUALIFIED_ANSWERS,
    LeadsInUseCommon,
)
from ..support.pages import read_table


@tagged("post_install", "-at_install")
class TestMergeWithLost(LeadsInUseCommon, StageRuleAssertions):
    """Who merges something into a lost deal, and so opens it again, moves what is merged."""

    def make_lost(self, stage=None, **values):
        lost = self.make_opportunity("Known", stage or self.stage_proposition, **values)
        lost.with_env(self.env).action_set_lost()
        return lost

    def merge(self, lead, *others, **values):
        """Merge with the conversion wizard → what is left."""
        leads = lead.concat(lead, *others)
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(values.pop("user", self.rep))
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
            .create({"name": "merge", "duplicated_lead_ids": [Command.set(leads.ids)], **values})
        )
        wizard.action_apply()
        return leads.exists()

    def ready(self):
        return self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS)

    # ------------------------------------------------------------------
    # Judged as what it is
    # ------------------------------------------------------------------

    def test_a_lead_of_which_nothing_is_known(self):
        lost, lead = self.make_lost(), self.make_lead()
        with self.assert_refused(lost, PROPOSITION_UNMET):
            self.merge(lead, lost)
        self.assertEqual(lead.exists(), lead)
        self.assertEqual(lost.won_status, "lost")

    def test_a_lead_of_which_all_is_known(self):
        lost, lead = self.make_lost(), self.make_lead(**self.ready())
        self.assertEqual(self.merge(lead, lost), lost)
        self.assert_step(
            lost,
            direction="reopened",
            from_type="opportunity",
            from_status="lost",
            to_stage_id=self.stage_proposition,
            verdict="passed",
            policy="enforce",
        )

    def test_under_guide(self):
        self.team.stage_rule_policy = GUIDE
        lost = self.make_lost()
        self.merge(self.make_lead(), lost)
        row = self.assert_step(lost, direction="reopened", verdict="guided")
        self.assertEqual(len(row.unmet_criterion_ids), len(PROPOSITION_UNMET))

    def test_by_permission(self):
        lost, lead = self.make_lost(), self.make_lead()
        self.merge(lead, lost, user=self.manager, override_reason="Signed on paper")
        self.assert_step(lost, verdict="overridden", reason="Signed on paper")

    def test_an_opportunity_that_has_not_come_so_far(self):
        lost, early = self.make_lost(), self.make_opportunity("Early")
        with self.assert_refused(lost, PROPOSITION_UNMET):
            self.merge(self.make_lead(), early, lost)

    def test_an_opportunity_that_has_come_as_far(self):
        """What it is merged into stands where it has stood."""
        lost = self.make_lost(self.stage_qualified, probability=20)
        late = self.make_opportunity("Late", self.stage_qualified)
        kept = (lost + late)._sort_by_confidence_level(reverse=True)[:1]
        self.merge(self.make_lead(), late, lost)
        self.assert_moved(kept, self.stage_qualified)
        self.assertEqual(kept.won_status, "pending")

    def test_to_restore_stays_free(self):
        lost = self.make_lost()
        lost.action_unarchive()
        self.assert_step(lost, direction="reopened", verdict="passed")

    # ------------------------------------------------------------------
    # Its probability
    # ------------------------------------------------------------------

    def predict(self):
        """Let Odoo have something to predict from."""
        model = self.env["crm.lead.scoring.frequency"]
        model.search([]).unlink()
        model.create(
            [
                {
                    "variable": "stage_id",
                    "value": str(stage.id),
                    "team_id": team_id,
                    "won_count": 7,
                    "lost_count": 3,
                }
                for stage in self.env["crm.stage"].search([])
                for team_id in (self.team.id, False)
            ]
        )

    def test_odoo_predicts_again(self):
        self.predict()
        lost, lead = self.make_lost(email_from="ann@a.example.com"), self.make_lead(**self.ready())
        # while it is lost, Odoo predicts something else
        lost.sudo()._compute_probabilities()
        self.assertEqual(lost.probability, 0)
        self.assertGreater(lost.automated_probability, 0)
        self.merge(lead, lost)
        self.assertGreater(lost.probability, 0)
        self.assertEqual(lost.probability, lost.automated_probability)

    def test_one_that_was_archived_is_predicted_too(self):
        self.predict()
        archived = self.make_opportunity("Known", self.stage_proposition)
        archived.sudo()._compute_probabilities()
        archived.active = False
        self.assertEqual(archived.won_status, "pending")
        self.merge(self.make_lead(expected_revenue=5, phone="+32 2 290 34 90"), archived)
        self.assertTrue(archived.is_automated_probability)

    def test_a_probability_that_somebody_has_set_stays(self):
        self.predict()
        archived = self.make_opportunity("Known", self.stage_proposition, probability=42)
        archived.active = False
        self.merge(self.make_lead(), archived)
        self.assertEqual((archived.active, archived.probability), (True, 42))

    # ------------------------------------------------------------------
    # From the list
    # ------------------------------------------------------------------

    def merge_form(self, leads):
        return Form(
            self.env["crm.merge.opportunity"]
            .with_user(self.rep)
            .with_context(active_model="crm.lead", active_ids=leads.ids)
        )

    def warning(self, leads):
        return self.merge_form(leads).lost_warning or ""

    def make_told(self, told):
        """Make deals of which a page tells, as "Early, open in New; …"."""
        stages = {
            stage.name: stage
            for stage in self.stage_new + self.stage_qualified + self.stage_proposition
        }
        leads = self.env["crm.lead"].with_user(self.rep)
        for each in told.split("; "):
            name, _comma, place = each.partition(", ")
            status, _in, stage = place.partition(" in ")
            lead = self.make_opportunity(name, stages[stage])
            if status == "lost":
                lead.with_env(self.env).action_set_lost()
            leads += lead
        return leads

    def test_the_example_that_people_read(self):
        rows = read_table("DOORS.md", "merged in the list", "what is left", "said before")
        self.assertGreater(len(rows), 3)
        found = []
        for told, *_expected in rows:
            leads = self.make_told(told)
            form = self.merge_form(leads)
            said = form.lost_warning or ""
            form.save().action_merge()
            [left] = leads.exists()
            status = {"pending": "open", "lost": "lost"}[left.won_status]
            found.append([told, f"{left.name}, {status}", said])
        self.assertEqual(found, rows)

    def test_the_list_warns(self):
        lost, opened = self.make_lost(), self.make_opportunity("Early")
        said = self.warning(opened + lost)
        self.assertIn("“Known” is lost, and stays so", said)
        wizard = self.env["crm.merge.opportunity"].with_user(self.rep)
        wizard.create({"opportunity_ids": [Command.set((opened + lost).ids)]}).action_merge()
        self.assertEqual((opened + lost).exists(), lost)
        self.assertEqual(lost.won_status, "lost")

    def test_it_warns_of_what_is_opened(self):
        lost = self.make_lost(self.stage_new)
        late = self.make_opportunity("Late", self.stage_qualified)
        self.assertIn("Lost, and open again as part of “Late”: Known.", self.warning(late + lost))

    def test_nothing_to_warn_of(self):
        lost, other = self.make_lost(), self.make_lost()
        self.assertFalse(self.warning(lost + other))
        self.assertFalse(self.warning(self.make_lead() + self.make_opportunity()))
