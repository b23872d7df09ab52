import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { MainComponentsContainer } from "@web/core/main_components_container";
import {
    contains,
    defineModels,
    fields,
    getService,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { session } from "@web/session";
import { getMovedLeads } from "@sales_funnel_stages/stage_move/guided_move_service";

class CrmLead extends models.Model {
    _name = "crm.lead";
    _records = [
        {
            id: 1,
            name: "Desks",
            stage_move_checklist: { description: "Complete it", lines: [], met: 0, total: 1 },
        },
    ];
    _views = {
        form: `<form js_class="stage_move_form"><field name="stage_move_checklist"/></form>`,
    };

    name = fields.Char();
    stage_id = fields.Integer();
    stage_move_checklist = fields.Json();
}

defineMailModels();
defineModels([CrmLead]);

const move = (id, lead_id) => ({ id, lead_id, message: `Lead ${lead_id} lacks a budget.` });

async function saveStage(...answers) {
    onRpc("get_moves_to_complete", ({ args }) => {
        expect.step(args[0]);
        return answers.shift();
    });
    await mountWithCleanup(MainComponentsContainer);
    await saveAgain();
}

async function saveAgain() {
    await getService("orm").webSave("crm.lead", [1], { stage_id: 2 }, { specification: {} });
    await animationFrame();
    await animationFrame();
}

test("a move that lacks something offers to complete it, once", async () => {
    patchWithCleanup(session, { stage_rules_guide: true });
    onRpc("crm.lead", "web_read", ({ args, kwargs }) => {
        expect.step([args[0], kwargs.context.stage_move_is_made]);
    });
    await saveStage([move(7, 1)], [move(7, 1)]);
    expect(".o_notification").toHaveCount(1);
    expect(".o_notification").toHaveText(/Lead 1 lacks a budget/);
    await contains(".o_notification button:contains('Complete')").click();
    await animationFrame();
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
    expect(".modal .o_stage_move_description").toHaveText("Complete it");
    expect(".modal .modal-footer .btn-primary").toHaveText("Save");
    await contains(".modal .modal-footer .o_stage_move_cancel").click();
    expect(".modal").toHaveCount(0);
    await saveAgain();
    expect(".o_notification").toHaveCount(0);
    expect.verifySteps([[1], [[1], true], [1]]);
});

test("it waits while a dialog is open", async () => {
    patchWithCleanup(session, { stage_rules_guide: true });
    await saveStage([move(7, 1)]);
    expect(".o_notification").toHaveCount(1);
    getService("dialog").add(AlertDialog, { body: "Something else" });
    await animationFrame();
    await animationFrame();
    expect(".modal").toHaveCount(1);
    expect(".o_notification").toHaveCount(0);
    await contains(".modal-footer button").click();
    await animationFrame();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect(".o_notification").toHaveText(/Lead 1 lacks a budget/);
    await contains(".o_notification_close").click();
    getService("dialog").add(AlertDialog, { body: "One more" });
    await contains(".modal-footer button").click();
    await animationFrame();
    expect(".o_notification").toHaveCount(0);
    expect.verifySteps([[1]]);
});

test("several open as a list", async () => {
    patchWithCleanup(session, { stage_rules_guide: true });
    mockService("action", {
        doAction: ({ domain }) => expect.step(domain),
    });
    await saveStage([move(7, 1), move(8, 2)]);
    expect(".o_notification").toHaveText(/2 records moved/);
    await contains(".o_notification button:contains('Complete')").click();
    expect.verifySteps([[1], [["id", "in", [1, 2]]]]);
});

test("where nobody is guided, nothing is asked", async () => {
    await saveStage([move(7, 1)]);
    expect(".o_notification").toHaveCount(0);
    expect.verifySteps([]);
});

describe("which leads a call may have moved", () => {
    const call = (model, method, args, rest) =>
        getMovedLeads({ data: { params: { model, method, args } }, ...rest });

    test("a save of their stage or type", () => {
        expect(call("crm.lead", "web_save", [[1], { stage_id: 2 }])).toEqual([1]);
        expect(call("crm.lead", "web_save", [[1], { type: "opportunity" }])).toEqual([1]);
        expect(call("crm.lead", "web_save", [[1], { name: "Chairs" }])).toEqual([]);
        expect(call("crm.lead", "web_save", [[], { stage_id: 2 }])).toEqual([]);
        expect(call("other", "web_save", [[1], { stage_id: 2 }])).toEqual([]);
        expect(
            call("crm.lead", "web_save_multi", [
                [1, 2],
                [{ stage_id: 2 }, {}],
            ])
        ).toEqual([1, 2]);
    });

    test("a button", () => {
        expect(call("crm.lead", "action_set_won_rainbowman", [[1]])).toEqual([1]);
        expect(call("crm.lead", "action_archive", [[1]])).toEqual([]);
    });

    test("the conversion", () => {
        const result = { res_model: "crm.lead", res_id: 3 };
        const wizard = ["crm.lead2opportunity.partner", "action_apply", [[9]]];
        expect(call(...wizard, { result })).toEqual([3]);
        expect(call(...wizard, { result: false })).toEqual([]);
    });

    test("none where it failed, or where it is no call of a model", () => {
        expect(call("crm.lead", "web_save", [[1], { stage_id: 2 }], { error: {} })).toEqual([]);
        expect(getMovedLeads({ data: { params: {} } })).toEqual([]);
    });
});
