import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import {
    progressBarField,
    ProgressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

const REFRESH_DELAY = 2000;
const WORKING_STATES = ["running", "undoing"];

/** The progress bar of a conversion batch, which reads the record again while jobs work on it. */
export class ConversionProgressField extends ProgressBarField {
    static template = "sales_funnel_stages.ConversionProgressField";

    setup() {
        super.setup();
        let timer;
        onMounted(() => {
            timer = browser.setInterval(() => this.refresh(), REFRESH_DELAY);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    /** What is read out. */
    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    async refresh() {
        const { record } = this.props;
        if (WORKING_STATES.includes(record.data.state) && !document.hidden) {
            await record.load();
        }
    }
}

export const conversionProgressField = {
    ...progressBarField,
    component: ConversionProgressField,
    fieldDependencies: [{ name: "state", type: "selection" }],
};

registry.category("fields").add("conversion_progress", conversionProgressField);
