import { beforeEach, expect, test } from "@odoo/hoot";
import { press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineActions,
    defineModels,
    editSearch,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    validateSearch,
} from "@web/../tests/web_test_helpers";
import { download, downloadFile } from "@web/core/network/download";
import { WebClient } from "@web/webclient/webclient";
import {
    ACTION,
    BEFORE,
    DATA,
    EMPTY,
    FIRST_PERIOD,
    INSIDE,
    INSIDE_BEFORE,
    NO_STAGE,
    PERIOD,
} from "./funnel_data";

class FunnelReport extends models.Model {
    _name = "crm.funnel.report";
    _views = {
        search: `<search>
            <field name="team_id" string="Team"/>
            <filter name="ours" string="Our Team" domain="[('team_id', '=', 5)]"/>
            <filter name="none" string="No Team" domain="[('team_id', '=', False)]"/>
        </search>`,
    };

    team_id = fields.Integer();
}

defineMailModels();
defineModels([FunnelReport]);
defineActions([ACTION]);
beforeEach(() => mockDate("2026-11-24 12:00:00"));

async function openDashboard(data = DATA) {
    onRpc("crm.funnel.report", "get_dashboard", ({ args }) => {
        expect.step(args);
        return typeof data === "function" ? data(args) : data;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction(ACTION.id);
    expect.verifySteps([[[], ...FIRST_PERIOD]]);
}

/** Have what is opened told as a step, rather than opened. */
function tellWhatOpens() {
    patchWithCleanup(getService("action"), {
        doAction: ({ res_model, domain }) => expect.step({ res_model, domain }),
    });
}

const opened = (domain) => [{ res_model: "crm.funnel.report", domain }];
const step = (key) => `.o_funnel_step[data-step='${key}']`;
const QUALIFIED = [
    ["step_type", "=", "opportunity"],
    ["funnel_stage_id", "=", 4],
];

test("the funnel is told from contact to customer, with what has changed", async () => {
    await openDashboard();
    expect(queryAllTexts(".o_funnel_step_name")).toEqual([
        "Contact",
        "Lead",
        "Qualified",
        "Customer",
    ]);
    expect(queryAllTexts(".o_funnel_step_head .o_funnel_value")).toEqual([
        "200",
        "100",
        "50",
        "10",
    ]);
    expect(queryAllTexts(".o_funnel_step_head .o_funnel_change")).toEqual([
        "+20 from 180",
        "+20 from 80",
        "+50 from 0",
        "−2 from 12",
    ]);
    expect(`${step("contact")} .o_funnel_rate .o_funnel_value`).toHaveText("25%");
    expect(`${step("contact")} .o_funnel_rate .o_funnel_change`).toHaveText("−5.0 points from 30%");
    expect(`${step("contact")} .o_funnel_converted .o_funnel_value`).toHaveText("50");
    expect(`${step("lead-0")} .o_funnel_rate .o_funnel_change`).toHaveText("as before");
    expect(`${step("lead-0")} .o_funnel_pace .o_funnel_value`).toHaveText("4.3");
    expect(`${step("lead-0")} .o_funnel_pace .o_funnel_change`).toHaveText("−1.8 from 6.0");
    expect(".o_funnel_direct").toHaveText("7 were never leads");
    expect(".o_funnel_skipped").toHaveText("3 skipped it");
    expect(`${step("opportunity-4")} .o_funnel_worth`).toHaveText(/5,000/);
    expect(`${step("customer-0")} .o_funnel_rate`).toHaveCount(0);
    expect(".o_funnel_comparison").toHaveText(
        "10/01/2026 – 11/24/2026, compared with 07/01/2026 – 08/24/2026"
    );
});

test("bars are as wide as many came", async () => {
    await openDashboard();
    const widths = (place) => queryAll(`${place} .o_funnel_bar`).map(({ style }) => style.width);
    expect(widths(".o_funnel_steps")).toEqual(["100%", "50%", "25%", "5%"]);
    expect(widths(".o_funnel_drop_off")).toEqual(["100%", "50%"]);
});

test("velocity is told with its four parts", async () => {
    await openDashboard();
    expect(".o_funnel_velocity p .o_funnel_value").toHaveText(/1,600/);
    expect(".o_funnel_velocity p").toHaveText(/1,600 ?a day/, { inline: true });
    expect(queryAllTexts(".o_funnel_velocity_parts dt")).toEqual([
        "opportunities",
        "× win rate",
        "× average value won",
        "÷ days to win",
    ]);
    expect("[data-part=win_rate] .o_funnel_value").toHaveText("50%");
    expect("[data-part=average_value] .o_funnel_value").toHaveText(/12,000/);
    expect(queryAllTexts(".o_funnel_velocity_parts .o_funnel_change")).toEqual([
        "+3 from 5",
        "+50.0 points from 0%",
        "none before",
        "none before",
    ]);
});

test("the number of a step opens the leads behind it", async () => {
    await openDashboard();
    tellWhatOpens();
    await contains(`${step("lead-0")} .o_funnel_reached`).click();
    expect.verifySteps(opened(["&", ...INSIDE, ["step_type", "=", "lead"]]));
    await contains(".o_funnel_direct").click();
    const direct = [...QUALIFIED, ["is_skipped", "=", false], ["from_type", "=", false]];
    expect.verifySteps(opened(["&", ...INSIDE, "&", "&", "&", ...direct]));
    await contains(".o_funnel_outcomes [data-outcome=lost]").click();
    const lost = [...QUALIFIED, ["is_skipped", "=", false], ["outcome", "=", "lost"]];
    expect.verifySteps(opened(["&", ...INSIDE, "&", "&", "&", ...lost]));
});

test("the number of contacts opens contacts", async () => {
    await openDashboard();
    tellWhatOpens();
    await contains(`${step("contact")} .o_funnel_converted button`).click();
    expect.verifySteps([
        {
            res_model: "res.partner",
            domain: [...DATA.contacts.domains.now, ["has_lead", "=", true]],
        },
    ]);
});

test("a figure of the period before opens the leads of that period", async () => {
    await openDashboard();
    tellWhatOpens();
    const before = `${step("lead-0")} .o_funnel_reached + .o_funnel_change button`;
    expect(before).toHaveText("+20 from 80");
    expect(before).toHaveAttribute("aria-label", "+20 from 80 – Lead, 07/01/2026 – 08/24/2026");
    queryOne(before).focus();
    await press("Enter");
    expect.verifySteps(opened(["&", ...INSIDE_BEFORE, ["step_type", "=", "lead"]]));
    await contains(`${step("contact")} .o_funnel_rate .o_funnel_change button`).click();
    expect.verifySteps([
        {
            res_model: "res.partner",
            domain: [...DATA.contacts.domains.before, ["has_lead", "=", true]],
        },
    ]);
    await contains("[data-part=opportunities] .o_funnel_change button").click();
    const begun = [
        ["is_skipped", "=", false],
        ["step_type", "!=", "lead"],
        ["from_type", "!=", "opportunity"],
    ];
    expect.verifySteps(opened(["&", ...INSIDE_BEFORE, "&", "&", ...begun]));
});

test("what happened later than the period before was as old is not opened with it", async () => {
    await openDashboard();
    tellWhatOpens();
    const happened = ["left_date", "<=", BEFORE.as_of];
    await contains(`${step("lead-0")} .o_funnel_rate .o_funnel_change button`).click();
    const converted = [["step_type", "=", "lead"], ["outcome", "=", "advanced"], happened];
    expect.verifySteps(opened(["&", ...INSIDE_BEFORE, "&", "&", ...converted]));
    await contains(`${step("lead-0")} .o_funnel_pace .o_funnel_change button`).click();
    const finished = [["step_type", "=", "lead"], ["is_timed", "=", true], happened];
    expect.verifySteps(opened(["&", ...INSIDE_BEFORE, "&", "&", ...finished]));
    await contains(".o_funnel_drop_off .o_funnel_change button:first").click();
    const lost = [
        ["is_skipped", "=", false],
        ["outcome", "=", "lost"],
        ["lost_reason_id", "=", 3],
        happened,
    ];
    expect.verifySteps(opened(["&", ...INSIDE_BEFORE, "&", "&", "&", ...lost]));
});

test("a number that opens another number of rows says so, and so does what opens", async () => {
    await openDashboard();
    const title = (selector) => queryOne(selector).title;
    const reached = `${step("lead-0")} .o_funnel_reached`;
    const several = "Opens 104 rows: who came more than once is listed each time";
    expect(title(reached)).toBe(several);
    expect(title(`${step("opportunity-4")} .o_funnel_reached`)).toBe("");
    expect(title(".o_funnel_skipped")).toMatch(/^Opens 4 rows/);
    expect(title(`${step("lead-0")} .o_funnel_pace .o_funnel_value`)).toBe(
        "Made of 60 rows, which it opens"
    );
    expect(title(`${step("lead-0")} .o_funnel_rate .o_funnel_before`)).toBe(
        "07/01/2026 – 08/24/2026\nMade of 33 rows, which it opens"
    );
    expect(title("[data-part=opportunities] .o_funnel_value")).toMatch(/^Opens 9 rows/);
    expect(title("[data-part=win_rate] .o_funnel_value")).toMatch(/^Made of 4 rows/);
    expect(title(".o_funnel_trend tbody button:first")).toMatch(/^Opens 10 rows/);
    patchWithCleanup(getService("action"), { doAction: ({ name }) => expect.step(name) });
    await contains(reached).click();
    await contains(`${step("opportunity-4")} .o_funnel_reached`).click();
    await contains(`${step("lead-0")} .o_funnel_rate .o_funnel_before`).click();
    await contains("[data-part=opportunities] .o_funnel_value").click();
    await contains(".o_funnel_trend summary").click();
    await contains(".o_funnel_trend tbody button:first").click();
    expect.verifySteps([
        "Lead – 100 leads, 104 times",
        "Qualified",
        "Lead, 07/01/2026 – 08/24/2026 – 32 leads, 33 times",
        "Velocity – 8 leads, 9 times",
        "Leads – 9 leads, 10 times",
    ]);
});

test("the first stage says why it has not as many as there are opportunities", async () => {
    await openDashboard();
    expect(queryAllTexts(".o_funnel_beginning")).toEqual([
        "of 8 new opportunities, 3 began in other stages",
        "45 became opportunities before this period",
    ]);
});

test("where all opportunities began in the first stage there is nothing to explain", async () => {
    const [lead, qualified, ...others] = DATA.steps;
    const now = { ...qualified.now, reached: 8, begun: 8 };
    await openDashboard({ ...DATA, steps: [lead, { ...qualified, now }, ...others] });
    expect(".o_funnel_beginning").toHaveCount(0);
});

test("fewer contacts than leads are no beginning of a funnel", async () => {
    const contacts = { ...DATA.contacts, now: { reached: 60, converted: 50, rate: 0.8 } };
    await openDashboard({ ...DATA, contacts });
    expect(`${step("contact")} .o_funnel_reached`).toHaveText("60");
    expect(`${step("contact")} .o_funnel_bar`).toHaveCount(0);
    expect(".o_funnel_no_bar").toHaveText(/the funnel begins with leads/);
    expect(queryAll(".o_funnel_steps .o_funnel_bar").map(({ style }) => style.width)).toEqual([
        "100%",
        "50%",
        "10%",
    ]);
    const bars = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillRect(x, y, width) {
            bars.push(width);
        },
    });
    patchWithCleanup(downloadFile, { _download: () => expect.step("picture") });
    await contains(".o_funnel_download_picture").click();
    await expect.waitForSteps(["picture"]);
    expect(bars).toHaveLength(1 + 3, { message: "the page, and three bars" });
});

