import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillRender, useSubEnv, xml } from "@odoo/owl";
import { StageMoveRenderer } from "../stage_move/stage_move_renderer";

/**
 * The lead that the conversion wizard is about, as the dialog of a refused move shows it: what
 * the conversion requires and is missing, each with the fields of the lead that decide it. They
 * are saved with the wizard.
 */
export class ConversionLead extends Component {
    static template = xml`
        <StageMoveRenderer
            t-if="lead"
            record="lead"
            checklist="props.record.data.qualification_checklist"
        />`;
    static components = { StageMoveRenderer };
    static props = { ...standardFieldProps, fieldNodes: Object };

    setup() {
        useSubEnv({
            stageMove: {
                ...this.env.conversion,
                fieldNodes: this.props.fieldNodes,
            },
        });
        // what is in a list is not edited by itself
        onWillRender(() => {
            if (this.lead && !this.lead.isInEdition) {
                this.lead.config.mode = "edit";
            }
        });
    }

    /** @returns {import("@web/model/relational_model/record").Record|undefined} */
    get lead() {
        return this.props.record.data[this.props.name].records[0];
    }
}

registry.category("fields").add("conversion_lead", {
    component: ConversionLead,
    displayName: _t("Lead to Convert"),
    supportedTypes: ["many2many"],
    isEmpty: () => false,
    extractProps: ({ views }) => ({ fieldNodes: views.form.fieldNodes }),
});
