import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";
import { getAskedInPanel } from "../qualification_checklist/asked_in_panel";
import { QualificationAnswer } from "./qualification_answer";

/**
 * The criteria that are answered on the lead, each with its answer. Those that nobody has
 * answered yet are there too: their line is made with the answer. What the panel beside asks for
 * is answered there.
 */
export class QualificationAnswers extends Component {
    static template = "sales_funnel_stages.QualificationAnswers";
    static components = { QualificationAnswer };
    static props = { ...standardFieldProps };

    get questions() {
        const { qualification_checklist: checklist, qualification_questions: questions } =
            this.props.record.data;
        const asked = getAskedInPanel(this.props.record, checklist);
        return (questions || []).filter(({ id }) => !asked.has(id));
    }
}

export const qualificationAnswers = {
    component: QualificationAnswers,
    displayName: _t("Qualification Answers"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
};

registry.category("fields").add("qualification_answers", qualificationAnswers);
