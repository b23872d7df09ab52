import { BaseImportModel } from "@base_import/import_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/**
 * What the stage rules refused of an import of leads.
 *
 * Odoo shows errors by column and takes any message, also a warning, for a failure. These
 * are about a row as a whole, and with the lenient option no failure: they are taken out of
 * what the server returns, gathered over all parts of the file, and shown as one list.
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
        const startRow = this.importOptions.skip;
        this.refusedRows = [];
        this.refusedPart = null;
        const data = await super.executeImport(...arguments);
        if (this.hasRefusal) {
            // What was imported before the refused part is not imported again.
            const nextRow = this.refusedPart ?? startRow;
            this.setOption("skip", nextRow);
            data.res.nextrow = nextRow;
            if (isTest) {
                data.res.ids = [];
            }
        }
        if (this.refusedRows.length) {
            this._addRefusedRows();
        }
        return data;
    },

    async _executeImportStep(isTest, importRes) {
        const part = this.importOptions.skip;
        const error = await super._executeImportStep(...arguments);
        if (this.hasRefusal) {
            importRes.hasError = true;
            // A test goes through the whole file, to name all rows.
            if (!isTest) {
                this.refusedPart = part;
                this.stopImport();
            }
        }
        return error;
    },

    async _callImport(dryrun, [, , , options]) {
        const result = await super._callImport(...arguments);
        const messages = result.messages || [];
        // The number that a spreadsheet shows, which counts from 1 and counts the header.
        const firstRow = options.skip + (options.has_headers ? 2 : 1);
        for (const { rows, message, type } of messages.filter((each) => each.stage_rule)) {
            this.refusedRows.push({
                title: _t("Row %s:", firstRow + rows.from),
                text: message,
                isHeldBack: type === "warning",
            });
        }
        return { ...result, messages: messages.filter((each) => !each.stage_rule) };
    },

    _addRefusedRows() {
        const count = this.refusedRows.length;
        const lines = this.hasRefusal
            ? [
                  _t("Rows refused by the stage rules: %s", count),
                  _t(
                      "Complete them in the file, or choose on the left to import them as far as they qualify."
                  ),
              ]
            : [_t("Rows imported only as far as they qualify: %s", count)];
        this.importMessages.push({
            type: this.hasRefusal ? "danger" : "warning",
            lines,
            refusedRows: this.refusedRows,
        });
    },
});