test("what there was none of before opens nothing", async () => {
    await openDashboard();
    expect(`${step("opportunity-4")} .o_funnel_reached + .o_funnel_change`).toHaveText(
        "+50 from 0"
    );
    expect(`${step("opportunity-4")} .o_funnel_change button`).toHaveCount(0);
});

test("a reason that was deleted opens those that left for it by its name", async () => {
    const [, returned] = DATA.drop_off;
    const gone = { ...returned, key: "lost-Price", outcome: "lost", lost_reason_name: "Price" };
    await openDashboard({ ...DATA, drop_off: [{ ...gone, name: "Price" }] });
    tellWhatOpens();
    await contains(".o_funnel_drop_off .o_funnel_value:first").click();
    const conditions = [
        ["is_skipped", "=", false],
        ["outcome", "=", "lost"],
        ["lost_reason_id", "=", false],
        ["lost_reason_name", "=", "Price"],
    ];
    expect.verifySteps(opened(["&", ...INSIDE, "&", "&", "&", ...conditions]));
});

test("the number of a reason opens those that left for it", async () => {
    await openDashboard();
    tellWhatOpens();
    await contains(".o_funnel_drop_off .o_funnel_value:first").click();
    const conditions = [
        ["is_skipped", "=", false],
        ["outcome", "=", "lost"],
        ["lost_reason_id", "=", 3],
    ];
    expect.verifySteps(opened(["&", ...INSIDE, "&", "&", ...conditions]));
});

