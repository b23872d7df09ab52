import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, xml } from "@odoo/owl";
import { useAsked } from "../gate_progress/asked";

/** A column of the day by which an override is to be made good, which costs nothing where hidden. */
export class OverrideDebtColumn extends Component {
    static template = xml`<span t-esc="text"/>`;
    static props = { ...standardFieldProps };

    setup() {
        this.asked = useAsked("override_debt_date");
    }

    get text() {
        return this.asked.value ? formatDate(deserializeDate(this.asked.value)) : "";
    }
}

registry.category("fields").add("override_debt_column", {
    component: OverrideDebtColumn,
    supportedTypes: ["boolean"],
    isEmpty: () => false,
});
