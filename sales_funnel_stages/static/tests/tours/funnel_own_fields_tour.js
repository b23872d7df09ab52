import { registry } from "@web/core/registry";

/** Who has added a field to leads groups the funnel by it, as by any other. */
registry.category("web_tour.tours").add("sales_funnel_stages_funnel_own_fields", {
    url: "/odoo/action-sales_funnel_stages.crm_funnel_report_action",
    steps: () => [
        {
            trigger: ".o_pivot",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_add_custom_group_menu:has(option:contains(Region))",
            run: "selectByLabel Region",
        },
        {
            trigger: ".o_searchview_facet:contains(Region)",
        },
        {
            trigger: ".o_pivot tbody th:contains(North)",
        },
        {
            trigger: ".o_pivot tbody th:contains(South)",
        },
        {
            content: "the same in a graph",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            trigger: ".o_graph_canvas_container canvas",
        },
        {
            content: "and in a list, where a group is opened",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_group_header:contains(North)",
            run: "click",
        },
        {
            trigger: ".o_data_row",
        },
    ],
});
