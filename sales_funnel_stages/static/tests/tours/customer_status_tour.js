import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_funnel_stages_customer_status", {
    url: "/odoo/action-contacts.action_contacts?view_type=kanban",
    steps: () => [
        {
            content: "open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "those that are customers",
            trigger: ".o_filter_menu .o-dropdown-item:contains('Funnel: Customers')",
            run: "click",
        },
        {
            content: "are shown as such",
            trigger:
                ".o_kanban_record:contains('Tour: Acme') [name=funnel_status] .badge:contains('Customer')",
        },
        {
            content: "others are not shown",
            trigger: ".o_kanban_renderer:not(:contains('Tour: Eve'))",
        },
        {
            content: "and now those that are no more than contacts",
            trigger: ".o_filter_menu .o-dropdown-item:contains('Funnel: Customers')",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o-dropdown-item:contains('Funnel: Contacts')",
            run: "click",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "open one",
            trigger: ".o_kanban_record:contains('Tour: Eve')",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=funnel_status] .badge:contains('Contact')",
        },
        {
            content: "make a lead, in one click",
            trigger: ".o_form_view button[name=action_make_lead]:contains('New Lead')",
            run: "click",
        },
        {
            content: "it is there, linked to the contact",
            trigger: ".o_form_view .o_statusbar_buttons button:contains('Convert to Opportunity')",
        },
        {
            content: "back to the contact",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item:contains('Tour: Eve') a",
            run: "click",
        },
        {
            content: "which is a lead now",
            trigger: ".o_form_view [name=funnel_status] .badge:contains('Lead')",
        },
        {
            content: "see what there is, by step",
            trigger: "button[name=action_view_funnel_leads]:contains('1')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_group_header:contains('Lead (1)')",
        },
    ],
});
