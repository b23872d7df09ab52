import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { makeRequired } from "@sales_funnel_stages/../tests/stage_move/required_lines";
import { WebClient } from "@web/webclient/webclient";

/** What the wizard says of a lead, of which the name is known. */
function makeChecklist(values) {
    const required = makeRequired(values);
    return {
        description: "“Desks” cannot become an opportunity yet.",
        ...required,
        is_refused: required.met < required.total,
    };
}

class CrmLead extends models.Model {
    _name = "crm.lead";
    _records = [{ id: 1, name: "Desks" }];

    name = fields.Char();
    phone = fields.Char();
    email_from = fields.Char({ string: "E-mail" });
}

class Wizard extends models.Model {
    _name = "wizard";
    _records = [
        {
            id: 1,
            name: "convert",
            filled_lead_ids: [1],
            qualification_checklist: makeChecklist({}),
            is_held_back: true,
        },
    ];
    _onChanges = {
        filled_lead_ids(record) {
            // what is known of it: only values that were typed are given
            const typed = Object.assign({}, ...record.filled_lead_ids.map(([, , each]) => each));
            record.qualification_checklist = makeChecklist(typed);
            record.is_held_back = record.qualification_checklist.is_refused;
        },
    };
    _views = {
        form: `<form js_class="conversion_form" disable_autofocus="1">
            <field name="name" invisible="1"/>
            <field name="qualification_checklist" invisible="1"/>
            <field name="is_held_back" invisible="1"/>
            <field name="filled_lead_ids" widget="conversion_lead" mode="form" nolabel="1">
                <form>
                    <field name="name"/><field name="phone"/><field name="email_from"/>
                </form>
            </field>
            <field name="override_reason"/>
            <footer>
                <button name="action_apply" type="object" string="Convert" class="btn-primary"
                    invisible="is_held_back"/>
                <button name="action_apply" type="object" string="Convert" class="o_not_ready"
                    invisible="not is_held_back"/>
                <button special="save" string="Save"/>
                <button special="cancel" string="Cancel"/>
            </footer>
        </form>`,
    };

    name = fields.Char();
    filled_lead_ids = fields.Many2many({ relation: "crm.lead", onChange: () => {} });
    qualification_checklist = fields.Json();
    is_held_back = fields.Boolean();
    override_reason = fields.Text();
}

defineMailModels();
defineModels([CrmLead, Wizard]);

async function open() {
    onRpc("wizard", "web_save", ({ args: [ids, values] }) => {
        expect.step({ ids, leads: values.filled_lead_ids });
    });
    onRpc("wizard", "action_apply", () => {
        expect.step("converted");
        return { type: "ir.actions.act_window_close" };
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "wizard",
        res_id: 1,
        views: [[false, "form"]],
        target: "new",
    });
    await animationFrame();
}

const PHONE = ".modal .o_stage_move_line [name=phone] input";
const EMAIL = ".modal .o_stage_move_line [name=email_from] input";
const ASKED = ".modal:contains('Unsaved changes')";
const typed = (values) => ({ ids: [1], leads: [[1, 1, values]] });

test("the lead's own fields, as in the dialog of a refused move", async () => {
    await open();
    expect(queryAllTexts(".modal .o_stage_move_line label.fw-bold")).toEqual([
        "Somebody answers",
        "Can be written to",
    ]);
    expect(".modal .o_stage_move_met button").toHaveText("One more is met");
    expect(".modal .o_qualification_count").toHaveText("1 of 3 required");
    expect(PHONE).toBeFocused();
});

test("one click too early goes to what is missing, and asks the server nothing", async () => {
    await open();
    await contains(PHONE).edit("+32 2 290 34 90");
    await contains(".modal footer .o_not_ready").click();
    expect(EMAIL).toBeFocused();
    expect.verifySteps([]);
});

test("Enter on the last field converts, with what was typed", async () => {
    await open();
    await contains(PHONE).edit("+32 2 290 34 90", { confirm: false });
    await press("Tab");
    await animationFrame();
    expect(EMAIL).toBeFocused();
    await contains(EMAIL).edit("ann@example.com", { confirm: "enter" });
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        typed({ phone: "+32 2 290 34 90", email_from: "ann@example.com" }),
        "converted",
    ]);
    expect(".modal").toHaveCount(0);
});

test("what is typed is not thrown away before somebody says so", async () => {
    await open();
    await contains(PHONE).edit("+32 2 290 34 90");
    await press("Escape");
    await animationFrame();
    await contains(`${ASKED} footer button:contains('Stay Here')`).click();
    expect(PHONE).toHaveValue("+32 2 290 34 90");
    await contains(".modal footer button:contains('Cancel')").click();
    await contains(`${ASKED} footer button:contains('Save')`).click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    // kept on the lead, which is not converted
    expect.verifySteps([typed({ phone: "+32 2 290 34 90" })]);
});

test("what is discarded is gone", async () => {
    await open();
    await contains(PHONE).edit("+32 2 290 34 90");
    await contains(".modal footer button:contains('Cancel')").click();
    await contains(`${ASKED} footer button:contains('Discard')`).click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([]);
});

test("a reason is something typed as well", async () => {
    await open();
    await contains(".modal [name=override_reason] textarea").edit("They sign on paper");
    await press("Escape");
    await animationFrame();
    expect(ASKED).toHaveCount(1);
});

test("where nothing is typed, it closes", async () => {
    await open();
    await press("Escape");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([]);
});

test("where nothing is missing, the button that converts has the focus", async () => {
    const [record] = Wizard._records;
    Wizard._records = [
        {
            ...record,
            qualification_checklist: makeChecklist({ phone: "1", email_from: "a@b.c" }),
            is_held_back: false,
        },
    ];
    await open();
    expect(".modal .o_stage_move_line").toHaveCount(0);
    expect(".modal footer button.btn-primary").toBeFocused();
});
