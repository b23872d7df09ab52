import { registry } from "@web/core/registry";

const line = (name) => `.o_qualification_line:contains('${name}')`;
const count = (text) => `.o_qualification_count:contains('${text}')`;

const answer = (place, name, choice) => ({
    trigger: `${place} ${line(name)} [role=group] button:contains('${choice}')`,
    run: "click",
});

const moveLine = (name) => `.o_stage_move_line:contains('${name}')`;
const moveAnswer = (name, choice) => ({
    trigger: `.modal ${moveLine(name)} [role=group] button:contains('${choice}')`,
    run: "click",
});

const card = ".o_kanban_record:contains('Tour: desks')";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
const drag = {
    trigger: `${column("New")} ${card}`,
    run: `drag_and_drop (${column("Qualified")})`,
};

registry.category("web_tour.tours").add("sales_funnel_stages_answer_and_move", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        drag,
        {
            content: "what is missing can be answered here, and needs no visit to the lead",
            trigger: `.modal:not(:has(.o_stage_move_open)) ${moveLine("Paper process known")}`,
        },
        {
            trigger: `.modal ${moveLine("Competition known")}:contains('Outdated')`,
        },
        moveAnswer("Paper process known", "Yes"),
        {
            content: "the checklist follows",
            trigger: `.modal ${moveLine("Paper process known")}.o_met`,
        },
        {
            trigger: `.modal ${moveLine("Paper process known")} textarea`,
            run: "edit Legal takes a month",
        },
        {
            content: "an old answer still holds",
            trigger: `.modal ${moveLine("Competition known")}:contains('ask again') button:contains('Still True')`,
            run: "click",
        },
        {
            trigger: ".modal footer .o_stage_move_confirm.btn-primary",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${column("Qualified")} ${card}`,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_answer_and_convert", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            trigger: ".o_data_row td[name=name]:contains('Tour: office chairs')",
            run: "click",
        },
        {
            trigger: `.o_qualification_checklist ${count("0 of 2")}`,
        },
        {
            content: "answer in the panel",
            ...answer(".o_qualification_checklist", "Gain in figures", "Yes"),
        },
        {
            content: "it counts before saving",
            trigger: `.o_qualification_checklist ${count("1 of 2")}`,
        },
        {
            content: "it stays where it was given",
            trigger: `.o_form_view:not(:has(.o_qualification_answer)) ${line("Gain in figures")} button:contains('Yes')[aria-pressed=true]`,
        },
        {
            trigger: ".o_statusbar_buttons button:contains('Convert to Opportunity')",
            run: "click",
        },
        {
            content: "the wizard knows it, and takes the other one",
            trigger: `.modal:not(:has(${moveLine("Gain in figures")})) .o_qualification_count:contains('1 of 2')`,
        },
        {
            trigger: `.modal .o_stage_move_description:contains('cannot become an opportunity yet')`,
        },
        moveAnswer("Competition known", "Will not say"),
        {
            trigger: `.modal ${count("2 of 2")}`,
        },
        {
            trigger: ".modal footer button.btn-primary:contains('Convert to Opportunity')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_arrow_button_current:contains('New')",
        },
    ],
});
