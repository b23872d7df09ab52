import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/**
 * What the next step asks for, criterion by criterion: met, missing or recommended,
 * with the guidance of what is not met yet. It follows the record as it is edited.
 */
export class QualificationChecklist extends Component {
    static template = "sales_funnel_stages.QualificationChecklist";
    static props = { ...standardFieldProps };

    get checklist() {
        return this.props.record.data[this.props.name] || { lines: [], met: 0, total: 0 };
    }

    get title() {
        return this.checklist.stage
            ? _t("To enter %s", this.checklist.stage)
            : _t("To become an opportunity");
    }

    get lines() {
        return this.checklist.lines.map((line) => ({ ...line, ...this.getState(line) }));
    }

    /**
     * @param {{is_met: boolean, tier: string}} line
     * @returns {{icon: string, label: string}} the icon's classes, and what it says
     */
    getState({ is_met, tier }) {
        if (is_met) {
            return { icon: "fa-check-circle text-success", label: _t("Met") };
        }
        if (tier === "required") {
            return { icon: "fa-circle-o text-danger", label: _t("Missing") };
        }
        return { icon: "fa-circle-o text-muted", label: _t("Recommended") };
    }
}

export const qualificationChecklist = {
    component: QualificationChecklist,
    displayName: _t("Qualification Checklist"),
    supportedTypes: ["json"],
};

registry.category("fields").add("qualification_checklist", qualificationChecklist);
