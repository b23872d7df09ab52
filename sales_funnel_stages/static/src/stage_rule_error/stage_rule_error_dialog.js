import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { WarningDialog } from "@web/core/errors/error_dialogs";
import { getRefusedMove, openStageMove } from "../stage_move/stage_move";
import { STAGE_RULE_ERROR } from "./names";

/**
 * Says which move was refused and what is missing, where a wizard tried it or it is not one
 * move; offers to make it all the same, or to ask for it. Odoo knows dialogs by exact name only.
 */
export class StageRuleErrorDialog extends WarningDialog {
    static template = "sales_funnel_stages.StageRuleErrorDialog";

    inferTitle() {
        return _t("Not ready yet");
    }

    get context() {
        return this.props.data?.context || {};
    }

    get offer() {
        return this.context.stage_rule_can_override ? _t("Override…") : _t("Ask for Approval…");
    }

    get move() {
        // the wizard that makes moves is open already
        return this.props.model === "crm.stage.move" ? null : getRefusedMove(this.context);
    }

    async onClickOffer() {
        // this dialog ends here, and what goes on needs what outlives it
        const { env, move, offer } = this;
        this.props.close();
        await openStageMove(env, move, { title: offer.replace("…", "") });
    }
}

registry.category("error_dialogs").add(STAGE_RULE_ERROR, StageRuleErrorDialog);
