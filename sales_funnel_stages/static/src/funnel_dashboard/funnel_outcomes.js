import { formats } from "./funnel_format";
import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** What became of whatever entered each step: a table whose rows add up. */
export class FunnelOutcomes extends Component {
    static template = "sales_funnel_stages.FunnelOutcomes";
    static props = { steps: Array, open: Function };

    get columns() {
        return [
            { name: "entered", label: _t("Entered") },
            { name: "advanced", label: _t("Went on") },
            { name: "lost", label: _t("Lost") },
            { name: "returned", label: _t("Moved back") },
            { name: "set_aside", label: _t("Set aside") },
            { name: "merged", label: _t("Merged") },
            { name: "deleted", label: _t("Deleted") },
            { name: "here", label: _t("Still there") },
        ];
    }

    formatCount(count) {
        return formats.count(count);
    }
}
