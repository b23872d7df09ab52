import { registry } from "@web/core/registry";

/** Complain of what is cut, or has to be scrolled to. */
function assertFits() {
    for (const element of [document.documentElement, document.querySelector(".o_content")]) {
        if (element.scrollWidth > element.clientWidth) {
            throw new Error(`${element.scrollWidth} pixels do not fit in ${element.clientWidth}`);
        }
    }
}

registry.category("web_tour.tours").add("sales_funnel_stages_phone_impact", {
    url: "/odoo/action-sales_funnel_stages.crm_team_action_impact",
    steps: () => [
        {
            content: "a team that guides holds nothing back yet",
            trigger:
                ".o_kanban_record:contains(Enforcers) .o_impact_held_back:contains(1 of 1 would be held back)",
        },
        {
            content: "the wins are there in full, too",
            trigger:
                ".o_kanban_record:contains(Enforcers) .o_impact_wins_unmet:contains(1 of 1 wins did not meet the rules)",
            run: assertFits,
        },
        {
            content: "and a click away",
            trigger: ".o_kanban_record:contains(Enforcers) .o_impact_wins_unmet",
            run: "click",
        },
        { trigger: ".o_kanban_record:contains(Tour: won), .o_data_row:contains(Tour: won)" },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_phone_stuck", {
    url: "/odoo/action-sales_funnel_stages.crm_lead_action_stuck",
    steps: () => [
        {
            content: "it says that these are missing",
            trigger:
                ".o_kanban_record:contains(Tour: late) .o_gate_progress_names:contains(Not met: Need identified)",
            run: assertFits,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_phone_history", {
    url: "/odoo/action-sales_funnel_stages.crm_stage_transition_action",
    steps: () => [
        {
            content: "each step says of which lead it is",
            trigger: ".o_kanban_record:contains(Tour: late)",
            run: assertFits,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_phone_history_of_one", {
    steps: () => [
        {
            trigger: ".o_notebook a.nav-link[name=stage_history]",
            run: "click",
        },
        {
            content: "but not where all are of one",
            trigger:
                ".o_stage_timeline .o_kanban_record:contains(Created):not(:contains(Tour: late))",
        },
    ],
});
