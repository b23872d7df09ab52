import { useService } from "@web/core/utils/hooks";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, toRaw, useState } from "@odoo/owl";

const COUNTS = ["override_debt_count", "arrival_debt_count"];
// by what a kanban has loaded: one question for all of its cards
const countsByRoot = new WeakMap();

/**
 * What the leads of a team owe, on its card. To say so, criteria are evaluated on all of them:
 * read once the cards are there, which do not wait for it.
 */
export class TeamDebts extends Component {
    static template = "sales_funnel_stages.TeamDebts";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ override_debt_count: 0, arrival_debt_count: 0 });
        onMounted(() => this.load());
    }

    async load() {
        const { model, resId, resModel } = this.props.record;
        if (model.useSampleModel) {
            return;
        }
        const root = toRaw(model.root);
        if (!countsByRoot.has(root)) {
            const ids = root.records.map((record) => record.resId);
            countsByRoot.set(root, this.orm.silent.read(resModel, ids, COUNTS));
        }
        const counts = await countsByRoot.get(root);
        Object.assign(
            this.state,
            counts.find((each) => each.id === resId)
        );
    }

    async open(method) {
        const { resId, resModel } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, method, [[resId]]));
    }
}

registry.category("view_widgets").add("team_debts", { component: TeamDebts });
