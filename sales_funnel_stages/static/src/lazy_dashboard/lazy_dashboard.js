import { LazyComponent } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, xml } from "@odoo/owl";

/** The funnel dashboard, which is loaded when somebody opens it, with Odoo's graphs and pivots. */
export class LazyDashboard extends Component {
    static template = xml`
        <LazyComponent
            bundle="bundle"
            Component="'sales_funnel_stages.FunnelDashboardAction'"
            props="props"
        />`;
    static components = { LazyComponent };
    static props = { ...standardActionServiceProps };

    get bundle() {
        const suffix = cookie.get("color_scheme") === "dark" ? "_dark" : "";
        return `web.assets_backend_lazy${suffix}`;
    }
}

registry.category("actions").add("sales_funnel_stages.funnel_dashboard", LazyDashboard);
