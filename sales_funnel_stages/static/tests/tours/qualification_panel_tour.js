import { registry } from "@web/core/registry";

const panel = ".o_form_view .o_qualification_checklist";
const line = (name) => `${panel} .o_qualification_line:contains('${name}')`;

registry.category("web_tour.tours").add("sales_funnel_stages_qualification_panel", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Tour: desks')",
            run: "click",
        },
        {
            content: "the panel says what the next stage asks for, and how much of it is there",
            trigger: `${panel}:contains('To enter Qualified') .o_qualification_count:contains('4 of 6')`,
        },
        {
            content: "and what is no longer true",
            trigger: `${line("Need identified")}:contains('Needed since the conversion')`,
        },
        {
            content: "the status bar knows it as well",
            trigger:
                ".o_statusbar_status .o_arrow_button:contains('Qualified')[data-tooltip*='Need identified']",
        },
        {
            content: "advancing all the same is refused",
            trigger: ".o_statusbar_buttons button[name=action_advance]",
            run: "click",
        },
        {
            trigger: ".modal:contains('Need identified') footer button:contains('Cancel')",
            run: "click",
        },
        {
            content: "look ahead to the last stage",
            trigger: `body:not(:has(.modal)) ${panel} .o_qualification_look_ahead`,
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('To enter Won')",
            run: "click",
        },
        {
            content: "which asks for more, and nothing has changed",
            trigger: `body:not(:has(.o_form_button_save:visible)) ${line("Contract signed")}`,
        },
        {
            trigger: `${panel} .o_qualification_back`,
            run: "click",
        },
        {
            content: "a criterion leads to its field, which is there once",
            trigger: `body:not(:has(.o_qualification_more)) ${line("Need identified")} .o_qualification_go`,
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=need_level] input:focus",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Weak need')",
            run: "click",
        },
        {
            content: "the ring has moved before anything is saved",
            trigger: `.o_form_view:has(.o_form_button_save:visible) .o_qualification_checklist:has(.o_qualification_count:contains('5 of 6')) .o_score_ring text:not(:contains('100'))`,
        },
        {
            content: "and the contact's part",
            trigger: `${line("Relationship")} .o_qualification_go:contains('Contact Role')`,
            run: "click",
        },
        {
            trigger: ".o_qualification_fields .o_field_widget[name=contact_role] input:focus",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Buyer')",
            run: "click",
        },
        {
            trigger: `${panel} .o_score_ring:has(text:contains('100%'))`,
        },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button:contains('Qualified'):not([data-tooltip])",
        },
        {
            content: "now it advances, with what was typed",
            trigger: ".o_statusbar_buttons button[name=action_advance]",
            run: "click",
        },
        {
            trigger: `.o_form_view:has(.o_arrow_button_current:contains('Qualified')) .o_qualification_checklist:contains('To enter Proposition')`,
        },
    ],
});
