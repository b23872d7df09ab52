import { expect, test } from "@odoo/hoot";
import { hover, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

class Lead extends models.Model {
    _name = "lead";
    _records = [
        { id: 1, progress: { met: 2, total: 4, missing: ["Budget known", "Strong need"] } },
        { id: 2, progress: { met: 4, total: 4, missing: [] } },
        { id: 3, progress: false },
    ];

    progress = fields.Json();
}

defineMailModels();
defineModels([Lead]);

async function mountCards() {
    await mountView({
        type: "kanban",
        resModel: "lead",
        arch: `<kanban><templates><t t-name="card">
            <field name="progress" widget="gate_progress"/>
        </t></templates></kanban>`,
    });
}

test("how much is met, and nothing where nothing is asked for", async () => {
    await mountCards();
    expect(queryAllTexts(".o_gate_progress")).toEqual(["2 of 4", "4 of 4"]);
    // not by its colour alone
    expect(".o_gate_progress:eq(0) .fa-circle-o").toHaveCount(1);
    expect(".o_gate_progress:eq(1) .fa-check").toHaveCount(1);
});

test("what is missing shows on hover and on focus, and is read out", async () => {
    await mountCards();
    expect(".o_gate_progress:eq(0)").toHaveAttribute(
        "aria-label",
        "Ready for the next step: 2 of 4. Not met: Budget known, Strong need"
    );
    await hover(".o_gate_progress:eq(0)");
    await animationFrame();
    expect(queryAllTexts(".o_gate_progress_missing li")).toEqual(["Budget known", "Strong need"]);
    await hover(".o_gate_progress:eq(1)");
    await advanceTime(500);
    expect(".o_gate_progress_missing").toHaveCount(0);
    document.querySelector(".o_gate_progress").focus();
    await animationFrame();
    expect(".o_gate_progress_missing").toHaveCount(1);
    document.activeElement.blur();
    await advanceTime(500);
    expect(".o_gate_progress_missing").toHaveCount(0);
});

test("what is missing is to be read beside the badge", async () => {
    await mountView({
        type: "list",
        resModel: "lead",
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

test("a card says that these are missing, as it has no head of a column", async () => {
    await mountView({
        type: "kanban",
        resModel: "lead",
        arch: `<kanban><templates><t t-name="card">
            <field name="progress" widget="gate_progress_names"/>
        </t></templates></kanban>`,
    });
    expect(queryAllTexts(".o_gate_progress_names")).toEqual([
        "Not met: Budget known, Strong need",
        "",
    ]);
});
