import { Dialog } from "@web/core/dialog/dialog";
import { user } from "@web/core/user";
import { CallbackRecorder } from "@web/search/action_hook";
import { View } from "@web/views/view";
import { Component } from "@odoo/owl";

/** A dialog that asks before it closes: Odoo's closes whatever it is told. */
class AskingDialog extends Dialog {
    async dismiss() {
        await this.data.dismiss?.();
    }
}

/** The dialog of a refused move of one lead: its form, which knows what to do with it. */
export class StageMoveDialog extends Component {
    static template = "sales_funnel_stages.StageMoveDialog";
    static components = { Dialog: AskingDialog, View };
    static props = {
        close: Function,
        move: Object,
        onDone: Function,
        title: String,
        view: Object,
    };

    setup() {
        const { move, onDone, close, view } = this.props;
        this.viewProps = {
            ...view,
            type: "form",
            resModel: "crm.lead",
            resId: move.leadIds[0] || false,
            display: { controlPanel: false },
            context: {
                ...user.context,
                ...move.defaults,
                stage_move_type: move.isConversion ? "opportunity" : false,
                stage_move_stage_id: move.stageId || false,
                stage_move_is_made: Boolean(move.isMade),
            },
            move,
            onMoveDone: onDone,
            closeMove: close,
            __beforeLeave__: new CallbackRecorder(),
        };
    }
}
