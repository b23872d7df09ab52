import { expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import {
    defineModels,
    fields,
    getService,
    makeServerError,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { STAGE_RULE_ERROR } from "@sales_funnel_stages/stage_rule_error/names";

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    stage_move_checklist = fields.Json();

    _records = [
        {
            id: 1,
            name: "Desks",
            stage_move_checklist: { description: "Not yet", lines: [], met: 0, total: 1 },
        },
    ];
    _views = {
        form: `<form js_class="stage_move_form"><field name="stage_move_checklist"/></form>`,
    };
}

class Wizard extends models.Model {
    _name = "wizard";

    name = fields.Char();
}

defineMailModels();
defineModels([CrmLead, Wizard]);

const refusal = (values) => ({ lead_id: 1, stage_id: 5, is_conversion: false, ...values });

/** Calls a method that is refused, and leaves the error to whoever handles it. */
async function callRefused(model, refusals, readyIds = []) {
    expect.errors(1);
    onRpc(model, "move", () => {
        throw makeServerError({
            errorName: STAGE_RULE_ERROR,
            message: "Not yet",
            context: { stage_rule_refusals: refusals, stage_rule_ready_ids: readyIds },
        });
    });
    mockService("action", {
        doAction({ res_model, target, context }) {
            expect.step([
                res_model,
                target,
                context.default_to_stage_id,
                context.default_ready_ids,
            ]);
        },
    });
    await mountWithCleanup(MainComponentsContainer);
    getService("orm").call(model, "move", [[1]]);
    await animationFrame();
    await animationFrame();
    expect.verifyErrors([/Not yet/]);
}

test("a refused move of one lead opens a form on it", async () => {
    await callRefused("crm.lead", [refusal()]);
    await animationFrame();
    expect(".o_error_dialog").toHaveCount(0);
    expect(".modal .o_stage_move_description").toHaveText("Not yet");
    expect.verifySteps([]);
});

test("one of several opens the dialog that tells them from those that are ready", async () => {
    await callRefused("crm.lead", [refusal()], [2, 3]);
    expect(".modal .o_stage_move_form").toHaveCount(0);
    expect.verifySteps([["crm.stage.move", "new", 5, [[6, 0, [2, 3]]]]]);
});

test("leads on different ways are only told why", async () => {
    await callRefused("crm.lead", [refusal(), refusal({ lead_id: 2, stage_id: 6 })]);
    expect(".o_error_dialog").toHaveCount(1);
    expect.verifySteps([]);
});

test("so is a wizard, which has fields of its own", async () => {
    await callRefused("wizard", [refusal()]);
    expect(".o_error_dialog").toHaveCount(1);
    expect.verifySteps([]);
});

test("so is a hand-over that is refused, which is no move", async () => {
    await callRefused("crm.lead", [refusal({ is_hand_over: true })]);
    expect(".o_error_dialog").toHaveCount(1);
    expect.verifySteps([]);
});
