import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
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
        {
            id: 1,
            name: "One",
            override_debt_date: "2030-06-30",
            gate_progress: { met: 2, total: 4, missing: [] },
        },
        { id: 2, name: "Two", override_debt_date: false, gate_progress: false },
    ];

    name = fields.Char();
    override_debt_date = fields.Date();
    gate_progress = fields.Json();
    debt = fields.Boolean({ string: "Complete By", sortable: false });
    column = fields.Boolean({ string: "What Is Missing", sortable: false });
}

defineMailModels();
defineModels([Lead]);

test("what is owed is asked for where its column is shown", async () => {
    onRpc("lead", "read", ({ args }) => {
        expect.step(`read ${args[0].join(", ")}: ${args[1].join(", ")}`);
    });
    await mountView({
        type: "list",
        resModel: "lead",
        arch: `<list>
            <field name="name"/>
            <field name="column" widget="gate_progress_column" optional="show"/>
            <field name="debt" widget="override_debt_column" optional="hide"/>
        </list>`,
    });
    await animationFrame();
    expect.verifySteps(["read 1, 2: gate_progress"]);
    await contains(".o_optional_columns_dropdown button").click();
    await contains(".o-dropdown--menu input[name=debt]").click();
    await animationFrame();
    expect.verifySteps(["read 1, 2: override_debt_date"]);
    expect(queryAllTexts(".o_data_row .o_field_widget[name=debt]")).toEqual(["06/30/2030", ""]);
});
