import { describeChange, formats } from "./funnel_format";
import { Component } from "@odoo/owl";

/** A figure that opens what it counts, and how it has changed. */
export class FunnelFigure extends Component {
    static template = "sales_funnel_stages.FunnelFigure";
    static props = {
        now: { type: [Number, { value: null }] },
        before: { type: [Number, { value: null }], optional: true },
        kind: { type: String, optional: true },
        currencyId: { type: Number, optional: true },
        // what the figure is of, for who hears it and not its surroundings
        label: String,
        class: { type: String, optional: true },
        onOpen: { type: Function, optional: true },
    };
    static defaultProps = { kind: "count", class: "" };

    get value() {
        const { now, kind, currencyId } = this.props;
        return now === null ? "–" : formats[kind](now, currencyId);
    }

    get change() {
        const { now, before, kind, currencyId } = this.props;
        return before === undefined ? "" : describeChange(now, before, kind, currencyId);
    }

    get isOpenable() {
        return Boolean(this.props.onOpen && this.props.now);
    }
}
