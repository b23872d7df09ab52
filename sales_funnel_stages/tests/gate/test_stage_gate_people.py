from odoo import SUPERUSER_ID
from odoo.fields import Date
from odoo.tests import new_test_user, tagged
from odoo.tools import email_normalize

from ..support.case import StageRuleAssertions
from ..support.common import CONVERT_ANSWERS, CONVERT_UNMET, QUALIFIED_UNMET, StageRuleCommon


@tagged("post_install", "-at_install")
class TestStageGatePeople(StageRuleCommon, StageRuleAssertions):
    """Who can be refused, and that nothing a client says changes a verdict."""

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_every_internal_user_is_gated(self):
        for user in (self.rep, self.all_rep, self.manager, self.env.ref("base.user_admin")):
            for sudo in (False, True):
                with self.subTest(user=user.login, sudo=sudo):
                    lead = self.make_lead(user=user).sudo(sudo)
                    with self.assert_refused(lead, unmet=CONVERT_UNMET):
                        lead.convert_opportunity(False)

    def test_somebody_elses_lead(self):
        """Who acts counts, not whose lead it is."""
        lead = self.make_lead(user=self.rep).with_user(self.manager)
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            lead.convert_opportunity(False)

    def test_odoobot_portal_and_visitors_are_exempt(self):
        portal = new_test_user(self.env, "funnel_portal", "base.group_portal")
        for user in (
            self.env["res.users"].browse(SUPERUSER_ID),
            portal,
            self.env.ref("base.public_user"),
        ):
            with self.subTest(user=user.login):
                lead = self.make_lead().with_user(user).sudo()
                lead.convert_opportunity(False)
                self.assert_moved(lead, self.stage_new)
                created = lead.create(
                    {"name": "From outside", "type": "opportunity", "team_id": self.team.id}
                )
                self.assert_moved(created, self.stage_new)

    def test_without_access_to_the_configuration(self):
        """A deal moves by its rules whatever its mover may read."""
        mover = new_test_user(self.env, "funnel_mover", "base.group_user")
        lead = self.make_lead().with_user(mover).sudo()
        with self.assert_refused(lead, unmet=CONVERT_UNMET):
            lead.write({"type": "opportunity"})

    # ------------------------------------------------------------------
    # What a client says
    # ------------------------------------------------------------------

    def test_no_context_key_opens_the_gate(self):
        for context in [
            {"tracking_disable": True},
            {"mail_notrack": True, "mail_create_nolog": True, "mail_create_nosubscribe": True},
            {"install_mode": True, "module": "sales_funnel_stages"},
            {"import_file": True, "import_compat": True},
            {"from_ui": True, "default_type": "opportunity", "default_stage_id": self.stage_new.id},
            {"default_team_id": False, "default_probability": 100, "default_is_qualified": True},
            {"active_test": False, "bin_size": True, "prefetch_fields": False},
            {"tz": "Nowhere/Nothing"},
            {"uid": SUPERUSER_ID, "su": True, "sudo": True, "no_gate": True},
            {"sales_funnel_stages.ImportReport": {"is_lenient": True}},
            {"sales_funnel_stages.ImportReport": "lenient"},
            {"stage_rule_override_reason": "Because I say so"},
        ]:
            with self.subTest(context=context):
                lead = self.make_lead().with_context(**context)
                with self.assert_refused(lead, unmet=CONVERT_UNMET):
                    lead.convert_opportunity(False)
                opportunity = self.make_opportunity().with_context(**context)
                with self.assert_refused(opportunity, unmet=QUALIFIED_UNMET):
                    opportunity.write({"stage_id": self.stage_qualified.id})
                with self.assert_creation_refused("Made by a client", unmet=CONVERT_UNMET):
                    opportunity.create(
                        {
                            "name": "Made by a client",
                            "type": "opportunity",
                            "team_id": self.team.id,
                            "stage_id": self.stage_new.id,
                            "probability": 10,
                        }
                    )

    def test_defaults_in_the_context_are_judged(self):
        """What a client puts in the defaults is what the record is."""
        with self.assert_creation_refused("By default", unmet=QUALIFIED_UNMET):
            self.env["crm.lead"].with_user(self.rep).with_context(
                default_type="opportunity",
                default_team_id=self.team.id,
                default_stage_id=self.stage_qualified.id,
            ).create({"name": "By default"})

    def test_no_context_key_changes_a_verdict(self):
        """The time zone of a client does not turn the day, its language not the names."""
        self.env["res.lang"]._activate_lang("fr_FR")
        calendar = self.env.company.resource_calendar_id
        calendar.tz = "UTC"
        for context in [
            {"tz": "Pacific/Kiritimati"},
            {"tz": "Pacific/Pago_Pago"},
            {"lang": "fr_FR"},
            {"allowed_company_ids": []},
            {"active_test": False},
        ]:
            with self.subTest(context=context):
                lead = self.make_lead(
                    **self.answers(CONVERT_ANSWERS),
                    first_contact_date=Date.today(),
                ).with_context(**context)
                lead.convert_opportunity(False)
                self.assert_moved(lead, self.stage_new)

    def test_the_day_turns_in_the_companys_time_zone(self):
        """A date that is today for a client far east is tomorrow for the company.

        The shipped criteria allow for that, and those of its own do not.
        """
        self.criterion("contact").domain = "[('first_contact_date', '<=', 'today')]"
        self.env["crm.stage.rule"].create(
            {
                "framework_id": self.framework.id,
                "criterion_id": self.criterion("contact").id,
                "tier": "required",
                "stage_id": self.stage_qualified.id,
            }
        )
        self.env.company.resource_calendar_id.tz = "Pacific/Pago_Pago"
        tomorrow = Date.add(
            Date.context_today(self.env.user.with_context(tz="Pacific/Pago_Pago")), days=1
        )
        lead = self.make_opportunity(
            **self.answers(CONVERT_ANSWERS),
            requirement_summary="Forty seats",
            contact_role="buyer",
            first_contact_date=tomorrow,
            engagement_date="2026-01-01",
        ).with_context(tz="Pacific/Kiritimati")
        with self.assert_refused(lead, unmet=["contact"]):
            lead.stage_id = self.stage_qualified

    # ------------------------------------------------------------------
    # The mail gateway
    # ------------------------------------------------------------------

    def receive(self, author):
        """Let an e-mail come in at the team's address."""
        self.env["mail.alias.domain"].search([]).unlink()
        domain = self.env["mail.alias.domain"].create({"name": "funnel.example.com"})
        self.env.company.alias_domain_id = domain
        self.team.write({"alias_name": "sales-funnel", "alias_domain_id": domain.id})
        self.team.alias_id.alias_defaults = str(
            {
                "type": "opportunity",
                "team_id": self.team.id,
                "stage_id": self.stage_qualified.id,
            }
        )
        lead_id = self.env["mail.thread"].message_process(
            "crm.lead",
            f"""From: {author}
To: sales-funnel@funnel.example.com
Subject: Forty seats, please
Message-Id: <{email_normalize(author)}.funnel>
Content-Type: text/plain

How much would it be?
""",
        )
        return self.env["crm.lead"].browse(lead_id)

    def test_a_customers_email(self):
        opportunity = self.receive("Ada <ada@acme.example.com>")
        self.assert_moved(opportunity, self.stage_qualified)

    def test_a_colleagues_email_is_not_lost(self):
        """What may not be an opportunity yet comes in as a lead."""
        self.rep.email = "funnel.rep@house.example.com"
        lead = self.receive(self.rep.email_formatted)
        self.assertEqual(lead.name, "Forty seats, please")
        self.assert_moved(lead, self.stage_new, type_="lead")
        self.assertIn("How much would it be?", "".join(lead.message_ids.mapped("body")))
