"""Names that several packages go by: groups, context keys, parameters. Imports nothing."""

SALESPERSON_GROUP = "sales_team.group_sale_salesman"
MANAGER_GROUP = "sales_team.group_sale_manager"
OVERRIDE_GROUP = "sales_funnel_stages.group_stage_rule_override"

# context keys with which a client passes the reason to override, and by when it is made good
OVERRIDE_KEY = "stage_rule_override_reason"
MAKE_GOOD_KEY = "stage_rule_override_make_good_date"
# marks what somebody who can be refused does in the name of others; whoever sends it over
# RPC can be refused, too
GATED_KEY = "stage_rule_is_gated"

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
