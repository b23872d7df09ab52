import { formatDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Component } from "@odoo/owl";

const { DateTime } = luxon;

export const CUSTOM = "custom";

// of what is not over yet, only the part until today, which is compared with as much of the
// period before
const PERIODS = {
    month: { label: _t("This month"), months: 1, from: (day) => day.startOf("month") },
    quarter: { label: _t("This quarter"), months: 3, from: (day) => day.startOf("quarter") },
    year: { label: _t("This year"), months: 12, from: (day) => day.startOf("year") },
    last_year: {
        label: _t("Last 12 months"),
        months: 12,
        // whole months, but for this one
        from: (day) => day.startOf("month").minus({ months: 11 }),
    },
};

/**
 * @param {string} name
 * @param {{ from: string, to: string }} [custom] days, for a range of one's own
 * @returns {{ name: string, from: string, to: string, months: number }}
 */
export function makePeriod(name, custom) {
    if (name === CUSTOM) {
        return { name, ...custom, months: 0 };
    }
    const { months, from } = PERIODS[name];
    return { name, from: serializeDate(from(today())), to: serializeDate(today()), months };
}

/** Say from when to when a period is: "11/01/2026 – 11/24/2026". */
export function describePeriod({ from, to }) {
    return [from, to].map((day) => formatDate(DateTime.fromISO(day))).join(" – ");
}

/** Chooses the period that the dashboard tells of. */
export class FunnelPeriod extends Component {
    static template = "sales_funnel_stages.FunnelPeriod";
    static components = { DateTimeInput };
    static props = { period: Object, onChange: Function };

    get options() {
        return [
            ...Object.entries(PERIODS).map(([name, { label }]) => ({ name, label })),
            { name: CUSTOM, label: _t("From … to …") },
        ];
    }

    get isCustom() {
        return this.props.period.name === CUSTOM;
    }

    get days() {
        const { from, to } = this.props.period;
        return { from: DateTime.fromISO(from), to: DateTime.fromISO(to) };
    }

    choose(name) {
        const { from, to } = this.props.period;
        this.props.onChange(makePeriod(name, { from, to }));
    }

    /** Take over one end of a range; the other goes along rather than lie beyond it. */
    setDay(end, day) {
        if (!day) {
            return;
        }
        const range = { ...this.days, [end]: day };
        if (range.from > range.to) {
            range[end === "from" ? "to" : "from"] = day;
        }
        this.props.onChange(
            makePeriod(CUSTOM, { from: serializeDate(range.from), to: serializeDate(range.to) })
        );
    }
}
