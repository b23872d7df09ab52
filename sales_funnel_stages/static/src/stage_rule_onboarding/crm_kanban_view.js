import { crmKanbanView } from "@crm/views/crm_kanban/crm_kanban_view";
import { session } from "@web/session";
import { StageRuleOnboarding } from "./stage_rule_onboarding";

/** The pipeline, with the first steps above it where there are any. */
crmKanbanView.Controller = class extends crmKanbanView.Controller {
    static template = "sales_funnel_stages.CrmKanbanView";
    static components = { ...super.components, StageRuleOnboarding };

    get hasOnboarding() {
        return (
            session.has_stage_rule_onboarding &&
            this.props.context.default_type !== "lead" &&
            !this.env.inDialog
        );
    }
};
