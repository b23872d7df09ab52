import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillRender, useState } from "@odoo/owl";
import { getAskedInPanel } from "./asked_in_panel";
import { getGates } from "./qualification_gates";
import { QualificationLine } from "./qualification_line";
import { ScoreRing } from "./score_ring";

/**
 * The qualification panel: what the next step asks for, criterion by criterion, with the
 * guidance of what is not met yet, the way to its fields beside the panel, and its answer. It
 * follows the record as it is edited, and can be turned to any later step, which neither moves
 * the record nor changes it.
 */
export class QualificationChecklist extends Component {
    static template = "sales_funnel_stages.QualificationChecklist";
    static components = { Dropdown, DropdownItem, QualificationLine, ScoreRing };
    static props = { ...standardFieldProps };

    setup() {
        // both by where the record stands: there the next step is shown, and its lines are closed
        this.state = useState({ gateIdByPlace: {}, isOpenByLine: {} });
        // what was missing once stays open, also when it is met while somebody types there
        this.wasUnmet = new Set();
        onWillRender(() => {
            for (const line of this.lines.filter((each) => !each.is_met)) {
                this.wasUnmet.add(this.getLineKey(line));
            }
        });
    }

    get checklist() {
        return this.props.record.data[this.props.name];
    }

    get gates() {
        return getGates(this.checklist);
    }

    /** @returns {string} which record this is, and before which step it stands */
    get place() {
        return `${this.props.record.resId}/${this.gates[0]?.id}`;
    }

    /** @returns {import("./qualification_gates").Gate} the step that is looked at */
    get gate() {
        const gates = this.gates;
        const chosenId = this.state.gateIdByPlace[this.place];
        return gates.find(({ id }) => id === chosenId) || gates[0];
    }

    get lines() {
        return this.gate?.lines || [];
    }

    /** @returns {string[]} how much of what is required is met, and of what is recommended */
    get counts() {
        const { met, total } = this.gate || {};
        const recommended = this.lines.filter((line) => line.tier === "recommended");
        const counts = [];
        if (total) {
            counts.push(_t("%(met)s of %(total)s required", { met, total }));
        }
        if (recommended.length) {
            counts.push(
                _t("%(met)s of %(total)s recommended", {
                    met: recommended.filter((line) => line.is_met).length,
                    total: recommended.length,
                })
            );
        }
        return counts;
    }

    get isAhead() {
        return this.gate?.id !== this.gates[0]?.id;
    }

    get title() {
        return this.getTitle(this.gate);
    }

    /** @param {import("./qualification_gates").Gate} [gate] */
    getTitle(gate) {
        if (!gate?.stage) {
            return _t("To become an opportunity");
        }
        return this.checklist.is_there
            ? _t("Criteria for %s", gate.stage)
            : _t("To enter %s", gate.stage);
    }

    /** @param {import("./qualification_gates").Gate} gate */
    lookAt(gate) {
        this.state.gateIdByPlace[this.place] = gate.id;
    }

    isAnsweredHere(line) {
        return getAskedInPanel(this.props.record, this.checklist).has(line.id);
    }

    getLineKey(line) {
        return `${this.place}/${line.id}`;
    }

    isOpen(line) {
        const key = this.getLineKey(line);
        return this.state.isOpenByLine[key] ?? this.wasUnmet.has(key);
    }

    toggle(line) {
        this.state.isOpenByLine[this.getLineKey(line)] = !this.isOpen(line);
    }
}

export const qualificationChecklist = {
    component: QualificationChecklist,
    displayName: _t("Qualification Panel"),
    supportedTypes: ["json"],
};

registry.category("fields").add("qualification_checklist", qualificationChecklist);
