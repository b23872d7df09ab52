import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { StageRuleImpact } from "./stage_rule_impact";
import { onWillDestroy, useState } from "@odoo/owl";

const REQUIRED = "required";
// who fills in a matrix clicks more than once
const DELAY = 400;

/** The impact of a framework, which follows its matrix while that is edited, before it is saved. */
export class EditedRulesImpact extends StageRuleImpact {
    static template = "sales_funnel_stages.EditedRulesImpact";

    setup() {
        super.setup();
        this.state = useState({ edited: false, isCounting: false });
        this.keepLast = new KeepLast();
        this.count = useDebounced(this.loadEdited.bind(this), DELAY);
        onWillDestroy(() => this.count.cancel());
        useRecordObserver((record) => {
            this.follow(record);
        });
    }

    get impact() {
        return this.state.edited || super.impact;
    }

    /** Whether a criterion is required that does not exist yet: which leads meet it, nobody knows. */
    get hasNewCriteria() {
        return this.props.record.data.criterion_ids.records.some(
            ({ resId, data }) => !resId && Object.values(data.new_tiers || {}).includes(REQUIRED)
        );
    }

    follow(record) {
        const rules = record.data.rule_ids.records
            .filter(({ data }) => data.tier === REQUIRED && data.criterion_id)
            .map(({ data }) => [data.criterion_id.id, data.stage_id.id || 0]);
        const key = JSON.stringify(rules.sort());
        if (!record.dirty) {
            this.savedKey = key;
        }
        if (key === this.key) {
            return;
        }
        this.key = key;
        if (key === this.savedKey || !record.resId) {
            this.count.cancel();
            this.keepLast.add(Promise.resolve());
            Object.assign(this.state, { edited: false, isCounting: false });
        } else {
            this.state.isCounting = true;
            this.count(record, rules);
        }
    }

    async loadEdited(record, rules) {
        const edited = await this.keepLast.add(
            this.orm.silent.call(record.resModel, "get_impact_of_rules", [[record.resId], rules])
        );
        Object.assign(this.state, { edited, isCounting: false });
    }
}

registry.category("fields").add("edited_rules_impact", {
    component: EditedRulesImpact,
    displayName: _t("Impact of Stage Rules While They Are Edited"),
    supportedTypes: ["json"],
});
