import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { GateProgressField, gateProgressField } from "./gate_progress_field";

/** The badge of a card, and beside it what is missing: a list has the room, and no hover on touch. */
export class GateProgressNamesField extends GateProgressField {
    static template = "sales_funnel_stages.GateProgressNamesField";

    get names() {
        return this.progress.missing.join(", ");
    }

    /** What is missing: a list says so in the head of its column, a card nowhere else. */
    get missing() {
        const isInList = this.env.config.viewType === "list";
        return isInList || !this.names ? this.names : _t("Not met: %s", this.names);
    }

    // the names are there to be read
    open() {}
}

registry.category("fields").add("gate_progress_names", {
    ...gateProgressField,
    component: GateProgressNamesField,
});
