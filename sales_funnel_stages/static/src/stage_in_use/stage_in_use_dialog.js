import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { RedirectWarningDialog } from "@web/core/errors/error_dialogs";

/** The name under which the server sends that a stage has rules, and cannot be deleted. */
export const STAGE_IN_USE_ERROR = "odoo.addons.sales_funnel_stages.exceptions.StageInUseError";

/** Says what holds a stage that was to be deleted, and offers to do away with its rules. */
export class StageInUseDialog extends RedirectWarningDialog {
    setup() {
        super.setup();
        this.title = _t("This stage is in use");
        this.buttonText = _t("Remove or Move the Rules…");
    }

    async onClick() {
        // this dialog ends here, and what goes on needs what outlives it
        const { action } = this.env.services;
        const stageIds = this.props.data.context.stage_in_use_ids;
        this.props.close();
        await action.doAction("sales_funnel_stages.crm_stage_delete_action", {
            additionalContext: { default_stage_ids: [[6, 0, stageIds]] },
            onClose: (infos) => infos?.are_stages_deleted && leaveDeleted(action),
        });
    }
}

/** Shows what is left: the list of stages where one of them was open, else what there was. */
function leaveDeleted(action) {
    if (action.currentController?.view?.type === "form") {
        return action.doAction("crm.crm_stage_action", { clearBreadcrumbs: true });
    }
    return action.doAction("soft_reload");
}

registry.category("error_dialogs").add(STAGE_IN_USE_ERROR, StageInUseDialog);
