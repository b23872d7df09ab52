import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

/**
 * @param {Object} [context] that of an error by which the stage rules refuse a move
 * @returns {Object|null} the refused move, as values of the wizard that makes it; null where
 *  there is not one: leads on different ways, that are not saved yet, or are handed over
 */
export function getRefusedMove(context) {
    const refusals = context?.stage_rule_refusals || [];
    const ways = new Set(refusals.map((each) => `${each.is_conversion} ${each.stage_id}`));
    if (ways.size !== 1 || refusals.some((each) => each.is_new || each.is_hand_over)) {
        return null;
    }
    return {
        default_lead_ids: [[6, 0, refusals.map((each) => each.lead_id)]],
        default_is_conversion: refusals[0].is_conversion,
        default_to_stage_id: refusals[0].stage_id,
    };
}

/**
 * Opens the dialog in which what is missing is filled in and the move made, or made all the
 * same, or asked for. What is below shows the leads as they are when it is done.
 *
 * @param {import("@web/env").OdooEnv} env
 * @param {Object} move values of the wizard
 * @param {string} [title]
 */
export async function openStageMove(env, move, title = _t("Not ready yet")) {
    const { action } = env.services;
    await action.doAction(
        {
            type: "ir.actions.act_window",
            name: title,
            res_model: "crm.stage.move",
            views: [[false, "form"]],
            target: "new",
            context: { ...user.context, ...move },
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
