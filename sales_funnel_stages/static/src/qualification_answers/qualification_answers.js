import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";
import { QualificationAnswer } from "./qualification_answer";

/**
 * The criteria that are answered on the lead, each with its answer. Those that nobody has
 * answered yet are there too: their line is made with the answer.
 */
export class QualificationAnswers extends Component {
    static template = "sales_funnel_stages.QualificationAnswers";
    static components = { QualificationAnswer };
    static props = { ...standardFieldProps };

    get questions() {
        return this.props.record.data.qualification_questions || [];
    }
}

export const qualificationAnswers = {
    component: QualificationAnswers,
    displayName: _t("Qualification Answers"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
};

registry.category("fields").add("qualification_answers", qualificationAnswers);
