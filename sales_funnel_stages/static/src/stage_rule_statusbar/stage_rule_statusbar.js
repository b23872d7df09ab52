import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { Tooltip } from "@web/core/tooltip/tooltip";
import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { getStageHint } from "../qualification_checklist/qualification_gates";

/** Odoo's status bar of a lead, in which a stage that is not reachable yet says why. */
export class StageRuleStatusBarField extends RottingStatusBarDurationField {
    static template = "sales_funnel_stages.StageRuleStatusBarField";

    setup() {
        super.setup();
        // Odoo's own tooltips open for a mouse only
        this.hint = usePopover(Tooltip, { position: "bottom" });
    }

    getAllItems() {
        const checklist = this.props.record.data.qualification_checklist;
        return super
            .getAllItems()
            .map((item) => ({ ...item, hint: getStageHint(checklist, item.value) }));
    }

    /** @param {FocusEvent} ev */
    onFocus(ev, item) {
        if (item.hint && ev.target.matches(":focus-visible")) {
            this.hint.open(ev.target, { tooltip: item.hint });
        }
    }
}

export const stageRuleStatusBarField = {
    ...rottingStatusBarDurationField,
    component: StageRuleStatusBarField,
    // it looks like the one that it extends
    additionalClasses: ["o_field_rotting_statusbar_duration"],
    fieldDependencies: [
        ...rottingStatusBarDurationField.fieldDependencies,
        { name: "qualification_checklist", type: "json" },
    ],
};

registry.category("fields").add("stage_rule_statusbar", stageRuleStatusBarField);
