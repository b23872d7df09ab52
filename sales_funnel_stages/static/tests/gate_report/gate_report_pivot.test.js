import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class GateReport extends models.Model {
    _name = "crm.gate.report";
    _records = [
        { id: 1, outcome: "held_back", criterion_id: 1, move_ref: 3 },
        { id: 2, outcome: "held_back", criterion_id: 2, move_ref: 3 },
    ];

    outcome = fields.Char();
    criterion_id = fields.Many2one({ relation: "criterion" });
    move_ref = fields.Integer();
}

class Criterion extends models.Model {
    _name = "criterion";
    _records = [
        { id: 1, name: "Budget known" },
        { id: 2, name: "Strong need" },
    ];

    name = fields.Char();
}

defineMailModels();
defineModels([GateReport, Criterion]);

const mount = (row) =>
    mountView({
        type: "pivot",
        resModel: "crm.gate.report",
        arch: `<pivot js_class="gate_report_pivot">
            <field name="${row}" type="row"/>
            <field name="move_ref" type="measure"/>
        </pivot>`,
    });

test("by criterion it says why rows add up to more than the total", async () => {
    await mount("criterion_id");
    expect(".o_pivot .o_gate_report_note").toHaveText(/Totals count each move once/);
});

test("by anything else there is nothing to explain", async () => {
    await mount("outcome");
    expect(".o_pivot table").toHaveCount(1);
    expect(".o_gate_report_note").toHaveCount(0);
});
