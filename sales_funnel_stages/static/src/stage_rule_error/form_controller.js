import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { FormController } from "@web/views/form/form_controller";
import { takeBackMove } from "./refused_move";
import { STAGE_RULE_ERROR } from "./names";

/**
 * When a tab is hidden, the browser saves by itself. Where the stage rules refuse that, it is
 * said in a notification: nobody is there for a dialog. When it is closed, what Odoo sends is not
 * even answered: the browser asks first, where a new record is known to be refused as it is.
 */
patch(FormController.prototype, {
    setup() {
        super.setup();
        this.isTyping = false;
        useBus(this.model.bus, "FIELD_IS_DIRTY", ({ detail }) => {
            this.isTyping = detail;
        });
    },

    async beforeUnload(ev) {
        const { root } = this.model;
        const isRefused = !root.resId && root.data.qualification_checklist?.is_refused;
        if (isRefused && (root.dirty || this.isTyping)) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
            return;
        }
        return super.beforeUnload(ev);
    },

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
