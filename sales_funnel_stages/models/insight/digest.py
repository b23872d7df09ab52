from babel.numbers import format_percent

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse

from ...names import MANAGER_GROUP, SALESPERSON_GROUP
from ...tools.transition import BECAME_LOST
from ...tools.verdict import APPROVED, OVERRIDDEN, PASSED
from ..ledger.counted import COUNTED, MOVE

CONVERTED = Domain("from_type", "=", "lead") & Domain("to_type", "=", "opportunity") & COUNTED
# with every criterion met that was required: a receipt says what was asked, if anything was
QUALIFIED = CONVERTED & Domain("verdict", "=", PASSED) & Domain("receipt", "!=", False)
LOST_AS_LEAD = (
    Domain("from_type", "=", "lead")
    & Domain("to_type", "=", "lead")
    & Domain("direction", "=", BECAME_LOST)
    & COUNTED
)
BY_PERMISSION = Domain("verdict", "in", [OVERRIDDEN, APPROVED]) & Domain("kind", "=", MOVE)

RATE = "kpi_crm_conversion_rate"
COLUMNS = ("kpi_col1", "kpi_col2", "kpi_col3")


class DigestDigest(models.Model):
    """What the ledger adds to Odoo's periodic e-mail, each recipient seeing their own leads."""

    _inherit = "digest.digest"

    kpi_crm_leads_qualified = fields.Boolean("Leads Qualified")
    kpi_crm_leads_qualified_value = fields.Integer(compute="_compute_kpi_crm_leads_qualified_value")
    kpi_crm_conversion_rate = fields.Boolean("Lead Conversion Rate")
    kpi_crm_conversion_rate_value = fields.Float(compute="_compute_kpi_crm_conversion_rate_value")
    kpi_crm_overrides = fields.Boolean("Stage Rules Overridden")
    kpi_crm_overrides_value = fields.Integer(compute="_compute_kpi_crm_overrides_value")
    kpi_crm_history_problems = fields.Boolean("Problems in the Stage History")
    kpi_crm_history_problems_value = fields.Integer(
        string="Problems", compute="_compute_kpi_crm_history_problems_value"
    )

    def _compute_kpi_crm_leads_qualified_value(self):
        self._count_transitions("kpi_crm_leads_qualified_value", QUALIFIED)

    def _compute_kpi_crm_overrides_value(self):
        self._count_transitions("kpi_crm_overrides_value", BY_PERMISSION)

    def _compute_kpi_crm_history_problems_value(self):
        """How many problems the verifications of the period have found, in all companies."""
        if not self.env.user.has_group(MANAGER_GROUP):
            # as below
            raise AccessError(self.env._("Whoever administers sales may verify the history."))
        start, end, _companies = self._get_kpi_compute_parameters()
        # sudo: whoever may verify the history may know what was found
        alarms = self.env["crm.stage.alarm"].sudo()
        found = alarms.search([("date", ">=", start), ("date", "<", end)])
        self.kpi_crm_history_problems_value = sum(found.mapped("problem_count"))

    def _compute_kpi_crm_conversion_rate_value(self):
        name = "kpi_crm_conversion_rate_value"
        self._count_transitions(name, CONVERTED)
        converted = {digest: digest[name] for digest in self}
        self._count_transitions(name, CONVERTED | LOST_AS_LEAD)
        for digest in self:
            decided = digest[name]
            digest[name] = 100 * converted[digest] / decided if decided else 0

    def _count_transitions(self, name, domain):
        """Put into a field how many steps of a kind were taken in the period, by company."""
        if not self.env.user.has_group(SALESPERSON_GROUP):
            # by which the digest leaves the figure out of this recipient's e-mail
            raise AccessError(self.env._("The history of stages is for salespeople."))
        self._calculate_company_based_kpi(
            "crm.stage.transition", name, date_field="date", additional_domain=domain
        )

    def _compute_kpis(self, company, user):
        kpis = super()._compute_kpis(company, user)
        for kpi in kpis:
            if kpi["kpi_name"] == RATE:
                for column in COLUMNS:
                    # a number as text, as Odoo formats any other
                    kpi[column]["value"] = self._format_rate(float(kpi[column]["value"]))
        return kpis

    def _format_rate(self, percentage):
        """Return it as the language writes it, to a tenth: 12.5 is "12.5%" or "12,5 %"."""
        return format_percent(
            round(percentage / 100, 3),
            locale=babel_locale_parse(self.env.lang),
            decimal_quantization=False,
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu_id = self.env.ref("crm.crm_menu_root").id
        dashboard, history = (
            f"sales_funnel_stages.{name}?menu_id={menu_id}"
            for name in ("crm_funnel_dashboard_action", "crm_stage_transition_action")
        )
        actions.update(
            {
                "kpi_crm_leads_qualified": dashboard,
                RATE: dashboard,
                # who did it, and why
                "kpi_crm_overrides": history,
                "kpi_crm_history_problems": history,
            }
        )
        return actions
