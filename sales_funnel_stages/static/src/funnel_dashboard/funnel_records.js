import { Domain } from "@web/core/domain";

/** What the figures of a step are made of, by their names. */
const OF_FIGURES = {
    reached: [],
    entered: [["is_skipped", "=", false]],
    converted: [["outcome", "=", "advanced"]],
    direct: [
        ["is_skipped", "=", false],
        ["from_type", "=", false],
    ],
    skipped: [["is_skipped", "=", true]],
    finished: [["is_timed", "=", true]],
};
// of which figure it is told how many rows a figure opens
const ROWS = {
    reached: "reached_rows",
    converted: "converted_rows",
    skipped: "skipped_rows",
};
// what a stay is counted under once it is over
const ENDED = new Set(["converted", "finished"]);

const inside = (name, { start, stop }) => [
    [name, ">=", start],
    [name, "<", stop],
];

function ofStep({ type, stage_id }) {
    const ofType = [["step_type", "=", type]];
    return type === "opportunity" || type === "outside"
        ? [...ofType, ["funnel_stage_id", "=", stage_id || false]]
        : ofType;
}

/**
 * How many rows a figure of a step opens, in both periods.
 *
 * @param {Object} step
 * @param {string} figure
 * @returns {{ now: number, before: number }}
 */
export function rowsOf({ now, before }, figure) {
    const name = ROWS[figure] || figure;
    // of contacts, each is a row
    return { now: now[name] ?? now[figure], before: before[name] ?? before[figure] };
}

/**
 * What is behind the figures: domains of `crm.funnel.report`, as the server counts.
 *
 * @param {Array} domain what the dashboard is filtered by
 * @param {{ start: string, stop: string, as_of?: string }} period `as_of`: what happened later does
 *      not count yet, in the period before
 */
export class FunnelRecords {
    constructor(domain, period) {
        this.domain = domain;
        this.period = period;
    }

    /** @param {string} figure of a step, or what became of those that entered it */
    ofStep(step, figure) {
        const conditions = OF_FIGURES[figure] || this._outcome(figure);
        const happened = ENDED.has(figure) ? this._happened : [];
        return this._in([...ofStep(step), ...conditions, ...happened]);
    }

    ofDropOff({ outcome, lost_reason_id, lost_reason_name }) {
        const reason = outcome === "lost" ? [["lost_reason_id", "=", lost_reason_id || false]] : [];
        if (outcome === "lost" && !lost_reason_id) {
            reason.push(["lost_reason_name", "=", lost_reason_name || false]);
        }
        return this._in([...this._outcome(outcome), ...reason, ...this._happened]);
    }

    /** @param {"begun"|"won"|"decided"} part the velocity itself, a product, is of what has begun */
    ofVelocity(part) {
        if (part === "begun") {
            return this._in(this._begun);
        }
        const won = this._in([...OF_FIGURES.entered, ["step_type", "=", "customer"]]);
        if (part === "won") {
            return won;
        }
        const lost = [
            ["outcome", "=", "lost"],
            ["step_type", "!=", "lead"],
            ...inside("left_date", this.period),
        ];
        return Domain.or([won, Domain.and([this.domain, lost])]).toList();
    }

    /** @param {"leads"|"opportunities"|"customers"} series */
    ofTrend(row, series) {
        const steps = {
            leads: [["step_type", "=", "lead"]],
            opportunities: this._begun,
            customers: [...OF_FIGURES.entered, ["step_type", "=", "customer"]],
        };
        return this._in([...inside("date", row), ...steps[series]]);
    }

    get _begun() {
        return [
            ...OF_FIGURES.entered,
            ["step_type", "!=", "lead"],
            ["from_type", "!=", "opportunity"],
        ];
    }

    get _happened() {
        const { as_of } = this.period;
        return as_of ? [["left_date", "<=", as_of]] : [];
    }

    _outcome(outcome) {
        return [...OF_FIGURES.entered, ["outcome", "=", outcome]];
    }

    _in(conditions) {
        return Domain.and([this.domain, inside("date", this.period), conditions]).toList();
    }
}
