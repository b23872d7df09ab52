import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FunnelDashboard } from "./funnel_dashboard";
import { Component, onWillStart } from "@odoo/owl";

const MODEL = "crm.funnel.report";

/** The funnel dashboard, with the search bar of the funnel report. */
export class FunnelDashboardAction extends Component {
    static template = "sales_funnel_stages.FunnelDashboardAction";
    static components = { FunnelDashboard, WithSearch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.view = useService("view");
        onWillStart(() => this.loadSearch());
    }

    /** Prepare the search bar as views have it, with the favourites of this action. */
    async loadSearch() {
        const { action, globalState } = this.props;
        const { context = {} } = action;
        const { fields, views } = await this.view.loadViews(
            { resModel: MODEL, context, views: [[false, "search"]] },
            { actionId: action.id, loadIrFilters: true }
        );
        this.search = {
            resModel: MODEL,
            context,
            domain: [],
            searchViewId: views.search.id,
            searchViewArch: views.search.arch,
            searchViewFields: fields,
            irFilters: views.search.irFilters,
            searchMenuTypes: ["filter", "favorite"],
            ...(globalState && { globalState }),
        };
    }
}

registry
    .category("lazy_components")
    .add("sales_funnel_stages.FunnelDashboardAction", FunnelDashboardAction);