test("the parts of the velocity open what they are made of", async () => {
    await openDashboard();
    tellWhatOpens();
    await contains("[data-part=win_rate] .o_funnel_value").click();
    expect.verifySteps(
        opened([
            "|",
            "&",
            ...INSIDE,
            "&",
            ["is_skipped", "=", false],
            ["step_type", "=", "customer"],
            "&",
            "&",
            "&",
            ["outcome", "=", "lost"],
            ["step_type", "!=", "lead"],
            ["left_date", ">=", PERIOD.start],
            ["left_date", "<", PERIOD.stop],
        ])
    );
});

test("the velocity itself opens the opportunities of its first part", async () => {
    await openDashboard({
        ...DATA,
        velocity: { now: DATA.velocity.now, before: { ...DATA.velocity.before, value: 900 } },
    });
    tellWhatOpens();
    const begun = [
        ["is_skipped", "=", false],
        ["step_type", "!=", "lead"],
        ["from_type", "!=", "opportunity"],
    ];
    await contains(".o_funnel_velocity p .o_funnel_value").click();
    expect.verifySteps(opened(["&", ...INSIDE, "&", "&", ...begun]));
    await contains(".o_funnel_velocity p .o_funnel_change button").click();
    expect.verifySteps(opened(["&", ...INSIDE_BEFORE, "&", "&", ...begun]));
});

