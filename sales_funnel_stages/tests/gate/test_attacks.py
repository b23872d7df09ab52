from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ...tools.rulebook import ENFORCE
from ..support.case import CriterionAssertions, StageRuleAssertions
from ..support.common import (
    CONVERT_UNMET,
    PROPOSITION_UNMET,
    QUALIFIED_UNMET,
    WON_UNMET,
    StageRuleCommon,
)

EVIL = "<img src=x onerror=alert(1)>"


@tagged("post_install", "-at_install")
class TestAttacks(StageRuleCommon, StageRuleAssertions, CriterionAssertions):
    """Side doors: what a salesperson might try to get a deal ahead, or to see more than theirs."""

    def model(self, name, user=None, **context):
        return self.env[name].with_user(user or self.rep).with_context(**context)

    def new_values(self, **values):
        return {"name": "New", "type": "opportunity", "team_id": self.team.id, **values}

    # ------------------------------------------------------------------
    # Getting ahead
    # ------------------------------------------------------------------

    def test_side_doors_to_win(self):
        """What other models and methods of Odoo write ends in the same gate."""
        contacts = new_test_user(
            self.env,
            "funnel_contacts",
            "sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
        )
        won = self.stage_won.id
        to_won = {"stage_id": won}

        def write_on_partner(lead):
            commands = [Command.update(lead.id, to_won)]
            self.customer.with_user(contacts).write({"opportunity_ids": commands})

        self.assert_doors_refuse(
            [name for name in WON_UNMET if name != "customer"],
            ("lines of a partner", self.make_opportunity, write_on_partner),
            (
                "reordering",
                self.make_opportunity,
                lambda lead: lead.web_resequence({}, field_name="stage_id", offset=won),
            ),
            (
                "lost, as won",
                self.make_opportunity,
                lambda lead: lead.action_set_lost(stage_id=won),
            ),
            (
                "won and archived",
                self.make_lead,
                lambda lead: lead.write({**to_won, "active": False}),
            ),
            (
                "won, hardly",
                self.make_lead,
                lambda lead: lead.write({**to_won, "probability": 10}),
            ),
        )

    def test_side_doors_to_convert(self):
        """As above."""
        to_opportunity = {"type": "opportunity"}
        self.assert_doors_refuse(
            CONVERT_UNMET,
            (
                "lost, as an opportunity",
                self.make_lead,
                lambda lead: lead.action_set_lost(**to_opportunity),
            ),
            (
                "in a list with one that may",
                self.make_lead,
                lambda lead: lead.web_save_multi([to_opportunity], {}),
            ),
            ("twice", self.make_lead, lambda lead: (lead + lead).write(to_opportunity)),
        )

    def assert_doors_refuse(self, unmet, *doors):
        """Assert that leads cannot move.

        :param unmet: what they lack
        :param doors: of a name, what makes a lead, and what tries to move it
        """
        for name, make, move in doors:
            with self.subTest(name):
                lead = make(name, partner_id=self.customer.id)
                with self.assert_refused(lead, unmet=unmet):
                    move(lead)

    def test_side_doors_to_create(self):
        contacts = new_test_user(
            self.env,
            "funnel_contacts",
            "sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
        )
        lead_model = self.model("crm.lead")
        for name, create in [
            (
                "by name",
                lambda: self.model(
                    "crm.lead", default_team_id=self.team.id, default_type="opportunity"
                ).name_create("New"),
            ),
            (
                "lines of a partner",
                lambda: self.customer.with_user(contacts).write(
                    {"opportunity_ids": [Command.create(self.new_values())]}
                ),
            ),
            (
                "a default of one's own",
                lambda: (
                    self.model("ir.default").set("crm.lead", "type", "opportunity", user_id=True),
                    lead_model.create({"name": "New", "team_id": self.team.id}),
                ),
            ),
        ]:
            with self.subTest(name), self.assert_creation_refused("New", unmet=CONVERT_UNMET):
                create()

    def test_over_a_stage_of_another_team(self):
        """Where a lead was left in a stage that its team does not have, that counts for nothing."""
        stages = self.stage_new + self.stage_qualified + self.stage_proposition
        stages.team_ids = self.team
        other = self.make_team("Starts late", ENFORCE)
        late = self.env["crm.stage"].create(
            {"name": "Late", "sequence": 40, "team_ids": [Command.set(other.ids)]}
        )
        deal = self.make_opportunity("Hops")
        deal.team_id = other
        self.assert_moved(deal, late)
        deal.write({"team_id": self.team.id, "stage_id": late.id})
        self.assert_moved(deal, late)
        for stage, unmet in [
            (self.stage_qualified, QUALIFIED_UNMET),
            (self.stage_proposition, PROPOSITION_UNMET),
        ]:
            with self.subTest(stage.name), self.assert_refused(deal, unmet=unmet):
                deal.stage_id = stage
        deal.stage_id = self.stage_new
        self.assert_moved(deal, self.stage_new)

    def test_a_change_of_hands_that_wins(self):
        """Odoo starts deals in the common Won, where the new team has no other stage."""
        stages = self.stage_new + self.stage_qualified + self.stage_proposition
        stages.team_ids = self.team
        other = self.make_team("Without a stage", ENFORCE)
        colleague = new_test_user(
            self.env, "funnel_colleague", "sales_team.group_sale_salesman_all_leads"
        )
        other.member_ids = colleague
        won_unmet = [name for name in WON_UNMET if name != "customer"]
        for values in ({"team_id": other.id}, {"user_id": colleague.id}):
            for make in (self.make_opportunity, self.make_lead):
                with self.subTest(values=values, make=make.__name__):
                    deal = make("Handed over", partner_id=self.customer.id)
                    with self.assert_refused(deal, unmet=won_unmet):
                        deal.write(values)

    def test_a_reason_that_cannot_be_read(self):
        lead = self.make_lead(user=self.manager)
        for reason in ("\N{ZERO WIDTH SPACE}", "\N{BRAILLE PATTERN BLANK}", "...", "\N{EM DASH}"):
            with self.subTest(reason), self.assertRaisesRegex(UserError, "Give a reason"):
                lead.move_with_reason({"type": "opportunity"}, reason)
        self.assert_moved(lead, type_="lead")

    def test_the_rules_of_a_team_are_not_the_salespersons(self):
        """A property that a criterion looks at cannot be redefined from a lead."""
        self.team.lead_properties_definition = [
            {"name": "cccc", "string": "Seats", "type": "integer"}
        ]
        lead = self.make_lead()
        for change in ({"type": "char", "definition_changed": True}, {"definition_deleted": True}):
            with self.subTest(change=change), self.assertRaises(AccessError):
                lead.write(
                    {
                        "lead_properties": [
                            {"name": "cccc", "string": "S", "type": "integer"} | change
                        ]
                    }
                )

    # ------------------------------------------------------------------
    # Seeing more
    # ------------------------------------------------------------------

    def test_a_wizard_shows_no_lead_of_others(self):
        theirs = self.make_lead("Theirs", self.all_rep, need_summary="Secret")
        specs = {
            "filled_lead_ids": {"fields": {"need_summary": {}}},
            "qualification_checklist": {},
            "is_held_back": {},
        }
        for model in ("crm.lead2opportunity.partner", "crm.lead2opportunity.partner.mass"):
            for name, spec in specs.items():
                with self.subTest(model, field=name):
                    self.env.invalidate_all()
                    try:
                        answer = self.model(model).onchange(
                            {"lead_id": theirs.id, "name": "convert"},
                            ["lead_id"],
                            {"lead_id": {}, name: spec},
                        )
                    except AccessError:
                        continue
                    self.assertFalse(answer["value"].get(name))

    def test_a_form_shows_no_lead_of_others(self):
        theirs = self.make_lead("Theirs", self.all_rep).with_user(self.rep)
        self.env.invalidate_all()
        for name in ("is_qualified", "qualification_score", "qualification_checklist"):
            with self.subTest(name), self.assertRaises(AccessError):
                theirs.onchange({}, [], {name: {}})

    def test_a_refusal_names_no_lead_of_others(self):
        theirs = self.make_lead("Theirs", self.all_rep).with_user(self.rep)
        for move in (
            lambda: theirs.write({"type": "opportunity"}),
            lambda: theirs.convert_opportunity(False),
            theirs.action_set_won,
            lambda: theirs.copy({"type": "opportunity"}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError) as caught:
                move()
            self.assertNotIn("Theirs", str(caught.exception))

    # ------------------------------------------------------------------
    # Doing harm
    # ------------------------------------------------------------------

    def test_no_pattern_takes_forever(self):
        for pattern in ("a%b", "a%a%a%b", "%a%b%", "a%%b"):
            self.assert_criterion_refused(
                f"[('need_summary', 'ilike', {pattern!r})]", "not a text to look for"
            )
        lead = self.make_lead(need_summary="a" * 50_000)
        criterion = self.criterion("need")
        for pattern in ("ab", "%%%%ab%%%%", "%ab"):
            criterion.domain = f"[('need_summary', 'ilike', {pattern!r})]"
            self.assertFalse(lead.is_qualified)

    def test_markup_stays_text(self):
        self.criterion("need").name = EVIL
        lead = self.make_lead(EVIL, user=self.manager, need_summary=EVIL)
        lead.move_with_reason({"type": "opportunity"}, EVIL)
        other = self.make_opportunity(
            EVIL,
            user=self.manager,
            incumbent_supplier=EVIL,
            stakeholder_ids=[Command.create({"contact_name": EVIL})],
        )
        merged = (lead + other).merge_opportunity()
        bodies = "".join(merged.message_ids.mapped("body"))
        self.assertIn("onerror", bodies)
        self.assertNotIn("<img", bodies)

    def test_swallowed_refusals_leave_nothing_to_the_commit(self):
        """Nor is anything of them left for the end of the transaction, which would fail then."""
        self.env = self.env(context={**self.env.context, "tracking_disable": False})
        lead = self.make_lead()
        self.flush_tracking()
        last = self.env["mail.message"].search([], limit=1, order="id desc")
        for move in (
            lambda: self.model("crm.lead").create(self.new_values()),
            lambda: lead.write({"type": "opportunity", "user_id": self.all_rep.id}),
            lead.action_set_won,
        ):
            with self._swallowed_refusal():
                move()
        self.flush_tracking()
        self.assertFalse(
            self.env["mail.message"].search([("id", ">", last.id), ("model", "=", "crm.lead")])
        )
        self.assertEqual(lead.sudo().user_id, self.rep)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
