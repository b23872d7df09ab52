import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useEffect, useState } from "@odoo/owl";

// more steps than any lead takes: there is no pager here
const LIMIT = 1000;

/** The history of a lead. Read when somebody looks at it, and not with each lead that is opened. */
export class StageHistory extends Component {
    static template = "sales_funnel_stages.StageHistory";
    static components = { View };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ ids: null });
        // anew for what has been saved or reloaded, which gives a record new data
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.record.resId, this.props.record.data]
        );
    }

    get viewProps() {
        return {
            type: "kanban",
            // and not those of the form
            views: [[false, "kanban"]],
            resModel: "crm.stage.transition",
            domain: [["id", "in", this.state.ids]],
            context: { is_of_one_lead: true },
            display: { controlPanel: false },
            limit: LIMIT,
        };
    }

    async load() {
        const { resId, resModel } = this.props.record;
        const [lead] = await this.orm.read(resModel, [resId], ["transition_ids"]);
        // not if another one is shown by now, or it is gone
        if (lead && resId === this.props.record.resId) {
            this.state.ids = lead.transition_ids;
        }
    }
}

registry.category("view_widgets").add("stage_history", { component: StageHistory });
