import { registry } from "@web/core/registry";

const column = ".o_kanban_group:has(.o_column_title:contains('Qualified'))";

registry.category("web_tour.tours").add("sales_funnel_stages_stage_rules_menu", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: ".o_kanban_record .o_gate_progress:contains('4 of 6')",
        },
        {
            trigger: `${column} .o_kanban_header`,
            run: `hover && click ${column} .o_group_config button`,
        },
        {
            trigger: ".o_group_stage_rules",
            run: "click",
        },
        {
            content: "the rules of that stage, to be read only",
            trigger:
                ".o_list_view:not(:has(.o_list_button_add)) .o_data_row:contains('Engagement discussed')",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Contract signed')))",
        },
    ],
});
