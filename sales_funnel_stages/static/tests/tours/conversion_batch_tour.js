import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

// a job takes its time
const PATIENCE = 60000;

/** Has Odoo run the scheduled job, as *Run Manually* in its form does. */
async function runJob() {
    const call = (method, args) =>
        rpc(`/web/dataset/call_kw/ir.cron/${method}`, {
            model: "ir.cron",
            method,
            args,
            kwargs: {},
        });
    const ids = await call("search", [[["cron_name", "=", "CRM: Convert Leads in Batches"]]]);
    await call("method_direct_trigger", [ids]);
}

const progress = (done, total) =>
    `.o_form_view .o_progress[aria-valuenow='${done}'][aria-valuemax='${total}']`;
const state = (name) =>
    `.o_form_view .o_statusbar_status .o_arrow_button_current:contains(${name})`;

/** A whole selection is converted in the background, is followed, looked at, and undone. */
registry.category("web_tour.tours").add("sales_funnel_stages_conversion_batch", {
    url: "/odoo/action-crm.crm_lead_all_leads",
    steps: () => [
        {
            content: "select all leads",
            trigger: ".o_list_view .o_data_row:contains('Tour: One')",
        },
        {
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus button:contains('Actions')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('Convert to Opportunities')",
            run: "click",
        },
        {
            content: "so many are not converted before it is said what will happen",
            trigger:
                ".modal footer:not(:has(button[name=action_mass_convert])) " +
                "button[name=action_work_out]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome] summary:contains('to convert: 2.')",
        },
        {
            content: "what else is chosen has another outcome",
            trigger: ".modal .o_field_widget[name=deduplicate] input",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_work_out]",
            run: "click",
        },
        {
            trigger:
                ".modal:has(.o_field_widget[name=deduplicate] input:not(:checked)) " +
                ".o_field_widget[name=outcome] summary:contains('to convert: 2.')",
        },
        {
            trigger: ".modal footer button[name=action_mass_convert]",
            run: "click",
        },
        {
            content: "the batch opens, with nothing done yet",
            trigger: progress(0, 3),
        },
        {
            trigger: "button[name=action_pause]",
            run: "click",
        },
        {
            trigger: state("Paused"),
        },
        {
            trigger: "button[name=action_resume]",
            run: "click",
        },
        {
            trigger: state("Running"),
        },
        {
            content: "the job begins",
            trigger: progress(0, 3),
            run: runJob,
            timeout: PATIENCE,
        },
        {
            content: "the bar follows by itself",
            trigger: progress(3, 3),
        },
        {
            trigger: state("Done"),
        },
        {
            content: "look at what became of each",
            trigger: "button[name=action_view_lines]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Tour: One') td[name=state]:contains('Converted')",
        },
        {
            trigger:
                ".o_data_row:contains('Tour: Bad'):contains('Not met') " +
                "td[name=state]:contains('Left as It Is')",
        },
        {
            content: "nothing was merged, so nobody is named twice",
            trigger: ".o_data_row:contains('Tour: One') td[name=lead_id]:empty",
        },
        {
            content: "back to the batch",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: "button[name=action_open_undo]",
            run: "click",
        },
        {
            content: "it is said what undoing it does",
            trigger:
                ".modal .o_field_widget[name=outcome]:contains('become leads again, as before: 2.'):contains('not converted, and stay as they are: 1.')",
        },
        {
            trigger: ".modal footer button[name=action_undo]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) " + state("Being Undone"),
        },
        {
            trigger: progress(1, 3),
            run: runJob,
            timeout: PATIENCE,
        },
        {
            trigger: state("Undone"),
        },
    ],
});
