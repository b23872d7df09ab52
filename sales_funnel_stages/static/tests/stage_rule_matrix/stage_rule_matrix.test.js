import { expect, test } from "@odoo/hoot";
import { press, queryAll, queryAllAttributes } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, mountView, onRpc } from "@web/../tests/web_test_helpers";
import * as matrixModels from "./matrix_models";

class Stage extends matrixModels.Stage {
    _records = [
        { id: 1, name: "New" },
        { id: 2, name: "Ours" },
        { id: 3, name: "Theirs" },
        { id: 4, name: "Won" },
    ];
}

class Criterion extends matrixModels.Criterion {
    _records = [
        { id: 10, name: "Need", framework_id: 1 },
        { id: 11, name: "Budget", framework_id: 1 },
        { id: 12, name: "Pain", framework_id: 3 },
    ];
}

class Rule extends matrixModels.Rule {
    _records = [
        { id: 20, framework_id: 1, criterion_id: 10, stage_id: false, tier: "recommended" },
        { id: 21, framework_id: 1, criterion_id: 10, stage_id: 2, tier: "required" },
        { id: 22, framework_id: 3, criterion_id: 12, stage_id: false, tier: "recommended" },
    ];
}

const gate = (id, name, team_ids = [], teams = "") => ({ id, name, team_ids, teams });

class Framework extends matrixModels.Framework {
    _records = [
        {
            id: 1,
            criterion_ids: [10, 11],
            rule_ids: [20, 21],
            gates: [
                gate(0, "Convert"),
                gate(1, "New"),
                gate(2, "Ours", [7], "We"),
                gate(3, "Theirs", [8], "They"),
                gate(4, "Won"),
            ],
        },
        { id: 2, criterion_ids: [], rule_ids: [], gates: [gate(0, "Convert")] },
        {
            id: 3,
            criterion_ids: [12],
            rule_ids: [22],
            gates: [gate(0, "Convert"), gate(1, "New"), gate(4, "Won")],
            template_rules: [
                { criterion_id: 12, gate: 0, tier: "recommended" },
                { criterion_id: 12, gate: 1, tier: "required" },
            ],
        },
    ];
}

defineMailModels();
defineModels([Stage, Criterion, Rule, Framework]);

async function mountMatrix({ resId = 1, attributes = "" } = {}) {
    await mountView({
        type: "form",
        resModel: "framework",
        resId,
        arch: `<form>
            <field name="gates" invisible="1"/>
            <field name="template_rules" invisible="1"/>
            <field name="rule_ids" widget="stage_rule_matrix" ${attributes}/>
            <field name="rule_ids">
                <list limit="1000"><field name="criterion_id"/><field name="tier"/></list>
            </field>
            <field name="criterion_ids">
                <list editable="bottom">
                    <field name="name"/>
                    <field name="new_tiers" column_invisible="1"/>
                </list>
            </field>
        </form>`,
    });
}

/** What the cells of a row say, without the name of its criterion. */
const states = (row) =>
    queryAllAttributes(`.o_stage_rule_matrix tbody tr:eq(${row}) button`, "aria-label").map(
        (label) => label.split(", ")[1]
    );

test("criteria and gates, in order; what was asked for goes on being asked", async () => {
    await mountMatrix();
    expect(queryAll(".o_stage_rule_matrix thead th").map((cell) => cell.innerText.trim())).toEqual([
        "Criterion",
        "Convert",
        "New",
        "Ours\nWe",
        "Theirs\nThey",
        "Won",
    ]);
    expect(states(0)).toEqual([
        "Convert: recommended",
        "New: recommended since an earlier step",
        "Ours: required",
        // no lead passes through the stages of two teams
        "Theirs: recommended since an earlier step",
        "Won: required since an earlier step",
    ]);
    expect(states(1)).toEqual(
        ["Convert", "New", "Ours", "Theirs", "Won"].map((name) => `${name}: not asked for`)
    );
    expect(".o_stage_rule_matrix tbody tr:eq(0) .opacity-50").toHaveCount(3);
});

test("a click makes a rule required, recommended, and none again", async () => {
    await mountMatrix();
    const cell = `.o_stage_rule_matrix [data-cell="11:1"]`;
    for (const [state, rules] of [
        ["required", 3],
        ["recommended", 3],
        ["not asked for", 2],
    ]) {
        await contains(cell).click();
        await animationFrame();
        expect(states(1)[1]).toBe(`New: ${state}`);
        // the list of rules follows
        expect(".o_list_renderer:first .o_data_row").toHaveCount(rules);
    }
});

test("the keyboard does it too", async () => {
    await mountMatrix();
    await contains(`.o_stage_rule_matrix [data-cell="11:0"]`).focus();
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(states(1)[0]).toBe("Convert: required");
});

test("it is saved with the form", async () => {
    onRpc("framework", "web_save", ({ args }) => {
        expect.step(
            args[1].rule_ids.map(([command, id, values]) => [command, command === 0 ? values : id])
        );
    });
    await mountMatrix();
    await contains(`.o_stage_rule_matrix [data-cell="10:2"]`).click();
    await contains(`.o_stage_rule_matrix [data-cell="10:0"]`).click();
    await contains(`.o_stage_rule_matrix [data-cell="11:4"]`).click();
    await contains(".o_form_button_save").click();
    expect.verifySteps([
        [
            [1, 21],
            [2, 20],
            [0, { criterion_id: 11, stage_id: 4, tier: "required" }],
        ],
    ]);
});

test("a criterion that is not saved has cells that work", async () => {
    onRpc("framework", "web_save", ({ args }) => {
        const [[command, , values]] = args[1].criterion_ids;
        expect.step({ command, values });
    });
    await mountMatrix();
    await contains("[name=criterion_ids] .o_field_x2many_list_row_add a").click();
    await contains("[name=criterion_ids] .o_selected_row [name=name] input").edit("Authority", {
        confirm: false,
    });
    const cell = `.o_stage_rule_matrix [data-cell="new:1"]`;
    for (const state of ["required", "recommended", "not asked for", "required"]) {
        await contains(cell).click();
        await animationFrame();
        expect(states(2)[1]).toBe(`New: ${state}`);
    }
    expect(states(2)[2]).toBe("Ours: required since an earlier step");
    await contains(`.o_stage_rule_matrix [data-cell="new:0"]`).click();
    await contains(`.o_stage_rule_matrix [data-cell="new:0"]`).click();
    await contains(".o_form_button_save").click();
    expect.verifySteps([
        {
            command: 0,
            values: { name: "Authority", new_tiers: { 0: "recommended", 1: "required" } },
        },
    ]);
});

test("who may not change it can read it", async () => {
    await mountMatrix({ attributes: `readonly="1"` });
    expect(states(0)[2]).toBe("Ours: required");
    expect(".o_stage_rule_matrix button:not(:disabled)").toHaveCount(0);
});

test("a template shows the rules that are going to be made, to be read only", async () => {
    await mountMatrix({ resId: 3 });
    expect(states(0)).toEqual([
        "Convert: recommended",
        "New: required",
        "Won: required since an earlier step",
    ]);
    expect(".o_stage_rule_matrix button:not(:disabled)").toHaveCount(0);
    expect(".o_stage_rule_matrix").not.toHaveText(/Click once/);
});

test("a framework without criteria says what to do first", async () => {
    await mountMatrix({ resId: 2 });
    expect(".o_stage_rule_matrix").toHaveText(/Add criteria first/);
    expect(".o_stage_rule_matrix table").toHaveCount(0);
});
