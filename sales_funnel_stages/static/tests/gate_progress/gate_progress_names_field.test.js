import { expect, test } from "@odoo/hoot";
import { hover, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Deal extends models.Model {
    _name = "deal";
    _records = [
        { id: 1, progress: { met: 2, total: 4, missing: ["Budget known", "Strong need"] } },
        { id: 2, progress: { met: 4, total: 4, missing: [] } },
        { id: 3, progress: false },
    ];

    progress = fields.Json();
}

defineMailModels();
defineModels([Deal]);

test("what is missing is to be read beside the badge", async () => {
    await mountView({
        type: "list",
        resModel: "deal",
        arch: `<list><field name="progress" widget="gate_progress_names"/></list>`,
    });
    expect(queryAllTexts(".o_data_row .o_gate_progress")).toEqual(["2 of 4", "4 of 4"]);
    expect(".o_data_row:eq(0) .o_gate_progress_names").toHaveText("Budget known, Strong need");
    expect(".o_data_row:eq(1) .o_gate_progress_names").toHaveText("");
    expect(".o_data_row:eq(2) .o_gate_progress").toHaveCount(0);
    // not once more in a popover
    await hover(".o_gate_progress:eq(0)");
    await advanceTime(500);
    expect(".o_gate_progress_missing").toHaveCount(0);
});
