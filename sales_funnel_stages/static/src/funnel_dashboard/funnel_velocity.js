import { FunnelFigure } from "./funnel_figure";
import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

const ROWS = { begun: "opportunities_rows", won: "won_rows", decided: "decided_rows" };

/** How much the funnel earns a day, and the four parts of which that is made. */
export class FunnelVelocity extends Component {
    static template = "sales_funnel_stages.FunnelVelocity";
    static components = { FunnelFigure };
    static props = {
        velocity: Object,
        currencyId: Number,
        periodBefore: String,
        openVelocity: Function,
    };

    get parts() {
        return [
            { name: "opportunities", kind: "count", label: _t("opportunities"), opens: "begun" },
            { name: "win_rate", kind: "rate", label: _t("win rate"), sign: "×", opens: "decided" },
            {
                name: "average_value",
                kind: "money",
                label: _t("average value won"),
                sign: "×",
                opens: "won",
            },
            { name: "cycle_days", kind: "days", label: _t("days to win"), sign: "÷", opens: "won" },
        ];
    }

    /** How many rows a part of it opens, in both periods. */
    rowsOf(opens) {
        const name = ROWS[opens];
        const { now, before } = this.props.velocity;
        return { now: now[name], before: before[name] };
    }
}
