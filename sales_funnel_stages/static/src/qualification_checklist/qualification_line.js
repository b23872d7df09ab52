import { _t } from "@web/core/l10n/translation";
import { Field, getFieldFromRegistry } from "@web/views/fields/field";
import { Component } from "@odoo/owl";
import { QualificationAnswer } from "../qualification_answers/qualification_answer";
import { getLineState } from "./line_state";

/** The types of fields that have an editor of one line or two. */
const EDITABLE_TYPES = [
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
];

/** What `Field` shows where a criterion is answered, in the record's answers. */
export const answerField = {
    component: QualificationAnswer,
    isEmpty: () => false,
    extractProps: ({ options }) => options,
};

/**
 * A criterion in the qualification panel: whether it is met, what to do about it, and the
 * fields of the record that decide it, to be filled in right there, or its answer.
 */
export class QualificationLine extends Component {
    static template = "sales_funnel_stages.QualificationLine";
    static components = { Field };
    static props = {
        line: Object,
        record: Object,
        hasEditors: Boolean,
        isOpen: Boolean,
        toggle: Function,
    };

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

    /** @returns {Object[]} what `Field` needs to know of each field that can be edited here */
    get editors() {
        const { line, record, hasEditors } = this.props;
        const editors = ((hasEditors && line.fields) || [])
            .filter(
                (name) =>
                    name in record.activeFields && EDITABLE_TYPES.includes(record.fields[name].type)
            )
            .map((name) => this.makeEditor(name));
        if (line.answered_in && line.answered_in in record.activeFields) {
            editors.push(
                this.makeEditor(line.answered_in, {
                    // the line says what is asked
                    string: "",
                    field: answerField,
                    options: { criterionId: line.id, label: line.name },
                })
            );
        }
        return editors;
    }

    makeEditor(name, values) {
        const { type, string } = this.props.record.fields[name];
        const { context, readonly, required } = this.props.record.activeFields[name];
        return {
            name,
            type,
            string,
            context,
            readonly,
            required,
            id: `${this.details}_${name}`,
            viewType: "form",
            field: getFieldFromRegistry(type, undefined, "form"),
            options: {},
            attrs: {},
            decorations: {},
            ...values,
        };
    }

    /** @returns {string} an id of what opens, also where a dialog shows the same criterion */
    get details() {
        return `qualification_${this.props.record.id}_${this.props.line.id}`;
    }
}
