import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { takeBackMove } from "./refused_move";
import { STAGE_RULE_ERROR } from "./stage_rule_error_dialog";

/**
 * When a tab is hidden, the browser saves by itself. Where the stage rules refuse that, it is
 * said in a notification: nobody is there for a dialog.
 */
patch(FormController.prototype, {
    async beforeVisibilityChange() {
        try {
            return await super.beforeVisibilityChange();
        } catch (error) {
            if (error.exceptionName !== STAGE_RULE_ERROR) {
                throw error;
            }
            this.env.services.notification.add(error.data.message, {
                className: "text-prewrap",
                sticky: true,
                type: "warning",
            });
            if (this.model.root.resId) {
                await takeBackMove(this.model.root);
            }
        }
    },
});
