import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { onWillDestroy, toRaw, useState } from "@odoo/owl";

// by model of a page: what its rows ask for at once
const questions = new WeakMap();

/** Resolves to a field of a record; all that is asked for in one go is one call. */
function ask(orm, record, name) {
    const model = toRaw(record.model);
    if (!questions.has(model)) {
        const ids = new Set();
        const names = new Set();
        const answer = Promise.resolve().then(() => {
            questions.delete(model);
            return orm.silent.read(record.resModel, [...ids], [...names]);
        });
        questions.set(model, { ids, names, answer });
    }
    const { ids, names, answer } = questions.get(model);
    ids.add(record.resId);
    names.add(name);
    return answer.then((rows) => rows.find((row) => row.id === record.resId)?.[name]);
}

/**
 * What a column shows that costs nothing where it is hidden: Odoo reads the fields of hidden
 * columns too, so the field of such a column is empty, and the rows that are there ask for it.
 *
 * @param {string} name of the field that is shown
 * @returns {{value: any}} its value, once it is known
 */
export function useAsked(name) {
    const orm = useService("orm");
    const state = useState({ value: false });
    let isGone = false;
    onWillDestroy(() => {
        isGone = true;
    });
    async function load(record) {
        // whatever of it changes may have been missing
        Object.values(record.data);
        if (!record.resId || record.dirty || record.model.useSampleModel) {
            return;
        }
        const value = await ask(orm, record, name);
        if (!isGone) {
            state.value = value;
        }
    }
    // nothing waits for it
    useRecordObserver((record) => {
        load(record);
    });
    return state;
}
