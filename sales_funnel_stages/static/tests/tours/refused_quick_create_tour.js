import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_funnel_stages_refused_quick_create", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: "body:has(.o_kanban_renderer) .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: ".o_kanban_quick_create .o_field_widget[name=name] input",
            run: "edit Tour: lamps",
        },
        {
            trigger: ".o_kanban_quick_create .o_field_widget[name=expected_revenue] input",
            run: "edit 1200",
        },
        {
            trigger: ".o_kanban_quick_create .o_kanban_add",
            run: "click",
        },
        {
            content: "it says at once why not",
            trigger: ".o_notification:contains('Tour: lamps'):contains('Budget known')",
        },
        {
            content: "and offers the form, with what was typed",
            trigger: ".modal .o_field_widget[name=expected_revenue] input:value('1,200.00')",
        },
        {
            trigger: ".modal .o_qualification_checklist .o_qualification_count:contains('0 of 3')",
        },
        {
            trigger: ".modal .o_field_widget[name=need_level] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Weak need')",
            run: "click",
        },
        {
            trigger: ".modal .o_qualification_checklist .o_qualification_count:contains('1 of 3')",
        },
        {
            trigger: ".modal .o_field_widget[name=budget_status] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Confirmed')",
            run: "click",
        },
        {
            trigger: ".modal .o_qualification_checklist .o_qualification_count:contains('2 of 3')",
        },
        {
            trigger:
                ".modal .o_field_widget[name=purchase_date] input, .modal .o_field_widget[name=purchase_date] button",
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
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_kanban_record:contains('Tour: lamps')",
        },
    ],
});
