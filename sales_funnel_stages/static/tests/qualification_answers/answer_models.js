/** Answers of a lead to criteria, as the panel and the list of answers read them. */

import { fields, models } from "@web/../tests/web_test_helpers";

/** When answers are given. */
export const TODAY = "2026-11-02";

export const CRITERIA = [
    { id: 1, name: "Gain in figures" },
    { id: 2, name: "Competition known" },
];

export class Criterion extends models.Model {
    _name = "criterion";
    _records = CRITERIA;

    name = fields.Char();
}

export class Answer extends models.Model {
    _name = "answer";
    _onChanges = {
        answer(record) {
            record.date = record.answer && TODAY;
            record.user_id = record.answer && 7;
            record.is_expired = false;
        },
    };

    lead_id = fields.Many2one({ relation: "lead" });
    criterion_id = fields.Many2one({ relation: "criterion" });
    answer = fields.Selection({
        selection: [
            ["yes", "Yes"],
            ["no", "No"],
            ["undisclosed", "Will not say"],
        ],
        onChange: () => {},
    });
    evidence = fields.Text();
    user_id = fields.Many2one({ relation: "res.users", readonly: true });
    date = fields.Date({ readonly: true });
    is_expired = fields.Boolean({ readonly: true });
}

export const ANSWER_LIST = `
    <list editable="bottom">
        <field name="criterion_id"/>
        <field name="answer"/>
        <field name="evidence"/>
        <field name="user_id"/>
        <field name="date"/>
        <field name="is_expired"/>
    </list>`;
