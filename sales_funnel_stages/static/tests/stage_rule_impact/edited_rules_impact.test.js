import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, mountView, onRpc } from "@web/../tests/web_test_helpers";
import * as matrixModels from "../stage_rule_matrix/matrix_models";

const impact = (held_back) => ({
    scenario: `framework:0:1:0:0:${held_back}`,
    open: 9,
    held_back,
    leads: 0,
    leads_unmet: 0,
    wins: 0,
    wins_unmet: 0,
    is_doubtful: false,
    is_enforced: false,
    summary: `Enforcing this today would hold back ${held_back} of 9 open opportunities.`,
    leads_summary: 0,
    wins_summary: "Nothing was won",
    by_stage: [],
    by_user: [],
});

class Stage extends matrixModels.Stage {
    _records = [{ id: 4, name: "Won" }];
}

class Criterion extends matrixModels.Criterion {
    _records = [
        { id: 10, name: "Need", framework_id: 1 },
        { id: 11, name: "Budget", framework_id: 1 },
    ];
}

class Rule extends matrixModels.Rule {
    _records = [
        { id: 20, framework_id: 1, criterion_id: 10, stage_id: false, tier: "required" },
        { id: 21, framework_id: 1, criterion_id: 11, stage_id: false, tier: "recommended" },
    ];
}

class Framework extends matrixModels.Framework {
    _records = [
        {
            id: 1,
            name: "BANT",
            criterion_ids: [10, 11],
            rule_ids: [20, 21],
            impact: impact(5),
            gates: [
                { id: 0, name: "Convert", team_ids: [], teams: "" },
                { id: 4, name: "Won", team_ids: [], teams: "" },
            ],
        },
    ];
}

defineMailModels();
defineModels([Stage, Criterion, Rule, Framework]);

async function mountForm() {
    onRpc("framework", "get_impact_of_rules", ({ args: [[id], rules] }) => {
        expect.step({ id, rules });
        return impact(rules.length);
    });
    await mountView({
        type: "form",
        resModel: "framework",
        resId: 1,
        arch: `<form>
            <field name="name"/>
            <field name="impact" widget="edited_rules_impact"/>
            <field name="gates" invisible="1"/>
            <field name="rule_ids" widget="stage_rule_matrix"/>
            <field name="criterion_ids">
                <list editable="bottom">
                    <field name="name"/>
                    <field name="new_tiers" column_invisible="1"/>
                </list>
            </field>
        </form>`,
    });
}

/** What is asked for with one more rule than there is: no win without a need. */
const withNeedToWin = {
    id: 1,
    rules: [
        [10, 0],
        [10, 4],
    ],
};

const click = (cell) => contains(`.o_stage_rule_matrix [data-cell="${cell}"]`).click();

async function wait() {
    await advanceTime(500);
    await animationFrame();
}

test("the impact follows the matrix, before it is saved", async () => {
    await mountForm();
    await wait();
    expect(".o_impact_summary").toHaveText(/hold back 5 of 9/);
    expect(".o_impact_edited").toHaveCount(0);
    await click("11:4");
    await click("10:4");
    await wait();
    // once for several clicks
    expect.verifySteps([
        {
            id: 1,
            rules: [
                [10, 0],
                [10, 4],
                [11, 4],
            ],
        },
    ]);
    expect(".o_impact_summary").toHaveText(/hold back 3 of 9/);
    expect(".o_impact_edited").toHaveText(/before they are saved/);
    expect(".o_impact_edited").not.toHaveText(/New criteria/);
});

test("what is recommended holds nothing back, and is not counted anew", async () => {
    await mountForm();
    await contains("[name=name] input").edit("CHAMP");
    await wait();
    expect.verifySteps([]);
});

test("what is given up is not counted any more", async () => {
    await mountForm();
    await click("10:4");
    await wait();
    expect.verifySteps([withNeedToWin]);
    await contains(".o_form_button_cancel").click();
    await wait();
    expect(".o_impact_summary").toHaveText(/hold back 5 of 9/);
    expect(".o_impact_edited").toHaveCount(0);
});

test("it says that criteria which are not saved are not counted", async () => {
    await mountForm();
    await click("10:4");
    await contains("[name=criterion_ids] .o_field_x2many_list_row_add a").click();
    await contains("[name=criterion_ids] .o_selected_row [name=name] input").edit("Pain", {
        confirm: false,
    });
    await click("new:0");
    await wait();
    expect.verifySteps([withNeedToWin]);
    expect(".o_impact_edited").toHaveText(/New criteria are counted once they are saved/);
});
