import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const asked = ".o_qualification_fields > .o_group";
const more = ".o_qualification_more";

/** Complain of a field that is on the page twice. */
function assertOnce() {
    const names = [...document.querySelectorAll(".o_form_view .o_qualification_fields [name]")]
        .filter((each) => each.matches(".o_field_widget"))
        .map((each) => each.getAttribute("name"));
    if (new Set(names).size !== names.length) {
        throw new Error(`Twice on the page: ${names}`);
    }
}

registry.category("web_tour.tours").add("sales_funnel_stages_more_fields", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Tour: desks')",
            run: "click",
        },
        {
            content: "what its framework asks for is there, and nothing else",
            trigger: `${asked}:has([name=need_summary]):not(:has([name=budget_status], [name=contact_role])) .o_field_widget[name=need_level] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Weak need')",
            run: "click",
        },
        {
            content: "the rest is folded",
            trigger: `${more}:not([open]) > summary`,
            run: assertOnce,
        },
        {
            trigger: `${more} > summary`,
            run: "click",
        },
        {
            trigger: `${more}:not(:has([name=need_level])) .o_field_widget[name=supplier_status] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Dismissed')",
            run: "click",
        },
        {
            content: "it stays unfolded while somebody fills it in",
            trigger: `${more}[open] .o_field_widget[name=incumbent_supplier]`,
        },
        ...stepUtils.saveForm(),
    ],
});
