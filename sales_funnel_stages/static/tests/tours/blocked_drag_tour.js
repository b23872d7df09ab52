import { registry } from "@web/core/registry";

/**
 * A card is dragged to the next stage, refused, and back where it was.
 *
 * @param {string} missing the criterion that has to be named
 */
function blockedDrag(missing) {
    const card = ".o_kanban_record:contains('Tour: desks')";
    const column = (name) => `.o_kanban_group:has(.o_column_title:contains('${name}'))`;
    return [
        {
            content: "drag the card to the next stage",
            trigger: `${column("New")} ${card}`,
            run: `drag_and_drop (${column("Qualified")})`,
        },
        {
            content: "it is refused, and says by what",
            trigger: `.modal:contains('“Tour: desks” cannot enter Qualified') .o_stage_move_line:contains('${missing}')`,
        },
        {
            content: "give up",
            trigger: ".modal footer button:contains('Cancel')",
            run: "click",
        },
        {
            content: "the card is back where it was",
            trigger: `${column("New")} ${card}`,
        },
        {
            content: "and not where it was dragged to",
            trigger: `${column("Qualified")}:not(:has(${card}))`,
        },
    ];
}

registry.category("web_tour.tours").add("sales_funnel_stages_blocked_drag", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => blockedDrag("Engagement discussed"),
});

registry.category("web_tour.tours").add("sales_funnel_stages_blocked_by_own_rule", {
    url: "/odoo/action-crm.crm_lead_action_pipeline",
    steps: () => blockedDrag("Phone number known"),
});
