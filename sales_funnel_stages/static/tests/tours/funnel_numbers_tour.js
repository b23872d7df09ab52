import { registry } from "@web/core/registry";

const toNumber = (text) => Number(text.replaceAll(",", ""));

/** How many rows a button says that it opens. */
function getSaid(button) {
    const [, rows] = button.title.match(/([\d,]+) rows/) || [];
    if (rows) {
        return toNumber(rows);
    }
    const text = button.textContent.trim();
    const [before] = text.match(/(?<=from )[\d,]+$|^[\d,]+(?= before$)/) || [];
    if (before) {
        return toNumber(before);
    }
    const shown =
        text === "as before"
            ? button.closest(".o_funnel_change").parentElement.querySelector(".o_funnel_value")
                  .textContent
            : text;
    const [now] = shown.trim().match(/^[\d,]+(?![\d.,%])/) || [];
    return now && toNumber(now);
}

/** Click each number of the dashboard, and compare it with what there is of what it opens. */
async function checkNumbers() {
    const { action, orm } = odoo.__WOWL_DEBUG__.root.env.services;
    const { doAction } = action;
    const opened = [];
    action.doAction = (request) => opened.push(request);
    const buttons = [
        ...document.querySelectorAll(".o_funnel_columns button, .o_funnel_dashboard table button"),
    ];
    const wrong = [];
    let several = 0;
    for (const button of buttons) {
        button.click();
        const { name, res_model, domain } = opened.pop();
        const count = await orm.searchCount(res_model, domain);
        const said = getSaid(button);
        const label = button.getAttribute("aria-label") || button.textContent;
        if (count !== said) {
            wrong.push(`${label} (${button.title}): ${said}, but ${count} rows`);
        }
        if (/^Opens/m.test(button.title)) {
            several += 1;
            if (!name.replaceAll(",", "").includes(`${said} times`)) {
                wrong.push(`${label}: opened as ${name}, which are ${count} rows`);
            }
        }
    }
    action.doAction = doAction;
    if (buttons.length < 60 || !several) {
        wrong.push(`too few numbers: ${buttons.length}, ${several} of leads that came twice`);
    }
    if (wrong.length) {
        throw new Error(wrong.join("\n"));
    }
}

const checkIn = (name, label) => [
    {
        content: `Look at ${label}`,
        trigger: ".o_funnel_period select",
        run: `selectByLabel ${label}`,
    },
    {
        content: "It is that",
        trigger: `.o_funnel_dashboard:not([aria-busy]) select:has(option[value=${name}]:checked)`,
    },
    {
        content: `Each number of ${label} opens as many rows as it says`,
        trigger: ".o_funnel_dashboard:not([aria-busy]) .o_funnel_reached",
        run: checkNumbers,
    },
];

/** Each number of the dashboard opens as many rows as it says, or says how many they are. */
registry.category("web_tour.tours").add("sales_funnel_stages_funnel_numbers", {
    url: "/odoo/sales-funnel",
    steps: () => [
        {
            content: "Each number opens as many rows as it says",
            trigger: ".o_funnel_dashboard:not([aria-busy]) .o_funnel_before",
            run: checkNumbers,
        },
        ...checkIn("quarter", "This quarter"),
        { content: "Look for a team", trigger: ".o_searchview_input", run: "edit Enforcers" },
        {
            content: "Choose it",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Sales Team)",
            run: "click",
        },
        {
            content: "The same of a team",
            trigger:
                ".o_funnel_dashboard:not([aria-busy]) .o_funnel_steps:not(:has([data-step=contact]))",
            run: checkNumbers,
        },
        { content: "It is still there", trigger: ".o_funnel_dashboard" },
    ],
});

const REACHED = ".o_funnel_step[data-step='lead-0'] .o_funnel_reached";
const AS_LEFT = [
    { content: "The filter is as it was", trigger: ".o_searchview_facet:contains(Enforcers)" },
    {
        content: "The period is as it was",
        trigger: ".o_funnel_period select:has(option[value=month]:checked)",
    },
    { content: "The figure, too", trigger: `${REACHED}:contains(/^1$/)` },
];

/** The browser's own way back, and its way forward, lead to what was left. */
registry.category("web_tour.tours").add("sales_funnel_stages_funnel_back", {
    url: "/odoo/sales-funnel",
    steps: () => [
        {
            content: "Look at this month",
            trigger: ".o_funnel_period select",
            run: "selectByLabel This month",
        },
        { content: "Look for a team", trigger: ".o_searchview_input", run: "edit Enforcers" },
        {
            content: "Choose it",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Sales Team)",
            run: "click",
        },
        { content: "See who it is", trigger: `${REACHED}:contains(/^1$/)`, run: "click" },
        {
            content: "Go back, as the browser does",
            trigger: ".o_list_view .o_data_row:contains(Tour: desks)",
            run: () => history.back(),
        },
        ...AS_LEFT,
        {
            content: "Leave by another way",
            trigger: ".o_funnel_trend table button, .o_funnel_outcomes button",
            run: "click",
        },
        {
            content: "Go back again",
            trigger: ".o_list_view .o_data_row:contains(Tour: desks)",
            run: () => history.back(),
        },
        ...AS_LEFT,
    ],
});
