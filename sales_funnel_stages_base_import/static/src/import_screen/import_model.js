import { BaseImportModel } from "@base_import/import_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

// so many rows are named that have the same error
const MOST_ROWS = 5;

/**
 * What the stage rules refused of an import of leads.
 *
 * Odoo shows errors by column and takes any message, also a warning, for a failure. These
 * are about a row as a whole, and with the lenient option no failure: they are taken out of
 * what the server returns, gathered over all parts of the file, and shown as one list.
 *
 * Odoo names rows as it counts them, without the header and empty ones. Here they have the
 * numbers that a spreadsheet shows.
 */
patch(BaseImportModel.prototype, {
    setResModel(resModel) {
        super.setResModel(resModel);
        this.refusedRows = [];
        if (resModel === "crm.lead") {
            this.importOptionsValues.stage_rule_lenient = { value: false };
        }
    },

    /** Whether rows were refused, rather than let in as far as they qualify. */
    get hasRefusal() {
        return this.refusedRows.some((row) => !row.isHeldBack);
    },

    async executeImport(isTest = false) {
        if (this.resModel !== "crm.lead") {
            return super.executeImport(...arguments);
        }
        const startRow = this.importOptions.skip;
        this.refusedRows = [];
        this.failedPart = null;
        const data = await super.executeImport(...arguments);
        if (data.res.hasError) {
            // What was imported before the part that failed is not imported again.
            const nextRow = this.failedPart ?? startRow;
            this.setOption("skip", nextRow);
            data.res.nextrow = nextRow;
            if (isTest) {
                data.res.ids = [];
            }
        }
        const isDone = !isTest && !data.res.hasError;
        if (this.refusedRows.length) {
            this._addRefusedRows(isDone);
        }
        if (!isTest && data.res.hasError) {
            this._addNotImported(data.res.ids.length);
        }
        return data;
    },

    async _executeImportStep(isTest, importRes) {
        const part = this.importOptions.skip;
        const error = await super._executeImportStep(...arguments);
        importRes.hasError ||= this.hasRefusal;
        // A test goes through the whole file, to name all rows that are refused.
        if ((importRes.hasError || error) && !isTest) {
            this.failedPart = part;
            this.stopImport();
        }
        return error;
    },

    async _callImport(dryrun, [, , , options]) {
        const result = await super._callImport(...arguments);
        if (this.resModel !== "crm.lead") {
            return result;
        }
        const messages = result.messages || [];
        // Where the server cannot tell: from 1, and the header counts.
        const firstRow = options.skip + (options.has_headers ? 2 : 1);
        for (const each of messages.filter(({ rows }) => rows)) {
            each.fileRow = each.file_rows ? each.file_rows.from : firstRow + each.rows.from;
        }
        for (const each of messages.filter(({ stage_rule }) => stage_rule)) {
            this.refusedRows.push({
                title: _t("Row %s:", each.fileRow),
                text: each.message,
                isHeldBack: each.type === "warning",
                isOfDates: Boolean(each.past_dates),
            });
        }
        return { ...result, messages: messages.filter((each) => !each.stage_rule) };
    },

    /**
     * Odoo takes its own count of rows for that of the file, and where a column has one error
     * it does not say at all in which row that is.
     */
    _handleImportErrors(messages, name) {
        if (this.resModel !== "crm.lead") {
            return super._handleImportErrors(...arguments);
        }
        const rowsByMessage = new Map();
        const names = [];
        for (const each of messages.filter(({ fileRow }) => fileRow)) {
            const { fileRow, message } = each;
            rowsByMessage.set(message, (rowsByMessage.get(message) || new Set()).add(fileRow));
            names[fileRow - 1] = name?.[this.importOptions.skip + each.rows.from] ?? "";
            each.rows = { from: fileRow - 1, to: fileRow - 1 };
            if (each.record !== undefined) {
                each.record = fileRow;
            }
            if (each.not_matching_error) {
                each.message = this._nameRows([fileRow], message);
            }
        }
        const isAllSaid = super._handleImportErrors(messages, names);
        for (const { errors } of this.columns) {
            if (errors.length === 1 && rowsByMessage.has(errors[0].message)) {
                const { message } = errors[0];
                errors[0].message = this._nameRows([...rowsByMessage.get(message)], message);
            }
        }
        return isAllSaid;
    },

    _nameRows(rows, message) {
        const sorted = rows.sort((a, b) => a - b).slice(0, MOST_ROWS);
        const shown = sorted.join(", ") + (rows.length > MOST_ROWS ? ", …" : "");
        return rows.length === 1
            ? _t("Row %(row)s: %(error)s", { row: shown, error: message })
            : _t("Rows %(rows)s: %(error)s", { rows: shown, error: message });
    },

    _addNotImported(count) {
        this.importMessages.unshift({
            type: "danger",
            lines: [
                count ? _t("Imported before the error: %s", count) : _t("Nothing was imported."),
            ],
        });
    },

    _updateComments() {
        super._updateComments(...arguments);
        for (const column of this.columns) {
            if (column.fieldInfo?.stage_rule_comment) {
                column.comments.push(column.fieldInfo.stage_rule_comment);
            }
        }
    },

    _addRefusedRows(isDone) {
        const [ofDates, ofRules] = [true, false].map((isOfDates) =>
            this.refusedRows.filter((row) => row.isOfDates === isOfDates)
        );
        if (ofDates.length) {
            const lines = [_t("Rows with dates that cannot be: %s", ofDates.length)];
            this.importMessages.push({ type: "danger", lines, refusedRows: ofDates });
        }
        if (ofRules.length) {
            this._addRowsOfRules(ofRules, isDone);
        }
    },

    _addRowsOfRules(rows, isDone) {
        const isRefused = rows.some((row) => !row.isHeldBack);
        const count = rows.length;
        const lines = isRefused
            ? [
                  _t("Rows refused by the stage rules: %s", count),
                  _t(
                      "Complete them in the file, or choose on the left to import them as far as they qualify."
                  ),
              ]
            : [
                  isDone
                      ? _t("Rows imported only as far as they qualify: %s", count)
                      : _t("Rows that would be imported only as far as they qualify: %s", count),
              ];
        this.importMessages.push({
            type: isRefused ? "danger" : "warning",
            lines,
            refusedRows: rows,
        });
    },
});
