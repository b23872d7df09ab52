import { expect, test } from "@odoo/hoot";
import { queryAll, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

const line = (values) => ({ guidance: "", tier: "required", is_met: false, ...values });

const CHECKLISTS = {
    lead: {
        stage: false,
        met: 1,
        total: 2,
        lines: [
            line({ id: 1, name: "Need identified", guidance: "Ask why.", is_met: true }),
            line({ id: 2, name: "Budget known", guidance: "Ask how much." }),
            line({
                id: 3,
                name: "Decision maker involved",
                tier: "recommended",
                guidance: "Ask who.",
            }),
        ],
    },
    opportunity: { stage: "Qualified", met: 0, total: 0, lines: [] },
};

class Lead extends models.Model {
    _name = "lead";
    _records = [{ id: 1, name: "lead", checklist: CHECKLISTS.lead }];
    _onChanges = {
        name(record) {
            record.checklist = CHECKLISTS[record.name];
        },
    };

    name = fields.Char({ onChange: () => {} });
    checklist = fields.Json();
}

defineMailModels();
defineModels([Lead]);

async function mountChecklist() {
    await mountView({
        type: "form",
        resModel: "lead",
        resId: 1,
        arch: `<form>
            <field name="name"/>
            <field name="checklist" widget="qualification_checklist" readonly="1"/>
        </form>`,
    });
}

test("each criterion says whether it is met, missing or recommended", async () => {
    await mountChecklist();
    expect(".o_qualification_checklist header").toHaveText(/To become an opportunity/);
    expect(".o_qualification_count").toHaveText("1 of 2");
    expect(
        queryAll(".o_qualification_line i").map((icon) => icon.getAttribute("aria-label"))
    ).toEqual(["Met", "Missing", "Recommended"]);
    expect(".o_qualification_line .badge").toHaveCount(1);
});

test("guidance is for what is not met yet", async () => {
    await mountChecklist();
    expect(queryAllTexts(".o_qualification_line .text-muted.small")).toEqual([
        "Ask how much.",
        "Ask who.",
    ]);
});

test("it follows the record while it is edited, and says the stage", async () => {
    await mountChecklist();
    await contains("[name=name] input").edit("opportunity");
    await animationFrame();
    expect(".o_qualification_checklist header").toHaveText("To enter Qualified");
    expect(".o_qualification_line").toHaveCount(0);
    expect(".o_qualification_checklist").toHaveText(/Nothing is asked for/);
});
