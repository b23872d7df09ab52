import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";

const step = (name, is_done) => ({
    name,
    is_done,
    title: `Title of ${name}`,
    state: "How it is",
    button: `Open ${name}`,
});

class Lead extends models.Model {
    _name = "crm.lead";
    _records = [{ id: 1, name: "Desks" }];

    name = fields.Char();
}

defineMailModels();
defineModels([Lead]);

async function mountPipeline({ isTold = true, type = "opportunity" } = {}) {
    patchWithCleanup(session, { has_stage_rule_onboarding: isTold });
    onRpc("crm.stage.rule.onboarding", "get_steps", () => [
        step("framework", true),
        step("impact", false),
        step("team", false),
    ]);
    onRpc("crm.stage.rule.onboarding", "action_close", () => {
        expect.step("closed");
        return true;
    });
    onRpc("crm.stage.rule.onboarding", "action_open_step", ({ args }) => ({ opens: args[0] }));
    mockService("action", { doAction: ({ opens }) => expect.step(opens) });
    await mountView({
        type: "kanban",
        resModel: "crm.lead",
        context: { default_type: type },
        arch: `<kanban js_class="crm_kanban">
            <templates><t t-name="card"><field name="name"/></t></templates>
        </kanban>`,
    });
}

test("the first steps stand above the pipeline", async () => {
    await mountPipeline();
    expect(queryAllTexts(".o_onboarding_step .fw-bold")).toEqual([
        "1. Title of framework",
        "2. Title of impact",
        "3. Title of team",
    ]);
    expect(".o_onboarding_step.o_done").toHaveCount(1);
    expect(".o_onboarding_step.o_done [aria-label=Done]").toHaveCount(1);
    expect("[aria-label='To do']").toHaveCount(2);
    expect(".o_kanban_record:not(.o_kanban_ghost)").toHaveText("Desks");
});

test("each step opens where it is done", async () => {
    await mountPipeline();
    await contains("button:contains(Open impact)").click();
    expect.verifySteps(["impact"]);
});

test("closed is closed", async () => {
    await mountPipeline();
    await contains("button[aria-label='Close for good']").click();
    expect.verifySteps(["closed"]);
    expect(".o_stage_rule_onboarding").toHaveCount(0);
    expect(session.has_stage_rule_onboarding).toBe(false);
});

test("whoever is not told of them sees none", async () => {
    await mountPipeline({ isTold: false });
    expect(".o_stage_rule_onboarding").toHaveCount(0);
});

test("not among leads", async () => {
    await mountPipeline({ type: "lead" });
    expect(".o_stage_rule_onboarding").toHaveCount(0);
});
