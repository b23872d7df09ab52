import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    toggleKanbanColumnActions,
} from "@web/../tests/web_test_helpers";

class CrmStage extends models.Model {
    _name = "crm.stage";
    _records = [{ id: 5, name: "New" }];

    name = fields.Char();
}

class Lead extends models.Model {
    _name = "lead";
    _records = [{ id: 1, name: "Desks", stage_id: 5, kind: "a" }];

    name = fields.Char();
    stage_id = fields.Many2one({ relation: "crm.stage" });
    kind = fields.Selection({ selection: [["a", "A"]] });
}

defineMailModels();
defineModels([CrmStage, Lead]);

async function openMenu(groupBy) {
    await mountView({
        type: "kanban",
        resModel: "lead",
        groupBy: [groupBy],
        arch: `<kanban><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
    });
    return toggleKanbanColumnActions(0);
}

test("the menu of a stage's column opens its rules", async () => {
    mockService("action", {
        doAction: (action, { additionalContext }) => expect.step([action, additionalContext]),
    });
    await openMenu("stage_id");
    await contains(".o_group_stage_rules").click();
    await animationFrame();
    expect.verifySteps([
        [
            "sales_funnel_stages.crm_stage_rule_action_of_stage",
            { search_default_stage_id: 5, default_stage_id: 5 },
        ],
    ]);
});

test("a column that is no stage has none", async () => {
    await openMenu("kind");
    expect(".o_kanban_toggle_fold").toHaveCount(1);
    expect(".o_group_stage_rules").toHaveCount(0);
});
