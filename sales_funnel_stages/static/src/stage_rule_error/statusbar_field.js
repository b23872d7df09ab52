import { patch } from "@web/core/utils/patch";
import { StatusBarField } from "@web/views/fields/statusbar/statusbar_field";
import { STAGE_RULE_ERROR } from "./stage_rule_error_dialog";

/**
 * A stage that the stage rules refuse is put back, as a card that was dragged there: otherwise
 * the form tries again whenever it is left. What else was typed stays.
 */
patch(StatusBarField.prototype, {
    async selectItem(item) {
        const { name, record } = this.props;
        const before = record.data[name];
        try {
            await super.selectItem(item);
        } catch (error) {
            if (error.exceptionName === STAGE_RULE_ERROR && record.resId) {
                await record.update({ [name]: before });
                // nothing to save either: meanwhile somebody may have moved the lead
                delete record._changes[name];
            }
            throw error;
        }
    },
});
