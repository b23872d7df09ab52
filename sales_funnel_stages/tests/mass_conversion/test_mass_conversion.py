from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...tools.rulebook import ENFORCE, GUIDE, NEVER, OFF
from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, StageRuleCommon


@tagged("post_install", "-at_install")
class TestMassConversion(StageRuleCommon, StageRuleAssertions):
    """Odoo's mass conversion: those that qualify are converted, the others left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls.make_lead(
            "Good",
            cls.all_rep,
            partner_name="Good Ltd",
            user_id=False,
            **cls.answers(CONVERT_ANSWERS),
        )
        cls.better = cls.make_lead(
            "Better",
            cls.all_rep,
            partner_name="Better Ltd",
            user_id=False,
            **cls.answers(CONVERT_ANSWERS),
        )
        cls.bad = cls.make_lead(
            "Bad", cls.all_rep, partner_name="Bad Ltd", user_id=False, need_level="weak"
        )
        cls.worse = cls.make_lead("Worse", cls.all_rep, partner_name="Worse Ltd", user_id=False)
        cls.leads = cls.bad + cls.good + cls.worse + cls.better

    def wizard(self, leads, users=None, deduplicate=False, **values):
        """Fill in the wizard as the web client does, from a selection in the list."""
        form = Form(
            self.env["crm.lead2opportunity.partner.mass"]
            .with_user(self.all_rep)
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads.ids),
            view="crm.view_crm_lead2opportunity_partner_mass",
        )
        form.deduplicate = deduplicate
        for user in users or self.all_rep:
            form.user_ids.add(user)
        for name, value in values.items():
            form[name] = value
        return form.save()

    def snapshot(self, leads):
        """Return all that the database has of leads, and what hangs on them."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM crm_lead WHERE id IN %s ORDER BY id", (tuple(leads.ids),)
        )
        rows = self.env.cr.fetchall()
        return rows, leads.message_ids.ids, leads.activity_ids.ids, leads.message_follower_ids.ids

    def assert_held_back(self, wizard, unmet_by_lead):
        """Assert which leads the wizard lists, and what it says that each lacks."""
        self.assertEqual(
            {line.lead_id: line.reason for line in wizard.skipped_ids},
            {
                lead: "Not met: " + ", ".join(self.criterion(name).name for name in unmet)
                for lead, unmet in unmet_by_lead.items()
            },
        )

    def test_nothing_to_convert(self):
        wizard = self.wizard(self.leads).with_context(active_id=False, active_ids=[])
        self.assertEqual(wizard.action_mass_convert(), {"type": "ir.actions.act_window_close"})
        self.assert_moved(self.leads, type_="lead")

    def test_those_that_qualify_are_converted(self):
        skipped = self.bad + self.worse
        before = self.snapshot(skipped)
        wizard = self.wizard(self.leads)
        wizard.action_mass_convert()
        self.assert_moved(self.good + self.better, self.stage_new)
        self.assertEqual(self.good.partner_id.name, "Good Ltd")
        self.assertEqual((self.good + self.better).user_id, self.all_rep)
        self.assert_moved(skipped, type_="lead")
        self.assertEqual(self.snapshot(skipped), before, "what is left alone is left as it was")
        self.assertFalse(self.env["res.partner"].search([("name", "in", ["Bad Ltd", "Worse Ltd"])]))
        self.assert_held_back(
            wizard, {self.bad: ["budget", "timeframe"], self.worse: CONVERT_UNMET}
        )

    def test_the_result_opens(self):
        wizard = self.wizard(self.leads)
        action = wizard.action_mass_convert()
        self.assertEqual(action["res_model"], wizard._name)
        self.assertEqual(action["target"], "new")
        form = Form(wizard, view=action["view_id"])
        self.assertEqual(len(form.skipped_ids), 2)
        action = wizard.action_view_skipped()
        found = self.env[action["res_model"]].with_user(self.all_rep).search(action["domain"])
        self.assertEqual(found, self.bad + self.worse)

    def test_where_all_qualify_it_ends_as_ever(self):
        action = self.wizard(self.good + self.better).action_mass_convert()
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertEqual(action["res_id"], self.good.id)

    def test_where_none_qualifies(self):
        wizard = self.wizard(self.bad + self.worse)
        action = wizard.action_mass_convert()
        self.assertEqual(action["res_id"], wizard.id)
        self.assert_moved(self.bad + self.worse, type_="lead")

    def test_guide_and_off_convert_everything(self):
        for policy in (GUIDE, OFF):
            with self.subTest(policy=policy), self.env.cr.savepoint() as savepoint:
                self.team.stage_rule_policy = policy
                wizard = self.wizard(self.leads)
                action = wizard.action_mass_convert()
                self.assertEqual(action["res_model"], "crm.lead")
                self.assertFalse(wizard.skipped_ids)
                self.assert_moved(self.leads, self.stage_new)
                savepoint.rollback()

    def test_round_robin_over_the_converted(self):
        """Each salesperson gets their share of what is converted, not of what was selected."""
        others = self.good + self.better
        for number in range(2):
            others += self.make_lead(
                f"More {number}", self.all_rep, user_id=False, **self.answers(CONVERT_ANSWERS)
            )
        users = self.rep + self.manager
        wizard = self.wizard(self.leads + others[2:], users)
        wizard.action_mass_convert()
        self.assertEqual([lead.user_id for lead in others], [*wizard.user_ids, *wizard.user_ids])
        self.assertFalse((self.bad + self.worse).user_id)

    def test_salespersons_that_are_set_already(self):
        self.good.sudo().user_id = self.rep
        self.wizard(self.leads).action_mass_convert()
        self.assertEqual(self.good.user_id, self.rep)
        wizard = self.wizard(self.better, force_assignment=True)
        wizard.action_mass_convert()
        self.assertEqual(self.better.user_id, self.all_rep)

    def test_what_is_no_lead_any_more(self):
        """Opportunities, won and archived leads in the selection are treated as ever."""
        opportunity = self.make_opportunity("Known", user=self.all_rep)
        won = self.make_opportunity("Won", self.stage_won, self.all_rep)
        archived = self.make_lead("Archived", self.all_rep, active=False)
        wizard = self.wizard(self.bad + opportunity + won + archived + self.good)
        wizard.action_mass_convert()
        self.assert_held_back(wizard, {self.bad: ["budget", "timeframe"]})
        self.assert_moved(opportunity + self.good, self.stage_new)
        self.assert_moved(won, self.stage_won)
        self.assert_moved(archived, type_="lead")
        self.assertFalse(archived.active)

    def test_a_customer_that_is_required(self):
        """The customer that the conversion creates, or finds, counts."""
        self.env["crm.stage.rule"].create(
            {"framework_id": self.framework.id, "criterion_id": self.criterion("customer").id}
        )
        known = self.make_lead(
            "Known",
            self.all_rep,
            email_from=self.customer.email,
            **self.answers(CONVERT_ANSWERS),
        )
        wizard = self.wizard(self.good + known)
        wizard.action_mass_convert()
        self.assert_moved(self.good + known, self.stage_new)
        self.assertEqual(known.partner_id, self.customer)
        # without creating any
        wizard = self.wizard(self.better + self.worse)
        wizard.action = "exist"
        wizard.action_mass_convert()
        self.assert_held_back(
            wizard, {self.better: ["customer"], self.worse: [*CONVERT_UNMET, "customer"]}
        )

    def test_with_deduplication(self):
        """Duplicates are merged first; what they know together counts."""
        known = self.make_lead(
            "Known",
            self.all_rep,
            email_from="ada@acme.example.com",
            budget_status="confirmed",
            budget_amount=5000,
            purchase_date=self.good.purchase_date,
        )
        self.bad.email_from = "ada@acme.example.com"
        twins = self.make_lead("Twin", self.all_rep, email_from="eve@acme.example.com")
        twins += self.make_lead("Other twin", self.all_rep, email_from="eve@acme.example.com")
        wizard = self.wizard(self.bad + known + twins + self.good, deduplicate=True)
        wizard.action_mass_convert()
        merged = (self.bad + known).exists()
        self.assertEqual(len(merged), 1)
        self.assert_moved(merged + self.good, self.stage_new)
        merged_twins = twins.exists()
        self.assertEqual(len(merged_twins), 1)
        self.assert_moved(merged_twins, type_="lead")
        self.assert_held_back(wizard, {merged_twins: CONVERT_UNMET})

    def test_duplicates_of_an_opportunity(self):
        opportunity = self.make_opportunity(
            "Known", user=self.all_rep, email_from="ada@acme.example.com"
        )
        self.bad.email_from = "ada@acme.example.com"
        wizard = self.wizard(self.bad + self.good, deduplicate=True)
        wizard.action_mass_convert()
        self.assertFalse(self.bad.exists())
        self.assertFalse(wizard.skipped_ids)
        self.assertEqual(opportunity.need_level, "weak")

    def test_leads_of_several_teams(self):
        lax = self.make_team("Lax", GUIDE)
        self.worse.team_id = lax
        wizard = self.wizard(self.leads)
        wizard.action_mass_convert()
        self.assert_moved(self.worse + self.good + self.better, self.stage_new)
        self.assert_held_back(wizard, {self.bad: ["budget", "timeframe"]})

    def test_a_team_that_the_conversion_changes(self):
        """One lead that only turns out to be refused does not stop the others."""
        stranger = self.rep.copy({"login": "funnel_stranger"})
        self.make_team(
            "Of the stranger", ENFORCE, member_ids=[Command.set(stranger.ids)], sequence=-1
        )
        self.team.stage_rule_policy = GUIDE
        self.env.company.arrival_policy = NEVER
        strange = self.make_lead("Strange", self.all_rep, user_id=stranger.id)
        self.assertEqual(strange.team_id, self.team)
        wizard = self.wizard(strange + self.good)
        wizard.action_mass_convert()
        self.assert_held_back(wizard, {strange: CONVERT_UNMET})
        self.assert_moved(self.good, self.stage_new)
        self.assertEqual(strange.team_id, self.team)

    def test_a_manager_without_a_reason(self):
        """Who may override is not asked for a reason where there is no field to write it."""
        wizard = self.wizard(self.leads).with_user(self.manager)
        wizard.action_mass_convert()
        self.assert_moved(self.good + self.better, self.stage_new)
        self.assert_moved(self.bad + self.worse, type_="lead")
        self.assert_held_back(
            wizard, {self.bad: ["budget", "timeframe"], self.worse: CONVERT_UNMET}
        )

    def test_an_override(self):
        """A reason lets all pass, for those with the right only."""
        wizard = self.wizard(self.leads)
        wizard.override_reason = "The last day of the year"
        with self.assertRaisesRegex(AccessError, "do not have the right"):
            wizard.action_mass_convert()
        self.assert_moved(self.bad + self.worse, type_="lead")
        wizard.with_user(self.manager).action_mass_convert()
        self.assert_moved(self.leads, self.stage_new)
        self.assertEqual(
            [
                sum("The last day of the year" in (m.body or "") for m in lead.message_ids)
                for lead in self.leads
            ],
            [1, 0, 1, 0],
        )

    def test_what_cannot_be_foreseen(self):
        """What is only refused on the way leaves nothing either, and stops nobody else."""
        criterion = self.env["crm.qualification.criterion"].create(
            {
                "name": "Never converted, or said why",
                "framework_id": self.framework.id,
                # the conversion itself sets the date
                "domain": "['|', ('date_conversion', '=', False), ('need_summary', '!=', False)]",
            }
        )
        self.env["crm.stage.rule"].create(
            {"framework_id": self.framework.id, "criterion_id": criterion.id}
        )
        self.good.need_summary = "Their tool is switched off"
        before = self.snapshot(self.better)
        wizard = self.wizard(self.good + self.better + self.bad)
        wizard.action_mass_convert()
        self.assert_moved(self.good, self.stage_new)
        self.assertEqual(self.good.partner_id.name, "Good Ltd")
        self.assertEqual(self.snapshot(self.better), before)
        self.assertEqual(
            {line.lead_id: line.reason for line in wizard.skipped_ids},
            {
                self.better: f"Not met: {criterion.name}",
                self.bad: "Not met: Budget known, Buys within six months",
            },
        )

    def test_what_it_costs(self):
        """Less than a query for each lead, however many are left alone."""
        queries = {}
        for policy in (OFF, ENFORCE):
            self.team.stage_rule_policy = policy
            for size in (4, 20):
                leads = self.env["crm.lead"]
                for number in range(size):
                    leads += self.make_lead(
                        f"{policy} {number}",
                        self.all_rep,
                        partner_id=self.customer.id,
                        # under "off" it does not matter who qualifies
                        **self.answers(CONVERT_ANSWERS if number % 2 or policy == OFF else {}),
                    )
                wizard = self.wizard(leads)
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                wizard.action_mass_convert()
                self.env.flush_all()
                queries[policy, size] = self.env.cr.sql_log_count - before
                self.assertEqual(len(wizard.skipped_ids), size // 2 if policy == ENFORCE else 0)
        for policy in (OFF, ENFORCE):
            more = queries[policy, 20] - queries[policy, 4]
            self.assertLess(more / 16, 1, queries)

    def test_what_it_costs_to_foresee(self):
        """What is going to happen is worked out without a query for each lead."""
        queries = {}
        for size in (4, 20):
            leads = self.env["crm.lead"]
            for number in range(size):
                leads += self.make_lead(
                    f"{size} {number}",
                    self.all_rep,
                    partner_name=f"Firm {number}",
                    # every other one twice
                    email_from=f"ann{number // 2}@firm{size}.example.com",
                    **self.answers(CONVERT_ANSWERS if number % 3 else {}),
                )
            wizard = self.wizard(leads, deduplicate=True)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertIn(f"Leads to convert: {size // 2}.", wizard.outcome)
            queries[size] = self.env.cr.sql_log_count - before
        self.assertLess((queries[20] - queries[4]) / 16, 1, queries)
