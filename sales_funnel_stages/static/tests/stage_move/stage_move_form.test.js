import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import {
    contains,
    defineModels,
    fields,
    getMockEnv,
    makeServerError,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { makeRequired } from "./required_lines";
import { openStageMove } from "@sales_funnel_stages/stage_move/stage_move";
import { STAGE_RULE_ERROR } from "@sales_funnel_stages/stage_rule_error/names";

const checklist = (values) => ({
    description: "“Desks” cannot enter Qualified yet.",
    stage: "Qualified",
    ...makeRequired(values),
    furthest: false,
});

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    phone = fields.Char({ onChange: follow });
    email_from = fields.Char({ string: "E-mail", onChange: follow });
    stage_id = fields.Integer();
    stage_move_checklist = fields.Json({ readonly: true });

    _records = [{ id: 1, name: "Desks", stage_move_checklist: checklist({}) }];
    _views = {
        form: `<form js_class="stage_move_form">
            <field name="stage_move_checklist"/><field name="name"/>
            <field name="phone"/><field name="email_from"/>
        </form>`,
    };
}

function follow(record) {
    record.stage_move_checklist = checklist(record);
}

defineMailModels();
defineModels([CrmLead]);

async function open(move) {
    mockService("action", { doAction: (action) => expect.step(action) });
    onRpc("crm.lead", "save_and_move", ({ args: [ids, values, asked] }) => {
        expect.step({ ids, values, asked });
        return { id: ids[0], message: false };
    });
    await mountWithCleanup(MainComponentsContainer);
    await openStageMove(getMockEnv(), { leadIds: [1], stageId: 5, ...move });
    await animationFrame();
    await animationFrame();
}

const PHONE = ".o_stage_move_line [name=phone] input";
const EMAIL = ".o_stage_move_line [name=email_from] input";
const CONFIRM = ".modal-footer .o_stage_move_confirm";

test("what is missing, in one column, and what is met folded", async () => {
    await open();
    expect(queryAllTexts(".o_stage_move_line label.fw-bold")).toEqual([
        "Somebody answers",
        "Can be written to",
    ]);
    expect(queryAllTexts(".o_stage_move_line .o_qualification_state")).toEqual([
        "Missing",
        "Missing",
    ]);
    expect(".o_stage_move_met button").toHaveText("One more is met");
    expect(".o_stage_move_met li").toHaveCount(0);
    await contains(".o_stage_move_met button").click();
    expect(".o_stage_move_met li").toHaveText("Known before");
    // as Odoo marks what is required
    expect(".o_stage_move_line .o_field_widget.o_required_modifier").toHaveCount(2);
});

test("the first empty field has the focus; Tab, Enter and one more Enter do the rest", async () => {
    await open();
    expect(PHONE).toBeFocused();
    expect(CONFIRM).not.toHaveClass("btn-primary");
    await contains(PHONE).edit("+32 2 290 34 90", { confirm: false });
    await press("Tab");
    await animationFrame();
    expect(EMAIL).toBeFocused();
    await contains(EMAIL).edit("ann@example.com", { confirm: "enter" });
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        {
            ids: [1],
            values: { phone: "+32 2 290 34 90", email_from: "ann@example.com" },
            asked: { stage_id: 5 },
        },
        "soft_reload",
    ]);
    expect(".modal").toHaveCount(0);
});

test("clicking a criterion goes to its field", async () => {
    await open();
    await contains(".o_stage_move_line label:contains('Can be written to')").click();
    expect(EMAIL).toBeFocused();
});

test("one click too early goes to what is missing, and asks the server nothing", async () => {
    await open();
    await contains(PHONE).edit("+32 2 290 34 90");
    expect(CONFIRM).toHaveText("Save and Move to Qualified");
    await contains(CONFIRM).click();
    expect(EMAIL).toBeFocused();
    expect.verifySteps([]);
    await contains(EMAIL).edit("ann@example.com", { confirm: "blur" });
    await animationFrame();
    expect(CONFIRM).toHaveClass("btn-primary");
    // nothing is to be asked for any more
    expect(".o_stage_move_reason").toHaveCount(0);
    expect(".o_stage_move_permission").toHaveCount(0);
});

test("what is typed is not thrown away before somebody says so", async () => {
    onRpc("crm.lead", "web_save", ({ args }) => expect.step(args));
    await open();
    await contains(PHONE).edit("+32 2 290 34 90");
    await press("Escape");
    await animationFrame();
    expect(".modal:last .modal-title").toHaveText("Unsaved changes");
    await contains(".modal:last footer button:contains('Stay Here')").click();
    expect(".modal").toHaveCount(1);
    expect(PHONE).toHaveValue("+32 2 290 34 90");
    await contains(".modal-footer .o_stage_move_cancel").click();
    await contains(".modal:last footer button:contains('Save')").click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([[[1], { phone: "+32 2 290 34 90" }], "soft_reload"]);
});

test("where nothing is typed, it closes", async () => {
    await open();
    await press("Escape");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([]);
});

test("a reason is something typed as well", async () => {
    await open({ canOverride: true });
    await contains(".o_stage_move_reason textarea").edit("They sign on paper");
    expect(".o_stage_move_date").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    await contains(".modal:last footer button:contains('Discard')").click();
    expect(".modal").toHaveCount(0);
});

test("an override takes what was filled in with it", async () => {
    await open({ canOverride: true });
    await contains(PHONE).edit("+32 2 290 34 90");
    await contains(".o_stage_move_reason textarea").edit("They sign on paper");
    await contains(".o_stage_move_permission.btn-primary:contains('Override')").click();
    await animationFrame();
    expect.verifySteps([
        {
            ids: [1],
            values: { phone: "+32 2 290 34 90" },
            asked: { stage_id: 5, reason: "They sign on paper", make_good_date: false },
        },
        "soft_reload",
    ]);
});

test("what is refused meanwhile is said, and nothing is lost", async () => {
    await open({ isConversion: true });
    onRpc("crm.lead", "save_and_move", () => {
        throw makeServerError({ errorName: STAGE_RULE_ERROR, message: "Another rule" });
    });
    await contains(PHONE).edit("1");
    await contains(EMAIL).edit("a@b.c", { confirm: "blur" });
    await contains(CONFIRM).click();
    await animationFrame();
    expect(".o_notification").toHaveText(/Another rule/);
    expect(PHONE).toHaveValue("1");
});
