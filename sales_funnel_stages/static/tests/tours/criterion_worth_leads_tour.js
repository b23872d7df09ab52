import { registry } from "@web/core/registry";

const row = (step) => `.o_criterion_worth_row:contains(Budget):contains(${step})`;

registry.category("web_tour.tours").add("sales_funnel_stages_criterion_worth_leads", {
    url: "/odoo/action-sales_funnel_stages.crm_criterion_worth_action",
    steps: () => [
        {
            content: "it opens on the framework in use",
            trigger: ".o_searchview_facet:contains(Framework in Use)",
        },
        {
            content: "what was converted, and won",
            trigger: `.o_criterion_worth_row:contains(Budget):contains(16 of 16 won)`,
        },
        {
            content: "go to leads",
            trigger: ".o_criterion_worth_page:contains(Leads)",
            run: "click",
        },
        {
            trigger: ".o_criterion_worth_page.active:contains(Leads)",
        },
        {
            content: "who met it was converted 16 of 20 times, who did not 4 of 20",
            trigger: `${row("converted")}:contains(80%):contains(16 of 20 converted):contains(20%)`,
        },
        {
            trigger: `${row("converted")} .badge:contains(Predicts a conversion)`,
        },
        {
            content: "and all of those were won",
            trigger: `${row("then won")}:contains(16 of 16 won):contains(4 of 4 won)`,
        },
        {
            content: "see them",
            trigger: `${row("converted")} button:contains(20%)`,
            run: "click",
        },
        {
            trigger: ".o_list_view .o_pager_limit:contains(20)",
        },
        {
            trigger: ".o_data_row:contains(Lost as a Lead)",
        },
    ],
});
