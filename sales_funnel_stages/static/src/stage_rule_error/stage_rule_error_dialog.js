import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { WarningDialog } from "@web/core/errors/error_dialogs";
import { user } from "@web/core/user";

/** The name under which the server sends a move that the stage rules refuse. */
export const STAGE_RULE_ERROR = "odoo.addons.sales_funnel_stages.exceptions.StageRuleError";

/**
 * Says which move was refused and what is missing, and offers to make it all the same, or to
 * ask for it. Odoo knows dialogs by exact name only.
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

    /**
     * @returns {Object|null} the refused move, as values of the wizard that makes it; null where
     *  there is not one: leads on different ways, or that are not saved yet
     */
    get move() {
        const refusals = this.context.stage_rule_refusals || [];
        const ways = new Set(refusals.map((each) => `${each.is_conversion} ${each.stage_id}`));
        if (ways.size !== 1 || refusals.some((each) => each.is_new)) {
            return null;
        }
        return {
            default_lead_ids: [[6, 0, refusals.map((each) => each.lead_id)]],
            default_is_conversion: refusals[0].is_conversion,
            default_to_stage_id: refusals[0].stage_id,
        };
    }

    async onClickOffer() {
        // this dialog ends here, and what goes on needs what outlives it
        const { action } = this.env.services;
        const { move, offer } = this;
        this.props.close();
        await action.doAction(
            {
                type: "ir.actions.act_window",
                name: offer.replace("…", ""),
                res_model: "crm.stage.move",
                views: [[false, "form"]],
                target: "new",
                context: { ...user.context, ...move, dialog_size: "medium" },
            },
            {
                onClose: async (infos) => {
                    if (infos?.is_done) {
                        await action.doAction("soft_reload");
                    }
                },
            }
        );
    }
}

registry.category("error_dialogs").add(STAGE_RULE_ERROR, StageRuleErrorDialog);
