from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command, Date
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

from ...tools.rulebook import ENFORCE, GUIDE
from .case import LedgerAssertions
from .history_marks import made_up_history

# answers that meet the default framework, gate by gate
CONVERT_ANSWERS = {"need_level": "weak", "budget_status": "estimated", "purchase_date": "today"}
QUALIFIED_ANSWERS = {
    "contact_role": "decision_maker",
    "first_contact_date": "today",
    "requirement_summary": "Forty seats, single sign-on",
    "engagement_date": "today",
}
PROPOSITION_ANSWERS = {
    "need_level": "strong",
    "payment_terms_status": "in_discussion",
    "supplier_status": "no_supplier",
}
WON_ANSWERS = {"contract_status": "signed"}

# the required criteria of the default framework, gate by gate, by the end of their XML ids
CONVERT_UNMET = ["need", "budget", "timeframe"]
QUALIFIED_UNMET = [*CONVERT_UNMET, "relationship", "requirements", "engagement"]
PROPOSITION_UNMET = [*QUALIFIED_UNMET, "strong_need", "payment_terms", "supplier"]
WON_UNMET = [*PROPOSITION_UNMET, "contract", "customer"]


class StageRuleCommon(TransactionCase, LedgerAssertions):
    """A team that enforces the default framework on Odoo's stock stages, and its people.

    Whatever a test does with leads, the ledger has to tell of it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.env["crm.stage.rule"].search([]).unlink()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.env["crm.stage"].search([]).unlink()
        cls.stage_new, cls.stage_qualified, cls.stage_proposition, cls.stage_won = cls.env[
            "crm.stage"
        ].create(
            [
                {"name": "New", "sequence": 1},
                {"name": "Qualified", "sequence": 2},
                {"name": "Proposition", "sequence": 3},
                {"name": "Won", "sequence": 70, "is_won": True},
            ]
        )
        cls.framework = cls.env.ref("sales_funnel_stages.framework_bant")
        cls.framework._install_shipped("bant")
        cls.env.company.qualification_framework_id = cls.framework
        # whatever the database has, one team has rules and wishes of its own: the fixture's
        cls.env["res.company"].search([]).stage_rule_policy = GUIDE
        teams = cls.env["crm.team"].with_context(active_test=False).search([])
        teams.write(
            {"stage_rule_policy": GUIDE, "framework_id": False, "conversion_plan_id": False}
        )
        cls.rep = new_test_user(cls.env, "funnel_rep", "sales_team.group_sale_salesman")
        cls.all_rep = new_test_user(
            cls.env, "funnel_all_rep", "sales_team.group_sale_salesman_all_leads"
        )
        cls.manager = new_test_user(cls.env, "funnel_manager", "sales_team.group_sale_manager")
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Enforcers",
                "use_leads": True,
                "stage_rule_policy": ENFORCE,
                "member_ids": [Command.set([cls.rep.id, cls.all_rep.id, cls.manager.id])],
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "email": "info@acme.example.com"}
        )

    @classmethod
    def criterion(cls, name):
        """Return a criterion of the default framework by the end of its XML id."""
        return cls.env.ref(f"sales_funnel_stages.criterion_bant_{name}")

    @classmethod
    def answers(cls, *groups):
        """Return values for a lead from groups of answers; "today" becomes the date."""
        values = {}
        for group in groups:
            values.update(group)
        return {
            name: Date.context_today(cls.env.user) if value == "today" else value
            for name, value in values.items()
        }

    def make_custom_field(self, name, type_, **values):
        """Add a field to leads, as Studio does, for the time of a test."""
        self.addCleanup(self._forget_custom_fields)
        return self.env["ir.model.fields"].create(
            {
                "name": name,
                "field_description": name,
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "ttype": type_,
                **values,
            }
        )

    def _forget_custom_fields(self):
        self.env.cr.execute("DELETE FROM ir_model_fields WHERE state = 'manual'")
        self.env.invalidate_all()
        self.env.registry._setup_models__(self.env.cr)

    def assert_seen_as_leads_are(self, seen, own, all_, orphans):
        """Assert that people see of leads what they see of what is known of them.

        :param seen: called with a user, returns a set of what that one sees
        :param own: what the rep sees, and ``all_`` who sees all leads
        :param orphans: what of it belongs to no lead any more
        """
        self.assertEqual(seen(self.rep), own)
        self.assertEqual(seen(self.all_rep), all_)
        self.assertEqual(seen(self.manager), all_)
        outsider = new_test_user(self.env, "funnel_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            seen(outsider)
        self.env["ir.rule"].create(
            {
                "name": "Only what is hot",
                "model_id": self.env.ref("crm.model_crm_lead").id,
                "domain_force": "[('priority', '=', '3')]",
            }
        )
        self.assertEqual(seen(self.all_rep), orphans)

    @classmethod
    def make_team(cls, name, policy, **values):
        """Create another team, without members: nobody is in two teams."""
        return cls.env["crm.team"].create(
            {"name": name, "use_leads": True, "stage_rule_policy": policy, **values}
        )

    @classmethod
    def make_lead(cls, name="Some lead", user=None, **values):
        """Create a lead of the enforcing team, as OdooBot, whom no rule holds back.

        :return: the lead, as ``user`` (the rep by default) sees it
        """
        user = user or cls.rep
        lead = cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "lead",
                "user_id": user.id,
                "team_id": cls.team.id,
                **values,
            }
        )
        return lead.with_user(user)

    @classmethod
    def make_opportunity(cls, name="Some opportunity", stage=None, user=None, **values):
        """As ``make_lead``, for an opportunity in a stage (the first by default)."""
        return cls.make_lead(
            name,
            user,
            **{"type": "opportunity", "stage_id": (stage or cls.stage_new).id, **values},
        )


class LeadsInUseCommon(StageRuleCommon):
    """As above, where everybody works with leads, as the settings of CRM switch it on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user").implied_ids += cls.env.ref("crm.group_use_lead")

    @classmethod
    def stop_using_leads(cls):
        cls.env.ref("base.group_user").implied_ids -= cls.env.ref("crm.group_use_lead")


