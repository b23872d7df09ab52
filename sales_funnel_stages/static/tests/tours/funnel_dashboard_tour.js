import { registry } from "@web/core/registry";

const REACHED = ".o_funnel_step[data-step='lead-0'] .o_funnel_reached";

/** A manager looks at the funnel of a month, of a team, at what is behind it, and takes it along. */
registry.category("web_tour.tours").add("sales_funnel_stages_funnel_dashboard", {
    url: "/odoo/sales-funnel",
    steps: () => [
        { content: "All leads of the last 12 months", trigger: `${REACHED}:contains(/^3$/)` },
        {
            content: "Look at this month",
            trigger: ".o_funnel_period select",
            run: "selectByLabel This month",
        },
        { content: "One came before", trigger: `${REACHED}:contains(/^2$/)` },
        {
            content: "Look for a team",
            trigger: ".o_searchview_input",
            run: "edit Enforcers",
        },
        {
            content: "Choose it",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Sales Team)",
            run: "click",
        },
        { content: "One is of the other team", trigger: `${REACHED}:contains(/^1$/)` },
        {
            content: "Contacts have no team",
            trigger: ".o_funnel_steps:not(:has([data-step=contact]))",
        },
        { content: "See who it is", trigger: REACHED, run: "click" },
        {
            content: "It is that lead",
            trigger: ".o_list_view:not(:contains(Tour: lamps)) .o_data_row:contains(Tour: desks)",
        },
        { content: "Go back", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "See who it was the month before",
            trigger: `${REACHED} + .o_funnel_change button:contains(as before)`,
            run: "click",
        },
        {
            content: "It is another lead",
            trigger: ".o_list_view:not(:contains(Tour: desks)) .o_data_row:contains(Tour: chairs)",
        },
        { content: "Go back again", trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "Everything is as it was left",
            trigger: `.o_searchview_facet:contains(Enforcers)`,
        },
        { content: "The month, too", trigger: `${REACHED}:contains(/^1$/)` },
        {
            content: "Take the figures along",
            trigger: ".o_funnel_download_sheet",
            run: "click",
        },
        {
            content: "Take the picture along",
            trigger: ".o_funnel_download_picture",
            run: "click",
        },
        { content: "It is still there", trigger: REACHED },
    ],
});
