import { registry } from "@web/core/registry";

/** @param {Element} element */
function assertFits(element) {
    if (element.scrollWidth > element.clientWidth) {
        throw new Error(`${element.scrollWidth} pixels do not fit in ${element.clientWidth}`);
    }
}

// No word is looked for: what is not translated yet is in English.
registry.category("web_tour.tours").add("sales_funnel_stages_arabic", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            content: "everything is read from the right",
            trigger: "body.o_rtl .o_list_view",
            run() {
                if (getComputedStyle(document.body).direction !== "rtl") {
                    throw new Error("The page is read from the left");
                }
            },
        },
        {
            trigger: ".o_data_row td[name=name]:contains('Tour: desks')",
            run: "click",
        },
        {
            content: "the panel is there, with its three conditions and the ring",
            trigger:
                ".o_form_view .o_qualification_checklist:has(.o_score_ring) .o_qualification_line:nth-child(3)",
            run() {
                const panel = document.querySelector(".o_qualification_checklist");
                const icon = panel.querySelector(".o_qualification_line i");
                const name = panel.querySelector(".o_qualification_line button");
                if (icon.getBoundingClientRect().left < name.getBoundingClientRect().right) {
                    throw new Error("The sign of a line is not where the line begins");
                }
                assertFits(panel);
                assertFits(document.querySelector(".o_form_view .o_content"));
                assertFits(document.documentElement);
            },
        },
        {
            content: "so is the wizard",
            trigger: ".o_statusbar_buttons button[data-hotkey=v]",
            run: "click",
        },
        {
            trigger: ".modal .o_stage_move_line:nth-of-type(3)",
            run: () => assertFits(document.querySelector(".modal-body")),
        },
        {
            trigger: ".modal footer button[special=cancel], .modal header .btn-close",
            run: "click",
        },
        {
            content: "and the history",
            trigger: "body:not(:has(.modal)) .o_notebook a.nav-link[name=stage_history]",
            run: "click",
        },
        {
            trigger: ".o_stage_timeline .o_kanban_record",
            run: () => assertFits(document.querySelector(".o_stage_timeline")),
        },
    ],
});
