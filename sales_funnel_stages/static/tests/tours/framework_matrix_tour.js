import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const cell = (gate, state) =>
    `.o_stage_rule_matrix button[aria-label='Decision understood, ${gate}: ${state}']`;

registry.category("web_tour.tours").add("sales_funnel_stages_framework_matrix", {
    url: "/odoo/action-sales_funnel_stages.crm_qualification_framework_action",
    steps: () => [
        {
            content: "open the framework",
            trigger: ".o_data_row td[name=name]:contains('SPICED')",
            run: "click",
        },
        {
            content: "make a copy to change",
            trigger: ".o_statusbar_buttons button:contains('Customize a Copy')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input:value('SPICED (copy)')",
        },
        {
            content: "what an earlier step asks for, a later one asks for too",
            trigger: cell("Won", "required since an earlier step"),
        },
        {
            content: "ask for it one step earlier: a click makes it required",
            trigger: cell("Qualified", "recommended"),
            run: "click",
        },
        {
            trigger: cell("Qualified", "not asked for"),
            run: "click",
        },
        {
            trigger: cell("Qualified", "required"),
        },
        {
            content: "and no longer at its own step: two clicks",
            trigger: cell("Proposition", "required"),
            run: "click",
        },
        {
            trigger: cell("Proposition", "required since an earlier step"),
            run: "click",
        },
        {
            trigger: cell("Proposition", "required since an earlier step"),
        },
        {
            content: "a sign already when converting",
            trigger: cell("Convert", "not asked for"),
            run: "click",
        },
        {
            trigger: cell("Convert", "required"),
            run: "click",
        },
        {
            trigger: cell("Convert", "recommended"),
        },
        ...stepUtils.saveForm(),
        {
            content: "it is as it was shown",
            trigger: cell("Won", "required since an earlier step"),
        },
    ],
});
