import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAsked } from "./asked";
import { GateProgressNamesField } from "./gate_progress_names_field";

/** A column of what is missing, which costs nothing where it is hidden. */
export class GateProgressColumn extends GateProgressNamesField {
    setup() {
        super.setup();
        this.asked = useAsked("gate_progress");
    }

    get progress() {
        return this.asked.value;
    }
}

registry.category("fields").add("gate_progress_column", {
    component: GateProgressColumn,
    displayName: _t("What Is Missing, Asked for Where It Is Shown"),
    supportedTypes: ["boolean"],
    isEmpty: () => false,
});
