import { registry } from "@web/core/registry";

const step = (name, selector = "") => `.o_onboarding_step[data-name=${name}]${selector}`;
const toPipeline = [
    {
        trigger: ".o_menu_brand, .o_app",
        run() {
            // as the menu does; the tour goes on where the client is
            window.location.href = "/odoo/action-crm.crm_lead_action_pipeline";
        },
        expectUnloadPage: true,
    },
];

/** A manager goes through the three steps of the banner, and closes it for good. */
registry.category("web_tour.tours").add("sales_funnel_stages_onboarding", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            content: "a framework is chosen already",
            trigger: step("framework", ".o_done"),
        },
        {
            content: "look at the impact",
            trigger: step("impact", ":not(.o_done) button"),
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Enforcers) .o_impact_held_back",
        },
        ...toPipeline,
        {
            content: "seen; switch a team on",
            trigger: step("impact", ".o_done"),
        },
        {
            trigger: step("team", ":not(.o_done) button"),
            run: "click",
        },
        {
            trigger: ".o_data_row td:contains(Enforcers)",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=stage_rule_policy] input[data-value=enforce]",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_impact_summary:contains(Its rules hold back)",
        },
        ...toPipeline,
        {
            trigger: step("team", ".o_done"),
        },
        {
            content: "that is all",
            trigger: ".o_onboarding_close",
            run: "click",
        },
        {
            trigger: ".o_kanban_view:not(:has(.o_stage_rule_onboarding))",
        },
    ],
});
