import { expect, test } from "@odoo/hoot";
import { press, queryAll, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const line = (values) => ({
    guidance: "",
    tier: "required",
    is_met: false,
    since: false,
    fields: [],
    ...values,
});

const NEED = line({ id: 1, name: "Need identified", guidance: "Ask why.", is_met: true });
const BUDGET = line({
    id: 2,
    name: "Budget known",
    guidance: "Ask how much.",
    fields: ["budget", "people", "hidden"],
});
const AUTHORITY = line({
    id: 3,
    name: "Decision maker involved",
    tier: "recommended",
    guidance: "Ask who.",
});
const CONTRACT = line({ id: 4, name: "Contract signed" });

const CONVERSION = {
    id: 10,
    stage: false,
    met: 1,
    total: 2,
    score: 40,
    asked: [
        [1, "required"],
        [2, "required"],
        [3, "recommended"],
    ],
};
const WON = {
    id: 12,
    stage: "Won",
    met: 1,
    total: 4,
    score: 25,
    asked: [
        [1, "required"],
        [2, "required"],
        [3, "required"],
        [4, "required"],
    ],
};

const checklist = (lines, gates, values) => ({
    ...gates[0],
    lines,
    later_lines: [CONTRACT],
    gates,
    policy: "enforce",
    is_there: false,
    ...values,
});

const CHECKLISTS = {
    lead: checklist([NEED, BUDGET, AUTHORITY], [CONVERSION, WON]),
    rich: checklist(
        [NEED, { ...BUDGET, is_met: true }, AUTHORITY],
        [{ ...CONVERSION, met: 2, score: 80 }, WON]
    ),
    fallen: checklist(
        [
            { ...NEED, is_met: false, since: { stage: false } },
            { ...BUDGET, since: { stage: "New" } },
        ],
        [{ ...CONVERSION, stage: "Qualified", asked: CONVERSION.asked.slice(0, 2) }]
    ),
    strong: checklist([NEED, BUDGET, { ...AUTHORITY, is_met: true }], [CONVERSION]),
    won: checklist([], [{ ...WON, met: 0, total: 0, asked: [] }], { is_there: true }),
};

class Person extends models.Model {
    _name = "person";
    name = fields.Char();
}

class Lead extends models.Model {
    _name = "lead";
    _records = Object.keys(CHECKLISTS).map((name, index) => ({
        id: index + 1,
        name,
        checklist: CHECKLISTS[name],
    }));
    _onChanges = {
        budget(record) {
            record.checklist = record.budget ? CHECKLISTS.rich : CHECKLISTS.lead;
        },
    };

    name = fields.Char();
    budget = fields.Selection({
        string: "Budget",
        selection: [
            ["none", "No budget"],
            ["confirmed", "Confirmed"],
        ],
        onChange: () => {},
    });
    people = fields.One2many({ relation: "person" });
    hidden = fields.Char();
    checklist = fields.Json();
}

defineMailModels();
defineModels([Lead, Person]);

async function mountChecklist(name = "lead") {
    await mountView({
        type: "form",
        resModel: "lead",
        resId: Object.keys(CHECKLISTS).indexOf(name) + 1,
        resIds: Object.keys(CHECKLISTS).map((_name, index) => index + 1),
        arch: `<form>
            <field name="name"/>
            <field name="budget"/>
            <field name="hidden" invisible="1"/>
            <notebook>
                <page string="Qualification">
                    <field name="checklist" widget="qualification_checklist" readonly="1"/>
                </page>
                <page string="People">
                    <field name="people"><list><field name="name"/></list></field>
                </page>
            </notebook>
        </form>`,
    });
}

const lookAhead = async (step) => {
    await contains(".o_qualification_look_ahead").click();
    await contains(`.o-dropdown-item:contains(${step})`).click();
};

test("each criterion says whether it is met, missing or recommended", async () => {
    await mountChecklist();
    expect(".o_qualification_look_ahead").toHaveText("To become an opportunity");
    expect(queryAllTexts(".o_qualification_count span")).toEqual([
        "1 of 2 required",
        "0 of 1 recommended",
    ]);
    expect(queryAllTexts(".o_qualification_state")).toEqual(["Met", "Missing", "Recommended"]);
    expect(
        queryAll(".o_qualification_line > i").map((icon) => icon.matches(".fa-check-circle"))
    ).toEqual([true, false, false]);
});

test("what is only recommended is told from what is required also once it is met", async () => {
    await mountChecklist("strong");
    expect(queryAllTexts(".o_qualification_count span")).toEqual([
        "1 of 2 required",
        "1 of 1 recommended",
    ]);
    expect(queryAllTexts(".o_qualification_state")).toEqual(["Met", "Missing", "Recommended, met"]);
    const [required, , recommended] = queryAll(".o_qualification_line > i");
    expect(required).toHaveClass("fa-check-circle");
    expect(recommended).toHaveClass("fa-check-circle-o");
});

test("the score is a ring with a name and a number", async () => {
    await mountChecklist();
    expect(".o_score_ring").toHaveAttribute("role", "img");
    expect(".o_score_ring").toHaveAttribute("aria-label", "Score: 40 of 100");
    expect(".o_score_ring + div").toHaveText("Score");
    expect(".o_score_ring text").toHaveText("40%");
    expect(".o_score_ring_arc").toHaveAttribute("stroke-dasharray", "40 100");
});

test("guidance is for what is not met yet, and for what is opened", async () => {
    await mountChecklist();
    expect(queryAllTexts(".o_qualification_guidance")).toEqual(["Ask how much.", "Ask who."]);
    await contains(".o_qualification_line button:contains(Need identified)").click();
    expect(queryAllTexts(".o_qualification_guidance")).toEqual([
        "Ask why.",
        "Ask how much.",
        "Ask who.",
    ]);
    expect(".o_qualification_line button:contains(Need)").toHaveAttribute("aria-expanded", "true");
    await contains(".o_qualification_line button:contains(Budget known)").click();
    expect(queryAllTexts(".o_qualification_guidance")).toEqual(["Ask why.", "Ask who."]);
});

test("a click goes to the field beside it, which is there once", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountChecklist();
    // a field that the form does not show is nowhere to go to
    expect(queryAllTexts(".o_qualification_go")).toEqual(["Budget", "People"]);
    expect(".o_field_widget[name=budget]").toHaveCount(1);
    await contains(".o_qualification_go:contains(Budget)").click();
    expect(".o_field_widget[name=budget] input").toBeFocused();
    await contains(".o_field_widget[name=budget] input").click();
    await contains(".o_select_menu_item:contains(Confirmed)").click();
    await animationFrame();
    expect(".o_score_ring text").toHaveText("80%");
    expect(".o_qualification_count span:first").toHaveText("2 of 2 required");
    expect(queryAllTexts(".o_qualification_state")).toEqual(["Met", "Met", "Recommended"]);
    expect.verifySteps([]);
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ budget: "confirmed" }]);
});

