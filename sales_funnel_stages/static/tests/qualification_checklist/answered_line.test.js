import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {
    ANSWER_LIST,
    Answer,
    CRITERIA,
    Criterion,
    TODAY,
} from "@sales_funnel_stages/../tests/qualification_answers/answer_models";

/** The panel of a lead, of which some criteria are met. */
function makeChecklist(met) {
    const gate = {
        id: 0,
        stage: false,
        met: met.length,
        total: 2,
        score: met.length * 50,
        asked: [
            [1, "required"],
            [2, "required"],
        ],
    };
    const lines = CRITERIA.map(({ id, name }) => ({
        id,
        name,
        guidance: "",
        tier: "required",
        is_met: met.includes(id),
        since: false,
        fields: ["answer_ids"],
        answered_in: "answer_ids",
    }));
    return { ...gate, lines, later_lines: [], gates: [gate], policy: "enforce", is_there: false };
}

class SomeAnswer extends Answer {
    _records = [
        { id: 5, lead_id: 1, criterion_id: 2, answer: "yes", date: "2026-02-02", is_expired: true },
    ];
}

class Lead extends models.Model {
    _name = "lead";
    _records = [
        {
            id: 1,
            answer_ids: [5],
            qualification_checklist: makeChecklist([]),
            qualification_questions: CRITERIA,
        },
    ];
    _onChanges = {
        answer_ids(record) {
            const given = record.answer_ids
                .map((command) => command[2])
                .filter(Boolean)
                // of the second criterion, it also counts that they will not say
                .filter(
                    ({ answer, criterion_id }) =>
                        answer === "yes" || (answer === "undisclosed" && !criterion_id)
                );
            record.qualification_checklist = makeChecklist(
                given.map(({ criterion_id }) => criterion_id || 2)
            );
        },
    };

    answer_ids = fields.One2many({
        relation: "answer",
        relation_field: "lead_id",
        onChange: () => {},
    });
    qualification_checklist = fields.Json();
    qualification_questions = fields.Json();
}

defineMailModels();
defineModels([Criterion, SomeAnswer, Lead]);

async function mountPanel({ attributes = "", lists = 1 } = {}) {
    mockDate(`${TODAY} 12:00:00`);
    const answers = `
        <field name="answer_ids" widget="qualification_answers" ${attributes}>
            ${ANSWER_LIST}
        </field>`;
    await mountView({
        type: "form",
        resModel: "lead",
        resId: 1,
        arch: `<form>
            <field name="qualification_questions" invisible="1"/>
            ${lists ? answers : ""}
            <field name="qualification_checklist" widget="qualification_checklist" readonly="1"/>
        </form>`,
    });
}

const line = (id) => `.o_qualification_line[data-criterion-id="${id}"]`;
const pressed = (id) => queryAllTexts(`${line(id)} [aria-pressed=true]`);

test("a criterion is answered in its line, before anything is saved", async () => {
    onRpc("web_save", ({ args }) => {
        expect.step(args[1].answer_ids.map(([kind, , values]) => [kind, values]));
    });
    await mountPanel();
    expect(".o_qualification_count").toHaveText("0 of 2 required");
    expect(`${line(1)} [role=group]`).toHaveAttribute("aria-label", "Gain in figures");
    expect(pressed(1)).toEqual([]);
    expect(`${line(1)} textarea`).toHaveCount(0);
    const button = queryOne(`${line(1)} button:contains(Yes)`);
    await contains(button).click();
    await animationFrame();
    expect(pressed(1)).toEqual(["Yes"]);
    expect(".o_qualification_count").toHaveText("1 of 2 required");
    // it stays open, and keeps the focus
    expect(queryOne(`${line(1)} button:contains(Yes)`)).toBe(button);
    await contains(`${line(1)} textarea`).edit("Their report", { confirm: "blur" });
    expect.verifySteps([]);
    await contains(".o_form_button_save").click();
    expect.verifySteps([[[0, { criterion_id: 1, answer: "yes", evidence: "Their report" }]]]);
});

test("an answer that has grown old is renewed there", async () => {
    await mountPanel();
    expect(pressed(2)).toEqual(["Yes"]);
    expect(`${line(2)} .o_qualification_answer_expired`).toHaveText(/ask again/);
    await contains(`${line(2)} button:contains(Still True)`).click();
    await animationFrame();
    expect(".o_qualification_answer_expired").toHaveCount(0);
    expect(".o_qualification_count").toHaveText("1 of 2 required");
});

test("another answer, and the same again", async () => {
    await mountPanel();
    await contains(`${line(2)} button:contains(Will not say)`).click();
    await animationFrame();
    expect(pressed(2)).toEqual(["Will not say"]);
    expect(`${line(2)} .o_qualification_state`).toHaveText("Met");
    expect(`${line(2)} .o_qualification_undisclosed`).toHaveText("Will not say: counts as met");
    await contains(`${line(2)} button:contains(Will not say)`).click();
    await animationFrame();
    expect(pressed(2)).toEqual([]);
    expect(".o_qualification_undisclosed").toHaveCount(0);
    expect(".o_qualification_count").toHaveText("0 of 2 required");
});

test("that they will not say is no reason where it does not count", async () => {
    await mountPanel();
    await contains(`${line(1)} button:contains(Will not say)`).click();
    await animationFrame();
    expect(pressed(1)).toEqual(["Will not say"]);
    expect(`${line(1)} .o_qualification_state`).toHaveText("Missing");
    expect(".o_qualification_undisclosed").toHaveCount(0);
});

test("what is met when the page is opened is answered below, once", async () => {
    const [record] = Lead._records;
    Lead._records = [{ ...record, qualification_checklist: makeChecklist([2]) }];
    await mountPanel();
    expect(`${line(1)} [role=group]`).toHaveCount(1);
    expect(`${line(2)} [role=group]`).toHaveCount(0);
    expect(".o_qualification_answer").toHaveCount(1);
    expect(".o_qualification_answer").toHaveText(/^Competition known/);
    await contains(`${line(2)} button:contains(Competition known)`).click();
    await contains(`${line(2)} .o_qualification_go:contains(Answer)`).click();
    expect(".o_qualification_answer[data-criterion-id='2'] button:contains(Yes)").toBeFocused();
});

test("who may not change it can read it", async () => {
    await mountPanel({ attributes: `readonly="1"` });
    expect(pressed(2)).toEqual(["Yes"]);
    expect(".o_qualification_line [role=group] button:not(:disabled)").toHaveCount(0);
    expect(".o_qualification_line textarea").toHaveCount(0);
});

test("nothing is to be answered where the view has no answers", async () => {
    await mountPanel({ lists: 0 });
    expect(".o_qualification_line").toHaveCount(2);
    expect(".o_qualification_line [role=group]").toHaveCount(0);
});
