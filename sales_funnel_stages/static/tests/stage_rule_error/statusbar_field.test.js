import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { STAGE_RULE_ERROR } from "@sales_funnel_stages/stage_rule_error/names";

class Stage extends models.Model {
    _name = "stage";
    _records = [
        { id: 1, name: "New" },
        { id: 2, name: "Qualified" },
    ];

    name = fields.Char();
}

class Lead extends models.Model {
    _name = "lead";
    _records = [{ id: 1, name: "Desks", stage_id: 1 }];

    name = fields.Char();
    stage_id = fields.Many2one({ relation: "stage" });
}

defineMailModels();
defineModels([Lead, Stage]);

async function mountLead() {
    await mountView({
        type: "form",
        resModel: "lead",
        resId: 1,
        arch: `<form>
            <header><field name="stage_id" widget="statusbar" options="{'clickable': '1'}"/></header>
            <field name="name"/>
        </form>`,
    });
}

function refuse(errorName) {
    onRpc("web_save", ({ args }) => {
        expect.step(args[1]);
        if ("stage_id" in args[1]) {
            throw makeServerError({ errorName, message: "Not yet" });
        }
    });
}

test("a refused stage is put back, and what else was typed is saved", async () => {
    expect.errors(1);
    refuse(STAGE_RULE_ERROR);
    await mountLead();
    await contains("[name=name] input").edit("Chairs", { confirm: false });
    await contains(".o_statusbar_status button:contains(Qualified)").click();
    expect.verifyErrors([/Not yet/]);
    await contains(".o_error_dialog footer .btn-primary").click();
    expect(".o_arrow_button_current").toHaveText("New");
    expect("[name=name] input").toHaveValue("Chairs");
    expect(".o_form_status_indicator_buttons").toHaveClass("invisible");
    expect.verifySteps([{ name: "Chairs", stage_id: 2 }, { name: "Chairs" }]);
});

test("any other error leaves it as Odoo does", async () => {
    expect.errors(1);
    refuse("odoo.exceptions.UserError");
    await mountLead();
    await contains(".o_statusbar_status button:contains(Qualified)").click();
    expect.verifyErrors([/Not yet/]);
    expect(".o_arrow_button_current").toHaveText("Qualified");
    expect.verifySteps([{ stage_id: 2 }]);
});
