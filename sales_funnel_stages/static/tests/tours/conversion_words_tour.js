import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_funnel_stages_conversion_words", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            content: "open the lead",
            trigger: ".o_data_row td[name=name]:contains('Tour: office chairs')",
            run: "click",
        },
        {
            content: "convert",
            trigger: ".o_statusbar_buttons button:contains('Convert to Opportunity')",
            run: "click",
        },
        {
            content: "the wizard shows what the conversion asks for",
            trigger: ".modal .o_stage_move_form .o_qualification_count:contains('3 of 3')",
        },
        {
            content: "and says what it is going to do",
            trigger:
                ".modal .o_conversion_outcome[role=status]" +
                ":contains('The customer is created: Ann, at the new company Chairs Ltd.')" +
                ":contains('It becomes an opportunity, in the stage New.')" +
                ":contains('The plan “First contact” starts:')" +
                ":contains('Call them')",
        },
        {
            content: "choose an existing customer instead",
            trigger:
                ".modal .o_field_widget[name=action] .o_radio_item:contains('existing customer') input",
            run: "click",
        },
        {
            content: "it follows",
            trigger: ".modal .o_conversion_outcome:contains('It has no customer yet.')",
        },
        {
            content: "back to a new one",
            trigger:
                ".modal .o_field_widget[name=action] .o_radio_item:contains('new customer') input",
            run: "click",
        },
        {
            trigger: ".modal .o_conversion_outcome:contains('at the new company Chairs Ltd')",
        },
        {
            content: "do it",
            trigger: ".modal footer button:contains('Convert to Opportunity')",
            run: "click",
        },
        {
            content: "it is where it was said to be",
            trigger: ".o_form_view .o_arrow_button_current:contains('New')",
        },
        {
            content: "and there is something to do",
            trigger: ".o-mail-Activity:contains('Call them')",
        },
        {
            trigger: ".o-mail-Activity:contains('Visit them')",
        },
    ],
});
