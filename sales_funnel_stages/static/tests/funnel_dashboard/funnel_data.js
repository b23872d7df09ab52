/** What the server tells the dashboard, made up. */

export const ACTION = {
    id: 7,
    name: "Funnel Dashboard",
    type: "ir.actions.client",
    tag: "sales_funnel_stages.funnel_dashboard",
};
// that of the last 12 months, on 24 November 2026
export const FIRST_PERIOD = ["2025-12-01", "2026-11-24", 12];
export const PERIOD = {
    from: "2026-10-01",
    to: "2026-11-24",
    start: "2026-10-01 00:00:00",
    stop: "2026-11-25 00:00:00",
};
export const INSIDE = ["&", ["date", ">=", PERIOD.start], ["date", "<", PERIOD.stop]];
export const BEFORE = {
    from: "2026-07-01",
    to: "2026-08-24",
    start: "2026-07-01 00:00:00",
    stop: "2026-08-25 00:00:00",
    as_of: "2026-08-24 12:00:00",
};
export const INSIDE_BEFORE = ["&", ["date", ">=", BEFORE.start], ["date", "<", BEFORE.stop]];

const NOTHING = {
    reached: 0,
    converted: 0,
    rate: null,
    direct: 0,
    skipped: 0,
    begun: 0,
    reached_rows: 0,
    converted_rows: 0,
    skipped_rows: 0,
    median_days: null,
    finished: 0,
    value: 0,
    entered: 0,
    advanced: 0,
    lost: 0,
    returned: 0,
    set_aside: 0,
    merged: 0,
    deleted: 0,
    here: 0,
};
const LEAD = { key: "lead-0", type: "lead", stage_id: null, name: "Lead", before: NOTHING };
const QUALIFIED = {
    ...LEAD,
    key: "opportunity-4",
    type: "opportunity",
    stage_id: 4,
    name: "Qualified",
};
const CUSTOMER = { ...LEAD, key: "customer-0", type: "customer", name: "Customer" };
const OUTSIDE = {
    ...LEAD,
    key: "outside-9",
    type: "outside",
    stage_id: 9,
    name: "On hold",
    is_beside: true,
};
export const NO_STAGE = {
    ...LEAD,
    key: "opportunity-0",
    type: "opportunity",
    name: "No stage",
    is_beside: true,
    now: { ...NOTHING, reached: 3, reached_rows: 3, entered: 3, advanced: 3 },
};
const NO_VELOCITY = {
    value: null,
    opportunities: 0,
    opportunities_rows: 0,
    won: 0,
    won_rows: 0,
    lost: 0,
    decided_rows: 0,
    win_rate: null,
    average_value: null,
    cycle_days: null,
};

export const DATA = {
    period: PERIOD,
    before: BEFORE,
    currency_id: 1,
    is_converted: false,
    contacts: {
        now: { reached: 200, converted: 50, rate: 0.25 },
        before: { reached: 180, converted: 54, rate: 0.3 },
        domains: {
            now: [["create_date", ">=", PERIOD.start]],
            before: [["create_date", ">=", BEFORE.start]],
        },
    },
    steps: [
        {
            ...LEAD,
            now: {
                ...NOTHING,
                reached: 100,
                // four came back
                reached_rows: 104,
                converted: 40,
                converted_rows: 40,
                rate: 0.4,
                median_days: 4.25,
                finished: 60,
            },
            before: {
                ...NOTHING,
                reached: 80,
                reached_rows: 80,
                converted: 32,
                converted_rows: 33,
                rate: 0.4,
                median_days: 6,
                finished: 40,
            },
        },
        {
            ...QUALIFIED,
            now: {
                ...NOTHING,
                reached: 50,
                reached_rows: 50,
                begun: 5,
                direct: 7,
                skipped: 3,
                skipped_rows: 4,
                value: 5000,
                entered: 47,
                lost: 9,
            },
        },
        {
            ...CUSTOMER,
            now: { ...NOTHING, reached: 10, reached_rows: 10 },
            before: { ...NOTHING, reached: 12, reached_rows: 12 },
        },
        { ...OUTSIDE, now: { ...NOTHING, reached: 2, reached_rows: 2, entered: 2 } },
    ],
    drop_off: [
        {
            key: "lost-3",
            outcome: "lost",
            lost_reason_id: 3,
            name: "Too expensive",
            now: 8,
            before: 4,
        },
        {
            key: "returned-0",
            outcome: "returned",
            lost_reason_id: null,
            name: "Moved Back",
            now: 4,
            before: 4,
        },
    ],
    velocity: {
        now: {
            value: 1600,
            opportunities: 8,
            opportunities_rows: 9,
            won: 2,
            won_rows: 2,
            lost: 2,
            decided_rows: 4,
            win_rate: 0.5,
            average_value: 12000,
            cycle_days: 30,
        },
        before: {
            ...NO_VELOCITY,
            opportunities: 5,
            opportunities_rows: 5,
            lost: 1,
            decided_rows: 1,
            win_rate: 0,
        },
    },
    trend: {
        unit: "week",
        rows: [
            {
                first: "2026-10-05",
                start: "2026-10-04 22:00:00",
                stop: "2026-10-11 22:00:00",
                leads: 9,
                leads_rows: 10,
                opportunities: 4,
                opportunities_rows: 4,
                customers: 0,
                customers_rows: 0,
            },
        ],
    },
};

export const EMPTY = {
    ...DATA,
    contacts: null,
    steps: [{ ...LEAD, now: NOTHING }],
    drop_off: [],
    velocity: { now: NO_VELOCITY, before: NO_VELOCITY },
    trend: { unit: "week", rows: [] },
};
