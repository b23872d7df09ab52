import { ImportAction } from "@base_import/import_action/import_action";
import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

/** Lists the rows that an import let in only as far as they qualify. */
export class RefusedRowsDialog extends Component {
    static template = "sales_funnel_stages_base_import.RefusedRowsDialog";
    static components = { Dialog };
    static props = {
        rows: { type: Array },
        close: { type: Function },
    };
}

patch(ImportAction.prototype, {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    },

    /** The imported records take the place of the import screen, and of what it says. */
    openRecords(resIds) {
        const open = () => super.openRecords(resIds);
        if (this.model.refusedRows.length) {
            this.dialog.add(RefusedRowsDialog, { rows: this.model.refusedRows }, { onClose: open });
        } else {
            open();
        }
    },
});