test("it says so where a field is on another page of the form", async () => {
    await mountChecklist();
    await contains(".o_qualification_go:contains(People)").click();
    expect(".o_notification").toHaveText(/“People” is on another page of this form/);
});

test("looking ahead neither asks the server nor changes the record", async () => {
    await mountChecklist();
    onRpc(({ method }) => expect.step(method));
    await lookAhead("To enter Won");
    expect(".o_qualification_look_ahead").toHaveText("To enter Won");
    expect(".o_qualification_count").toHaveText("1 of 4 required");
    expect(".o_score_ring text").toHaveText("25%");
    expect(queryAllTexts(".o_qualification_state")).toEqual([
        "Met",
        "Missing",
        "Missing",
        "Missing",
    ]);
    expect(".o_form_button_save").not.toBeVisible();
    await contains(".o_qualification_back").click();
    expect(".o_qualification_look_ahead").toHaveText("To become an opportunity");
    expect(".o_qualification_back").toHaveCount(0);
    expect.verifySteps([]);
});

test("it can be turned with the keyboard", async () => {
    await mountChecklist();
    queryOne(".o_qualification_look_ahead").focus();
    await press("Enter");
    await animationFrame();
    await press("ArrowDown");
    await press("ArrowDown");
    await press("Enter");
    await animationFrame();
    expect(".o_qualification_look_ahead").toHaveText("To enter Won");
});

test("another record is shown from its next step on", async () => {
    await mountChecklist();
    await lookAhead("To enter Won");
    await contains(".o_pager_next").click();
    expect(".o_qualification_look_ahead").toHaveText("To become an opportunity");
    expect(".o_qualification_count span:first").toHaveText("2 of 2 required");
    expect(queryAllTexts(".o_qualification_guidance")).toEqual(["Ask who."]);
});

test("what the steps behind needed is told from what is new", async () => {
    await mountChecklist("fallen");
    expect(".o_qualification_look_ahead").toHaveCount(0);
    expect(".o_qualification_checklist header").toHaveText(/To enter Qualified/);
    expect(queryAllTexts(".o_qualification_line .badge")).toEqual([
        "Needed since the conversion",
        "Needed since New",
    ]);
});

test("a stage that asks for nothing says so", async () => {
    await mountChecklist("won");
    expect(".o_qualification_checklist header").toHaveText("Criteria for Won");
    expect(".o_score_ring").toHaveCount(0);
    expect(".o_qualification_checklist").toHaveText(/No criteria for this step/);
});

test("a record without any, such as an unsaved one, has an empty panel", async () => {
    await mountView({
        type: "form",
        resModel: "lead",
        arch: `<form><field name="checklist" widget="qualification_checklist" readonly="1"/></form>`,
    });
    expect(".o_qualification_checklist").toHaveText(/No criteria for this step/);
});
