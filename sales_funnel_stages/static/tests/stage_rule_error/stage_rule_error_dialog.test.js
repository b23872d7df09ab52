import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import {
    contains,
    getService,
    mockService,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";
import { STAGE_RULE_ERROR } from "@sales_funnel_stages/stage_rule_error/names";
import { StageRuleErrorDialog } from "@sales_funnel_stages/stage_rule_error/stage_rule_error_dialog";

const refusal = (values) => ({ lead_id: 1, stage_id: 5, is_conversion: false, ...values });

defineMailModels();

async function showError(refusals, canOverride = false, model = "crm.lead2opportunity.partner") {
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(StageRuleErrorDialog, {
        name: "RPC_ERROR",
        exceptionName: STAGE_RULE_ERROR,
        message: "Odoo Server Error",
        model,
        data: {
            arguments: ["“Desks” cannot enter Qualified yet."],
            context: {
                stage_rule_refusals: refusals,
                stage_rule_can_override: canOverride,
            },
        },
    });
    await animationFrame();
}

const buttons = () => queryAllTexts(".o_error_dialog footer button:visible");

test("who may not override can ask", async () => {
    await showError([refusal()]);
    expect(".o_error_dialog .modal-title").toHaveText("Not ready yet");
    expect(".o_error_dialog [role=alert]").toHaveText("“Desks” cannot enter Qualified yet.");
    expect(buttons()).toEqual(["Close", "Ask for Approval…"]);
});

test("who may override can do so", async () => {
    await showError([refusal()], true);
    expect(buttons()).toEqual(["Close", "Override…"]);
});

test("several leads on the same way are one offer", async () => {
    await showError([refusal(), refusal({ lead_id: 2 })]);
    expect(buttons()).toEqual(["Close", "Ask for Approval…"]);
});

test("leads on different ways are none", async () => {
    await showError([refusal(), refusal({ lead_id: 2, stage_id: 6 })]);
    expect(buttons()).toEqual(["Close"]);
});

test("a conversion into a stage is another way than to the stage", async () => {
    await showError([refusal(), refusal({ lead_id: 2, is_conversion: true })]);
    expect(buttons()).toEqual(["Close"]);
});

test("what is not saved yet has nothing to ask for", async () => {
    await showError([refusal({ is_new: true })]);
    expect(buttons()).toEqual(["Close"]);
});

test("the wizard that makes moves offers no other", async () => {
    await showError([refusal()], true, "crm.stage.move");
    expect(buttons()).toEqual(["Close"]);
});

test("the offer opens the wizard, and reloads what is below when it is done", async () => {
    mockService("action", {
        doAction(action, options) {
            if (action === "soft_reload") {
                expect.step("reload");
                return;
            }
            const { default_lead_ids, default_to_stage_id, default_is_conversion } = action.context;
            expect.step([
                action.res_model,
                action.name,
                default_lead_ids,
                default_to_stage_id,
                default_is_conversion,
            ]);
            options.onClose();
            expect.step("closed");
            options.onClose({ is_done: true });
        },
    });
    await showError([refusal(), refusal({ lead_id: 2 })], true);
    await contains(".o_stage_rule_offer").click();
    expect(".o_error_dialog").toHaveCount(0);
    expect.verifySteps([
        ["crm.stage.move", "Override", [[6, 0, [1, 2]]], 5, false],
        "closed",
        "reload",
    ]);
});
