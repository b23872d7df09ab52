import { FunnelFigure } from "./funnel_figure";
import { describeRows, formats } from "./funnel_format";
import { rowsOf } from "./funnel_records";
import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** Whether a step of a funnel has a bar, on the page and in the picture. */
export function hasBar(step, steps) {
    const [, next] = steps;
    return step.type !== "contact" || !next || step.now.reached >= next.now.reached;
}

/** The funnel as a picture: a bar for each step, and what happens between one and the next. */
export class FunnelSteps extends Component {
    static template = "sales_funnel_stages.FunnelSteps";
    static components = { FunnelFigure };
    static props = {
        steps: Array,
        // how many leads became opportunities in the period
        opportunities: Number,
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

    /**
     * Whether a step has a bar. Fewer contacts than leads are no beginning of a funnel: leads came
     * of contacts from before, too, or of none.
     */
    hasBar(step) {
        return hasBar(step, this.props.steps);
    }

    /** Why a stage has not as many as there are opportunities: told of the first one. */
    beginnings(step) {
        const { opportunities, steps } = this.props;
        if (step !== steps.find(({ type }) => type === "opportunity")) {
            return [];
        }
        const { reached, begun } = step.now;
        const elsewhere = opportunities - begun;
        const earlier = reached - begun;
        return [
            {
                name: "elsewhere",
                text:
                    elsewhere &&
                    _t("of %(all)s new opportunities, %(count)s began in other stages", {
                        all: formats.count(opportunities),
                        count: formats.count(elsewhere),
                    }),
            },
            {
                name: "earlier",
                text:
                    earlier &&
                    _t("%s became opportunities before this period", formats.count(earlier)),
            },
        ].filter(({ text }) => text);
    }

    rowsOf(step, figure) {
        return rowsOf(step, figure);
    }

    describeRows(step, figure) {
        return describeRows(step.now[figure], "count", rowsOf(step, figure).now) || undefined;
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
