import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { Component, onWillStart, useState } from "@odoo/owl";

const MODEL = "crm.stage.rule.onboarding";

/** The first steps of a sales manager with the stage rules, until they close them for good. */
export class StageRuleOnboarding extends Component {
    static template = "sales_funnel_stages.StageRuleOnboarding";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ steps: [] });
        onWillStart(() => {
            // the pipeline does not wait for it
            this.load();
        });
    }

    getLabel(step) {
        return step.is_done ? _t("Done") : _t("To do");
    }

    async load() {
        this.state.steps = await this.orm.call(MODEL, "get_steps", []);
    }

    async openStep(step) {
        this.action.doAction(await this.orm.call(MODEL, "action_open_step", [step.name]));
    }

    async close() {
        await this.orm.call(MODEL, "action_close", []);
        session.has_stage_rule_onboarding = false;
        this.state.steps = [];
    }
}
