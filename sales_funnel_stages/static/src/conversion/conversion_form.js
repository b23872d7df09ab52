import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { onMounted, useSubEnv } from "@odoo/owl";
import { askToKeep } from "../stage_move/ask_to_keep";

/** The buttons after which the wizard closes. */
const LAST_BUTTONS = ["action_apply", "action_override", "action_ask_for_approval"];

/**
 * Odoo's conversion wizard. What is typed about the lead is never thrown away before somebody has
 * said so; while the lead is held back, converting goes to what is missing.
 */
export class ConversionController extends formView.Controller {
    setup() {
        super.setup();
        useSubEnv({
            conversion: {
                confirm: () => this.confirm(),
                openLead: () => this.openLead(),
            },
        });
        if (this.env.dialogData) {
            this.env.dialogData.dismiss = async () => {
                if (!(await this.canBeThrownAway())) {
                    // Odoo closes the dialog once this is answered: so it never is
                    await new Promise(() => {});
                }
            };
        }
        onMounted(() => {
            if (!this.isHeldBack) {
                document.querySelector(`#${this.env.dialogId} footer button.btn-primary`)?.focus();
            }
        });
    }

    get className() {
        // what can be typed into is to be seen at once
        return { ...super.className, o_field_highlight: true };
    }

    get isHeldBack() {
        const { name, is_held_back } = this.model.root.data;
        return name === "convert" && is_held_back;
    }

    /** @returns {Promise<boolean>} whether it may close: nothing is lost, or is to be lost */
    async canBeThrownAway() {
        const { root } = this.model;
        await root.isDirty();
        const { filled_lead_ids: leads, override_reason: reason } = root.data;
        const isLost = leads?.records.some((lead) => lead.dirty) || reason;
        return (
            !isLost ||
            askToKeep(this.dialogService, {
                body: _t("Would you like to save what you have filled in? It is not converted so."),
                save: () => this.saveAndClose(),
            })
        );
    }

    async saveAndClose() {
        if (await this.model.root.save({ reload: false })) {
            await this.actionService.doAction({ type: "ir.actions.act_window_close" });
        }
    }

    async beforeExecuteActionButton(clickParams) {
        if (clickParams.special === "cancel") {
            if (!(await this.canBeThrownAway())) {
                return false;
            }
            return super.beforeExecuteActionButton(...arguments);
        }
        if (clickParams.name === "action_apply") {
            // what is being typed counts, and what follows from it
            await this.model.root.isDirty();
            await this.model.mutex.getUnlockedDef();
            if (this.isHeldBack) {
                this.env.bus.trigger("STAGE-MOVE:FOCUS-MISSING");
                return false;
            }
        }
        // so nothing of it is read anew
        const close = clickParams.close || LAST_BUTTONS.includes(clickParams.name);
        return super.beforeExecuteActionButton({ ...clickParams, close });
    }

    /** Does what the button does that converts. */
    confirm() {
        const { root } = this.model;
        return this.env.onClickViewButton({
            clickParams: { name: "action_apply", type: "object" },
            getResParams: () => ({
                context: root.context,
                evalContext: root.evalContext,
                resModel: root.resModel,
                resId: root.resId,
                resIds: root.resIds,
            }),
        });
    }

    /** Opens the lead, with what was filled in. */
    async openLead() {
        const { root } = this.model;
        if (!(await root.save({ reload: false }))) {
            return;
        }
        const id = root.data.filled_lead_ids.records[0].resId;
        await this.actionService.doAction({ type: "ir.actions.act_window_close" });
        const action = await this.orm.call("crm.lead", "get_formview_action", [[id]]);
        await this.actionService.doAction(action);
    }
}

registry.category("views").add("conversion_form", {
    ...formView,
    Controller: ConversionController,
});
