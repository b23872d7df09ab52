"""The worlds that take long to make: with many addons, or with many leads."""

from ..postgres import debian_postgres
from .community import community_addons
from .custom import custom_addons
from .world import World

COMMERCIAL = World(
    "commercial",
    "what a company sells, answers and invites with",
    modules=(
        *("account", "crm_iap_enrich", "crm_iap_mine", "crm_livechat", "crm_mail_plugin"),
        *("crm_sms", "event_crm", "hr", "mass_mailing_crm", "project", "sale_crm", "survey_crm"),
        *("website_crm", "website_crm_iap_reveal", "website_crm_partner_assign"),
    ),
    is_long=True,
)
COMMUNITY = World(
    "community",
    "OCA's addons that a company with a CRM has",
    modules=(
        *("auditlog", "base_tier_validation", "mail_tracking", "partner_firstname", "queue_job"),
        *("crm_claim_code", "crm_event", "crm_industry", "crm_lead_code", "crm_lead_currency"),
        *("crm_lead_to_task", "crm_lead_vat", "crm_location", "crm_lost_reason_required"),
        *("crm_partner_assign", "crm_partner_company_group"),
        *("crm_phonecall_summary_predefined", "crm_project_create", "crm_project_task"),
        *("crm_stage_probability", "crm_timesheet", "crm_won_restrict_per_stage"),
        "tracking_manager",
    ),
    addons=community_addons,
    build="from dev.worlds.watching import watch\nwatch(env)",
    is_long=True,
)
USED = World(
    "used",
    "10,000 leads of two years, and Debian's PostgreSQL as it is shipped",
    postgres=debian_postgres,
    build="from dev.worlds.used import use\nuse(env, 10_000)",
    is_long=True,
)
PAST = World(
    "past",
    "leads and deals of years ago, imported with their dates before and after the addon",
    build='from dev.worlds.past import import_past\nimport_past(env, "Old", 20)',
    set_up='from dev.worlds.past import import_past\nimport_past(env, "New", 20)',
    is_long=True,
)
CUSTOM = World(
    "custom",
    "an addon of the customer's that extends what may be extended",
    modules=("sales_funnel_stages_custom",),
    addons=custom_addons,
    is_long=True,
)

LARGE = (COMMERCIAL, COMMUNITY, USED, PAST, CUSTOM)
