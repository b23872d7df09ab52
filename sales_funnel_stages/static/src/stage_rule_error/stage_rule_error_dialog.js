import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { WarningDialog } from "@web/core/errors/error_dialogs";

/** The name under which the server sends a move that the stage rules refuse. */
export const STAGE_RULE_ERROR = "odoo.addons.sales_funnel_stages.exceptions.StageRuleError";

/** Says which move was refused and what is missing; Odoo knows dialogs by exact name only. */
export class StageRuleErrorDialog extends WarningDialog {
    inferTitle() {
        return _t("Not ready yet");
    }
}

registry.category("error_dialogs").add(STAGE_RULE_ERROR, StageRuleErrorDialog);
