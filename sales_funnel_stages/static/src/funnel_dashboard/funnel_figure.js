import { describeChange, describeRows, formats } from "./funnel_format";
import { Component } from "@odoo/owl";

/** A figure, and how it has changed: each opens what it counts, in its own period. */
export class FunnelFigure extends Component {
    static template = "sales_funnel_stages.FunnelFigure";
    static props = {
        now: { type: [Number, { value: null }] },
        before: { type: [Number, { value: null }], optional: true },
        kind: { type: String, optional: true },
        currencyId: { type: Number, optional: true },
        // said right after the figure
        unit: { type: String, optional: true },
        // what the figure is of, for who hears it and not its surroundings
        label: String,
        class: { type: String, optional: true },
        // from when to when the period before is; empty where nothing is to be compared with
        periodBefore: { type: String, optional: true },
        // how many rows it opens: `{ now, before }`
        rows: { type: Object, optional: true },
        // called with "now" or "before"
        onOpen: { type: Function, optional: true },
    };
    static defaultProps = { kind: "count", class: "" };

    get value() {
        const { now, kind, currencyId } = this.props;
        return now === null ? "–" : formats[kind](now, currencyId);
    }

    get change() {
        const { now, before, kind, currencyId, periodBefore } = this.props;
        return periodBefore ? describeChange(now, before, kind, currencyId) : "";
    }

    /** What is opened, where it is not as many rows as the figure says. */
    get opened() {
        return describeRows(this.props.now, this.props.kind, this.props.rows?.now);
    }

    /** The same of the period before, and from when to when that is. */
    get openedBefore() {
        const { before, kind, rows, periodBefore } = this.props;
        return [periodBefore, describeRows(before, kind, rows?.before)].filter(Boolean).join("\n");
    }

    /** @param {"now"|"before"} when */
    isOpenable(when) {
        return Boolean(this.props.onOpen && this.props[when]);
    }
}
