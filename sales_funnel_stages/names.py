"""Names that several packages go by: groups, context keys, parameters. Imports nothing."""

SALESPERSON_GROUP = "sales_team.group_sale_salesman"
MANAGER_GROUP = "sales_team.group_sale_manager"
OVERRIDE_GROUP = "sales_funnel_stages.group_stage_rule_override"
IMPORT_PAST_GROUP = "sales_funnel_stages.group_import_past"

APPROVAL_ACTIVITY_TYPE = "sales_funnel_stages.mail_activity_type_stage_approval"

# how many leads are converted right away, where the settings do not say
BATCH_LIMIT_PARAMETER = "sales_funnel_stages.conversion_batch_limit"
DEFAULT_BATCH_LIMIT = 200

# where seals of the history are sent
SEAL_ADDRESS_PARAMETER = "sales_funnel_stages.seal_address"

# what decides which rules a lead is under, and which gate it stands before
PLACE_FIELDS = ("type", "stage_id", "team_id", "company_id")
# what decides whether a lead is won, lost or open, or makes Odoo decide it
STATUS_FIELDS = {"type", "stage_id", "team_id", "user_id", "active", "probability"}
# what says in whose hands a lead is
HAND_FIELDS = {"team_id", "user_id", "company_id"}
# what moves a lead, or makes Odoo move it: each such change is recorded. Odoo takes the company
# from the customer, too
RECORDED_FIELDS = STATUS_FIELDS | HAND_FIELDS | {"partner_id"}
# what a write must touch to be refused. A change of hands alone is only where a company says so,
# archiving or restoring never; a probability wins what stands in a stage that became a won one
MOVING_FIELDS = {"type", "stage_id", "probability"}
# what loses a lead
LOSING_FIELDS = {"active", "probability"}
