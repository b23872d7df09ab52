import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { omit } from "@web/core/utils/objects";
import { formView } from "@web/views/form/form_view";
import { executeButtonCallback } from "@web/views/view_button/view_button_hook";
import { useState, useSubEnv } from "@odoo/owl";
import { STAGE_RULE_ERROR } from "../stage_rule_error/names";
import { askToKeep } from "./ask_to_keep";
import { StageMoveRenderer } from "./stage_move_renderer";

/**
 * The form of a lead in the dialog of its refused move. What is typed is saved in the step that
 * makes the move, or without it; it is never thrown away before somebody has said so.
 */
export class StageMoveController extends formView.Controller {
    static props = {
        ...formView.Controller.props,
        move: Object,
        onMoveDone: Function,
        closeMove: Function,
    };

    setup() {
        super.setup();
        this.notification = useService("notification");
        this.state = useState({ reason: "", makeGoodDate: false });
        this.env.dialogData.dismiss = () => this.onClickCancel();
        useSubEnv({
            stageMove: {
                fieldNodes: this.archInfo.fieldNodes,
                state: this.state,
                canOverride: this.props.move.canOverride,
                isMade: this.props.move.isMade,
                confirm: () => this.onClickMove(),
                openLead: () => this.openLead(),
            },
        });
    }

    get className() {
        // what can be typed into is to be seen at once
        return { ...super.className, o_field_highlight: true };
    }

    get record() {
        return this.model.root;
    }

    get checklist() {
        return this.record.data.stage_move_checklist;
    }

    /** @returns {boolean} whether the gate would let it pass as it is */
    get isReady() {
        const { met, total } = this.checklist;
        return met === total;
    }

    get hasReason() {
        return Boolean(this.state.reason.trim());
    }

    /** @returns {string} what the first button does */
    get moveLabel() {
        const { stage } = this.checklist;
        if (this.record.isNew) {
            return stage ? _t("Create in %s", stage) : _t("Create Opportunity");
        }
        return stage ? _t("Save and Move to %s", stage) : _t("Save and Convert");
    }

    /** @returns {string} what becomes of it without the move */
    get saveLabel() {
        if (!this.record.isNew) {
            return _t("Save");
        }
        const { furthest } = this.checklist;
        return furthest ? _t("Create in %s", furthest) : _t("Keep as Lead");
    }

    get permissionLabel() {
        return this.props.move.canOverride ? _t("Override") : _t("Ask for Approval");
    }

    // ------------------------------------------------------------------
    // Buttons
    // ------------------------------------------------------------------

    /** Moves, if nothing is missing any more; else goes to what is. */
    async onClickMove() {
        // what is being typed counts, and what follows from it
        await this.record.isDirty();
        await this.model.mutex.getUnlockedDef();
        if (this.isReady) {
            await this.run(() => this.call("save_and_move"));
        } else {
            this.env.bus.trigger("STAGE-MOVE:FOCUS-MISSING");
        }
    }

    onClickSave() {
        return this.run(() => this.saveOnly());
    }

    onClickPermission() {
        const method = this.props.move.canOverride ? "save_and_move" : "save_and_ask";
        return this.run(() => this.call(method, this.getReason()));
    }

    /** Closes, without asking where there is nothing to lose. */
    async onClickCancel() {
        const isDirty = await this.record.isDirty();
        const isThrownAway =
            (!isDirty && !this.record.isNew && !this.hasReason) ||
            (await askToKeep(this.dialogService, {
                body: this.record.isNew
                    ? _t("Would you like to keep it? “Save” does what “%s” does.", this.saveLabel)
                    : _t("Would you like to save what you have filled in? It does not move so."),
                save: () => this.onClickSave(),
            }));
        if (isThrownAway) {
            this.props.closeMove();
        }
    }

    // ------------------------------------------------------------------
    // What they do
    // ------------------------------------------------------------------

    /** Runs something while no button can be clicked, and says what the stage rules refuse. */
    run(callback) {
        return executeButtonCallback(this.ui.activeElement, async () => {
            try {
                return await callback();
            } catch (error) {
                if (error.exceptionName !== STAGE_RULE_ERROR) {
                    throw error;
                }
                // rules or lead are others by now: all that was typed stays
                this.notification.add(error.data.message, {
                    className: "text-prewrap",
                    type: "danger",
                });
            }
        });
    }

    getReason() {
        const { reason, makeGoodDate } = this.state;
        return { reason, make_good_date: makeGoodDate && serializeDate(makeGoodDate) };
    }

    /**
     * @param {string} method of leads, that takes what was filled in and the move
     * @param {Object} [reason]
     */
    async call(method, reason) {
        const { record } = this;
        if (!(await record.checkValidity({ displayNotification: true }))) {
            return;
        }
        const { isConversion, stageId } = this.props.move;
        const move = { stage_id: stageId || false, ...reason };
        if (isConversion) {
            move.type = "opportunity";
        }
        const done = await this.orm.call(
            "crm.lead",
            method,
            [record.resId ? [record.resId] : [], await record.getChanges(), move],
            { context: record.context }
        );
        if (method === "save_and_move") {
            await this.finish({
                id: done.id,
                congratulations: done.message,
                isCreatedThere: record.isNew,
            });
        } else {
            this.notification.add(done.message, { type: "success" });
            await this.finish({ id: done.id });
        }
    }

    /** Saves what was filled in, without moving; one that is new as far as the rules let it. */
    async saveOnly() {
        const { record } = this;
        if (!record.isNew) {
            if (await record.save({ reload: false })) {
                await this.finish({ id: record.resId });
            }
            return;
        }
        if (!(await record.checkValidity({ displayNotification: true }))) {
            return;
        }
        const { id, stage } = await this.orm.call(
            "crm.lead",
            "create_as_far_as_allowed",
            [await record.getChanges()],
            { context: omit(record.context, "default_type", "default_stage_id") }
        );
        const { name } = record.data;
        this.notification.add(
            stage
                ? _t("“%(name)s” is in %(stage)s.", { name, stage })
                : _t("“%s” is kept as a lead.", name),
            { type: "success" }
        );
        await this.finish({ id });
    }

    async finish(done) {
        this.props.closeMove();
        await this.props.onMoveDone(done);
    }

    /** Opens the lead, with what was filled in. */
    async openLead() {
        const { record } = this;
        if (!(await record.save({ reload: false }))) {
            return;
        }
        this.props.closeMove();
        const action = await this.orm.call("crm.lead", "get_formview_action", [[record.resId]]);
        await this.actionService.doAction(action);
    }

    async beforeUnload(ev) {
        if (this.record.isNew) {
            // nothing has been created yet
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
            return;
        }
        return super.beforeUnload(ev);
    }
}

registry.category("views").add("stage_move_form", {
    ...formView,
    Controller: StageMoveController,
    Renderer: StageMoveRenderer,
    buttonTemplate: "sales_funnel_stages.StageMoveButtons",
});
