import { expect, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Team extends models.Model {
    _name = "team";
    _records = [
        { id: 1, name: "Europe", override_debt_count: 2, arrival_debt_count: 1 },
        { id: 2, name: "Asia", override_debt_count: 0, arrival_debt_count: 0 },
    ];

    name = fields.Char();
    override_debt_count = fields.Integer();
    arrival_debt_count = fields.Integer();
}

defineMailModels();
defineModels([Team]);

const mountTeams = () =>
    mountView({
        type: "kanban",
        resModel: "team",
        arch: `<kanban><templates><t t-name="card">
            <field name="name"/><widget name="team_debts"/>
        </t></templates></kanban>`,
    });

test("the cards are there before what is owed, which is asked for once", async () => {
    const counting = new Deferred();
    onRpc("read", async ({ args }) => {
        expect.step(args[0]);
        await counting;
    });
    await mountTeams();
    expect(".o_kanban_record:not(.o_kanban_ghost)").toHaveCount(2);
    expect(".o_kanban_record a").toHaveCount(0);
    expect.verifySteps([[1, 2]]);
    counting.resolve();
    await animationFrame();
    await animationFrame();
    expect(".o_kanban_record a").toHaveCount(2);
    expect("[name=action_view_override_debts]").toHaveText("2Overrides to Make Good");
    expect("[name=action_view_arrival_debts]").toHaveText("1Debt on Arrival");
});

test("it opens what is owed", async () => {
    mockService("action", { doAction: (action) => expect.step(action) });
    onRpc("action_view_arrival_debts", ({ args }) => ({ of: args[0] }));
    await mountTeams();
    await animationFrame();
    await contains("[name=action_view_arrival_debts]").click();
    expect.verifySteps([{ of: [1] }]);
});
