import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { before, beforeEach, describe, expect, test } from "@odoo/hoot";
import { animationFrame, queryAllTexts, setInputFiles, waitFor } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    getService,
    mockService,
    models,
    mountWebClient,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const PART = 2000;
const REFUSED_ROWS = ".o_import_refused_rows li";

class Lead extends models.Model {
    _name = "crm.lead";
    name = fields.Char();
    _views = { list: `<list><field name="name"/></list>`, search: `<search/>` };
}

defineMailModels();
defineModels([Lead]);

// What the server is asked, and what it refuses: numbers of the file's rows, from 0. ``wrong``
// are rows with an error that is not of the stage rules, by number; ``blanks`` how many rows that
// are empty come right after the header, ``comment`` what is said of the column.
let calls;
let file;

onRpc("has_group", () => true);
onRpc("get_import_templates", () => []);
onRpc("base_import.import", "create", () => 11);
onRpc("base_import.import", "parse_preview", ({ args: [, options] }) => ({
    fields: [
        {
            id: "name",
            name: "name",
            string: "Name",
            type: "char",
            fields: [],
            stage_rule_comment: file.comment,
        },
    ],
    headers: ["name"],
    preview: [["A lead"]],
    matches: { 0: ["name"] },
    num_rows: file.rows,
    options: { ...options, sheet: "", sheets: [] },
}));
onRpc("base_import.import", "execute_import", ({ args: [, , , options], kwargs }) => {
    calls.push({ options, dryrun: kwargs.dryrun });
    const last = Math.min(options.skip + options.limit, file.rows);
    const isLenient = options.stage_rule_lenient;
    const messages = file.refused
        .filter((row) => row >= options.skip && row < last)
        .map((row) => ({
            type: isLenient ? "warning" : "error",
            rows: { from: row - options.skip, to: row - options.skip },
            record: row - options.skip,
            message: "Still missing: Budget known.",
            stage_rule: true,
            past_dates: (file.ofDates || []).includes(row),
        }));
    const wrong = (file.wrong || []).map((row) => ({
        type: "error",
        rows: { from: row - options.skip, to: row - options.skip },
        record: row - options.skip,
        message: "No such name",
        field: "name",
    }));
    messages.push(...wrong.filter(({ rows }) => rows.from >= 0 && rows.from < options.limit));
    if (file.blanks) {
        for (const message of messages) {
            const number = message.rows.from + options.skip + 2 + file.blanks;
            message.file_rows = { from: number, to: number };
        }
    }
    return {
        ids: messages.some(({ type }) => type === "error") ? false : [options.skip + 1],
        messages,
        name: [],
        nextrow: last < file.rows ? last : 0,
    };
});

before(() => {
    mockService("http", {
        async post(route, params) {
            return JSON.stringify([{ id: 10, name: params.ufile[0].name, mimetype: "text/csv" }]);
        },
    });
});

beforeEach(() => {
    calls = [];
});

async function openFile(rows, refused, model = "crm.lead", more = {}) {
    file = { rows, refused, ...more };
    await mountWebClient();
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "import",
        params: { active_model: model },
    });
    await contains(".o_control_panel_main_buttons .o_import_file").click();
    await setInputFiles([new File(["name\nA lead"], "leads.csv", { type: "text/csv" })]);
    await waitFor(".o_import_data_sidepanel");
}

async function press(label) {
    await contains(`.o_control_panel_main_buttons button:contains(/^${label}$/)`).click();
    await animationFrame();
}

test("the option is offered for leads, and sent", async () => {
    await openFile(3, []);
    expect(".o_import_stage_rules input").not.toBeChecked();
    await press("Test");
    await contains(".o_import_stage_rules input").click();
    await press("Test");
    expect(calls.map((call) => call.options.stage_rule_lenient)).toEqual([false, true]);
});

test("the option is not offered for other models", async () => {
    await openFile(3, [], "res.partner");
    expect(".o_import_stage_rules").toHaveCount(0);
    await press("Test");
    expect("stage_rule_lenient" in calls[0].options).toBe(false);
});

test("a test names all refused rows of the file, as a spreadsheet numbers them", async () => {
    await openFile(2 * PART + 10, [0, 7, PART + 1, 2 * PART + 9]);
    await press("Test");
    await waitFor(REFUSED_ROWS);
    expect(calls.map((call) => call.options.skip)).toEqual([0, PART, 2 * PART]);
    expect(queryAllTexts(REFUSED_ROWS)).toEqual(
        [2, 9, PART + 3, 2 * PART + 11].map((row) => `Row ${row}: Still missing: Budget known.`)
    );
    expect(".o_import_data_content .alert-danger").toHaveText(/Rows refused.*: 4/);
    expect(".o_import_data_content .alert-info").toHaveCount(0);
    expect("#o_import_row_start").toHaveValue("1");
    expect(".o_control_panel_main_buttons .btn-primary").toHaveText("Test");
});

