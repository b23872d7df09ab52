import { expect, test } from "@odoo/hoot";
import { unload } from "@odoo/hoot-dom";
import { animationFrame, mockSendBeacon } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    hideTab,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { STAGE_RULE_ERROR } from "@sales_funnel_stages/stage_rule_error/names";

class Lead extends models.Model {
    _name = "lead";
    _records = [{ id: 1, name: "Desks", type: "lead" }];

    name = fields.Char();
    qualification_checklist = fields.Json();
    type = fields.Selection({
        selection: [
            ["lead", "Lead"],
            ["opportunity", "Opportunity"],
        ],
    });
}

defineMailModels();
defineModels([Lead]);

async function editAndHide(resId) {
    await mountView({
        type: "form",
        resModel: "lead",
        resId,
        arch: `<form><field name="name"/><field name="type" widget="radio"/></form>`,
    });
    await contains("[name=name] input").edit("Chairs");
    await contains("[name=type] input[data-value=opportunity]").click();
    await hideTab();
    await animationFrame();
}

function refuse(errorName) {
    onRpc("web_save", ({ args }) => {
        expect.step(args[1]);
        if (args[1].type === "opportunity") {
            throw makeServerError({ errorName, message: "Not yet" });
        }
    });
}

test("what is refused when the tab is hidden is said in a notification", async () => {
    refuse(STAGE_RULE_ERROR);
    await editAndHide(1);
    expect(".o_error_dialog").toHaveCount(0);
    expect(".o_notification:contains('Not yet')").toHaveCount(1);
    expect("[name=type] input[data-value=lead]").toBeChecked();
    expect("[name=name] input").toHaveValue("Chairs");
    expect(".o_form_status_indicator_buttons").toHaveClass("invisible");
    expect.verifySteps([{ name: "Chairs", type: "opportunity" }, { name: "Chairs" }]);
});

test("of a new record, all that was typed stays to be saved", async () => {
    refuse(STAGE_RULE_ERROR);
    await editAndHide(false);
    expect(".o_notification:contains('Not yet')").toHaveCount(1);
    expect("[name=name] input").toHaveValue("Chairs");
    expect("[name=type] input[data-value=opportunity]").toBeChecked();
    expect.verifySteps([{ name: "Chairs", type: "opportunity" }]);
});

test("any other error opens a dialog as Odoo does", async () => {
    expect.errors(1);
    refuse("odoo.exceptions.UserError");
    await editAndHide(1);
    expect.verifyErrors([/Not yet/]);
    expect(".o_error_dialog").toHaveCount(1);
    expect.verifySteps([{ name: "Chairs", type: "opportunity" }]);
});

/** Close the tab in which a new record is edited → whether the browser asks whether to leave. */
async function typeAndClose(checklist, name = "Chairs") {
    mockSendBeacon((route) => {
        expect.step(route);
        return true;
    });
    await mountView({
        type: "form",
        resModel: "lead",
        arch: `<form><field name="name"/><field name="qualification_checklist" invisible="1"/></form>`,
        context: { default_qualification_checklist: checklist },
    });
    if (name) {
        await contains("[name=name] input").fill(name, { confirm: false });
    }
    const [event] = await unload();
    await animationFrame();
    return event.defaultPrevented;
}

test("a new record that would be refused is not sent off unanswered", async () => {
    expect(await typeAndClose({ is_refused: true })).toBe(true);
    expect("[name=name] input").toHaveValue("Chairs");
    expect.verifySteps([]);
});

test("nobody is asked about a record that they have not begun", async () => {
    expect(await typeAndClose({ is_refused: true }, "")).toBe(false);
    expect.verifySteps(["/web/dataset/call_kw/lead/web_save"]);
});

test("what is not refused is saved as Odoo does", async () => {
    expect(await typeAndClose({ is_refused: false })).toBe(false);
    expect.verifySteps(["/web/dataset/call_kw/lead/web_save"]);
});
