import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

class MissingPopover extends Component {
    static template = "sales_funnel_stages.MissingPopover";
    static props = { names: Array, close: Function };
}

/** How much of what the next step requires is met, "3 of 4"; what is missing on hover and focus. */
export class GateProgressField extends Component {
    static template = "sales_funnel_stages.GateProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.popover = usePopover(MissingPopover, {
            // it covers no card on the way of the pointer
            popoverClass: "pe-none",
            position: "top",
        });
    }

    get progress() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        const { met, total } = this.progress;
        return _t("%(met)s of %(total)s", { met, total });
    }

    get label() {
        const { missing } = this.progress;
        const head = _t("Ready for the next step: %s", this.text);
        return missing.length ? `${head}. ${_t("Not met: %s", missing.join(", "))}` : head;
    }

    get classes() {
        return this.progress.missing.length
            ? "text-bg-light"
            : "text-success border border-success";
    }

    open(ev) {
        const names = this.progress.missing;
        if (names.length) {
            this.popover.open(ev.currentTarget, { names });
        }
    }
}

export const gateProgressField = {
    component: GateProgressField,
    displayName: _t("Progress to the Next Step"),
    supportedTypes: ["json"],
    isEmpty: (record, name) => !record.data[name],
};

registry.category("fields").add("gate_progress", gateProgressField);
