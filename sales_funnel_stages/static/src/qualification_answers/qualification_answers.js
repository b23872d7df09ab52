import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { ListTextField } from "@web/views/fields/text/text_field";
import { Component } from "@odoo/owl";

const { DateTime } = luxon;

/**
 * The criteria that are answered on the lead, each with its answer. Those that nobody has
 * answered yet are there too: their line is made with the answer.
 */
export class QualificationAnswers extends Component {
    static template = "sales_funnel_stages.QualificationAnswers";
    static components = { ListTextField };
    static props = { ...standardFieldProps };

    setup() {
        // criteria whose line is being made
        this.pending = new Set();
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get choices() {
        return this.list.fields.answer.selection;
    }

    get rows() {
        const lines = new Map(this.list.records.map((line) => [line.data.criterion_id.id, line]));
        return (this.props.record.data.qualification_questions || []).map((question) => ({
            ...question,
            ...this.describe(lines.get(question.id)),
        }));
    }

    /**
     * @param {Object} [line] the record of an answer
     * @returns {Object} the line, its answer, and in words who gave it, when, and if it is old
     */
    describe(line) {
        const { answer, date, user_id, is_expired } = line?.data || {};
        const when = date ? this.formatAge(date) : "";
        const user = user_id?.display_name || "";
        return {
            line,
            answer,
            signature: when && _t("%(user)s, %(when)s", { user, when }),
            signed: when && _t("%(user)s, %(when)s", { user, when: formatDate(date) }),
            expired: is_expired ? _t("Answered %(when)s: ask again", { when }) : "",
        };
    }

    /**
     * @param {DateTime} date
     * @returns {string} how long ago that was, in words
     */
    formatAge(date) {
        const today = DateTime.local().startOf("day");
        return today.diff(date, "days").days < 2
            ? date.toRelativeCalendar({ base: today, unit: "days" })
            : date.toRelative({ base: today, unit: ["years", "months", "days"] });
    }

    /**
     * @param {Object} row
     * @param {string} answer the one that was chosen; the given one again takes it back
     */
    async onAnswer(row, answer) {
        if (row.line) {
            await row.line.update({ answer: answer === row.answer ? false : answer });
        } else if (!this.pending.has(row.id)) {
            this.pending.add(row.id);
            try {
                await this.list.addNewRecord({
                    context: { default_criterion_id: row.id, default_answer: answer },
                    position: "bottom",
                });
            } finally {
                this.pending.delete(row.id);
            }
        }
    }

    /**
     * The answer still holds: it is of today again.
     *
     * @param {Object} row
     */
    async onConfirm(row) {
        await row.line.update({ answer: row.answer });
    }
}

export const qualificationAnswers = {
    component: QualificationAnswers,
    displayName: _t("Qualification Answers"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
};

registry.category("fields").add("qualification_answers", qualificationAnswers);
