import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_funnel_stages_qualify_and_convert", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            content: "open the lead",
            trigger: ".o_data_row td[name=name]:contains('Tour: office chairs')",
            run: "click",
        },
        {
            content: "nothing is met yet",
            trigger: ".o_qualification_checklist .o_qualification_count:contains('0 of 3')",
        },
        {
            content: "note the need",
            trigger: ".o_field_widget[name=need_level] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Strong need')",
            run: "click",
        },
        {
            content: "the checklist follows before saving",
            trigger: ".o_qualification_checklist .o_qualification_count:contains('1 of 3')",
        },
        {
            content: "convert",
            trigger: ".o_statusbar_buttons button:contains('Convert to Opportunity')",
            run: "click",
        },
        {
            content: "the wizard says what is missing",
            trigger: ".modal .o_qualification_checklist .o_qualification_count:contains('1 of 3')",
        },
        {
            content: "trying all the same is refused",
            trigger: ".modal footer button:contains('Create Opportunity')",
            run: "click",
        },
        {
            content: "with all that is missing",
            trigger:
                ".o_error_dialog:contains('Not ready yet'):contains('Budget known'):contains('Buys within six months')",
        },
        {
            trigger: ".o_error_dialog footer button:contains('Close')",
            run: "click",
        },
        {
            content: "fill in the budget in the wizard",
            trigger: ".modal .o_field_widget[name=budget_status] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Estimated')",
            run: "click",
        },
        {
            trigger: ".modal .o_qualification_checklist .o_qualification_count:contains('2 of 3')",
        },
        {
            content: "and the date",
            trigger:
                ".modal .o_field_widget[name=purchase_date] button, .modal .o_field_widget[name=purchase_date] input",
            run: "click",
        },
        {
            trigger: ".o_datetime_picker .o_today",
            run: "click",
        },
        {
            trigger: ".modal .o_qualification_checklist .o_qualification_count:contains('3 of 3')",
        },
        {
            content: "now it converts",
            trigger: ".modal footer button:contains('Create Opportunity')",
            run: "click",
        },
        {
            content: "and is an opportunity in the first stage",
            trigger: ".o_form_view .o_arrow_button_current:contains('New')",
        },
        {
            content: "which says what the next stage asks for",
            trigger: ".o_qualification_checklist:contains('To enter')",
        },
    ],
});
