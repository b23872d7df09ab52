import { registry } from "@web/core/registry";

/** A manager looks at what is stuck, and lets Odoo show the same on the cards. */
registry.category("web_tour.tours").add("sales_funnel_stages_stuck", {
    url: "/odoo/action-sales_funnel_stages.crm_lead_action_stuck",
    steps: () => [
        {
            content: "the longest first, with how long, what is usual and what is missing",
            trigger: ".o_data_row:first:contains(Tour: later) [name=days_in_step]:contains(40)",
        },
        {
            trigger: ".o_data_row:first [name=usual_days]:contains(14)",
        },
        {
            trigger: ".o_data_row:first .o_gate_progress_names:contains(Need identified)",
        },
        {
            trigger: ".o_data_row:eq(1):contains(Tour: late)",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Tour: in time)))",
        },
        {
            content: "the activities are at hand",
            trigger:
                ".o_data_row:first [name=activity_ids] button, .o_data_row:first [name=activity_ids] a",
        },
    ],
});

/** Then the stage's form takes over what is usual. */
registry.category("web_tour.tours").add("sales_funnel_stages_use_usual_days", {
    steps: () => [
        {
            trigger: ".o_form_view [name=usual_stay]:contains(80% move on within 14 days)",
        },
        {
            trigger: "button[name=action_use_usual_days]",
            run: "click",
        },
        {
            content: "nothing more to take over",
            trigger: ".o_form_view:not(:has(button[name=action_use_usual_days]))",
        },
        {
            trigger: "[name=rotting_threshold_days] input:value(14)",
        },
    ],
});
