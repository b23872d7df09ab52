import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.mass_conversion import assignment
from ...models.mass_conversion.assignment import NAMED, TOLD_ONE_BY_ONE
from ...tools.mass_conversion import CREATE, Choices
from ..support.common import LeadsInUseCommon

MANY = TOLD_ONE_BY_ONE + 1


class AssignedCommon(LeadsInUseCommon):
    """Leads that are given to people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.team.stage_rule_policy = "off"
        cls.known = cls.env["mail.message"].search([])

    def make_leads(self, count, user=False):
        leads = self.make_lead("Zed", self.all_rep, user_id=user and user.id, contact_name="Zed")
        for number in range(1, count):
            values = {"name": f"Lead {number}", "contact_name": f"Ann {number}"}
            leads += leads[0].with_context(mail_auto_subscribe_no_notify=True).copy(values)
        self.known = self.env["mail.message"].search([])
        return leads

    def convert(self, leads, *users, **choices):
        choices = Choices(user_ids=tuple(user.id for user in users), **choices)
        return leads.with_user(self.all_rep)._convert_in_mass(choices)

    def get_notices(self):
        new = self.env["mail.message"].search([]) - self.known
        return new.filtered(lambda message: message.message_type == "user_notification")

    def get_linked(self, notice, action):
        """Return the ids that the links of a notice open with an action."""
        ids = re.findall(
            rf"action-sales_funnel_stages\.{action}\?active_ids=([0-9,]+)", notice.body
        )
        return [int(id_) for each in ids for id_ in each.split(",")]


@tagged("post_install", "-at_install")
class TestAssignedAtOnce(AssignedCommon):
    """Who is given many leads or customers is told once, of all of them; of few, as ever."""

    def test_few(self):
        """Each has its own notice, as with Odoo."""
        leads = self.make_leads(TOLD_ONE_BY_ONE)
        self.convert(leads, self.manager)
        notices = self.get_notices()
        self.assertEqual(set(notices.mapped("res_id")), set(leads.ids))
        self.assertEqual(notices.partner_ids, self.manager.partner_id)

    def test_many(self):
        leads = self.make_leads(MANY)
        self.convert(leads, self.manager)
        [notice] = self.get_notices()
        self.assertEqual(notice.partner_ids, self.manager.partner_id)
        self.assertEqual(notice.subject, f"{MANY} opportunities have been assigned to you")
        self.assertEqual(self.get_linked(notice, "crm_lead_action_assigned"), leads.ids)
        named = [lead.name for lead in leads if f">{lead.name}</a>" in notice.body]
        self.assertEqual(named, leads[:NAMED].mapped("name"))

    def test_more_than_fit_into_an_address(self):
        leads = self.make_leads(MANY)
        with patch.object(assignment, "LINKED", TOLD_ONE_BY_ONE):
            self.convert(leads, self.manager)
        [notice] = self.get_notices()
        self.assertEqual(self.get_linked(notice, "crm_lead_action_assigned"), leads.ids)
        self.assertIn(f"Open 1 to {TOLD_ONE_BY_ONE}</a>", notice.body)
        self.assertIn(f"Open {MANY} to {MANY}</a>", notice.body)

    def test_customers(self):
        """Where a lead has a salesperson, they are told of the customer that is made for it."""
        leads = self.make_leads(MANY, self.manager)
        result = self.convert(leads, action=CREATE)
        [notice] = self.get_notices()
        self.assertEqual(notice.partner_ids, self.manager.partner_id)
        self.assertEqual(notice.subject, f"{MANY} customers have been assigned to you")
        self.assertEqual(
            self.get_linked(notice, "res_partner_action_assigned"),
            list(result.created_partner_ids),
        )

    def test_both(self):
        leads = self.make_leads(MANY, self.manager)
        self.convert(leads, self.manager, action=CREATE, force_assignment=True)
        [notice] = self.get_notices()
        self.assertEqual(
            notice.subject,
            f"{MANY} opportunities and {MANY} customers have been assigned to you",
        )

    def test_nobody(self):
        """Who assigns them to themselves knows, who is archived reads nothing."""
        self.convert(self.make_leads(MANY), self.all_rep)
        self.assertFalse(self.get_notices())
        leads = self.make_leads(MANY)
        self.rep.active = False
        self.convert(leads, self.rep)
        self.assertFalse(self.get_notices())

    def test_of_each_where_another_addon_tells(self):
        """What an addon makes of the notice of an assignment, it makes of each still."""
        told = []
        for model_name in ("crm.lead", "res.partner"):
            model_class = type(self.env[model_name])

            def notify(records, *args, original=model_class._message_auto_subscribe_notify):
                told.extend(records.mapped("name"))
                return original(records, *args)

            self.startPatcher(patch.object(model_class, "_message_auto_subscribe_notify", notify))
        leads = self.make_leads(MANY)
        self.convert(leads, self.manager)
        self.assertCountEqual(told, leads.mapped("name"))
        leads = self.make_leads(MANY, self.manager)
        told.clear()
        self.convert(leads, action=CREATE)
        self.assertCountEqual(told, leads.mapped("contact_name"))

    def test_batch(self):
        """The jobs convert chunk by chunk, and tell at the end, or where it is cancelled."""
        leads = self.make_leads(MANY)
        batch = (
            self.env["crm.lead.conversion.batch"]
            .with_user(self.all_rep)
            ._start(
                leads.with_user(self.all_rep),
                {"action": CREATE, "user_ids": self.manager.ids, "deduplicate": False},
            )
        )
        lines = batch.sudo().line_ids
        lines[0].chunk = 1
        with mute_logger("odoo.sql_db"):
            batch.sudo()._work_on_chunk(0)
        self.assertFalse(self.get_notices())
        batch.action_cancel()
        batch.sudo()._end_finished()
        converted = lines.filtered(lambda line: line.state == "done").lead_id
        self.assertEqual(len(converted), MANY - 1)
        notices = self.get_notices().filtered(
            lambda notice: notice.partner_ids == self.manager.partner_id
        )
        self.assertEqual(len(notices), MANY - 1)
        self.assertFalse(lines.filtered("is_untold"))


@tagged("post_install", "-at_install")
class TestAssignedTour(HttpCase, AssignedCommon):
    def test_the_link_of_a_notice(self):
        """It opens exactly what was assigned."""
        leads = self.make_leads(MANY)
        self.convert(leads, self.manager)
        [notice] = self.get_notices()
        [path] = re.findall(r'"(/odoo/action-[^"]*crm_lead_action_assigned[^"]*)"', notice.body)
        self.start_tour(path, "sales_funnel_stages_assigned", login=self.manager.login)