test("the trend is a chart, and a table whose numbers open", async () => {
    await openDashboard();
    await animationFrame();
    expect(".o_funnel_trend canvas[role=img][aria-label]").toHaveCount(1);
    const chart = window.Chart.getChart(queryOne(".o_funnel_trend canvas"));
    expect(chart.data.datasets.map(({ data }) => [...data])).toEqual([[9], [4], [0]]);
    tellWhatOpens();
    await contains(".o_funnel_trend summary").click();
    await contains(".o_funnel_trend tbody button:first").click();
    // a week as the server has it: the browser may be in another time zone than its user
    const week = [
        ["date", ">=", "2026-10-04 22:00:00"],
        ["date", "<", "2026-10-11 22:00:00"],
    ];
    expect.verifySteps(opened(["&", ...INSIDE, "&", "&", ...week, ["step_type", "=", "lead"]]));
});

test("a period is chosen, or typed", async () => {
    await openDashboard();
    await contains(".o_funnel_period select").select("quarter");
    expect.verifySteps([[[], "2026-10-01", "2026-11-24", 3]]);
    await contains(".o_funnel_period select").select("custom");
    expect.verifySteps([[[], "2026-10-01", "2026-11-24", 0]]);
    await contains(".o_funnel_period .o_funnel_to").edit("10/15/2026");
    expect.verifySteps([[[], "2026-10-01", "2026-10-15", 0]]);
    // the end goes along rather than lie before the beginning
    await contains(".o_funnel_period .o_funnel_from").edit("10/20/2026");
    expect.verifySteps([[[], "2026-10-20", "2026-10-20", 0]]);
});

test("filters of the search bar limit the figures, which open within them", async () => {
    await openDashboard(([domain]) => ({
        ...DATA,
        contacts: domain.length ? null : DATA.contacts,
    }));
    await contains(".o_searchview_dropdown_toggler").click();
    await contains(".o_menu_item:contains(Our Team)").click();
    expect.verifySteps([[[["team_id", "=", 5]], ...FIRST_PERIOD]]);
    expect(queryAllTexts(".o_funnel_step_name")).toEqual(["Lead", "Qualified", "Customer"]);
    tellWhatOpens();
    await contains(".o_funnel_reached:first").click();
    expect.verifySteps(
        opened(["&", ["team_id", "=", 5], "&", ...INSIDE, ["step_type", "=", "lead"]])
    );
});

