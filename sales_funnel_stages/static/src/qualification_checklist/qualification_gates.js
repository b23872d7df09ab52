import { _t } from "@web/core/l10n/translation";

/**
 * @typedef {Object} Line a criterion at a gate
 * @property {number} id
 * @property {string} name
 * @property {string} guidance
 * @property {"required"|"recommended"} tier
 * @property {boolean} is_met
 * @property {"missing"|"not_met"|"outdated"|false} unmet_as why it is not met
 * @property {{stage: string|false}|false} since the step by which it was required already
 * @property {string[]} fields what can be filled in to meet it
 * @property {string[]} [needed] those of them without which it cannot be met
 * @property {string|false} answered_in the field that holds its answer, where it has one
 *
 * @typedef {Object} Gate a step, and what it asks for
 * @property {number} id the stage's; 0: the conversion
 * @property {string|false} stage its name; false: to become an opportunity
 * @property {number} met of the required criteria
 * @property {number} total
 * @property {number|false} score
 * @property {Line[]} lines
 */

/**
 * @param {Object|false} checklist as the field `qualification_checklist` of a lead has it
 * @returns {Gate[]} the steps that a lead still has before it, the next one first
 */
export function getGates(checklist) {
    if (!checklist?.gates) {
        return [];
    }
    const { gates, lines, later_lines } = checklist;
    const lineById = Object.fromEntries([...lines, ...later_lines].map((line) => [line.id, line]));
    return gates.map((gate) => ({
        ...gate,
        lines: gate.asked.map(([id, tier]) => ({ ...lineById[id], tier })),
    }));
}

/**
 * @param {Object|false} checklist
 * @param {number} stageId
 * @returns {string} why a stage cannot be entered yet, or what should be filled in before;
 *  empty where nothing is missing, or nobody minds
 */
export function getStageHint(checklist, stageId) {
    const gate = getGates(checklist).find((each) => each.id === stageId);
    if (!gate || checklist.policy === "off" || checklist.is_there) {
        return "";
    }
    const unmet = gate.lines
        .filter((line) => line.tier === "required" && !line.is_met)
        .map((line) => line.name)
        .join(", ");
    if (!unmet) {
        return "";
    }
    return checklist.policy === "enforce"
        ? _t("Not ready yet. Not met: %s", unmet)
        : _t("Not met: %s", unmet);
}
