import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { StageMoveDialog } from "./stage_move_dialog";

/**
 * @typedef {Object} StageMove a move that was refused, or that lacks something
 * @property {number[]} leadIds those that may not make it; none: one that is to be created
 * @property {number[]} [readyIds] those that were to make it with them, and may
 * @property {boolean} [isConversion]
 * @property {number|false} [stageId]
 * @property {boolean} [isMade] it has been made, since its team is only guided
 * @property {boolean} [canOverride]
 * @property {Object} [defaults] of one that is to be created, as keys of a context
 */

/**
 * @param {Object} [context] that of an error by which the stage rules refuse a move
 * @returns {StageMove|null} null where it is not one move: leads on different ways, that are not
 *  saved yet, or are handed over
 */
export function getRefusedMove(context) {
    const refusals = context?.stage_rule_refusals || [];
    const ways = new Set(refusals.map((each) => `${each.is_conversion} ${each.stage_id}`));
    if (ways.size !== 1 || refusals.some((each) => each.is_new || each.is_hand_over)) {
        return null;
    }
    return {
        leadIds: refusals.map((each) => each.lead_id),
        readyIds: context.stage_rule_ready_ids || [],
        isConversion: refusals[0].is_conversion,
        stageId: refusals[0].stage_id,
        canOverride: context.stage_rule_can_override,
    };
}

/**
 * Opens the dialog in which what is missing is filled in and the move made, or made all the
 * same, or asked for. What is below shows the leads as they are when it is done.
 *
 * @param {import("@web/env").OdooEnv} env
 * @param {StageMove} move
 * @param {{ title?: string, onDone?: (done: Object) => any }} [options] what is done instead of
 *  loading what is below anew
 */
export async function openStageMove(env, move, { title, onDone } = {}) {
    const { action, effect } = env.services;
    const reload = () => action.doAction("soft_reload");
    if (move.leadIds.length + (move.readyIds?.length || 0) > 1) {
        await openSeveral(env, move, title || _t("Not ready yet"), reload);
        return;
    }
    const ownTitle = move.leadIds.length ? _t("Complete and Move") : _t("Complete and Create");
    const view = await loadForm(env);
    env.services.dialog.add(StageMoveDialog, {
        move,
        title: title || ownTitle,
        view,
        onDone: async (done) => {
            await (onDone || reload)(done);
            if (done.congratulations) {
                effect.add({
                    type: "rainbow_man",
                    fadeout: "slow",
                    message: done.congratulations,
                });
            }
        },
    });
}

/** For several leads nothing is filled in: those that are ready are told from the others. */
function openSeveral({ services: { action } }, move, title, reload) {
    return action.doAction(
        {
            type: "ir.actions.act_window",
            name: title,
            res_model: "crm.stage.move",
            views: [[false, "form"]],
            target: "new",
            context: {
                ...user.context,
                default_lead_ids: [[6, 0, move.leadIds]],
                default_ready_ids: [[6, 0, move.readyIds]],
                default_is_conversion: move.isConversion,
                default_to_stage_id: move.stageId,
            },
        },
        { onClose: (infos) => infos?.is_done && reload() }
    );
}

/**
 * Not from the cache of views: which fields the form has follows from the rules, which change.
 *
 * @returns {Promise<Object>} what a `View` needs to know
 */
async function loadForm({ services: { orm, ui } }) {
    const { models, views } = await orm.call("crm.lead", "get_views", [], {
        context: {
            ...user.context,
            form_view_ref: "sales_funnel_stages.crm_lead_view_form_stage_move",
        },
        views: [[false, "form"]],
        options: ui.isSmall ? { mobile: true } : {},
    });
    return { arch: views.form.arch, fields: models["crm.lead"].fields, relatedModels: models };
}
