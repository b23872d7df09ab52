import { expect, test } from "@odoo/hoot";
import { hover, press, queryAllTexts, queryOne, resize } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";

const missing = { id: 1, name: "Budget known", tier: "required", is_met: false };
const met = { id: 2, name: "Need identified", tier: "required", is_met: true };
const sign = { id: 3, name: "Decision maker involved", tier: "recommended", is_met: false };
const later = { id: 4, name: "Contract signed", tier: "required", is_met: false };

const asked = (...lines) => lines.map(({ id, tier }) => [id, tier]);
const CHECKLIST = {
    lines: [met, sign],
    later_lines: [missing, later],
    gates: [
        { id: 2, stage: "Qualified", asked: asked(met, sign) },
        { id: 3, stage: "Proposition", asked: asked(met, sign, missing) },
        { id: 4, stage: "Won", asked: asked(met, sign, missing, later) },
    ],
    policy: "enforce",
    is_there: false,
};

class Stage extends models.Model {
    _name = "stage";
    _records = ["New", "Qualified", "Proposition", "Won"].map((name, index) => ({
        id: index + 1,
        name,
    }));

    name = fields.Char();
}

class Lead extends models.Model {
    _name = "lead";
    _records = ["enforce", "guide", "off"].map((policy, index) => ({
        id: index + 1,
        stage_id: 1,
        qualification_checklist: { ...CHECKLIST, policy },
    }));

    stage_id = fields.Many2one({ relation: "stage" });
    duration_tracking = fields.Json();
    is_rotting = fields.Boolean();
    rotting_days = fields.Integer();
    qualification_checklist = fields.Json();
}

defineMailModels();
defineModels([Lead, Stage]);

async function mountStatusBar(resId = 1) {
    await mountView({
        type: "form",
        resModel: "lead",
        resId,
        arch: `<form>
            <header>
                <field name="stage_id" widget="stage_rule_statusbar" options="{'clickable': '1'}"/>
            </header>
            <field name="is_rotting" invisible="1"/>
            <field name="rotting_days" invisible="1"/>
        </form>`,
    });
}

const stage = (name) => `.o_statusbar_status .o_arrow_button:contains(${name})`;

test.tags("desktop");
test("a stage that is not reachable yet says why when it is hovered", async () => {
    await mountStatusBar();
    expect(stage("Qualified")).not.toHaveAttribute("data-tooltip");
    await hover(stage("Proposition"));
    await advanceTime(400);
    await animationFrame();
    expect(".o-tooltip").toHaveText("Not ready yet. Not met: Budget known");
    expect(stage("Won")).toHaveAttribute(
        "data-tooltip",
        "Not ready yet. Not met: Budget known, Contract signed"
    );
});

test.tags("desktop");
test("and when it has the focus, also for who cannot see", async () => {
    await mountStatusBar();
    expect(stage("Proposition")).toHaveAttribute(
        "aria-description",
        "Not ready yet. Not met: Budget known"
    );
    await press("Tab");
    queryOne(stage("Proposition")).focus();
    await animationFrame();
    expect(".o-tooltip").toHaveText("Not ready yet. Not met: Budget known");
    queryOne(stage("Qualified")).focus();
    await animationFrame();
    expect(".o-tooltip").toHaveCount(0);
});

test.tags("desktop");
test("where nothing is enforced it says what is missing, and nothing where rules are off", async () => {
    await mountStatusBar(2);
    expect(stage("Proposition")).toHaveAttribute("data-tooltip", "Not met: Budget known");
    await mountStatusBar(3);
    expect(`.o_form_view:last ${stage("Proposition")}`).not.toHaveAttribute("data-tooltip");
});

test("on a phone the list of stages says it", async () => {
    await resize({ width: 400, height: 800 });
    await mountStatusBar();
    await contains(".o_statusbar_status button:visible").click();
    expect(queryAllTexts(".o-dropdown-item small")).toEqual([
        "Not ready yet. Not met: Budget known",
        "Not ready yet. Not met: Budget known, Contract signed",
    ]);
});