test("what is taken along says which filters are on", async () => {
    await openDashboard(() => DATA);
    expect(".o_funnel_filters").toHaveCount(0);
    await contains(".o_searchview_dropdown_toggler").click();
    await contains(".o_menu_item:contains(Our Team)").click();
    await contains(".o_menu_item:contains(No Team)").click();
    expect.verifySteps([
        [[["team_id", "=", 5]], ...FIRST_PERIOD],
        [["|", ["team_id", "=", 5], ["team_id", "=", false]], ...FIRST_PERIOD],
    ]);
    await editSearch("4");
    await validateSearch();
    expect.verifySteps([
        [
            ["&", "|", ["team_id", "=", 5], ["team_id", "=", false], ["team_id", "=", 4]],
            ...FIRST_PERIOD,
        ],
    ]);
    expect(queryAllTexts(".o_funnel_filters span", { inline: true })).toEqual([
        "Our Team or No Team",
        "Team: 4",
    ]);
    // for paper: the search bar says it on the screen
    expect(".o_funnel_filters").not.toBeVisible();
    patchWithCleanup(download, { _download: ({ data }) => expect.step(JSON.parse(data.data)) });
    await contains(".o_funnel_download_sheet").click();
    const [date_from, date_to, months] = FIRST_PERIOD;
    expect.verifySteps([
        {
            domain: ["&", "|", ["team_id", "=", 5], ["team_id", "=", false], ["team_id", "=", 4]],
            date_from,
            date_to,
            months,
            filters: ["Our Team or No Team", "Team: 4"],
        },
    ]);
    const texts = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text) {
            texts.push(text);
        },
    });
    patchWithCleanup(downloadFile, { _download: () => expect.step("picture") });
    await contains(".o_funnel_download_picture").click();
    await expect.waitForSteps(["picture"]);
    expect(texts.slice(2, 4)).toEqual(["Our Team or No Team", "Team: 4"]);
});

test("the table has what is outside of the pipeline, too", async () => {
    await openDashboard();
    expect(queryAllTexts(".o_funnel_outcomes tbody th")).toEqual([
        "Lead",
        "Qualified",
        "Customer",
        "On hold",
    ]);
    expect(queryAllTexts(".o_funnel_outcomes tbody tr:eq(1) td")).toEqual([
        "47",
        "0",
        "9",
        "0",
        "0",
        "0",
        "0",
        "0",
    ]);
});

test("without a stage is no step of the pipeline: it is in the table, and not in the picture", async () => {
    await openDashboard({ ...DATA, steps: [...DATA.steps, NO_STAGE] });
    expect(queryAllTexts(".o_funnel_step_name")).toEqual([
        "Contact",
        "Lead",
        "Qualified",
        "Customer",
    ]);
    expect(".o_funnel_outcomes tbody tr:last th").toHaveText("No stage");
});

test("the table says why it counts otherwise than the funnel", async () => {
    await openDashboard();
    expect(".o_funnel_outcomes p").toHaveText(/The funnel above counts each lead once/);
});

test("where nothing happened it says so", async () => {
    await openDashboard(EMPTY);
    expect(".o_funnel_empty").toHaveText(/Nothing happened in the funnel in this period\./);
    expect(".o_funnel_steps").toHaveCount(0);
    expect(".o_funnel_download_picture").toHaveCount(0);
    expect(".o_funnel_period select").toHaveCount(1);
});

test("where there was nothing before it is said once, and nothing is compared", async () => {
    const first = (each) => ({ ...each, before: EMPTY.steps[0].before });
    await openDashboard({
        ...DATA,
        contacts: null,
        steps: DATA.steps.map(first),
        drop_off: DATA.drop_off.map((row) => ({ ...row, before: 0 })),
        velocity: { ...DATA.velocity, before: { ...DATA.velocity.before, lost: 0 } },
    });
    expect(".o_funnel_comparison").toHaveText(
        "10/01/2026 – 11/24/2026, with nothing before to compare with"
    );
    expect(".o_funnel_change").toHaveCount(0);
    expect(".o_funnel_reached").toHaveCount(3);
    const texts = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text) {
            texts.push(text);
        },
    });
    patchWithCleanup(downloadFile, { _download: () => expect.step("picture") });
    await contains(".o_funnel_download_picture").click();
    await expect.waitForSteps(["picture"]);
    expect(texts.filter((text) => text.includes("from 0"))).toEqual([]);
});

test("without a win there is no velocity, which is said", async () => {
    const { before } = DATA.velocity;
    await openDashboard({ ...DATA, velocity: { now: before, before } });
    expect(".o_funnel_velocity p").toHaveText(
        "Nothing was won in this period, so there is no velocity."
    );
});

test("values of several currencies are said to be converted", async () => {
    await openDashboard({ ...DATA, is_converted: true });
    expect(".o_funnel_currencies").toHaveCount(1);
});
