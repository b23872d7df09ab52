import { press as pressKeys } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { counted, type } from "./counted";

const url = "/odoo/action-sales_funnel_stages.crm_stage_request_action";
const row = (name) => `.o_data_row:contains('Tour: ${name}')`;
const button = (text) =>
    `.o_list_selection_box ~ * button:contains('${text}'), .o_control_panel button:contains('${text}')`;

/** The list says what it is about: amount, what is missing, why. */
const isTold = {
    trigger: `${row("desks")}:contains('Need identified'):contains('The ministry signs first')`,
};

const selectAll = {
    trigger: ".o_list_view thead .o_list_record_selector input",
    run: "click",
};

const press = (trigger, ...keys) => ({ trigger, run: () => pressKeys(keys) });

registry.category("web_tour.tours").add("sales_funnel_stages_approve_several", {
    url,
    steps: () =>
        counted({ clicks: 2 }, [
            isTold,
            selectAll,
            { trigger: button("Approve"), run: "click" },
            { trigger: ".o_notification:contains('Approved: 3.')" },
            { trigger: "body:not(:has(.modal)):not(:has(.o_data_row))" },
        ]),
});

registry.category("web_tour.tours").add("sales_funnel_stages_approve_some", {
    url,
    steps: () =>
        counted({ clicks: 3 }, [
            isTold,
            selectAll,
            { trigger: button("Approve"), run: "click" },
            {
                content: "both groups are named",
                trigger:
                    ".modal:contains('it has moved since'):contains('“Tour: lamps” to enter Qualified') footer .btn-primary:contains('Approve the 2 That Can Be')",
                run: "click",
            },
            { trigger: `body:not(:has(.modal)):not(:has(${row("lamps")})) ${row("desks")}` },
        ]),
});

registry.category("web_tour.tours").add("sales_funnel_stages_decline_several", {
    url,
    steps: () =>
        counted({ clicks: 3 }, [
            isTold,
            selectAll,
            { trigger: button("Decline"), run: "click" },
            {
                content: "one reason for all, where one can type at once",
                trigger: ".modal [name=reason] textarea:focus",
                run: type("Call them first"),
            },
            { trigger: ".modal footer .btn-primary:contains('Decline All 3')", run: "click" },
            { trigger: "body:not(:has(.modal)):not(:has(.o_data_row))" },
        ]),
});

registry.category("web_tour.tours").add("sales_funnel_stages_approve_with_the_keyboard", {
    url,
    steps: () =>
        counted({ keys: 7 }, [
            isTold,
            {
                content: "down from the search to the first row, and one further",
                trigger: ".o_searchview_input:focus",
                run: () => pressKeys("ArrowDown"),
            },
            press(".o_list_view thead input:focus", "ArrowDown"),
            press(`${row("shelves")} :focus`, " "),
            press(`${row("shelves")}.o_data_row_selected :focus`, "ArrowDown"),
            press(`${row("lamps")} :focus`, "ArrowDown"),
            press(`${row("desks")} :focus`, " "),
            press(".o_data_row_selected:eq(1)", "Alt", "q"),
            { trigger: ".o_notification:contains('Approved: 2.')" },
            { trigger: `body:not(:has(${row("desks")})) ${row("lamps")}` },
        ]),
});
