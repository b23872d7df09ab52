import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const IMPACT = {
    scenario: "team:3:7:0:0",
    open: 212,
    held_back: 37,
    leads: 90,
    leads_unmet: 54,
    wins: 424,
    wins_unmet: 61,
    is_doubtful: false,
    is_enforced: false,
    summary: "Enforcing this today would hold back 37 of 212 open opportunities.",
    leads_summary: "As they are, 54 of 90 leads could not be converted.",
    wins_summary: "Of last year's wins, 61 of 424 did not meet the rules.",
    by_stage: [
        { id: 4, name: "Qualified", count: 30 },
        { id: 0, name: "No stage", count: 7 },
    ],
    by_user: [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({ id, name: `Rep ${id}`, count: 9 - id })),
};
const NOTHING = {
    ...IMPACT,
    held_back: 0,
    leads_unmet: 0,
    wins_unmet: 0,
    is_doubtful: false,
    by_stage: [],
    by_user: [],
};
const SCENARIO = ["stage_rule_scenario", "=", "open/team:3:7:0:0"];

class Team extends models.Model {
    _name = "team";
    _records = [
        { id: 1, name: "Sales", impact: IMPACT },
        { id: 2, name: "Doubtful", impact: { ...IMPACT, is_doubtful: true, is_enforced: true } },
        { id: 3, name: "Easy", impact: NOTHING },
        { id: 4, name: "New", impact: false },
        { id: 5, name: "Without leads", impact: { ...NOTHING, leads: 0, leads_summary: 0 } },
    ];

    name = fields.Char();
    impact = fields.Json();
}

defineMailModels();
defineModels([Team]);

async function mountImpact(resId) {
    mockService("action", {
        loadAction(xmlId) {
            expect.step(xmlId);
            return {
                type: "ir.actions.act_window",
                res_model: "crm.lead",
                views: [
                    [8, "list"],
                    [9, "form"],
                ],
            };
        },
        doAction({ domain, target, views, context }) {
            expect.step({ domain, target, views: views.length, group_by: context.group_by });
        },
    });
    await mountView({
        type: "form",
        resModel: "team",
        resId,
        arch: `<form>
            <field name="name"/>
            <field name="impact" widget="stage_rule_impact" invisible="not impact"/>
        </form>`,
    });
}

const opened = (values) => [
    "sales_funnel_stages.crm_lead_action_held_back",
    { domain: [SCENARIO], target: undefined, views: 2, group_by: [], ...values },
];

test("it says what enforcing would do, by stage and by salesperson", async () => {
    await mountImpact(1);
    expect(".o_impact_summary").toHaveText(IMPACT.summary);
    expect(".o_impact_leads").toHaveText(IMPACT.leads_summary);
    expect(".o_impact_wins").toHaveText(IMPACT.wins_summary);
    expect(queryAllTexts(".o_impact_row")).toEqual([
        "Qualified",
        "No stage",
        ...["Rep 1", "Rep 2", "Rep 3", "Rep 4", "Rep 5", "Rep 6"],
    ]);
    expect(".o_impact_more").toHaveText("2 More");
    expect(".o_impact_doubt").toHaveCount(0);
});

test("what is held back is a click away", async () => {
    await mountImpact(1);
    await contains(".o_impact_held_back").click();
    expect.verifySteps(opened());
    await contains(".o_impact_row:contains(Qualified)").click();
    expect.verifySteps(opened({ domain: [SCENARIO, ["stage_id", "=", 4]] }));
    await contains(".o_impact_row:contains(No stage)").click();
    expect.verifySteps(opened({ domain: [SCENARIO, ["stage_id", "=", false]] }));
    await contains(".o_impact_more").click();
    expect.verifySteps(opened({ group_by: ["user_id"] }));
    await contains(".o_impact_leads_unmet").click();
    expect.verifySteps([
        "sales_funnel_stages.crm_lead_action_not_convertible",
        {
            domain: [["stage_rule_scenario", "=", "leads/team:3:7:0:0"]],
            target: undefined,
            views: 2,
            group_by: [],
        },
    ]);
    await contains(".o_impact_wins_unmet").click();
    expect.verifySteps(
        opened({
            domain: [
                ["stage_rule_scenario", "=", "won/team:3:7:0:0"],
                ["active", "in", [true, false]],
            ],
        })
    );
});

test("who has edited the form looks in a dialog, and saves nothing", async () => {
    onRpc("web_save", () => expect.step("saved"));
    await mountImpact(1);
    await contains("[name=name] input").edit("Sales Europe");
    await contains(".o_impact_held_back").click();
    expect.verifySteps(opened({ target: "new", views: 1 }));
});

test("a rule that most wins break is doubtful", async () => {
    await mountImpact(2);
    expect(".o_impact_doubt").toHaveCount(1);
});

test("where nothing is held back there is nothing to click", async () => {
    await mountImpact(3);
    expect(".o_stage_rule_impact").toHaveCount(1);
    expect(".o_stage_rule_impact button").toHaveCount(0);
});

test("of leads nothing is said where there are none", async () => {
    await mountImpact(5);
    expect(".o_impact_wins").toHaveCount(1);
    expect(".o_impact_leads").toHaveCount(0);
});

test("without anything to say it is not there", async () => {
    await mountImpact(4);
    expect(".o_stage_rule_impact").toHaveCount(0);
});

test("in a list it is the figures", async () => {
    await mountView({
        type: "list",
        resModel: "team",
        arch: `<list><field name="impact" widget="stage_rule_impact"/></list>`,
    });
    expect(queryAllTexts(".o_data_row .o_impact_held_back")).toEqual([
        "37 of 212 would be held back",
        "37 of 212 held back",
    ]);
    expect(queryAllTexts(".o_data_row .o_impact_leads_unmet")).toEqual([
        "54 of 90 leads could not be converted",
        "54 of 90 leads could not be converted",
    ]);
    expect(queryAllTexts(".o_data_row .o_impact_wins_unmet")).toEqual([
        "61 of 424 wins did not meet the rules",
        "61 of 424 wins did not meet the rules",
    ]);
    expect(queryAllTexts(".o_data_row:eq(2) .o_stage_rule_impact_figures > span")).toEqual([
        "0 of 212 would be held back",
        "0 of 90 leads could not be converted",
        "0 of 424 wins did not meet the rules",
    ]);
    expect(".o_data_row:eq(4) .o_stage_rule_impact_figures > span").toHaveCount(2);
    expect(".o_data_row button").toHaveCount(6);
});

test("on cards, too", async () => {
    await mountView({
        type: "kanban",
        resModel: "team",
        arch: `<kanban><templates><t t-name="card">
            <field name="impact" widget="stage_rule_impact"/>
        </t></templates></kanban>`,
    });
    expect(".o_kanban_record:eq(0) .o_impact_held_back").toHaveText("37 of 212 would be held back");
    expect(".o_stage_rule_impact").toHaveCount(0);
});
