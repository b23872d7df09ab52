import { FunnelFigure } from "./funnel_figure";
import { formats } from "./funnel_format";
import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** The funnel as a picture: a bar for each step, and what happens between one and the next. */
export class FunnelSteps extends Component {
    static template = "sales_funnel_stages.FunnelSteps";
    static components = { FunnelFigure };
    static props = {
        steps: Array,
        currencyId: Number,
        periodBefore: String,
        open: Function,
    };

    get most() {
        return Math.max(...this.props.steps.map((step) => step.now.reached), 1);
    }

    /** The width of a step's bar in percent; what is not nothing is to be seen. */
    width(step) {
        const { reached } = step.now;
        return reached ? Math.max((100 * reached) / this.most, 1) : 0;
    }

    hasNext({ type, now, before }) {
        return type !== "customer" && (now.reached || before.reached);
    }

    hasPace({ now, before }) {
        return typeof now.median_days === "number" || typeof before.median_days === "number";
    }

    /** What a figure is, for who hears it alone. */
    label({ name }, figure) {
        const labels = {
            value: _t("%s, value", name),
            rate: _t("%s, rate of going on", name),
            converted: _t("%s, went on", name),
            median_days: _t("%s, median days", name),
        };
        return labels[figure];
    }

    formatCount(count) {
        return formats.count(count);
    }
}
