import { toRaw } from "@odoo/owl";

const askedByRecord = new WeakMap();

/**
 * What the panel asks of a record: what its next step has lacked since its page was opened. A
 * question is answered there, and all others below, so that each is there once, and stays where
 * somebody answers it.
 *
 * @param {import("@web/model/relational_model/record").Record} record
 * @param {Object|false} [checklist] as the field `qualification_checklist` of a lead has it
 * @returns {Set<number>} ids of criteria
 */
export function getAskedInPanel(record, checklist) {
    const place = `${record.resId}/${checklist?.id}`;
    let asked = askedByRecord.get(toRaw(record));
    if (asked?.place !== place) {
        asked = { place, ids: new Set() };
        askedByRecord.set(toRaw(record), asked);
    }
    for (const line of checklist?.lines || []) {
        if (!line.is_met) {
            asked.ids.add(line.id);
        }
    }
    return asked.ids;
}
