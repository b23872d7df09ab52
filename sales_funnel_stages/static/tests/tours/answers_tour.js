import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const row = (name) => `.o_qualification_line:contains('${name}')`;

registry.category("web_tour.tours").add("sales_funnel_stages_answers", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            content: "open the lead",
            trigger: ".o_data_row td[name=name]:contains('Tour: office chairs')",
            run: "click",
        },
        {
            content: "nobody has asked yet, and the question is there, once",
            trigger: `.o_form_view:not(:has(.o_qualification_answer)) ${row("Gain in figures")} button:contains('Yes')[aria-pressed=false]`,
        },
        {
            content: "an answer has grown old, and says so",
            trigger: `${row("Competition known")} .o_qualification_answer_expired:contains('ask again')`,
        },
        {
            content: "so nothing is met",
            trigger: ".o_qualification_checklist .o_qualification_count:contains('0 of 2')",
        },
        {
            content: "answer the one",
            trigger: `${row("Gain in figures")} button:contains('Yes')`,
            run: "click",
        },
        {
            content: "it counts before saving",
            trigger: ".o_qualification_checklist .o_qualification_count:contains('1 of 2')",
        },
        {
            content: "and says who answered, and when",
            trigger: `${row("Gain in figures")} .opacity-75:contains('today')`,
        },
        {
            content: "note how we know",
            trigger: `${row("Gain in figures")} textarea`,
            run: "edit Their annual report",
        },
        {
            content: "the other one still holds",
            trigger: `${row("Competition known")} button:contains('Still True')`,
            run: "click",
        },
        {
            trigger: `${row("Competition known")}:not(:has(.o_qualification_answer_expired))`,
        },
        {
            content: "the lead is qualified, and nothing is saved yet",
            trigger:
                ".o_form_dirty .o_qualification_checklist .o_qualification_count:contains('2 of 2'), .o_qualification_checklist .o_qualification_count:contains('2 of 2')",
        },
        ...stepUtils.saveForm(),
    ],
});
