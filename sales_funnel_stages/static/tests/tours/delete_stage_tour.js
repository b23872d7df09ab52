import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;

const deleteColumn = (name) => [
    {
        trigger: `${column(name)} .o_kanban_header`,
        run: `hover && click ${column(name)} .o_group_config button`,
    },
    {
        trigger: ".o-dropdown-item.o_group_delete",
        run: "click",
    },
    {
        trigger: ".modal:contains('Are you sure') footer .btn-primary",
        run: "click",
    },
    {
        content: "all that holds it is named",
        trigger: `.modal:contains('This stage is in use') .modal-body:contains('BANT')`,
    },
    {
        trigger: ".modal button:contains('Remove or Move the Rules')",
        run: "click",
    },
];

/** A manager deletes two columns of the pipeline: one with its rules, one whose rules move. */
registry.category("web_tour.tours").add("sales_funnel_stages_delete_stage", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        ...deleteColumn("Qualified"),
        {
            content: "what is removed",
            trigger: ".modal .o_data_row:contains('Engagement discussed')",
        },
        {
            trigger: ".modal footer button:contains('Delete the Stage')",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_kanban_view:not(:has(${column("Qualified")})):has(${column("Proposition")})`,
        },
        ...deleteColumn("Proposition"),
        {
            trigger: ".modal .o_field_widget[name=handling] input[data-value=move]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=to_stage_id] input",
            run: "edit Won",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Won)",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains('Delete the Stage')",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) .o_kanban_view:not(:has(${column("Proposition")}))`,
        },
    ],
});

/** A manager deletes a stage in its form, and finds the others in the list. */
registry.category("web_tour.tours").add("sales_funnel_stages_delete_stage_form", {
    url: "/odoo/action-crm.crm_stage_action",
    steps: () => [
        {
            trigger: ".o_data_row td[name=name]:contains('Qualified')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=name] input:value('Qualified')",
        },
        {
            trigger: ".o_cp_action_menus button:has(.fa-cog)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains('Delete')",
            run: "click",
        },
        {
            trigger: ".modal footer .btn-primary:contains('Delete')",
            run: "click",
        },
        {
            trigger: ".modal button:contains('Remove or Move the Rules')",
            run: "click",
        },
        {
            trigger: ".modal footer button:contains('Delete the Stage')",
            run: "click",
        },
        {
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains('Qualified'))) .o_data_row:contains('Proposition')",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
