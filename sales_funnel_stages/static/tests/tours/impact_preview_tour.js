import { registry } from "@web/core/registry";

/** A manager looks at what the switch of a team would do, and saves nothing. */
registry.category("web_tour.tours").add("sales_funnel_stages_impact_preview", {
    url: "/odoo/action-sales_funnel_stages.crm_team_action_impact",
    steps: () => [
        {
            content: "all teams at a glance",
            trigger: ".o_data_row:contains(Enforcers) .o_impact_held_back:contains(2 of 2)",
        },
        {
            content: "open one",
            trigger: ".o_data_row td[name=name]:contains(Enforcers)",
            run: "click",
        },
        {
            trigger: ".o_impact_summary:contains(would hold back 2 of 2 open opportunities)",
        },
        {
            content: "the opportunities of one stage",
            trigger: ".o_impact_row:contains(Qualified)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tour: lamps)",
        },
        {
            trigger: "body:not(:has(.o_data_row:contains(Tour: desks)))",
        },
        {
            trigger: ".breadcrumb a:contains(Enforcers), .o_back_button a:contains(Enforcers)",
            run: "click",
        },
        {
            content: "what if it followed another framework",
            trigger: ".o_field_widget[name=framework_id] input",
            run: "edit Tour: easy",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour: easy)",
            run: "click",
        },
        {
            trigger: ".o_impact_summary:contains(would hold back 0 of 2)",
        },
        {
            content: "and enforced it",
            trigger: ".o_field_widget[name=stage_rule_policy] input[data-value=enforce]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=framework_id] input",
            run: "edit BANT",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(BANT)",
            run: "click",
        },
        {
            trigger: ".o_impact_summary:contains(would hold back 2 of 2)",
        },
        {
            content: "look at them before saving",
            trigger: "button.o_impact_held_back",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Tour: desks)",
        },
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "and decide against it",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=stage_rule_policy] input[data-value=guide]:checked",
        },
    ],
});
