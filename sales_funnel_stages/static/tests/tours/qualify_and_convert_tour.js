import { registry } from "@web/core/registry";
import { counted, type } from "./counted";
import { count, openDay, pick, pickToday } from "./move_dialog_steps";

const button = (text) => `.modal footer button:contains('${text}')`;
const open = [
    {
        content: "open the lead",
        trigger: ".o_data_row td[name=name]:contains('Tour: office chairs')",
        run: "click",
    },
    {
        content: "nothing is met yet",
        trigger: ".o_qualification_checklist .o_qualification_count:contains('0 of 3')",
    },
];
const convert = {
    trigger: ".o_statusbar_buttons button:contains('Convert to Opportunity')",
    run: "click",
};
const isConverted = {
    content: "and is an opportunity in the first stage",
    trigger: "body:not(:has(.modal)) .o_form_view .o_arrow_button_current:contains('New')",
};

registry.category("web_tour.tours").add("sales_funnel_stages_qualify_and_convert", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        ...open,
        {
            content: "note the need",
            trigger: ".o_field_widget[name=need_level] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Strong need')",
            run: "click",
        },
        {
            content: "the checklist follows before saving",
            trigger: ".o_qualification_checklist .o_qualification_count:contains('1 of 3')",
        },
        convert,
        {
            content: "the wizard says what is missing, and does not ask for what is known",
            trigger: `.modal:not(:has([name=need_level])) ${count("1 of 3").slice(7)}`,
        },
        {
            content: "one click too early goes to what is missing",
            trigger: `${button("Convert to Opportunity")}:not(.btn-primary)`,
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.o_error_dialog)) .modal .o_field_widget[name=budget_status] input:focus",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Estimated')",
            run: "click",
        },
        {
            content: "what is met meanwhile stays where it is",
            trigger: `.modal:has([name=budget_status]) ${count("2 of 3").slice(7)}`,
        },
        openDay("purchase_date"),
        pickToday,
        {
            trigger: count("3 of 3"),
        },
        {
            content: "now it converts",
            trigger: `${button("Convert to Opportunity")}.btn-primary`,
            run: "click",
        },
        isConverted,
        {
            content: "which says what the next stage asks for",
            trigger: ".o_qualification_checklist:contains('To enter')",
        },
    ],
});

/** Chooses in the field that has the focus, with what opens its menu and the arrow keys. */
const choose = (name, text) => [
    {
        content: `${name} has the focus`,
        trigger: `.modal .o_field_widget[name=${name}] input:focus`,
        run: type(text),
    },
    {
        trigger: ".o_select_menu_item.focus",
        async run({ press }) {
            // Odoo looks a moment later for what was typed
            await new Promise((resolve) => setTimeout(resolve, 500));
            const isFound = () =>
                document.querySelector(".o_select_menu_item.focus")?.textContent.includes(text);
            for (let i = 0; i < 9 && !isFound(); i++) {
                await press("ArrowDown");
                await new Promise(requestAnimationFrame);
            }
        },
    },
    {
        trigger: `.o_select_menu_item.focus:contains('${text}')`,
        run: "press Enter",
    },
    {
        content: "once the menu has closed and given the focus back",
        trigger: `body:not(:has(.o_select_menu_menu)) .modal .o_stage_move_line.o_met [name=${name}] input:focus`,
        run: "press Tab",
    },
];

registry.category("web_tour.tours").add("sales_funnel_stages_convert_by_keys", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        ...open,
        ...counted({ clicks: 1, keys: 10 }, [
            convert,
            ...choose("need_level", "Strong"),
            ...choose("budget_status", "Estimated"),
            {
                content: "an estimate needs no amount",
                trigger: ".modal .o_field_widget[name=budget_amount] input:focus",
                run: "press Tab",
            },
            {
                content: "the day is typed",
                trigger: ".modal .o_field_widget[name=purchase_date] :is(button, input):focus",
                run: "press Enter",
            },
            {
                trigger: ".modal .o_field_widget[name=purchase_date] input:focus",
                run: type("today"),
            },
            {
                content: "Enter on the last one converts",
                trigger: ".modal .o_field_widget[name=purchase_date] input:focus",
                run: "press Enter",
            },
            isConverted,
        ]),
    ],
});

const fillIn = [
    convert,
    ...pick("need_level", "Strong need"),
    {
        trigger: count("1 of 3"),
        run: "press Escape",
    },
];

registry.category("web_tour.tours").add("sales_funnel_stages_convert_later", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        ...open,
        ...fillIn,
        {
            content: "Esc asks: stay",
            trigger: ".modal:contains('Unsaved changes') footer button:contains('Stay')",
            run: "click",
        },
        {
            content: "nothing is lost",
            trigger: `${count("1 of 3")}, .modal:not(:has(.modal:contains('Unsaved changes')))`,
        },
        {
            content: "so does Cancel: discard",
            trigger: button("Cancel"),
            run: "click",
        },
        {
            trigger: ".modal:contains('Unsaved changes') footer button:contains('Discard')",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_qualification_checklist .o_qualification_count:contains('0 of 3')",
        },
        ...fillIn,
        {
            content: "and what is saved is on the lead, which is still one",
            trigger: ".modal:contains('Unsaved changes') footer button:contains('Save')",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_qualification_checklist .o_qualification_count:contains('1 of 3')",
        },
        convert,
        {
            content: "nothing typed, nothing asked",
            trigger: button("Cancel"),
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
        convert,
        {
            trigger: ".modal .o_field_widget[name=override_reason] textarea",
            run: "edit They sign on paper",
        },
        {
            content: "or it is asked for",
            trigger: button("Ask for Approval"),
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Approval requested')",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view .alert:contains('Waiting for')",
        },
    ],
});
