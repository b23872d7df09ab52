import { registry } from "@web/core/registry";
import { counted } from "./counted";

const card = ".o_kanban_record:contains('Tour: desks')";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;

const openForm = [
    {
        trigger: card,
        run: "click",
    },
    {
        content: "type something else",
        trigger: ".o_form_view .o_field_widget[name=need_summary] textarea",
        run: "edit Typed, not saved",
    },
    {
        content: "and go to the next stage, which is refused",
        trigger: ".o_statusbar_status button:contains('Qualified')",
        run: "click",
    },
    {
        content: "the stage is back where it was, and what was typed is there",
        trigger:
            "body:has(.o_statusbar_status .o_arrow_button_current:contains('New')):has([name=need_summary] textarea:value('Typed, not saved')) .modal:contains('Budget known')",
    },
];

registry.category("web_tour.tours").add("sales_funnel_stages_override_drag", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        ...counted({ clicks: 5 }, [
            {
                content: "drag the card to the next stage",
                trigger: `${column("New")} ${card}`,
                run: `drag_and_drop (${column("Qualified")})`,
            },
            {
                content: "it is refused, and says what is missing; override",
                trigger:
                    ".modal:contains('“Tour: desks” cannot enter Qualified'):contains('Budget known') .o_stage_move_reason:contains('Move Anyway') textarea",
                run: "edit They decide on Monday",
            },
            {
                trigger: ".modal .o_stage_move_date :is(input, button)",
                run: "click",
            },
            {
                trigger: ".o_datetime_picker .o_today",
                run: "click",
            },
            {
                trigger: ".modal footer .o_stage_move_permission.btn-primary:contains('Override')",
                run: "click",
            },
            {
                content: "the card is where it was dragged to",
                trigger: `body:not(:has(.modal)) ${column("Qualified")} ${card}`,
            },
        ]),
        {
            trigger: `${column("Qualified")} ${card}`,
            run: "click",
        },
        {
            content: "and owes what is missing",
            trigger:
                ".o_form_view .alert-warning:contains('Overridden by'):contains('Budget known'):contains('They decide on Monday')",
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_override_form", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        ...openForm,
        {
            trigger: ".modal .o_stage_move_reason textarea",
            run: "edit They decide on Monday",
        },
        {
            trigger: ".modal footer .o_stage_move_permission.btn-primary:contains('Override')",
            run: "click",
        },
        {
            content: "the form shows the new stage, and all is saved",
            trigger:
                "body:not(:has(.modal)) .o_form_view:has(.o_arrow_button_current:contains('Qualified')):has([name=need_summary] textarea:value('Typed, not saved'))",
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_ask_for_approval", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        ...openForm.slice(0, 2),
        ...counted({ clicks: 3 }, [
            ...openForm.slice(2),
            {
                trigger:
                    ".modal:not(:contains('Override')):not(:contains('Move Anyway')) .o_stage_move_reason:contains('Ask for Approval') textarea",
                run: "edit They sign on paper",
            },
            {
                trigger:
                    ".modal footer .o_stage_move_permission.btn-primary:contains('Ask for Approval')",
                run: "click",
            },
            {
                content: "it says who decides",
                trigger: ".o_notification:contains('Approval requested from funnel_leader')",
            },
            {
                trigger:
                    "body:not(:has(.modal)) .o_form_view .alert-info:contains('enter Qualified'):contains('Waiting for funnel_leader')",
            },
        ]),
        {
            content: "what was typed is saved, and can be left",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger: `${column("New")} ${card}`,
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_approve", {
    url: "/odoo/action-sales_funnel_stages.crm_stage_request_action",
    steps: () =>
        counted({ clicks: 2 }, [
            {
                trigger: ".o_data_row:contains('Tour: desks') td[name=reason]",
                run: "click",
            },
            {
                content: "it says what is missing, and why they ask",
                trigger: ".o_form_view:contains('They sign on paper'):contains('Budget known')",
            },
            {
                trigger: ".o_statusbar_buttons button[name=action_approve]",
                run: "click",
            },
            {
                trigger: ".o_statusbar_status .o_arrow_button_current:contains('Approved')",
            },
        ]),
});
