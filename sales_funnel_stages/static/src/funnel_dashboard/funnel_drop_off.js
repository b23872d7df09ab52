import { FunnelFigure } from "./funnel_figure";
import { Component } from "@odoo/owl";

/** Why leads left the funnel: a bar for each reason, the most frequent first. */
export class FunnelDropOff extends Component {
    static template = "sales_funnel_stages.FunnelDropOff";
    static components = { FunnelFigure };
    static props = { rows: Array, periodBefore: String, open: Function };

    width(row) {
        const most = Math.max(...this.props.rows.map(({ now }) => now), 1);
        return (100 * row.now) / most;
    }
}
