import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Field } from "@web/views/fields/field";
import { Component, useRef } from "@odoo/owl";
import { QualificationAnswer } from "../qualification_answers/qualification_answer";
import { FOCUSABLE } from "./focusable";
import { getLineState } from "./line_state";

/** How views say that they have a field, and never show it. */
const NEVER_SHOWN = ["1", "True"];

/** What `Field` shows where a criterion is answered, in the record's answers. */
export const answerField = {
    component: QualificationAnswer,
    isEmpty: () => false,
    extractProps: ({ options }) => options,
};

/**
 * A criterion in the qualification panel: whether it is met, what to do about it, and the way to
 * the fields of the page that decide it; or its answer, to be given right there.
 */
export class QualificationLine extends Component {
    static template = "sales_funnel_stages.QualificationLine";
    static components = { Field };
    static props = {
        line: Object,
        record: Object,
        isAnsweredHere: Boolean,
        isOpen: Boolean,
        toggle: Function,
    };

    setup() {
        this.notification = useService("notification");
        this.root = useRef("root");
    }

    /** @returns {{icon: string, label: string}} the icon's classes, and what it says */
    get state() {
        return getLineState(this.props.line);
    }

    /** @returns {boolean} whether it is met because the customer will not say */
    get isUndisclosed() {
        const { answered_in, id, is_met } = this.props.line;
        const answers = this.props.record.data[answered_in]?.records || [];
        return (
            is_met &&
            answers.some(({ data }) => data.criterion_id.id === id && data.answer === "undisclosed")
        );
    }

    /** @returns {string} by which step it was required already, where it is not met now */
    get owed() {
        const { is_met, since } = this.props.line;
        if (is_met || !since) {
            return "";
        }
        return since.stage ? _t("Needed since %s", since.stage) : _t("Needed since the conversion");
    }

    /** @returns {Object|false} what `Field` needs to know of the answer that is given here */
    get answer() {
        const { line, record, isAnsweredHere } = this.props;
        const { answered_in: name, id, name: label } = line;
        if (!isAnsweredHere || !(name in record.activeFields)) {
            return false;
        }
        const { context, readonly, required } = record.activeFields[name];
        return {
            name,
            type: record.fields[name].type,
            context,
            readonly,
            required,
            id: `${this.details}_${name}`,
            viewType: "form",
            field: answerField,
            options: { criterionId: id, label },
            attrs: {},
            decorations: {},
        };
    }

    /** @returns {{selector: string, label: string}[]} where on the page it is decided */
    get places() {
        const { line, record, isAnsweredHere } = this.props;
        if (line.answered_in) {
            const selector = `.o_qualification_answer[data-criterion-id="${line.id}"]`;
            const isBelow = !isAnsweredHere && line.answered_in in record.activeFields;
            return isBelow ? [{ selector, label: _t("Answer") }] : [];
        }
        return line.fields
            .filter(
                (name) =>
                    name in record.activeFields &&
                    !NEVER_SHOWN.includes(record.activeFields[name].invisible)
            )
            .map((name) => ({
                selector: `.o_field_widget[name="${name}"]`,
                label: record.fields[name].string,
            }));
    }

    /** Goes to where it is decided. */
    goTo({ selector, label }) {
        const place = this.root.el.closest(".o_form_renderer").querySelector(selector);
        if (!place) {
            // no page of a form is there before it is opened
            this.notification.add(_t("“%s” is on another page of this form.", label), {
                type: "info",
            });
            return;
        }
        place.scrollIntoView({ block: "center" });
        place.querySelector(FOCUSABLE)?.focus({ preventScroll: true });
    }

    /** @returns {string} an id of what opens, also where a dialog shows the same criterion */
    get details() {
        return `qualification_${this.props.record.id}_${this.props.line.id}`;
    }
}
