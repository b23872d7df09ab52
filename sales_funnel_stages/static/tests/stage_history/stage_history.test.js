import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Transition extends models.Model {
    _name = "crm.stage.transition";
    _records = [
        { id: 1, summary: "Created" },
        { id: 2, summary: "Moved" },
        { id: 3, summary: "Of another lead" },
    ];
    _views = {
        kanban: `<kanban><templates><t t-name="card">
            <field name="summary"/>
            <i t-if="context.is_of_one_lead">here</i>
        </t></templates></kanban>`,
    };

    summary = fields.Char();
}

class Lead extends models.Model {
    _name = "lead";
    _records = [
        { id: 1, name: "First", transition_ids: [1] },
        { id: 2, name: "Second", transition_ids: [3] },
    ];

    name = fields.Char();
    transition_ids = fields.One2many({ relation: "crm.stage.transition" });
}

defineMailModels();
defineModels([Lead, Transition]);

const ARCH = `<form>
    <field name="name"/>
    <notebook>
        <page string="Other"/>
        <page string="History" name="stage_history"><widget name="stage_history"/></page>
    </notebook>
</form>`;

function mountForm() {
    onRpc("lead", "read", ({ args }) => expect.step(`read ${args[0]}`));
    return mountView({ type: "form", resModel: "lead", resId: 1, resIds: [1, 2], arch: ARCH });
}

const openHistory = () => contains(".nav-link[name=stage_history]").click();
const readSteps = () => queryAllTexts(".o_kanban_record:not(.o_kanban_ghost)");

test("is read when somebody looks at it", async () => {
    await mountForm();
    expect.verifySteps([]);
    await openHistory();
    await animationFrame();
    expect.verifySteps(["read 1"]);
    expect(readSteps()).toEqual(["Created\nhere"]);
    expect(".o_control_panel").toHaveCount(1, { message: "that of the form" });
});

test("follows what is saved, and not what is only typed", async () => {
    onRpc("lead", "web_save", () => {
        MockServer.env["lead"].write([1], { transition_ids: [[6, 0, [1, 2]]] });
    });
    await mountForm();
    await openHistory();
    await contains("[name=name] input").edit("Another", { confirm: false });
    expect.verifySteps(["read 1"]);
    await contains(".o_form_button_save").click();
    await animationFrame();
    expect.verifySteps(["read 1"]);
    expect(readSteps()).toEqual(["Created\nhere", "Moved\nhere"]);
});

test("is that of the record that is shown", async () => {
    await mountForm();
    await openHistory();
    await contains(".o_pager_next").click();
    await animationFrame();
    expect.verifySteps(["read 1", "read 2"]);
    expect(readSteps()).toEqual(["Of another lead\nhere"]);
});
