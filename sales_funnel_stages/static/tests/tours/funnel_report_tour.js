import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sales_funnel_stages_funnel_report", {
    url: "/odoo",
    steps: () => [
        {
            trigger: ".o_navbar_apps_menu button",
            run: "click",
        },
        {
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='sales_funnel_stages.crm_funnel_report_menu']",
            run: "click",
        },
        {
            content: "the last year, step by step, lead first",
            trigger: ".o_pivot tbody tr:nth-child(2) .o_pivot_header_cell_opened:contains('Lead')",
        },
        {
            trigger: ".o_searchview_facet:contains('Last 12 Months')",
        },
        {
            trigger: ".o_pivot thead:contains('Conversion Rate')",
        },
        {
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            trigger: ".o_graph_canvas_container canvas",
        },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_list_button_add)) .o_data_row td:contains('A lead')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] :value('A lead')",
        },
    ],
});
