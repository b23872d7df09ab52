import random
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from lxml import html

from odoo.tests import new_test_user, tagged
from odoo.tools import convert_file

from ...tools.rulebook import GUIDE, OFF
from ..support.common import CONVERT_ANSWERS, LeadsInUseCommon
from ..support.guard import let_history_change

KPIS = ("kpi_crm_leads_qualified", "kpi_crm_conversion_rate", "kpi_crm_overrides")
DIGEST_DATA = "data/digest_data.xml"
OPPORTUNITY = {"type": "opportunity"}


class DigestCommon(LeadsInUseCommon):
    """A digest that has our figures and no others, and leads that are converted or lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a digest tells what happened before the second in which it is made
        cls.env.cr._now = cls.env.cr.now() - timedelta(seconds=2)
        cls.digest = cls.env["digest.digest"].create(
            {
                "name": "Sales",
                "kpi_res_users_connected": False,
                "kpi_mail_message_total": False,
                **dict.fromkeys(KPIS, True),
            }
        )
        # a lead without a company is nobody's in any of Odoo's digests
        cls.team.company_id = cls.env.company

    def setUp(self):
        super().setUp()
        let_history_change(self.env)
        self.env.cr.execute("DELETE FROM crm_stage_transition")

    def kpis(self, user=None, company=None):
        """Return ``{name: {subtitle: column}}`` as a user's e-mail shows them."""
        user = (user or self.manager).with_env(self.env)
        found = self.digest._compute_kpis(company or self.env.company, user)
        return {kpi["kpi_name"]: [kpi[f"kpi_col{number}"] for number in (1, 2, 3)] for kpi in found}

    def assert_day(self, *expected, user=None, company=None):
        """Assert the values of the last 24 hours: qualified, rate, overrides."""
        kpis = self.kpis(user, company)
        self.assertEqual([kpis[name][0]["value"] for name in KPIS], list(expected))

    def convert(self, lead, reason=None):
        values = {"type": "opportunity", "stage_id": self.stage_new.id}
        if reason:
            lead.move_with_reason(values, reason)
        else:
            lead.write(values)

    def happened(self, lead, ago):
        """Let what last happened to a lead have happened some time ago."""
        self.env.flush_all()
        let_history_change(self.env)
        self.env.cr.execute(
            "UPDATE crm_stage_transition SET date = %s WHERE id = %s",
            [self.env.cr.now() - ago, self.rows(lead)[-1:].id],
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestDigestKpis(DigestCommon):
    def make_ready(self, user=None, **values):
        return self.make_lead("Ready", user, **self.answers(CONVERT_ANSWERS), **values)

    def test_nothing_has_happened(self):
        self.make_lead()
        self.assert_day(0, "0%", 0)

    def test_leads_qualified(self):
        self.convert(self.make_ready())
        self.assert_day(1, "100%", 0)
        # born as an opportunity, which was no lead
        self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        self.assert_day(1, "100%", 0)

    def test_what_is_not_qualified(self):
        guided, off = self.make_team("Guided", GUIDE), self.make_team("Off", OFF)
        (guided + off).company_id = self.env.company
        self.convert(self.make_lead(team_id=guided.id, user_id=False))
        self.convert(self.make_ready(team_id=off.id, user_id=False))
        self.convert(self.make_lead(user=self.manager), reason="They sign on paper")
        self.convert(self.make_lead().sudo().with_user(self.env.ref("base.user_root")))
        found = self.env["crm.stage.transition"].search(
            [("from_type", "=", "lead"), ("to_type", "=", "opportunity")], order="id"
        )
        self.assertEqual(found.mapped("verdict"), ["guided", "passed", "overridden", "exempt"])
        self.assert_day(0, "100%", 1)
        # but with nothing missing a guided one is
        self.convert(self.make_ready(team_id=guided.id, user_id=False))
        self.assert_day(1, "100%", 1)

    def test_conversion_rate(self):
        for lead in [self.make_lead() for _number in range(5)]:
            lead.action_set_lost()
        self.convert(self.make_ready())
        # undecided ones, and what happens to opportunities, count for nothing
        self.make_lead()
        self.make_opportunity().action_set_lost()
        self.assert_day(1, "16.7%", 0)
        self.assertEqual(self.french_rate(), "16,7 %")

    def french_rate(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        digest = self.digest.with_context(lang="fr_FR")
        # whatever spaces French puts there
        return " ".join(digest._format_rate(100 / 6).split())

    def test_overrides_and_approvals(self):
        opportunity = self.make_opportunity(user=self.rep)
        opportunity.with_user(self.manager).move_with_reason(
            {"stage_id": self.stage_qualified.id}, "They sign on paper"
        )
        asked = self.make_opportunity("Asked", user=self.rep)
        request_id = asked.action_request_stage_approval(
            {"stage_id": self.stage_qualified.id, "reason": "They insist"}
        )
        request = self.env["crm.stage.request"].browse(request_id)
        request.with_user(self.manager).action_approve()
        self.assertEqual(
            [self.rows(lead)[-1:].verdict for lead in (opportunity, asked)],
            ["overridden", "approved"],
        )
        self.assert_day(0, "0%", 2)

    def test_three_time_frames(self):
        """Day, week and month, each against the one before."""
        chance = random.Random(6)
        happenings = []
        for number in range(90):
            lead = self.make_ready() if number % 2 else self.make_lead(user=self.manager)
            kind = chance.choice(["converted", "lost"])
            if kind == "lost":
                lead.action_set_lost()
            else:
                self.convert(lead, reason=None if number % 2 else "They sign on paper")
            # the first days are well filled
            ago = timedelta(hours=chance.choice([40, 300, 1500]) * chance.random() + 0.5)
            self.happened(lead, ago)
            happenings.append((kind, number % 2, ago))
        kpis = self.kpis()
        now = self.env.cr.now()
        for column, frame in enumerate(
            [relativedelta(days=1), relativedelta(weeks=1), relativedelta(months=1)]
        ):
            first, second = now - (now - frame), now - (now - frame - frame)
            current = [each for each in happenings if each[2] < first]
            before = [each for each in happenings if first <= each[2] < second]
            self.assertTrue(current and before, "a test in which too little happens")
            self.assert_frame({name: kpis[name][column] for name in KPIS}, current, before)

    def assert_frame(self, shown, current, before):
        """Assert what is shown of a time, and how it differs from the one before.

        :param shown: ``{name of a KPI: its value and margin}``
        """
        for name, reckon in zip(
            KPIS, (self.reckon_qualified, self.reckon_rate, self.reckon_overrides), strict=True
        ):
            value, previous = reckon(current), reckon(before)
            if name == "kpi_crm_conversion_rate":
                self.assertAlmostEqual(float(shown[name]["value"].rstrip("%")), value, delta=0.06)
            else:
                self.assertEqual(shown[name]["value"], value)
            margin = 100 * (value - previous) / previous if value and previous else 0
            self.assertAlmostEqual(shown[name]["margin"], margin, delta=0.01)

    def reckon_qualified(self, happenings):
        return sum(kind == "converted" and met for kind, met, _ago in happenings)

    def reckon_rate(self, happenings):
        converted = sum(kind == "converted" for kind, _met, _ago in happenings)
        return 100 * converted / len(happenings)

    def reckon_overrides(self, happenings):
        return sum(kind == "converted" and not met for kind, met, _ago in happenings)

    def test_by_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        self.convert(self.make_ready())
        lead = self.make_ready(team_id=False, user_id=False, company_id=company.id).sudo()
        lead.action_set_lost()
        self.assertEqual(lead.company_id, company)
        self.assert_day(1, "100%", 0)
        self.digest.company_id = company
        self.assert_day(0, "0%", 0, company=company)

    def test_each_sees_their_own(self):
        """As crm's own figures do: those of the leads that they may read."""
        self.convert(self.make_ready(self.rep))
        self.convert(self.make_ready(self.manager))
        self.make_lead(user=self.manager).action_set_lost()
        self.assert_day(1, "100%", 0, user=self.rep)
        self.assert_day(2, "66.7%", 0, user=self.all_rep)

    def test_not_for_others(self):
        stranger = new_test_user(self.env, "funnel_stranger", "base.group_user")
        self.assertFalse(self.kpis(stranger))

    def test_the_e_mail(self):
        self.convert(self.make_ready())
        self.convert(self.make_lead(user=self.manager), reason="They sign on paper")
        self.make_lead().action_set_lost()
        before = self.env["mail.mail"].search([])
        self.digest._action_send_to_user(self.manager, tips_count=0)
        mail = self.env["mail.mail"].search([]) - before
        body = html.fromstring(mail.body_html)
        shown, links = {}, {}
        for name in KPIS:
            [table] = body.xpath(f"//table[@data-field='{name}']")
            title = table.xpath(".//tr[1]//span")[0].text
            values = table.xpath(".//*[contains(@class, 'kpi_value ')]")
            shown[title] = [value.text for value in values]
            [links[name]] = table.xpath(".//a/@href")
        for name, action in zip(
            KPIS, ("funnel_dashboard", "funnel_dashboard", "stage_transition"), strict=True
        ):
            self.assertIn(f"/odoo/action-sales_funnel_stages.crm_{action}_action", links[name])
        self.assertEqual(
            shown,
            {
                "Leads Qualified": ["1"] * 3,
                "Lead Conversion Rate": ["66.7%"] * 3,
                "Stage Rules Overridden": ["1"] * 3,
            },
        )

    def test_form(self):
        view = self.env["digest.digest"].with_user(self.env.ref("base.user_admin")).get_view()
        arch = html.fromstring(view["arch"])
        names = arch.xpath("//group[@name='kpi_crm']//field/@name")
        self.assertEqual(set(KPIS) - set(names), set())


@tagged("post_install", "-at_install")
class TestDefaultDigest(DigestCommon):
    """What installation and updates do to the digest that every company has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.default = cls.env.ref("digest.digest_digest_default")
        cls.default.write(dict.fromkeys(KPIS, False))

    def load(self, mode):
        module = "sales_funnel_stages"
        convert_file(self.env, module, DIGEST_DATA, {}, mode, noupdate=True)
        return [self.default[name] for name in KPIS]

    def test_installed_where_crm_has_its_own(self):
        self.default.write({"kpi_crm_lead_created": True, "kpi_crm_opportunities_won": True})
        self.assertEqual(self.load("init"), [True] * 3)

    def test_installed_where_crm_was_switched_off(self):
        self.default.write({"kpi_crm_lead_created": False, "kpi_crm_opportunities_won": False})
        self.assertEqual(self.load("init"), [False] * 3)

    def test_updated(self):
        self.default.write({"kpi_crm_lead_created": True, "kpi_crm_opportunities_won": True})
        self.assertEqual(self.load("update"), [False] * 3)

    def test_deleted(self):
        self.default.unlink()
        for mode in ("init", "update"):
            convert_file(self.env, "sales_funnel_stages", DIGEST_DATA, {}, mode, noupdate=True)
        self.assertFalse(self.env.ref("digest.digest_digest_default", raise_if_not_found=False))
