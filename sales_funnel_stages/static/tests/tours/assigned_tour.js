import { registry } from "@web/core/registry";

const LIST = ".o_list_view:has(.o_breadcrumb:contains(Assigned to You))";

registry.category("web_tour.tours").add("sales_funnel_stages_assigned", {
    steps: () => [
        {
            content: "The link of a notice opens exactly what was assigned",
            trigger: `${LIST} .o_data_row:contains(Lead 1):not(:contains(Lead 10))`,
        },
        {
            content: "… all of it",
            trigger: `${LIST} .o_pager_limit:contains(11)`,
        },
        {
            content: "One of them opens",
            trigger: `${LIST} .o_data_row:contains(Lead 10) td[name='name']`,
            run: "click",
        },
        { content: "… as any other", trigger: ".o_form_view .o_breadcrumb:contains(Lead 10)" },
    ],
});
