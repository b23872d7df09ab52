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
                ".modal .o_qualification_checklist:contains('Pour devenir une opportunité'):contains('Budget connu'):not(:contains('Budget known'))",
        },
        {
            trigger: ".modal footer button[name=action_apply]:visible",
            run: "click",
        },
        {
            content: "and the refusal",
            trigger:
                ".o_error_dialog:contains('Pas encore prête'):contains('Il manque encore'):contains('Achat sous six mois')",
        },
        {
            trigger: ".o_error_dialog footer button",
            run: "click",
        },
    ],
});
