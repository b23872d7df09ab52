import { patch } from "@web/core/utils/patch";
import { StatusBarField } from "@web/views/fields/statusbar/statusbar_field";
import { takeBackMove } from "./refused_move";
import { STAGE_RULE_ERROR } from "./names";

/** A stage that the stage rules refuse is put back, as a card that was dragged there. */
patch(StatusBarField.prototype, {
    async selectItem(item) {
        const { name, record } = this.props;
        try {
            await super.selectItem(item);
        } catch (error) {
            if (error.exceptionName === STAGE_RULE_ERROR) {
                await takeBackMove(record, [name]);
            }
            throw error;
        }
    },
});
