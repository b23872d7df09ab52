import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

const FILE = [
    "Opportunity,Type,Stage,Sales Team,Expected Revenue,Closed Date,Created on",
    "Canopy 2024,Opportunity,Won,Enforcers,9000,2024-03-04 10:00:00,2024-01-02 09:00:00",
    ",,,,,,",
    "Fence 2024,Opportunity,Won,Enforcers,11000,2024-05-20 15:30:00,2024-02-11 09:00:00",
].join("\n");

registry.category("web_tour.tours").add("sales_funnel_stages_past_deals_tour", {
    url: "/odoo/action-crm.crm_lead_all_leads/import",
    steps: () => [
        {
            content: "Upload a file of closed deals",
            trigger: ".o_import_action .o_nocontent_help",
            run: () =>
                inputFiles(".o_control_panel_main_buttons .o_file_input input", [
                    new File([FILE], "deals.csv", { type: "text/csv" }),
                ]),
        },
        {
            content: "The dates have columns, and it says what becomes of them",
            trigger:
                ".o_import_data_content tr:contains('Created on') .alert-info:contains('marked as imported')",
        },
        {
            content: "Import it",
            trigger: ".o_control_panel_main_buttons button:contains(/^Import$/)",
            run: "click",
        },
        {
            content: "Both are there",
            trigger: ".o_list_view .o_data_row:nth-child(2)",
            timeout: 60000,
        },
    ],
});
