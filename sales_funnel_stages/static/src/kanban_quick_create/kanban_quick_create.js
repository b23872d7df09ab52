import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";
import { KanbanQuickCreateController } from "@web/views/kanban/kanban_record_quick_create";
import { STAGE_RULE_ERROR } from "../stage_rule_error/stage_rule_error_dialog";

/**
 * When a quick create fails, Odoo hides why and opens an empty form. Where the stage rules
 * refuse it, say why, and keep what was typed: the form has the fields that are missing.
 */
patch(KanbanQuickCreateController.prototype, {
    setup() {
        super.setup();
        this.notification = useService("notification");
    },

    showFormDialogInError(error) {
        if (error.exceptionName === STAGE_RULE_ERROR) {
            this.notification.add(error.data.message, {
                className: "text-prewrap",
                sticky: true,
                type: "warning",
            });
            Object.assign(this.props.context, this.getTypedDefaults());
        }
        return super.showFormDialogInError(error);
    },

    /** @returns {Object} default values for the form, from what was typed so far */
    getTypedDefaults() {
        const { activeFields, data, fields } = this.model.root;
        const defaults = {};
        for (const name in activeFields) {
            const value = data[name];
            if (
                ["char", "text", "float", "monetary", "integer", "selection"].includes(
                    fields[name].type
                )
            ) {
                defaults[`default_${name}`] = value;
            } else if (fields[name].type === "many2one" && value) {
                defaults[`default_${name}`] = value.id;
            }
        }
        return defaults;
    },
});
