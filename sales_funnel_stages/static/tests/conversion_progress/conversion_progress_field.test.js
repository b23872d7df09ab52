import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Batch extends models.Model {
    _name = "batch";
    _records = [
        { id: 1, state: "running", handled_count: 1, line_count: 4 },
        { id: 2, state: "paused", handled_count: 1, line_count: 4 },
    ];

    state = fields.Selection({
        selection: [
            ["running", "Running"],
            ["paused", "Paused"],
            ["done", "Done"],
        ],
    });
    handled_count = fields.Integer({ string: "Processed" });
    line_count = fields.Integer();
}

defineMailModels();
defineModels([Batch]);

async function mountBatch(resId) {
    await mountView({
        type: "form",
        resModel: "batch",
        resId,
        arch: `<form edit="0">
            <field name="line_count" invisible="1"/>
            <field name="handled_count" widget="conversion_progress"
                options="{'max_value': 'line_count'}"/>
        </form>`,
    });
}

test("the bar follows the jobs until they are through", async () => {
    onRpc("web_read", () => expect.step("read"));
    await mountBatch(1);
    expect(".o_progress").toHaveAttribute("aria-valuenow", "1");
    expect(".o_progress").toHaveAttribute("aria-valuemax", "4");
    expect(".o_progress[role=progressbar]").toHaveAttribute("aria-label", "Processed");
    expect.verifySteps(["read"]);
    MockServer.env["batch"].write([1], { handled_count: 3 });
    await advanceTime(2000);
    await animationFrame();
    expect(".o_progress").toHaveAttribute("aria-valuenow", "3");
    MockServer.env["batch"].write([1], { handled_count: 4, state: "done" });
    await advanceTime(2000);
    await animationFrame();
    expect(".o_progress").toHaveAttribute("aria-valuenow", "4");
    expect.verifySteps(["read", "read"]);
    await advanceTime(10000);
    expect.verifySteps([]);
});

test("where no job works on it, nothing is read again", async () => {
    onRpc("web_read", () => expect.step("read"));
    await mountBatch(2);
    await advanceTime(10000);
    expect.verifySteps(["read"]);
});
