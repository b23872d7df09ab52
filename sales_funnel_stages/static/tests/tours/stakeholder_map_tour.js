import { registry } from "@web/core/registry";

const map = ".o_form_view .o_stakeholder_map";
const row = ".o_field_widget[name=stakeholder_ids] .o_selected_row";

registry.category("web_tour.tours").add("sales_funnel_stages_stakeholder_map", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Tour: desks')",
            run: "click",
        },
        {
            content: "the contact is on the map, and who is missing",
            trigger: `${map}:has([data-role=adviser]:contains('Ann')) .o_stakeholder_gaps:contains('No key contact yet'):contains('No decision maker yet'):contains('No champion yet')`,
        },
        {
            content: "add somebody",
            trigger: ".o_field_widget[name=stakeholder_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: `${row} [name=contact_name] input`,
            run: "edit Bob",
        },
        {
            trigger: `${row} [name=role] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Decision maker')",
            run: "click",
        },
        {
            content: "the map follows, before anything is saved",
            trigger: `${map}:has([data-role=decision_maker]:contains('Bob')) .o_stakeholder_gaps:not(:contains('No decision maker yet'))`,
        },
        {
            content: "open the person from the map",
            trigger: `${map} .o_stakeholder_person button:contains('Bob')`,
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=relationship] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Champion')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=is_key_contact] input",
            run: "click",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "nobody is missing any more",
            trigger: `body:not(:has(.modal)) ${map}:not(:has(.o_stakeholder_gaps)) [data-role=decision_maker]:has([aria-label='Key contact']):contains('Champion')`,
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))",
        },
    ],
});
