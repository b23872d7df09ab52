import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

const FILE = [
    "External ID,Opportunity,Type,Sales Team,Stage,Need,Budget,Ready to Buy By",
    "import_tour.bare,Bare,Opportunity,Enforcers,New,,,",
    "import_tour.qualified,Qualified,Opportunity,Enforcers,New,Weak need,Estimated,%(today)s",
    "import_tour.too_far,Too far,Opportunity,Enforcers,Won,Weak need,Estimated,%(today)s",
].join("\n");

registry.category("web_tour.tours").add("sales_funnel_stages_import_tour", {
    url: "/odoo/action-crm.crm_lead_all_leads/import",
    steps: () => [
        {
            content: "Upload a file of leads",
            trigger: ".o_import_action .o_nocontent_help",
            run: async () => {
                const today = luxon.DateTime.now().toISODate();
                const text = FILE.replaceAll("%(today)s", today);
                await inputFiles(".o_control_panel_main_buttons .o_file_input input", [
                    new File([text], "leads.csv", { type: "text/csv" }),
                ]);
            },
        },
        {
            content: "Test it",
            trigger: ".o_control_panel_main_buttons button:contains(/^Test$/)",
            run: "click",
        },
        {
            content: "The first refused row is named",
            trigger: ".o_import_refused_rows li:contains('Row 2: “Bare”')",
        },
        {
            content: "So is the last",
            trigger: ".o_import_refused_rows li:contains('Row 4: “Too far”')",
        },
        {
            content: "Let them in as far as they qualify",
            trigger: ".o_import_stage_rules input",
            run: "click",
        },
        {
            content: "Import",
            trigger: ".o_control_panel_main_buttons button:contains(/^Import$/)",
            run: "click",
        },
        {
            content: "What became of one row is said",
            trigger: ".modal .o_import_refused_rows li:contains('Imported as a lead.')",
        },
        {
            content: "And of the other; go on to the records",
            trigger:
                ".modal:has(.o_import_refused_rows li:contains('Imported into New.')) .btn-primary",
            run: "click",
        },
        {
            content: "All three are there",
            trigger: ".o_list_view .o_data_row:nth-child(3)",
        },
    ],
});
