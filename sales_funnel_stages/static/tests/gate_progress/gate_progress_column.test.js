import { expect, test } from "@odoo/hoot";
import { click, edit, press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Lead extends models.Model {
    _name = "lead";
    _records = [
        { id: 1, name: "One", gate_progress: { met: 2, total: 4, missing: ["Budget known"] } },
        { id: 2, name: "Two", gate_progress: { met: 4, total: 4, missing: [] } },
        { id: 3, name: "Three", gate_progress: false },
    ];

    name = fields.Char();
    gate_progress = fields.Json();
    column = fields.Boolean({ string: "What Is Missing", sortable: false });
}

defineMailModels();
defineModels([Lead]);

const mountList = (optional, attributes = "", groupBy = []) =>
    mountView({
        type: "list",
        resModel: "lead",
        groupBy,
        arch: `<list ${attributes}>
            <field name="name"/>
            <field name="column" widget="gate_progress_column" optional="${optional}"/>
        </list>`,
    });

function logReads() {
    onRpc("lead", "read", ({ args }) => {
        expect.step(`read ${args[0].join(", ")}: ${args[1]}`);
    });
    onRpc("lead", "web_search_read", ({ kwargs }) => {
        expect("gate_progress" in kwargs.specification).toBe(false);
    });
}

test("what is missing of all rows is asked for at once", async () => {
    logReads();
    await mountList("show");
    await animationFrame();
    expect.verifySteps(["read 1, 2, 3: gate_progress"]);
    expect(queryAllTexts(".o_data_row .o_gate_progress")).toEqual(["2 of 4", "4 of 4"]);
    expect(queryAllTexts(".o_gate_progress_names")).toEqual(["Budget known", ""]);
});

test("it is not asked for where the column is hidden, and is once it is shown", async () => {
    logReads();
    await mountList("hide");
    await animationFrame();
    expect.verifySteps([]);
    await contains(".o_optional_columns_dropdown button").click();
    await contains(".o-dropdown--menu input[name=column]").click();
    await animationFrame();
    expect.verifySteps(["read 1, 2, 3: gate_progress"]);
    expect(".o_gate_progress").toHaveCount(2);
});

test("it is asked for anew of a row that has changed", async () => {
    logReads();
    await mountList("show", `editable="bottom"`);
    await animationFrame();
    expect.verifySteps(["read 1, 2, 3: gate_progress"]);
    MockServer.env["lead"].write([2], {
        gate_progress: { met: 3, total: 4, missing: ["Strong need"] },
    });
    await click(".o_data_row:eq(1) [name=name]");
    await animationFrame();
    await edit("Changed");
    await press("Enter");
    await animationFrame();
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["read 2: gate_progress"]);
    expect(".o_data_row:eq(1) .o_gate_progress").toHaveText("3 of 4");
});
