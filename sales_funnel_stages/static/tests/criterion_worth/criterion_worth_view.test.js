import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";

class CriterionWorth extends models.Model {
    _name = "crm.criterion.worth";

    criterion_ref = fields.Integer();
    is_met = fields.Boolean();
    outcome = fields.Char();
}

class CriterionWorthLead extends models.Model {
    _name = "crm.criterion.worth.lead";

    criterion_ref = fields.Integer();
    is_met = fields.Boolean();
    outcome = fields.Char();
}

defineMailModels();
defineModels([CriterionWorth, CriterionWorthLead]);

const side = (won, closed, rate) => ({
    won,
    closed,
    open: 0,
    rate,
    is_enough: closed >= 10,
    low: 0.2,
    high: 0.9,
});
const row = (ref, values) => ({
    ref,
    name: `Criterion ${ref}`,
    framework: "BANT",
    step: "won",
    met: side(12, 16, 0.75),
    unmet: side(5, 20, 0.25),
    difference: 0.5,
    low: 0.18,
    high: 0.7,
    verdict: "predicts",
    ...values,
});

const mount = (rows, props, resModel = "crm.criterion.worth") => {
    onRpc(resModel, "get_worth", ({ args }) => {
        expect.step(args[0]);
        return rows;
    });
    return mountView({
        type: "graph",
        resModel,
        arch: `<graph js_class="criterion_worth"><field name="is_met"/></graph>`,
        searchViewArch: `<search><filter name="met" string="Met only" domain="[['is_met', '=', True]]"/></search>`,
        ...props,
    });
};

test("a criterion has its rates, their difference and a verdict", async () => {
    await mount([row(7)]);
    expect("h2").toHaveText("BANT");
    expect(queryAllTexts(".o_criterion_worth_row button")).toEqual(["75%", "25%"]);
    expect(".o_criterion_worth_row").toHaveText(/12 of 16 won/);
    expect(".o_criterion_worth_row").toHaveText(/\+50 points/);
    expect(".o_criterion_worth_row").toHaveText(/between \+18 and \+70/);
    expect(".o_criterion_worth_row .badge:last").toHaveText("Predicts a sale");
    expect.verifySteps([[]]);
});

test("of leads it tells two steps, and opens what each counts", async () => {
    mockService("action", {
        doAction: (action) => expect.step(action.domain?.at(-1) || action),
    });
    await mount(
        [
            row(7, { step: "converted" }),
            row(7, { met: side(3, 12, 0.25), unmet: side(1, 4, 0.25), verdict: "too_little" }),
        ],
        {},
        "crm.criterion.worth.lead"
    );
    expect(".o_criterion_worth_row:eq(0)").toHaveText(/Criterion 7: converted/);
    expect(".o_criterion_worth_row:eq(0)").toHaveText(/12 of 16 converted/);
    expect(".o_criterion_worth_row:eq(0) .badge:last").toHaveText("Predicts a conversion");
    expect(".o_criterion_worth_row:eq(1)").toHaveText(/Criterion 7: then won/);
    expect(".o_criterion_worth_row:eq(1)").toHaveText(/3 of 12 won/);
    await contains(".o_criterion_worth_row:eq(0) button:contains(75%)").click();
    await contains(".o_criterion_worth_row:eq(1) button:contains(25%)").click();
    await contains(".o_criterion_worth_page:contains(Opportunities)").click();
    expect.verifySteps([
        [],
        ["outcome", "in", ["won", "lost", "open", "gone", "unconverted"]],
        ["outcome", "in", ["won", "lost"]],
        "sales_funnel_stages.crm_criterion_worth_action",
    ]);
});

test("leads are compared where they are used", async () => {
    onRpc("has_group", () => false);
    await mount([row(7)]);
    expect(".o_criterion_worth_page").toHaveCount(0);
    expect.verifySteps([[]]);
});

test("where leads are used, both pages are there", async () => {
    onRpc("has_group", () => true);
    await mount([]);
    expect(queryAllTexts(".o_criterion_worth_page")).toEqual(["Opportunities", "Leads"]);
    expect(".o_criterion_worth_page.active").toHaveText("Opportunities");
    expect.verifySteps([[]]);
});

