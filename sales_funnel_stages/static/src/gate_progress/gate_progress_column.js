import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { GateProgressNamesField } from "./gate_progress_names_field";
import { onWillDestroy, toRaw, useState } from "@odoo/owl";

const PROGRESS = "gate_progress";
// by model of a page: what its rows ask for at once
const questions = new WeakMap();

/** Resolves to what is missing of a lead; all that is asked for in one go is one call. */
function readProgress(orm, record) {
    const model = toRaw(record.model);
    if (!questions.has(model)) {
        const ids = [];
        const answer = Promise.resolve().then(() => {
            questions.delete(model);
            return orm.silent.read(record.resModel, ids, [PROGRESS]);
        });
        questions.set(model, { ids, answer });
    }
    const { ids, answer } = questions.get(model);
    ids.push(record.resId);
    return answer.then((rows) => rows.find((row) => row.id === record.resId)?.[PROGRESS]);
}

/**
 * A column of what is missing, which costs nothing where it is hidden: Odoo reads the fields of
 * hidden columns too, so the field of this one is empty, and what it shows is asked for by the
 * rows that are there.
 */
export class GateProgressColumn extends GateProgressNamesField {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.state = useState({ progress: false });
        onWillDestroy(() => {
            this.isGone = true;
        });
        // nothing waits for it
        useRecordObserver((record) => {
            this.load(record);
        });
    }

    get progress() {
        return this.state.progress;
    }

    async load(record) {
        // whatever of it changes may have been missing
        Object.values(record.data);
        if (!record.resId || record.dirty || record.model.useSampleModel) {
            return;
        }
        const progress = await readProgress(this.orm, record);
        if (!this.isGone) {
            this.state.progress = progress;
        }
    }
}

registry.category("fields").add("gate_progress_column", {
    component: GateProgressColumn,
    displayName: _t("What Is Missing, Asked for Where It Is Shown"),
    supportedTypes: ["boolean"],
    isEmpty: () => false,
});
