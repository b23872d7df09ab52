import { registry } from "@web/core/registry";
import { counted, type } from "./counted";
import { confirm, count, openDay, pick, pickToday } from "./move_dialog_steps";

const card = ".o_kanban_record:contains('Tour: desks')";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;

const drag = {
    content: "drag the card to the next stage",
    trigger: `${column("New")} ${card}`,
    run: `drag_and_drop (${column("Qualified")})`,
};

const line = (name) => `.modal .o_stage_move_line:contains('${name}')`;

/** The dialog offers what is missing, its checklist follows, and one click saves and moves. */
const fillInAndMove = [
    {
        content: "it says which move and which lead",
        trigger:
            ".modal .o_stage_move_description:contains('“Tour: desks” cannot enter Qualified')",
    },
    {
        content: "the first empty field has the focus; what is known already is not asked for",
        trigger: ".modal:not(:has([name=need_level])) [name=requirement_summary] textarea:focus",
        run: "edit Forty seats",
    },
    {
        content: "the first button does not look as if it could move the lead already",
        trigger: confirm("Save and Move to Qualified", false),
    },
    openDay("engagement_date"),
    {
        content: "the checklist follows",
        trigger: count("5 of 6"),
    },
    pickToday,
    {
        trigger: count("6 of 6"),
    },
    {
        trigger: confirm("Save and Move to Qualified", true),
        run: "click",
    },
];

/** What was typed is not thrown away before somebody says so. */
const giveUp = [
    {
        content: "what is typed here does not count, if it is given up",
        trigger: ".modal [name=requirement_summary] textarea",
        run: "edit Given up",
    },
    {
        trigger: ".modal footer button:contains('Cancel')",
        run: "click",
    },
    {
        trigger: ".modal:contains('Unsaved changes') footer button:contains('Stay Here')",
        run: "click",
    },
    {
        trigger: ".modal [name=requirement_summary] textarea:value('Given up')",
    },
    {
        trigger: ".modal footer button:contains('Cancel')",
        run: "click",
    },
    {
        trigger: ".modal:contains('Unsaved changes') footer button:contains('Discard')",
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
            content: "one click too early goes to what is still missing",
            trigger: confirm("Save and Move to Qualified", false),
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.o_error_dialog)) .modal [name=requirement_summary] textarea:focus",
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
        ...counted({ clicks: 4 }, [
            {
                trigger: ".o_statusbar_buttons button[name=action_set_won_rainbowman]",
                run: "click",
            },
            {
                trigger: ".modal .o_stage_move_description:contains('enter Won')",
            },
            ...pick("contract_status", "Signed"),
            {
                trigger: confirm("Save and Move to Won", true),
                run: "click",
            },
            {
                trigger:
                    "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains('Won')",
            },
        ]),
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
            trigger:
                ".modal:not(:has(.o_stage_move_reason, .o_stage_move_confirm)) [name=requirement_summary] textarea",
            run: "edit Forty seats",
        },
        {
            trigger: ".modal footer .o_stage_move_save.btn-primary:contains('Save')",
            run: "click",
        },
        {
            content: "one thing less is missing",
            trigger: `body:not(:has(.modal)) ${column("Qualified")} ${card}`,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_move_saved_only", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        drag,
        {
            trigger: ".modal [name=requirement_summary] textarea",
            run: "edit Forty seats",
        },
        {
            content: "Esc asks as well, and keeps what was typed without moving",
            trigger: ".modal .o_stage_move_form",
            run: "press Escape",
        },
        {
            trigger: ".modal:contains('Unsaved changes') footer button:contains('Save')",
            run: "click",
        },
        {
            content: "one thing less is missing",
            trigger: `body:not(:has(.modal)) ${column("New")} ${card} .o_gate_progress:contains('5')`,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_move_with_lines", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        drag,
        {
            content: "tags, as Odoo has them",
            trigger: `${line("Requirements identified")} [name=tag_ids] input`,
            run: "edit Tour: big",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Tour: big')",
            run: "click",
        },
        {
            trigger: count("5 of 6"),
        },
        {
            content: "and people",
            trigger: `${line("Engagement discussed")} [name=stakeholder_ids] .o_field_x2many_list_row_add button, ${line("Engagement discussed")} [name=stakeholder_ids] .o_field_x2many_list_row_add a`,
            run: "click",
        },
        {
            trigger: ".modal [name=stakeholder_ids] [name=contact_name] input",
            run: "edit Ann",
        },
        {
            trigger:
                ".modal [name=stakeholder_ids] .o_selected_row [name=is_key_contact] a, .modal [name=stakeholder_ids] .o_selected_row [name=is_key_contact] button",
            run: "click",
        },
        {
            trigger: confirm("Save and Move to Qualified", true),
            run: "click",
        },
        cardIsIn("Qualified"),
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_move_by_keys", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () =>
        counted({ clicks: 1, keys: 2 }, [
            drag,
            {
                content: "after the drag, the focus is in the dialog",
                trigger: ".modal .o_field_widget[name=phone] input:focus",
                run: type("+32 2 290 34 90"),
            },
            {
                content: "Tab goes to the next field",
                trigger: ".modal .o_field_widget[name=phone] input:focus",
                run: "press Tab",
            },
            {
                trigger: ".modal .o_field_widget[name=email_from] input:focus",
                run: type("ann@desks.example.com"),
            },
            {
                content: "Enter on the last one confirms",
                trigger: ".modal .o_field_widget[name=email_from] input:focus",
                run: "press Enter",
            },
            cardIsIn("Qualified"),
        ]),
});

registry.category("web_tour.tours").add("sales_funnel_stages_move_of_several", {
    steps: () =>
        counted({ clicks: 6 }, [
            {
                trigger: ".o_list_view thead .o_list_record_selector input",
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
            {
                content: "Odoo asks whether all are meant",
                trigger: ".modal footer .btn-primary:contains('Update')",
                run: "click",
            },
            {
                content: "it says who is ready and who is not",
                trigger:
                    ".modal [name=description]:contains('“Tour: desks” cannot enter Qualified')",
            },
            {
                trigger:
                    ".modal:has([name=missing]:contains('Tour: desks')):has([name=ready]:contains('Tour: lamps')) footer button[name=action_move_ready]:contains('Move the 2 That Are Ready')",
                run: "click",
            },
            {
                content: "these have moved, and nothing else has",
                trigger:
                    "body:not(:has(.modal)) .o_data_row:contains('Tour: lamps') td[name=stage_id]:contains('Qualified')",
            },
            {
                trigger: `${row} td[name=stage_id]:contains('New')`,
            },
        ]),
});