test("an import stops at the part that is refused, and goes on from there", async () => {
    await openFile(PART + 10, [PART + 1]);
    await press("Import");
    await waitFor(REFUSED_ROWS);
    expect(queryAllTexts(REFUSED_ROWS)).toEqual([`Row ${PART + 3}: Still missing: Budget known.`]);
    expect("#o_import_row_start").toHaveValue(`${PART + 1}`);
    file.refused = [];
    await press("Resume");
    expect(calls.map((call) => call.options.skip)).toEqual([0, PART, PART]);
});

test("a lenient import says what became of which row before it shows the records", async () => {
    await openFile(PART + 10, [3, PART + 1]);
    await contains(".o_import_stage_rules input").click();
    await press("Import");
    await waitFor(".modal");
    expect(calls.map((call) => call.options.skip)).toEqual([0, PART]);
    expect(queryAllTexts(`.modal ${REFUSED_ROWS}`)).toEqual(
        [5, PART + 3].map((row) => `Row ${row}: Still missing: Budget known.`)
    );
    expect(".o_list_view").toHaveCount(0);
    await contains(".modal .btn-primary").click();
    await waitFor(".o_list_view");
    expect(".modal").toHaveCount(0);
});

test("without refused rows the records open at once", async () => {
    await openFile(3, []);
    await press("Import");
    await waitFor(".o_list_view");
    expect(".modal").toHaveCount(0);
});

test("rows are called as the server says that the file has them", async () => {
    await openFile(3, [0, 2], "crm.lead", { blanks: 2 });
    await press("Test");
    await waitFor(REFUSED_ROWS);
    expect(queryAllTexts(REFUSED_ROWS)).toEqual(
        [4, 6].map((row) => `Row ${row}: Still missing: Budget known.`)
    );
});

test("errors of Odoo's name their row of the file, too", async () => {
    await openFile(PART + 10, [], "crm.lead", { wrong: [PART + 1], blanks: 3 });
    await press("Test");
    await waitFor(".o_import_report");
    expect(".o_import_report").toHaveText(`Row ${PART + 6}: No such name`);
    file.wrong = [4, 7];
    await press("Test");
    await waitFor(".o_import_report:contains(Rows)");
    expect(".o_import_report").toHaveText("Rows 9, 12: No such name");
});

test("other models have Odoo's count", async () => {
    await openFile(10, [], "res.partner", { wrong: [4] });
    await press("Test");
    await waitFor(".o_import_report");
    expect(".o_import_report").toHaveText("No such name");
});

test("where nothing is imported, nothing is said to be", async () => {
    await openFile(5, [0], "crm.lead", { wrong: [1] });
    await contains(".o_import_stage_rules input").click();
    await press("Import");
    await waitFor(REFUSED_ROWS);
    const [nothing, , heldBack] = queryAllTexts(".o_import_data_content > div > .alert");
    expect(nothing).toBe("Nothing was imported.");
    expect(heldBack).toMatch(/^Rows that would be imported only as far as they qualify: 1/);
});

test("a test imports nothing either", async () => {
    await openFile(5, [0]);
    await contains(".o_import_stage_rules input").click();
    await press("Test");
    await waitFor(REFUSED_ROWS);
    expect(".o_import_data_content .alert-warning").toHaveText(/^Rows that would be imported/);
});

test("what was imported before an error is counted", async () => {
    await openFile(PART + 10, [], "crm.lead", { wrong: [PART + 1] });
    await press("Import");
    await waitFor(".o_import_report");
    expect(".o_import_data_content > div > .alert:first").toHaveText(
        "Imported before the error: 1"
    );
});

test("what was imported before an error is not imported again", async () => {
    await openFile(2 * PART + 10, [], "crm.lead", { wrong: [PART + 1] });
    await press("Import");
    await waitFor(".o_import_report");
    file.wrong = [];
    await press("Resume");
    expect(calls.map((call) => call.options.skip)).toEqual([0, PART, PART, 2 * PART]);
});

test("what becomes of a date is said beside its column", async () => {
    const comment = { type: "warning", content: "This date is ignored." };
    await openFile(3, [], "crm.lead", { comment });
    expect("td .alert-warning").toHaveText("This date is ignored.");
    await press("Test");
    expect("td .alert-warning").toHaveText("This date is ignored.");
});

test("rows whose dates cannot be are told apart from those that the rules refuse", async () => {
    await openFile(5, [0, 2, 3], "crm.lead", { ofDates: [2] });
    await press("Test");
    await waitFor(REFUSED_ROWS);
    const [dates, rules] = queryAllTexts(".o_import_data_content > div > .alert-danger");
    expect(dates).toMatch(/^Rows with dates that cannot be: 1/);
    expect(dates).toMatch(/Row 4:/);
    expect(rules).toMatch(/^Rows refused by the stage rules: 2/);
});
