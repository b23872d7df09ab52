import { hasTouch } from "@web/core/browser/feature_detection";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { _t } from "@web/core/l10n/translation";
import { useBus } from "@web/core/utils/hooks";
import { useAutoresize } from "@web/core/utils/autoresize";
import { Field } from "@web/views/fields/field";
import { Component, onMounted, onWillRender, useRef, useState } from "@odoo/owl";
import { FOCUSABLE } from "../qualification_checklist/focusable";
import { answerField } from "../qualification_checklist/qualification_line";
import { getLineState } from "../qualification_checklist/line_state";

/**
 * What a move lacks, in one column and in the order of the checklist: each criterion, and right
 * below it the fields of the lead that decide it, whatever their type. What was met from the
 * start is folded; what is met meanwhile stays where somebody types.
 *
 * What it is part of gives it `env.stageMove`: the nodes of the fields, and what it can do; with
 * a `state` that holds a reason, it asks for one.
 */
export class StageMoveRenderer extends Component {
    static template = "sales_funnel_stages.StageMoveRenderer";
    static components = { DateTimeInput, Field };
    static props = ["*"];

    setup() {
        this.move = this.env.stageMove;
        this.reason = useState(this.move.state || { reason: "" });
        this.state = useState({ isUnfolded: false });
        this.root = useRef("root");
        useAutoresize(useRef("reason"));
        this.wasUnmet = new Set();
        onWillRender(() => {
            for (const { id, is_met } of this.checklist.lines) {
                if (!is_met) {
                    this.wasUnmet.add(id);
                }
            }
        });
        onMounted(() => this.focusMissing({ isStart: true }));
        useBus(this.env.bus, "STAGE-MOVE:FOCUS-MISSING", () => this.focusMissing());
    }

    get checklist() {
        return this.props.checklist || this.props.record.data.stage_move_checklist;
    }

    /** @returns {Object[]} the criteria that were missing at some time, with their editors */
    get lines() {
        const shown = new Set();
        return this.checklist.lines
            .filter(({ id }) => this.wasUnmet.has(id))
            .map((line) => {
                const editors = this.getEditors(line);
                const own = editors.filter(({ name, id }) => !shown.has(id || name));
                own.forEach(({ name, id }) => shown.add(id || name));
                return {
                    ...line,
                    ...getLineState(line),
                    editors: own,
                    // what decides it stands below another one already
                    elsewhere: editors.length > own.length,
                };
            });
    }

    get metLines() {
        return this.checklist.lines.filter(({ id }) => !this.wasUnmet.has(id));
    }

    get metTitle() {
        const { length } = this.metLines;
        return length === 1 ? _t("One more is met") : _t("%s more are met", length);
    }

    get count() {
        const { met, total } = this.checklist;
        return _t("%(met)s of %(total)s required", { met, total });
    }

    get isReady() {
        return this.checklist.met === this.checklist.total;
    }

    get isOpportunity() {
        return this.props.record.data.type === "opportunity";
    }

    get hasReason() {
        return Boolean(this.move.state) && !this.move.isMade && !this.isReady;
    }

    get reasonTitle() {
        return this.move.canOverride ? _t("Move Anyway") : _t("Ask for Approval");
    }

    get reasonPlaceholder() {
        return this.move.canOverride
            ? _t("Why should it move anyway?")
            : _t("Why should it move anyway? Whoever decides will read this.");
    }

    /** @returns {Object[]} what `Field` needs to know of each field that decides a criterion */
    getEditors(line) {
        const { record } = this.props;
        const nodes = Object.values(this.move.fieldNodes);
        const editors = [];
        for (const name of line.fields) {
            const node = nodes.find((each) => each.name === name);
            if (node && name !== line.answered_in && name in record.activeFields) {
                editors.push({ name, label: node.string, node });
            }
        }
        // one that has to be there is as required as the criterion
        for (const editor of editors) {
            if (editors.length === 1 || line.needed?.includes(editor.name)) {
                editor.node = { ...editor.node, required: "True" };
            }
        }
        if (line.answered_in) {
            const node = nodes.find((each) => each.name === line.answered_in);
            editors.push({
                name: line.answered_in,
                id: `answer_${line.id}`,
                node: {
                    ...node,
                    field: answerField,
                    options: { criterionId: line.id, label: line.name },
                },
            });
        }
        return editors.map((each) => ({
            key: each.id || each.name,
            ...each,
            fieldId: `stage_move_${record.id}_${each.id || each.name}`,
        }));
    }

    // ------------------------------------------------------------------
    // Keys
    // ------------------------------------------------------------------

    /** Goes to the first field of what is missing: an empty one, if there is one. */
    focusMissing({ isStart = false } = {}) {
        const places = [...this.root.el.querySelectorAll(".o_stage_move_line:not(.o_met)")];
        // a number that nobody has typed is 0
        const isEmpty = ({ value }) => !value || /^0([.,]0*)?$/.test(value);
        for (const isWanted of [isEmpty, () => true]) {
            for (const place of places) {
                const editors = [...place.querySelectorAll(".o_stage_move_editor")];
                const field = editors
                    .map((each) => each.querySelector(FOCUSABLE))
                    .find((each) => each && isWanted(each));
                if (field) {
                    // a calendar, or the keyboard of a phone, would cover the rest: Tab goes there
                    const isCovering =
                        this.env.isSmall ||
                        hasTouch() ||
                        field.closest(".o_field_date, .o_field_datetime");
                    (isStart && isCovering ? place.querySelector("label") : field).focus();
                    return;
                }
            }
        }
        this.root.el.querySelector(".o_stage_move_reason textarea")?.focus();
    }

    onClickLine(ev) {
        const line = ev.currentTarget.closest(".o_stage_move_line");
        line.querySelector(`.o_stage_move_editor :is(${FOCUSABLE})`)?.focus();
    }

    /** Enter goes on to the next field; on the last one it confirms. */
    async onKeydown(ev) {
        const { target } = ev;
        const isLine =
            target.matches("input.o_input, .o_input input") && target.type !== "checkbox";
        if (
            ev.key !== "Enter" ||
            ev.ctrlKey ||
            ev.defaultPrevented ||
            !isLine ||
            target.closest(".o_field_x2many, [role=combobox]") ||
            target.getAttribute("role") === "combobox" ||
            // it chooses in what is open
            document.querySelector(".o-autocomplete--dropdown-menu, .o_select_menu_menu")
        ) {
            return;
        }
        const editors = [...this.root.el.querySelectorAll(".o_stage_move_editor")];
        const here = editors.indexOf(target.closest(".o_stage_move_editor"));
        if (document.querySelector(".o_datetime_picker")) {
            // the day that was typed is taken first, and its input goes away with that
            await new Promise((resolve) => setTimeout(resolve));
        }
        const next = editors.slice(here + 1).map((each) => each.querySelector(FOCUSABLE));
        const following = next.find(Boolean);
        if (here >= 0 && following) {
            following.focus();
        } else if (here >= 0) {
            this.move.confirm();
        }
    }
}
