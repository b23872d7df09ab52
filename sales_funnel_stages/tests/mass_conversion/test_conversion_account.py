from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import Form, tagged

from ...tools.mass_conversion import Choices
from ...tools.rulebook import GUIDE
from ..support.case import StageRuleAssertions
from ..support.conversion_batch_common import WIZARD_VIEW, ConversionBatchCommon
from ..support.pages import read_table

PAGE = "MASS_CONVERSION.md"
OUTCOMES = {"done": "converted", "merged": "merged", "skipped": "left"}


@tagged("post_install", "-at_install")
class TestConversionAccount(ConversionBatchCommon, StageRuleAssertions):
    """What is said before is what the batch says, and what the undo says."""

    def test_the_example_that_people_read(self):
        ann, bo, cy, eve = self.make_leads("Ann", "Bo", "Cy", "Eve", user_id=False)
        cy.need_level = eve.need_level = "none"
        # it is kept, as it is the one that has come further
        bo_again = self.make_leads("Bo's duplicate", user_id=False)
        eve_again = self.make_leads("Eve's duplicate", user_id=False, need_level="none")
        bo_again.email_from, eve_again.email_from = bo.email_from, eve.email_from
        bo_again.probability, eve.probability = 30, 30
        dan = self.make_opportunity("Dan", user=self.all_rep)
        leads = {
            "Ann": ann,
            "Bo": bo,
            "Bo's duplicate": bo_again,
            "Cy": cy,
            "Dan, an opportunity": dan,
            "Eve": eve,
            "Eve's duplicate": eve_again,
        }
        rows = read_table(PAGE, "lead", "selected", "before", "result", "after the undo")
        self.assertEqual([row[0] for row in rows], list(leads))
        selected = self.env["crm.lead"].with_user(self.all_rep)
        for name, is_selected, *_rest in rows:
            selected += leads[name] if is_selected == "yes" else selected.browse()
        ids = {name: lead.id for name, lead in leads.items()}
        choices = Choices(user_ids=tuple(self.rep.ids))
        dry_run = selected._dry_run_mass_conversion(choices, is_batch=True)
        before = {
            **dict.fromkeys(dry_run.converted, "converted"),
            **dict.fromkeys(dry_run.merged, "merged"),
            **dict.fromkeys((*dry_run.skipped, *dry_run.untouched), "left"),
        }
        batch = self.convert(selected, self.rep)
        self.work()
        lines = {line.lead_ref: line for line in batch.sudo().line_ids}
        result = {id_: OUTCOMES[line.state] for id_, line in lines.items()}
        received = batch._get_received()
        self.assertEqual(dry_run.hands.received, received)
        names = {self.rep.id: "Rita", self.all_rep.id: "Sam, who converts them"}
        self.assertEqual(
            [[names[id_], *map(str, each)] for id_, each in received.items()],
            read_table(PAGE, "who", "opportunities", "new customers", "notifications"),
        )
        batch.action_undo()
        self.work()
        self.assertEqual(
            [
                [
                    name,
                    "yes" if lines[id_].is_selected else "no",
                    before[id_],
                    result[id_],
                    lead.type if (lead := leads[name].exists()) else "gone",
                ]
                for name, id_ in ids.items()
            ],
            rows,
        )
        self.assertEqual((batch.outside_count, batch.line_count), (2, 7))

    def test_each_number_opens_its_list(self):
        one, two = self.make_leads("One", "Two")
        two_again = self.make_leads("Again", email_from=two.email_from)
        batch = self.convert(one + two)
        self.work()
        self.assertEqual((batch.outside_count, batch.merged_count, batch.done_count), (1, 1, 2))
        self.assertEqual(len(two_again.exists() + two.exists()), 1)
        action = batch.with_context(conversion_state="outside").action_view_lines()
        self.assertEqual(action["context"], {"search_default_outside": 1})

    def test_the_present_team_of_a_salesperson(self):
        """Odoo derives it, also where teams are said to stay: it is said before, and after."""
        lead = self.make_leads("One", "Two", user=self.rep)
        theirs = self.make_team("Theirs", GUIDE)
        self.team.member_ids -= self.rep
        theirs.member_ids = [Command.set(self.rep.ids)]
        leads = lead.with_user(self.manager)
        self.assertEqual(leads.team_id, self.team)
        wizard = self.open_wizard(leads).save()
        wizard.action_work_out()
        outcome = Form(wizard, view=WIZARD_VIEW).outcome
        self.assertIn("Come to another team: 2 (Theirs – Guide: 2).", outcome)
        self.assertIn("Their salespeople stay as they are.", outcome)
        self.assertNotIn("teams stay", outcome)
        batch = self.convert(leads)
        self.work()
        self.assertEqual(leads.sudo().team_id, theirs)
        self.assertEqual(batch.moved_count, 2)
        self.assertEqual(batch.sudo().line_ids.team_id, theirs)

    def test_few_are_told_in_passing(self):
        """Without a batch, and where none is left: by a notification; else, above the list."""
        leads = self.make_leads("One", "Two", user_id=False)
        self.env["ir.config_parameter"].set_param(
            "sales_funnel_stages.conversion_batch_limit", "200"
        )
        wizard = self.open_wizard(leads[0])
        wizard.user_ids.add(self.rep)
        user_class = type(self.env["res.users"])
        with patch.object(user_class, "_bus_send", autospec=True) as send:
            wizard.save().action_mass_convert()
        [message] = [
            call.args[2]["message"]
            for call in send.call_args_list
            if call.args[1] == "simple_notification"
        ]
        self.assertIn("Converted: 1", message)
        self.assertIn(f"{self.rep.name}: opportunities 1, new customers", message)
        leads[1].need_level = "none"
        more = self.make_leads("Three", user_id=False)
        wizard = self.open_wizard(leads[1] + more).save()
        action = wizard.action_mass_convert()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertIn("Converted: 1", wizard.result)
        self.assertIn("Left as they are: 1", wizard.result)

    def test_followers_go_with_the_undo(self):
        leads = self.make_leads("One", "Two", user_id=False)
        before = leads.message_partner_ids
        batch = self.convert(leads, self.rep)
        self.work()
        self.assertIn(self.rep.partner_id, leads.sudo().message_partner_ids)
        wizard = self.env["crm.lead.conversion.undo"].with_user(self.all_rep)
        wizard = wizard.create({"batch_id": batch.id})
        self.assertIn("Followers that came with it, and that go: 2.", wizard.outcome)
        wizard.action_undo()
        self.work()
        self.assertEqual(leads.message_partner_ids, before)
