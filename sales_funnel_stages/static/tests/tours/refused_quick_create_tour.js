import { registry } from "@web/core/registry";
import { counted } from "./counted";
import { confirm, count, openDay, pick, pickToday } from "./move_dialog_steps";

const quickCreate = (name) => [
    {
        trigger: "body:has(.o_kanban_renderer):not(:has(.modal)) .o-kanban-button-new",
        run: "click",
    },
    {
        trigger: ".o_kanban_quick_create .o_field_widget[name=name] input",
        run: `edit ${name}`,
    },
    {
        trigger: ".o_kanban_quick_create .o_field_widget[name=expected_revenue] input",
        run: "edit 1200",
    },
    {
        trigger: ".o_kanban_quick_create .o_kanban_add",
        run: "click",
    },
    {
        content: "a dialog says why not, and nothing else does",
        trigger: `body:not(:has(.o_notification)) .modal .o_stage_move_description:contains('“${name}” cannot become an opportunity')`,
    },
];

registry.category("web_tour.tours").add("sales_funnel_stages_refused_quick_create", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () =>
        counted({ clicks: 11 }, [
            ...quickCreate("Tour: lamps"),
            ...pick("need_level", "Weak need"),
            {
                trigger: count("1 of 3"),
            },
            ...pick("budget_status", "Estimated"),
            {
                trigger: count("2 of 3"),
            },
            openDay("purchase_date"),
            pickToday,
            {
                trigger: confirm("Create in New", true),
                run: "click",
            },
            {
                trigger: "body:not(:has(.modal)) .o_kanban_record:contains('Tour: lamps')",
            },
        ]),
});

registry.category("web_tour.tours").add("sales_funnel_stages_quick_create_kept_as_lead", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        ...quickCreate("Tour: lamps"),
        {
            content: "what was typed is not lost by a cancel",
            trigger: ".modal footer button:contains('Cancel')",
            run: "click",
        },
        {
            trigger: ".modal:contains('Keep as Lead') footer button:contains('Stay Here')",
            run: "click",
        },
        {
            trigger: ".modal footer .o_stage_move_save:contains('Keep as Lead')",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('“Tour: lamps” is kept as a lead')",
        },
        {
            content: "it is no card",
            trigger:
                "body:not(:has(.modal, .o_kanban_quick_create)) .o_kanban_renderer:not(:has(.o_kanban_record:contains('Tour: lamps')))",
        },
    ],
});

registry.category("web_tour.tours").add("sales_funnel_stages_quick_create_asked_for", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        ...quickCreate("Tour: lamps"),
        {
            trigger: ".modal .o_stage_move_reason textarea",
            run: "edit They sign on paper",
        },
        {
            trigger:
                ".modal footer .o_stage_move_permission.btn-primary:contains('Ask for Approval')",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Approval requested from')",
        },
        {
            trigger: "body:not(:has(.modal, .o_kanban_quick_create)) .o_kanban_renderer",
        },
    ],
});
