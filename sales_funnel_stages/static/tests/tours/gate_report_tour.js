import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("sales_funnel_stages_gate_report", {
    steps: () => [
        ...stepUtils.goToAppSteps("crm.crm_menu_root", "open CRM"),
        {
            content: "open the menu of reports",
            trigger: "[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            content: "open the report of the stage rules",
            trigger: "[data-menu-xmlid='sales_funnel_stages.crm_gate_report_menu']",
            run: "click",
        },
        {
            content: "it counts moves by criterion and outcome",
            trigger: ".o_pivot th:contains(Held Back)",
        },
        {
            content: "a criterion that was not met has one",
            trigger: ".o_pivot td.o_pivot_cell_value:contains(1)",
        },
        {
            content: "it says why rows add up to more than the total",
            trigger: ".o_pivot .o_gate_report_note",
        },
        {
            content: "look at it over time",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "there is a graph",
            trigger: ".o_graph_canvas_container canvas",
        },
        {
            content: "look at each",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "open the lead",
            trigger: ".o_data_row:contains(Tour deal) [name='lead_name']",
            run: "click",
        },
        {
            content: "here it is",
            trigger:
                ".o_form_view .o_field_widget[name='name']:contains(Tour deal), .o_form_view [name='name'] textarea",
        },
    ],
});
