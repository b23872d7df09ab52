import { patch } from "@web/core/utils/patch";
import { KanbanQuickCreateController } from "@web/views/kanban/kanban_record_quick_create";
import { openStageMove } from "../stage_move/stage_move";
import { STAGE_RULE_ERROR } from "../stage_rule_error/names";

/**
 * When a quick create fails, Odoo hides why and opens an empty form. Where the stage rules
 * refuse it, the dialog of a refused move takes what is missing, and has what was typed.
 */
patch(KanbanQuickCreateController.prototype, {
    showFormDialogInError(error) {
        const { stage_rule_refusals: refusals, stage_rule_can_override: canOverride } =
            (error.exceptionName === STAGE_RULE_ERROR && error.data.context) || {};
        if (refusals?.length !== 1 || !refusals[0].is_new) {
            return super.showFormDialogInError(error);
        }
        const move = {
            leadIds: [],
            isConversion: true,
            stageId: refusals[0].stage_id,
            canOverride,
            defaults: {
                ...this.props.context,
                ...this.getTypedDefaults(),
                default_type: "opportunity",
                default_stage_id: refusals[0].stage_id,
            },
        };
        return openStageMove(this.env, move, {
            onDone: async ({ id, isCreatedThere }) => {
                if (isCreatedThere) {
                    await this.props.onValidate(id, "add");
                    await this.model.load();
                } else {
                    // it is somewhere else
                    this.props.onCancel();
                    await this.env.services.action.doAction("soft_reload");
                }
            },
        });
    },

    /** @returns {Object} default values for the dialog, from what was typed so far */
    getTypedDefaults() {
        // not by its public method, which waits for the save that has just failed
        const typed = this.model.root._getChanges();
        return Object.fromEntries(
            Object.entries(typed).map(([name, value]) => [`default_${name}`, value])
        );
    },
});
