import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { ListTextField } from "@web/views/fields/text/text_field";
import { Component } from "@odoo/owl";

const { DateTime } = luxon;

// answers whose line is being made, wherever they are shown
const pending = new Set();

/**
 * The answer to one criterion: chosen, confirmed when it has grown old, and how it is known.
 * It is a line of the record's answers, which is made with the first answer.
 */
export class QualificationAnswer extends Component {
    static template = "sales_funnel_stages.QualificationAnswer";
    static components = { ListTextField };
    static props = { ...standardFieldProps, criterionId: Number, label: String };

    setup() {
        this.action = useService("action");
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get line() {
        return this.list.records.find(
            ({ data }) => data.criterion_id.id === this.props.criterionId
        );
    }

    get choices() {
        return this.list.fields.answer.selection;
    }

    /** @returns {Object} the answer, and in words who gave it, when, and if it is old */
    get given() {
        const { answer, date, user_id, is_expired } = this.line?.data || {};
        const when = date ? this.formatAge(date) : "";
        const user = user_id?.display_name || "";
        return {
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

    /** @param {string} answer the one that was chosen; the given one again takes it back */
    async onAnswer(answer) {
        const { list, line } = this;
        const key = `${list.id}/${this.props.criterionId}`;
        if (line) {
            await line.update({ answer: answer === line.data.answer ? false : answer });
        } else if (!pending.has(key)) {
            pending.add(key);
            try {
                await list.addNewRecord({
                    context: {
                        default_criterion_id: this.props.criterionId,
                        default_answer: answer,
                    },
                    position: "bottom",
                });
            } finally {
                pending.delete(key);
            }
        }
    }

    /** @returns {boolean} whether something else was answered before */
    get hasEarlier() {
        const questions = this.props.record.data.qualification_questions || [];
        return questions.some(({ id, earlier }) => id === this.props.criterionId && earlier);
    }

    /** Show what was answered before, by whom, and who has replaced it. */
    async onShowEarlier() {
        await this.action.doAction({
            type: "ir.actions.act_window",
            name: this.props.label,
            res_model: "crm.qualification.answer.past",
            views: [[false, "list"]],
            domain: [
                ["lead_id", "=", this.props.record.resId],
                ["criterion_id", "=", this.props.criterionId],
            ],
            target: "new",
        });
    }

    /** The answer still holds: it is of today again. */
    async onConfirm() {
        await this.line.update({ answer: this.line.data.answer });
    }
}
