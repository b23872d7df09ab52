import { registry } from "@web/core/registry";

/** What was no opportunity goes back to being a lead, from the form, and is shown as one. */
registry.category("web_tour.tours").add("sales_funnel_stages_return_to_lead", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Tour: desks')",
            run: "click",
        },
        {
            content: "what else can be done with it",
            trigger: ".o_form_view .o_cp_action_menus .o-dropdown",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Return to Lead')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='lead_ids']:contains('Tour: desks')",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit They only wanted the price list",
        },
        {
            trigger: ".modal footer button[name='action_return']",
            run: "click",
        },
        {
            content: "the form shows a lead now",
            trigger:
                "body:not(:has(.modal)) .o_form_view button:contains('Convert to Opportunity')",
        },
        {
            trigger: ".o-mail-Message:contains('They only wanted the price list')",
        },
    ],
});
