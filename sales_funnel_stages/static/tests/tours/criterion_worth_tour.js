import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const row = ".o_criterion_worth_row:contains(Criterion 9000001)";

registry.category("web_tour.tours").add("sales_funnel_stages_criterion_worth", {
    steps: () => [
        ...stepUtils.goToAppSteps("crm.crm_menu_root", "open CRM"),
        {
            content: "open the menu of reports",
            trigger: "[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            content: "open what qualification is worth",
            trigger: "[data-menu-xmlid='sales_funnel_stages.crm_criterion_worth_menu']",
            run: "click",
        },
        {
            content: "it opens on the framework in use, which these are not of",
            trigger: ".o_searchview_facet:contains(Framework in Use) .o_facet_remove",
            run: "click",
        },
        {
            content: "who met it won 15 of 20, who did not 2 of 14",
            trigger: `${row}:contains(75%):contains(15 of 20 won):contains(14%):contains(2 of 14 won)`,
        },
        {
            content: "which is no chance",
            trigger: `${row} .badge:contains(Predicts a sale)`,
        },
        {
            content: "the search restricts what is counted",
            trigger: ".o_searchview_input",
            run: "edit Worth 1",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Name)",
            run: "click",
        },
        {
            content: "only some are left",
            trigger: `${row} .badge:contains(Too little data yet)`,
        },
        {
            content: "all again",
            trigger: ".o_facet_remove",
            run: "click",
        },
        {
            content: "open those that met it",
            trigger: `${row}:contains(15 of 20 won) button:contains(75%)`,
            run: "click",
        },
        {
            content: "here they are",
            trigger: ".o_list_view .o_pager_limit:contains(20)",
        },
        {
            content: "open one",
            trigger: ".o_data_row [name='lead_name']",
            run: "click",
        },
        {
            content: "here it is",
            trigger: ".o_form_view .o_field_widget[name='name']",
        },
    ],
});
