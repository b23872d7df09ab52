"""Names that several packages go by: groups, context keys, parameters. Imports nothing."""

SALESPERSON_GROUP = "sales_team.group_sale_salesman"
MANAGER_GROUP = "sales_team.group_sale_manager"
OVERRIDE_GROUP = "sales_funnel_stages.group_stage_rule_override"

APPROVAL_ACTIVITY_TYPE = "sales_funnel_stages.mail_activity_type_stage_approval"

# how many leads are converted right away, where the settings do not say
BATCH_LIMIT_PARAMETER = "sales_funnel_stages.conversion_batch_limit"
DEFAULT_BATCH_LIMIT = 200

# what decides which rules a lead is under, and which gate it stands before
PLACE_FIELDS = ("type", "stage_id", "team_id", "company_id")
# what moves a lead, or makes Odoo move it: each such change is recorded
RECORDED_FIELDS = {"type", "stage_id", "team_id", "user_id", "active", "probability"}
# what a write must touch to be refused. A change of team or salesperson alone never is, nor
# is archiving or restoring; a probability wins what stands in a stage that became a won one
MOVING_FIELDS = {"type", "stage_id", "probability"}
