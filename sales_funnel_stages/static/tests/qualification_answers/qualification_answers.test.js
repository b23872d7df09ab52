import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { ANSWER_LIST, Answer, Criterion, TODAY } from "./answer_models";

class SomeAnswer extends Answer {
    _records = [
        {
            id: 5,
            lead_id: 1,
            criterion_id: 2,
            answer: "no",
            user_id: 7,
            date: "2026-02-02",
            is_expired: true,
        },
    ];
}

class Lead extends models.Model {
    _name = "lead";
    _records = [
        {
            id: 1,
            answer_ids: [5],
            qualification_questions: [
                { id: 1, name: "Gain in figures", guidance: "Ask for the figure." },
                { id: 2, name: "Competition known", guidance: "", earlier: 3 },
            ],
        },
        { id: 2, answer_ids: [], qualification_questions: [] },
    ];

    answer_ids = fields.One2many({ relation: "answer", relation_field: "lead_id" });
    qualification_questions = fields.Json();
}

defineMailModels();
defineModels([Criterion, SomeAnswer, Lead]);

async function mountAnswers({ resId = 1, attributes = "" } = {}) {
    mockDate(`${TODAY} 12:00:00`);
    await mountView({
        type: "form",
        resModel: "lead",
        resId,
        arch: `<form>
            <field name="qualification_questions" invisible="1"/>
            <field name="answer_ids" widget="qualification_answers" ${attributes}>
                ${ANSWER_LIST}
            </field>
        </form>`,
    });
}

const pressed = (id) =>
    queryAllTexts(`.o_qualification_answer[data-criterion-id="${id}"] [aria-pressed=true]`);

test("each question is there, answered or not", async () => {
    await mountAnswers();
    expect(".o_qualification_answer").toHaveCount(2);
    expect(pressed(1)).toEqual([]);
    expect(pressed(2)).toEqual(["No"]);
    expect(".o_qualification_answer:first").toHaveText(/Ask for the figure\./);
    expect("[role=group]:first").toHaveAttribute("aria-label", "Gain in figures");
    // there is something to note once there is an answer
    expect("textarea").toHaveCount(1);
});

test("nothing is shown where nothing is asked", async () => {
    await mountAnswers({ resId: 2 });
    expect(".o_qualification_answers").toHaveCount(0);
});

test("an answer makes its line, another one changes it, the same takes it back", async () => {
    await mountAnswers();
    const first = ".o_qualification_answer:first";
    await contains(`${first} button:contains(Yes)`).click();
    await animationFrame();
    expect(pressed(1)).toEqual(["Yes"]);
    expect(`${first} span.opacity-75`).toHaveText(/today$/);
    await contains(`${first} button:contains(Will not say)`).click();
    await animationFrame();
    expect(pressed(1)).toEqual(["Will not say"]);
    expect(pressed(2)).toEqual(["No"]);
    await contains(`${first} button:contains(Will not say)`).click();
    await animationFrame();
    expect(pressed(1)).toEqual([]);
    expect(`${first} span.opacity-75`).toHaveCount(0);
    expect(".o_form_status_indicator_buttons").not.toHaveClass("invisible");
});

test("an answer that has grown old says so, and can be confirmed", async () => {
    await mountAnswers();
    expect(".o_qualification_answer_expired").toHaveText("Answered 9 months ago: ask again");
    await contains("button:contains(Still True)").click();
    await animationFrame();
    expect(".o_qualification_answer_expired").toHaveCount(0);
    expect(pressed(2)).toEqual(["No"]);
});

test("who may not change it can read it", async () => {
    await mountAnswers({ attributes: `readonly="1"` });
    expect(pressed(2)).toEqual(["No"]);
    // but for what was answered before
    expect(".o_qualification_answer button:not(:disabled)").toHaveCount(1);
    expect(".o_qualification_answer button:not(:disabled) .fa-history").toHaveCount(1);
    expect("textarea").toHaveCount(0);
});

test("what was answered before opens where there is some", async () => {
    mockService("action", {
        doAction: ({ res_model, domain }) => expect.step({ res_model, domain }),
    });
    await mountAnswers();
    expect(".fa-history").toHaveCount(1);
    await contains("[data-criterion-id='2'] button:has(.fa-history)").click();
    expect.verifySteps([
        {
            res_model: "crm.qualification.answer.past",
            domain: [
                ["lead_id", "=", 1],
                ["criterion_id", "=", 2],
            ],
        },
    ]);
});
