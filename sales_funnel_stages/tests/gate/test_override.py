from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import format_date

from ...names import OVERRIDE_GROUP
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, QUALIFIED_UNMET, StageRuleCommon

REASON = "The ministry signs first and answers later"


@tagged("post_install", "-at_install")
class TestOverride(StageRuleCommon, StageRuleAssertions):
    """Passing an enforced gate with a written reason, by someone who has the right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trusted_rep = new_test_user(
            cls.env, "funnel_trusted", f"sales_team.group_sale_salesman,{OVERRIDE_GROUP}"
        )
        cls.team.member_ids = [Command.link(cls.trusted_rep.id)]

    @staticmethod
    def override(leads, reason=REASON, make_good_date=False, **values):
        """Convert leads, or write other values on them, with a reason."""
        return leads.move_with_reason(values or {"type": "opportunity"}, reason, make_good_date)

    def assert_posted(self, lead, reason, unmet, gate):
        """Assert that the newest message says what was overridden, why, and by whom.

        :param str reason: as it has to stand in the HTML
        :param unmet: ends of XML ids of the criteria that have to be named, no other
        """
        message = lead.sudo().message_ids[0]
        self.assertIn(reason, message.body)
        self.assertIn(gate, message.body)
        self.assertIn("<br>", message.body, "only what is inserted is text")
        named = [c.name for c in self.framework.criterion_ids if c.name in message.body]
        self.assertEqual(sorted(named), sorted(self.criterion(name).name for name in unmet))
        self.assertEqual(message.author_id, lead.env.user.partner_id)
        self.assertTrue(message.is_internal)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))

    # ------------------------------------------------------------------
    # From code and RPC
    # ------------------------------------------------------------------

    def test_who_has_the_right(self):
        self.assertTrue(self.manager.has_group(OVERRIDE_GROUP))
        self.assertFalse(self.rep.has_group(OVERRIDE_GROUP))
        self.assertFalse(self.all_rep.has_group(OVERRIDE_GROUP))

    def test_with_the_right(self):
        for user in (self.manager, self.trusted_rep):
            with self.subTest(user=user.login):
                lead = self.make_lead(user=user)
                self.assertEqual(self.override(lead), lead)
                self.assert_moved(lead, self.stage_new)
                self.assertTrue(lead.date_conversion)
                self.assert_posted(lead, REASON, CONVERT_UNMET, "become an opportunity")

    def test_without_the_right(self):
        for user in (self.rep, self.all_rep):
            for sudo in (False, True):
                with self.subTest(user=user.login, sudo=sudo):
                    lead = self.make_lead(user=user).sudo(sudo)
                    with self.assertRaisesRegex(AccessError, "do not have the right"):
                        self.override(lead)
                    self.assert_moved(lead, type_="lead")
                    self.assertNotIn(REASON, "".join(lead.message_ids.mapped("body")))

    def test_what_is_no_reason(self):
        lead = self.make_lead(user=self.manager)
        for reason in (
            "",
            "   ",
            "\n\t ",
            "\N{NO-BREAK SPACE}",
            "\N{ZERO WIDTH SPACE}",
            "...",
            False,
            None,
            True,
            1,
            [REASON],
            {"why": REASON},
        ):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "Give a reason"),
            ):
                self.override(lead, reason)
        self.assert_moved(lead, type_="lead")

    def test_what_is_no_move(self):
        lead = self.make_lead(user=self.manager)
        for values in (None, False, "type", [("type", "opportunity")], 7):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "as field names and values"),
            ):
                lead.move_with_reason(values, REASON)

    def test_each_move(self):
        manager = self.manager
        opportunity = self.make_opportunity(user=manager)
        self.override(opportunity, stage_id=self.stage_qualified.id)
        self.assert_posted(opportunity, REASON, QUALIFIED_UNMET, "to enter Qualified")
        created = self.override(
            self.env["crm.lead"].with_user(manager),
            name="Created",
            type="opportunity",
            team_id=self.team.id,
        )
        self.assert_posted(created, REASON, CONVERT_UNMET, "become an opportunity")
        self.override(created, stage_id=self.stage_won.id)
        self.assertEqual(created.won_status, "won")
        self.assertIn("to enter Won", created.message_ids[0].body)
        lead = self.make_lead(user=manager)
        values = {"type": "opportunity", "stage_id": self.stage_qualified.id}
        self.override(lead, **values, partner_id=self.customer.id)
        self.assert_moved(lead, self.stage_qualified)
        self.assertEqual(lead.partner_id, self.customer)
        self.assertIn("become an opportunity", lead.message_ids[0].body)

    def test_the_reason_is_for_this_move_only(self):
        """Whoever goes on with what comes back is judged as ever."""
        lead = self.override(self.make_lead(user=self.manager))
        with self.assert_refused(lead, unmet=QUALIFIED_UNMET):
            lead.stage_id = self.stage_qualified
        created = self.override(lead.browse(), name="Created", type="opportunity")
        with self.assert_creation_refused("Another", unmet=CONVERT_UNMET):
            created.create({"name": "Another", "type": "opportunity", "team_id": self.team.id})

    def test_what_follows_from_the_move_is_not_by_the_reason(self):
        """As where an automation rule moves on, or moves others: in the name of the same user."""
        other = self.make_lead("Other", self.manager)
        lead = self.make_lead("First", self.manager)
        handle_moves = type(lead)._handle_moves

        def then(moved, values):
            def move_on(leads, transitions):
                handle_moves(leads, transitions)
                if lead.id in transitions and not leads.env.context.get("is_following"):
                    leads.with_context(is_following=True).browse(moved.id).write(values)

            return patch.object(type(lead), "_handle_moves", move_on)

        for moved, values, unmet in [
            (lead, {"stage_id": self.stage_qualified.id}, QUALIFIED_UNMET),
            (other, {"type": "opportunity"}, CONVERT_UNMET),
        ]:
            with (
                self.subTest(moved.name),
                then(moved, values),
                self.assert_refused(moved, unmet=unmet),
            ):
                self.override(lead)

    def test_no_context_gives_a_reason(self):
        """Such as a favourite that somebody shares, whose context comes with each drag."""
        opportunity = self.make_opportunity(user=self.manager)
        context = {
            "stage_rule_override_reason": REASON,
            "stage_rule_override_make_good_date": "2090-12-31",
        }
        with self.assert_refused(opportunity, unmet=QUALIFIED_UNMET):
            opportunity.with_context(**context).stage_id = self.stage_qualified

    def test_a_batch(self):
        """Each lead is told what was overridden for it, and those that qualify nothing."""
        good = self.make_lead("Good", self.manager, **self.answers(CONVERT_ANSWERS))
        bad = self.make_lead("Bad", self.manager, need_level="weak")
        worse = self.make_lead("Worse", self.manager)
        messages = good.message_ids
        self.override(good + bad + worse)
        self.assert_moved(good + bad + worse, self.stage_new)
        self.assertEqual(good.message_ids, messages)
        self.assert_posted(bad, REASON, ["budget", "timeframe"], "become an opportunity")
        self.assert_posted(worse, REASON, CONVERT_UNMET, "become an opportunity")

    def test_what_is_posted(self):
        """The reason is text, whatever it looks like, and is posted in any case."""
        lead = self.make_lead(user=self.manager)
        lead = lead.with_context(
            tracking_disable=True,
            mail_notrack=True,
            mail_create_nolog=True,
            default_type="opportunity",
            default_body="Something else",
            default_subtype_id=1,
        )
        self.override(lead, "  <img src=x onerror=alert(1)> & <b>so</b> 100 % %s {x}\n")
        self.assert_posted(
            lead,
            "Reason: &lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;so&lt;/b&gt; 100 % %s {x}",
            CONVERT_UNMET,
            "become an opportunity",
        )

    def test_a_reason_that_is_not_needed(self):
        """Nothing is overridden, and nothing is posted, where the rules let the lead pass."""
        lead = self.make_lead(user=self.manager, **self.answers(CONVERT_ANSWERS))
        messages = lead.message_ids
        self.override(lead)
        self.assertEqual(lead.message_ids, messages)
        self.team.stage_rule_policy = "guide"
        guided = self.make_lead(user=self.manager)
        messages = guided.message_ids
        self.override(guided)
        self.assertEqual(guided.message_ids, messages)

    def test_where_the_overrider_loses_the_deal(self):
        """The note is posted also where the move takes the deal out of their hands."""
        lead = self.make_lead(user=self.trusted_rep)
        self.override(lead, type="opportunity", user_id=self.manager.id)
        lead = lead.sudo()
        self.assert_moved(lead, self.stage_new)
        self.assert_posted(lead, REASON, CONVERT_UNMET, "become an opportunity")

    # ------------------------------------------------------------------
    # A date to make good by
    # ------------------------------------------------------------------

    def test_a_date_is_kept_and_told(self):
        for days in (0, 30):
            with self.subTest(days=days):
                lead = self.make_lead(user=self.manager)
                day = Date.add(Date.context_today(lead), days=days)
                self.override(lead, REASON, str(day))
                self.assert_step(lead, verdict="overridden", reason=REASON, make_good_date=day)
                self.assert_posted(lead, REASON, CONVERT_UNMET, "become an opportunity")
                self.assertIn(
                    f"To be completed by: {format_date(self.env, day)}", lead.message_ids[0].body
                )

    def test_without_a_date(self):
        lead = self.make_lead(user=self.manager)
        self.override(lead, REASON, False)
        self.assert_step(lead, verdict="overridden", make_good_date=False)
        self.assertNotIn("make good", lead.message_ids[0].body)

    def test_what_is_no_date(self):
        lead = self.make_lead(user=self.manager)
        for value in ("soon", "2030-13-01", "12/31/2030", "2030-12-31 10:00:00", 5, ["2030"], True):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(UserError, "is no date"),
                self.env.cr.savepoint(),
            ):
                self.override(lead, REASON, value)
        self.assert_moved(lead, type_="lead")

    def test_a_date_that_has_passed(self):
        lead = self.make_lead(user=self.manager)
        yesterday = Date.subtract(Date.context_today(lead), days=1)
        with self.assertRaisesRegex(UserError, "in the past"), self.env.cr.savepoint():
            self.override(lead, REASON, str(yesterday))
        self.assert_moved(lead, type_="lead")

    def test_a_date_alone_gives_no_permission(self):
        lead = self.make_lead(user=self.manager)
        with self.assertRaisesRegex(UserError, "Give a reason"):
            self.override(lead, "", "2090-12-31")
        self.assert_moved(lead, type_="lead")

    # ------------------------------------------------------------------
    # In the wizard
    # ------------------------------------------------------------------

    def wizard(self, lead):
        return Form(
            self.env["crm.lead2opportunity.partner"]
            .with_user(lead.env.user)
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
        )

    def test_wizard_with_a_reason(self):
        lead = self.make_lead(user=self.trusted_rep)
        form = self.wizard(lead)
        self.assertTrue(form.is_held_back)
        self.assertTrue(form.can_override)
        form.override_reason = f" {REASON}\n"
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)
        self.assertTrue(lead.partner_id, "the wizard creates the customer as ever")
        overrides = [body for body in lead.message_ids.mapped("body") if REASON in body]
        self.assertEqual(len(overrides), 1)

    def test_wizard_asks_for_a_reason(self):
        lead = self.make_lead(user=self.trusted_rep)
        for reason in (False, "   "):
            form = self.wizard(lead)
            if reason:
                form.override_reason = reason
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "give a reason to convert it anyway"),
            ):
                form.save().action_apply()
        self.assert_moved(lead, type_="lead")
        self.assertFalse(lead.partner_id)

    def test_wizard_without_the_right(self):
        lead = self.make_lead(user=self.rep)
        form = self.wizard(lead)
        self.assertTrue(form.is_held_back)
        self.assertFalse(form.can_override)
        wizard = form.save()
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            wizard.action_apply()
        # a reason that the form does not offer, from a client of one's own
        wizard.override_reason = REASON
        with self.assertRaisesRegex(AccessError, "do not have the right"):
            wizard.action_apply()
        self.assert_moved(lead, type_="lead")

    def test_wizard_where_nothing_is_unmet(self):
        lead = self.make_lead(user=self.trusted_rep, **self.answers(CONVERT_ANSWERS))
        form = self.wizard(lead)
        self.assertFalse(form.is_held_back)
        form.save().action_apply()
        self.assert_moved(lead, self.stage_new)

    def test_wizard_with_a_date(self):
        lead = self.make_lead(user=self.trusted_rep)
        form = self.wizard(lead)
        form.override_reason = REASON
        form.override_make_good_date = "2090-12-31"
        form.save().action_apply()
        self.assert_step(lead, verdict="overridden", make_good_date=Date.to_date("2090-12-31"))

    def test_wizard_where_nothing_is_enforced(self):
        """Nobody is asked why where nothing can be refused."""
        lead = self.make_lead(user=self.trusted_rep)
        self.assertTrue(self.wizard(lead).can_override)
        self.team.stage_rule_policy = "guide"
        self.assertFalse(self.wizard(lead).can_override)

    def test_wizard_that_merges(self):
        head = self.make_lead("Head", self.trusted_rep, email_from="ann@acme.example.com")
        tail = self.make_lead("Tail", self.trusted_rep, email_from="ann@acme.example.com")
        form = self.wizard(head)
        self.assertEqual(form.name, "merge")
        with self.assert_refused(head, unmet=CONVERT_UNMET):
            form.save().action_apply()
        self.assertTrue(tail.exists())
        form.override_reason = REASON
        form.override_make_good_date = "2090-12-31"
        form.save().action_apply()
        merged = (head + tail).exists()
        self.assert_moved(merged, self.stage_new)
        row = self.rows(merged).filtered(lambda row: row.verdict == "overridden")
        self.assertRecordValues(
            row, [{"reason": REASON, "make_good_date": Date.to_date("2090-12-31")}]
        )

    def test_wizard_that_merges_without_the_right(self):
        head = self.make_lead("Head", email_from="ann@acme.example.com")
        self.make_lead("Tail", email_from="ann@acme.example.com")
        form = self.wizard(head)
        self.assertFalse(form.can_override)
        wizard = form.save()
        wizard.override_reason = REASON
        with self.assertRaisesRegex(AccessError, "do not have the right"):
            wizard.action_apply()
        self.assert_moved(head, type_="lead")
