import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("sales_funnel_stages_build_a_rule", {
    url: "/odoo/action-sales_funnel_stages.crm_qualification_framework_action",
    steps: () => [
        {
            content: "open the framework",
            trigger: ".o_data_row td[name=name]:contains('Tour framework')",
            run: "click",
        },
        {
            content: "add a criterion",
            trigger: ".o_notebook a[name=criteria]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=criterion_ids] .o_field_x2many_list_row_add button, .o_field_widget[name=criterion_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Phone number known",
        },
        {
            content: "met by leads with a condition",
            trigger:
                ".modal .o_field_widget[name=domain] .o_tree_editor a:contains('New Rule'), .modal .o_field_widget[name=domain] button:contains('New Rule')",
            run: "click",
        },
        {
            content: "choose the field",
            trigger: ".modal .o_tree_editor_condition .o_model_field_selector",
            run: "click",
        },
        {
            trigger: ".o_model_field_selector_popover_search input",
            run: "edit Phone",
        },
        {
            trigger:
                ".o_model_field_selector_popover_item[data-name=phone] .o_model_field_selector_popover_item_name",
            run: "click",
        },
        {
            content: "it only has to be set",
            trigger: ".modal .o_tree_editor_condition .o_tree_editor_editor:nth-child(2) select",
            run: "selectByLabel is set",
        },
        {
            trigger: ".modal .o_field_widget[name=guidance] textarea",
            run: "edit Ask for their number.",
        },
        {
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=criterion_ids] .o_data_row:contains('Phone number known')",
        },
        ...stepUtils.saveForm(),
        {
            content: "make it a rule of the second stage",
            trigger:
                ".o_form_saved .o_notebook a[name=stage_rules], .o_notebook a[name=stage_rules]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=rule_ids] .o_field_x2many_list_row_add button, .o_field_widget[name=rule_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=criterion_id] input",
            run: "edit Phone",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Phone number known')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=stage_id] input",
            run: "edit Qualified",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Qualified')",
            run: "click",
        },
        {
            trigger: ".modal footer .o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=rule_ids] .o_data_row:contains('Enter Qualified')",
        },
        ...stepUtils.saveForm(),
    ],
});