test("each verdict is said in words", async () => {
    await mount([
        row(1, { verdict: "fewer", difference: -0.5, low: -0.7, high: -0.004 }),
        row(2, { verdict: "no_difference", difference: 0 }),
        row(3, { verdict: "too_little", difference: null, unmet: side(0, 0, null) }),
    ]);
    expect(queryAllTexts(".o_criterion_worth_row td:last-child")).toEqual([
        "Goes with fewer sales",
        "Makes no visible difference",
        "Too little data yet",
    ]);
    expect(".o_criterion_worth_row:eq(0)").toHaveText(/−50 points/);
    expect(".o_criterion_worth_row:eq(0)").toHaveText(/between −70 and −0.4/);
    expect(".o_criterion_worth_row:eq(1)").toHaveText(/\b0 points/);
    expect.verifySteps([[]]);
});

test("of a few deals it tells how many, and no rate or difference", async () => {
    await mount([
        row(1, { verdict: "too_little", difference: 0.75, unmet: side(0, 1, 0) }),
        row(2, { verdict: "too_little", difference: null, unmet: side(0, 0, null) }),
    ]);
    expect(queryAllTexts(".o_criterion_worth_row:eq(0) button")).toEqual(["75%", "0 of 1 won"]);
    expect(queryAllTexts(".o_criterion_worth_row:eq(1) button")).toEqual(["75%"]);
    expect(".o_criterion_worth_row:eq(1)").toHaveText(/none closed/);
    expect(".o_criterion_worth_row:eq(0)").not.toHaveText(/points/);
    expect(".o_criterion_worth_row:eq(0)").not.toHaveText(/between \+/);
    expect.verifySteps([[]]);
});

test("a few deals open, too", async () => {
    mockService("action", { doAction: ({ name }) => expect.step(name) });
    await mount([row(1, { verdict: "too_little", unmet: side(0, 1, 0) })]);
    await contains("button:contains(0 of 1 won)").click();
    expect.verifySteps([[], "Criterion 1: not met"]);
});

test("on a phone a criterion and its verdict share a line", async () => {
    expect.assertions(2);
    await mount([row(7)]);
    expect(".o_criterion_worth_row th[scope=rowgroup] .badge").toHaveText("Predicts a sale");
    expect.verifySteps([[]]);
});

test("the search restricts what is counted", async () => {
    await mount([row(7)]);
    await toggleSearchBarMenu();
    await toggleMenuItem("Met only");
    await animationFrame();
    expect.verifySteps([[], [["is_met", "=", true]]]);
});

test("a rate opens the closed opportunities that it counts", async () => {
    mockService("action", {
        doAction: ({ name, res_model, domain }) => expect.step([name, res_model, domain]),
    });
    await mount([row(7)], { domain: [["outcome", "!=", "gone"]] });
    await contains(".o_criterion_worth_row button:contains(25%)").click();
    expect.verifySteps([
        [["outcome", "!=", "gone"]],
        [
            "Criterion 7: not met",
            "crm.criterion.worth",
            [
                "&",
                ["outcome", "!=", "gone"],
                "&",
                "&",
                ["criterion_ref", "=", 7],
                ["is_met", "=", false],
                ["outcome", "in", ["won", "lost"]],
            ],
        ],
    ]);
});

test("where there is nothing to compare it says so", async () => {
    await mount([], { noContentHelp: "Nothing to compare yet" });
    expect(".o_view_nocontent").toHaveText("Nothing to compare yet");
    expect.verifySteps([[]]);
});

test("where there is too little data it says what to do", async () => {
    const few = { verdict: "too_little", difference: null };
    const short = (closed) => ({ ...side(0, closed, null), missing: Math.max(10 - closed, 0) });
    await mount([
        row(1),
        row(2, { ...few, unmet: short(1), advice: "guide_first" }),
        row(3, { ...few, unmet: short(0), advice: "all_met" }),
        row(4, { ...few, met: short(0), advice: "none_met" }),
        row(5, { ...few, met: short(4), unmet: short(9), advice: "wait" }),
        row(6, { ...few, met: short(4), unmet: short(12), advice: "wait" }),
        row(7, { ...few, met: short(12), unmet: short(4), advice: "wait" }),
    ]);
    expect.verifySteps([[]]);
    expect(queryAllTexts(".o_criterion_worth_advice")).toEqual([
        "Enforced, so hardly any come without it. Guide first for a quarter, then read.",
        "All that are decided met it: there is nothing to compare with.",
        "None met it this early: a later stage may ask for it.",
        "Come back when 6 more that met it are decided, and 1 more that did not.",
        "Come back when 6 more that met it are decided.",
        "Come back when 6 more that did not meet it are decided.",
    ]);
});