@made_up_history("some leads are written past Odoo")
class EdgeLeadsCommon(StageRuleCommon):
    """Leads on which a search and a look at the record may differ: empty, NULL, archived, …"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner_model = cls.env["res.partner"]
        cls.contact, cls.gone = partner_model.create(
            [
                {"name": "Ann", "parent_id": cls.customer.id, "color": 3},
                {"name": "Gone", "active": False},
            ]
        )
        partner_model.create(
            {"name": "Former", "parent_id": cls.customer.id, "active": False, "color": 7}
        )
        cls.tag_red, cls.tag_plain = cls.env["crm.tag"].create(
            [{"name": "Red", "color": 1}, {"name": "Plain", "color": 0}]
        )
        cls.team.lead_properties_definition = [
            {"name": "aaaa", "string": "Motto", "type": "char"},
            {"name": "bbbb", "string": "Signed", "type": "boolean"},
            {"name": "cccc", "string": "Seats", "type": "integer"},
            {"name": "dddd", "string": "Start", "type": "date"},
            {
                "name": "eeee",
                "string": "Size",
                "type": "selection",
                "selection": [["small", "Small"], ["large", "Large"]],
            },
            {"name": "ffff", "string": "Partner", "type": "many2one", "comodel": "res.partner"},
            {"name": "gggg", "string": "Labels", "type": "tags", "tags": [["hot", "Hot", 1]]},
        ]

    @classmethod
    def make_edge_leads(cls):
        """Create them; apart from the fixture, so that domains can be checked without them."""
        values_by_name = {
            **cls._edge_texts(),
            **cls._edge_relations(),
            **cls._edge_numbers_and_dates(),
            **cls._edge_answered(),
        }
        leads = cls.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "team_id": cls.team.id, **values}
                for name, values in values_by_name.items()
            ]
        )
        for name, is_active in (("Past", True), ("Today", False)):
            lead = leads.filtered(lambda lead, name=name: lead.name == name)
            activity = lead.activity_schedule(
                "mail.mail_activity_data_todo", user_id=cls.env.user.id
            )
            activity.active = is_active
        cls._empty_columns(leads.filtered(lambda lead: lead.name == "NULL"))
        return leads

    @classmethod
    def _edge_texts(cls):
        return {
            "Nothing": {"user_id": False, "team_id": False},
            "NULL": {},
            "Empty texts": {"need_summary": "", "partner_name": "", "incumbent_supplier": ""},
            "Blank texts": {"need_summary": " \n", "partner_name": " ", "email_from": "  "},
            "Line break\n": {"need_summary": "Buy more\n", "incumbent_supplier": "Oracle\n"},
            "ÉCOLE, straße 100% a_b": {"incumbent_supplier": "ÉCOLE"},
            "Web page": {"description": "<p>Hello <b>you</b></p>"},
            "Empty web page": {"description": "<p><br></p>"},
        }

    @classmethod
    def _edge_relations(cls):
        properties = {
            "aaaa": "Onwards",
            "bbbb": True,
            "cccc": 5,
            "dddd": "2030-01-01",
            "eeee": "small",
            "ffff": cls.customer.id,
            "gggg": ["hot"],
        }
        return {
            "Archived": {"active": False},
            "A lead": {"type": "lead"},
            "Other team": {"team_id": cls.make_team("Others", "off").id},
            "Properties": {"lead_properties": properties},
            "False properties": {"lead_properties": dict.fromkeys(properties, False)},
            "Empty properties": {
                "lead_properties": {"aaaa": "", "cccc": 0, "dddd": None, "eeee": "", "gggg": []}
            },
            "Person": {"partner_id": cls.contact.id, "contact_role": "buyer"},
            "Company": {"partner_id": cls.customer.id},
            "Archived partner": {"partner_id": cls.gone.id},
            "Red": {"tag_ids": [Command.set(cls.tag_red.ids)]},
            "Red and plain": {"tag_ids": [Command.set((cls.tag_red + cls.tag_plain).ids)]},
        }

    @classmethod
    def _edge_numbers_and_dates(cls):
        today = Date.context_today(cls.env.user)
        return {
            "Zero": {"budget_amount": 0, "expected_revenue": 0, "probability": 0},
            "Cents": {"budget_amount": 10.004, "expected_revenue": 10.005, "probability": 33.3333},
            "Much": {"budget_amount": 0.1 + 0.2, "expected_revenue": 1e9, "color": 11},
            "Less than nothing": {"budget_amount": -5, "expected_revenue": -1},
            "Past": {
                "purchase_date": today - timedelta(days=400),
                "first_contact_date": today - timedelta(days=1),
                "engagement_date": date(1, 1, 1),
            },
            "Today": dict.fromkeys(
                ["purchase_date", "first_contact_date", "engagement_date"], today
            ),
            "Future": {
                "purchase_date": today + timedelta(days=400),
                "first_contact_date": today + timedelta(days=1),
                "engagement_date": date(9999, 12, 31),
            },
            **{
                f"Month {month}": {"purchase_date": date(2026, month, 15)} for month in range(1, 13)
            },
            **{f"Day {day}": {"purchase_date": date(2026, 3, day)} for day in range(1, 8)},
        }

    @classmethod
    def _edge_answered(cls):
        buyer = {"contact_name": "Bo", "role": "buyer", "partner_id": cls.contact.id}
        return {
            "No need": {"need_level": "none", "priority": "2", "supplier_status": "in_place"},
            "Met": {
                **cls.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS, PROPOSITION_ANSWERS, WON_ANSWERS),
                "partner_id": cls.customer.id,
                "need_summary": "Their tool is switched off",
                "stakeholder_ids": [
                    Command.create(
                        {"contact_name": "Di", "role": "buyer", "relationship": "champion"}
                    )
                ],
                "qualification_answer_ids": [
                    Command.create({"criterion_id": id_, "answer": "yes"})
                    for id_ in cls.env["crm.qualification.criterion"]._get_answered_ids()
                ],
            },
            "Key contact": {
                "stakeholder_ids": [
                    Command.create({**buyer, "is_key_contact": True, "relationship": "engaged"}),
                    Command.create({"contact_name": "Cy"}),
                ]
            },
            "Stranger": {"stakeholder_ids": [Command.create({**buyer, "partner_id": cls.gone.id})]},
        }

    @classmethod
    def _empty_columns(cls, lead):
        """Let a lead be as one that is older than all of its columns: they are NULL."""
        columns = [
            name
            for name, field in lead._fields.items()
            if field.store and field.column_type and not field.required and not field.compute
            if not field.company_dependent and name not in ("id", "create_date", "write_date")
        ]
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET %s WHERE id = %s",
                SQL(", ").join(SQL("%s = NULL", SQL.identifier(name)) for name in columns),
                lead.id,
            )
        )
        cls.env.invalidate_all()
