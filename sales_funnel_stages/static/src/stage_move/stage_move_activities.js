import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/**
 * The next activity of a lead, where a criterion asks for one. An activity is planned on what is
 * saved: what was filled in so far is saved first.
 */
export class StageMoveActivities extends Component {
    static template = "sales_funnel_stages.StageMoveActivities";
    static props = { ...standardFieldProps };

    setup() {
        this.store = useService("mail.store");
    }

    async onClick() {
        const { model, resId } = this.props.record;
        // the lead is saved with the form that it is part of
        if (await model.root.save()) {
            await this.store.scheduleActivity("crm.lead", [resId]);
            await model.root.load();
        }
    }
}

registry.category("fields").add("stage_move_activities", {
    component: StageMoveActivities,
    displayName: _t("Next Activity"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
});
