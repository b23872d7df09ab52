/** The name under which the server sends a move that the stage rules refuse. */
export const STAGE_RULE_ERROR = "odoo.addons.sales_funnel_stages.exceptions.StageRuleError";
