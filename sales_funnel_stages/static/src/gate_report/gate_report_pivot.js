import { registry } from "@web/core/registry";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";

const CRITERION = "criterion_id";

/** The pivot of the stage rules, which says why the rows of criteria add up to more than the total. */
export class GateReportPivotRenderer extends PivotRenderer {
    static template = "sales_funnel_stages.GateReportPivotRenderer";

    get isByCriterion() {
        const { fullRowGroupBys, fullColGroupBys } = this.model.metaData;
        return [...fullRowGroupBys, ...fullColGroupBys].includes(CRITERION);
    }
}

registry.category("views").add("gate_report_pivot", {
    ...pivotView,
    Renderer: GateReportPivotRenderer,
});
