import { registry } from "@web/core/registry";

const card = ".o_kanban_record:contains('Tour: desks')";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
const count = (text) => `.modal .o_qualification_count:contains('${text}')`;

const drag = {
    content: "drag the card to the next stage",
    trigger: `${column("New")} ${card}`,
    run: `drag_and_drop (${column("Qualified")})`,
};

/** The dialog offers what is missing, its checklist follows, and one click saves and moves. */
const fillInAndMove = [
    {
        content: "it says which move and which lead",
        trigger:
            ".modal:has(.o_qualification_checklist):not(:has(.o_score_ring)) .o_field_widget[name=description]:contains('“Tour: desks” cannot enter')",
    },
    {
        content: "what is known already is not asked for",
        trigger: ".modal:not(:has([name=need_level])) [name=requirement_summary] textarea",
        run: "edit Forty seats",
    },
    {
        trigger: ".modal .o_field_widget[name=engagement_date] :is(input, button)",
        run: "click",
    },
    {
        content: "the checklist follows",
        trigger: count("1 of 2"),
    },
    {
        trigger: ".o_datetime_picker .o_today",
        run: "click",
    },
    {
        trigger: count("2 of 2"),
    },
    {
        trigger: ".modal footer button[name=action_move]",
        run: "click",
    },
];

const giveUp = [
    {
        content: "what is typed here does not count",
        trigger: ".modal [name=requirement_summary] textarea",
        run: "edit Given up",
    },
    {
        trigger: ".modal footer button:contains('Cancel')",
        run: "click",
    },
];

const cardIsIn = (name) => ({
    content: `the card is in ${name}`,
    trigger: `body:not(:has(.modal)) ${column(name)} ${card}`,
});

registry.category("web_tour.tours").add("sales_funnel_stages_move_by_drag", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        drag,
        {
            content: "one click too early is told what is still missing",
            trigger: ".modal footer button[name=action_move]",
            run: "click",
        },
        {
            trigger:
                ".o_error_dialog:contains('Engagement discussed'):not(:has(.o_stage_rule_offer))",
        },
        {
            trigger: ".o_error_dialog footer button:contains('Close')",
            run: "click",
        },
        ...giveUp,
        cardIsIn("New"),
        drag,
        ...fillInAndMove,
        cardIsIn("Qualified"),
    ],
});

// the test opens an action of its own
registry.category("web_tour.tours").add("sales_funnel_stages_move_in_forecast", {
    steps: () => [drag, ...giveUp, cardIsIn("New"), drag, ...fillInAndMove, cardIsIn("Qualified")],
});

registry.category("web_tour.tours").add("sales_funnel_stages_move_by_statusbar", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: card,
            run: "click",
        },
        {
            content: "type something else",
            trigger: ".o_form_view .o_field_widget[name=need_summary] textarea",
            run: "edit Typed before",
        },
        {
            trigger: ".o_statusbar_status button:contains('Qualified')",
            run: "click",
        },
        ...giveUp,
        {
            content: "the stage is back, what was typed is kept, and nothing is left to save",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o_form_status_indicator_buttons.invisible):has([name=need_summary] textarea:value('Typed before')) .o_arrow_button_current:contains('New')",
        },
        {
            trigger: ".o_statusbar_status button:contains('Qualified')",
            run: "click",
        },
        ...fillInAndMove,
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains('Qualified')",
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_won_by_button", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: card,
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name=action_set_won_rainbowman]",
            run: "click",
        },
        {
            trigger: ".modal [name=description]:contains('enter Won')",
        },
        {
            trigger: ".modal .o_field_widget[name=contract_status] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Signed')",
            run: "click",
        },
        {
            trigger: count("1 of 1"),
        },
        {
            trigger: ".modal footer button[name=action_move]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains('Won')",
        },
    ],
});

const row = ".o_data_row:contains('Tour: desks')";
const editStage = [
    {
        trigger: `${row} .o_list_record_selector input`,
        run: "click",
    },
    {
        trigger: `${row}.o_data_row_selected td[name=stage_id]`,
        run: "click",
    },
    {
        trigger: `${row} [name=stage_id] input`,
        run: "edit Qualified",
    },
    {
        trigger: ".o-autocomplete--dropdown-item:contains('Qualified')",
        run: "click",
    },
];

registry.category("web_tour.tours").add("sales_funnel_stages_move_in_list", {
    steps: () => [
        ...editStage,
        ...giveUp,
        {
            content: "the stage is back",
            trigger: `body:not(:has(.modal)) ${row} td[name=stage_id]:contains('New')`,
        },
        {
            trigger: `${row}.o_data_row_selected .o_list_record_selector input`,
            run: "click",
        },
        ...editStage,
        ...fillInAndMove,
        {
            trigger: `body:not(:has(.modal)) ${row} td[name=stage_id]:contains('Qualified')`,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_guided_move", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        drag,
        {
            content: "it moves, and says what is missing",
            trigger: ".o_notification:contains('Tour: desks'):contains('Engagement discussed')",
        },
        cardIsIn("Qualified"),
        {
            trigger: ".o_notification button:contains('Complete')",
            run: "click",
        },
        {
            trigger: ".modal:not(:has([name=reason])) [name=requirement_summary] textarea",
            run: "edit Forty seats",
        },
        {
            trigger: ".modal footer button[name=action_move]:contains('Save')",
            run: "click",
        },
        {
            content: "one thing less is missing",
            trigger: `body:not(:has(.modal)) ${column("Qualified")} ${card}`,
        },
    ],
});
