import { registry } from "@web/core/registry";

// Only the texts of this addon are in French here, not Odoo's own.
registry.category("web_tour.tours").add("sales_funnel_stages_french", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            trigger: ".o_data_row td[name=name]:contains('Tour : bureaux')",
            run: "click",
        },
        {
            content: "the checklist speaks French",
            trigger:
                ".o_form_view .o_qualification_checklist:contains('Pour devenir une opportunité'):contains('0 sur 3'):contains('Recommandé')",
        },
        {
            trigger: ".o_statusbar_buttons button[data-hotkey=v]",
            run: "click",
        },
        {
            content: "so does the wizard",
            trigger:
                ".modal .o_stage_move_form:contains('devenir une opportunité'):contains('Budget connu'):not(:contains('Budget known'))",
        },
        {
            content: "and what it would do is not ready",
            trigger:
                ".modal:has(.o_stage_move_line:contains('Achat sous six mois')) footer .o_conversion_not_ready:contains('Convertir en opportunité')",
        },
    ],
});
