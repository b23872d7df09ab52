import { download, downloadFile } from "@web/core/network/download";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { FunnelDropOff } from "./funnel_drop_off";
import { FunnelOutcomes } from "./funnel_outcomes";
import { describeOpened } from "./funnel_format";
import { FunnelPeriod, describePeriod, makePeriod } from "./funnel_period";
import { drawFunnel } from "./funnel_picture";
import { FunnelRecords, rowsOf } from "./funnel_records";
import { FunnelSteps } from "./funnel_steps";
import { FunnelTrend } from "./funnel_trend";
import { FunnelVelocity } from "./funnel_velocity";
import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";

const MODEL = "crm.funnel.report";
const XLSX = "/sales_funnel_stages/funnel_dashboard/xlsx";

/** The funnel of a period, from contact to customer, within what the search bar says. */
export class FunnelDashboard extends Component {
    static template = "sales_funnel_stages.FunnelDashboard";
    static components = {
        FunnelDropOff,
        FunnelOutcomes,
        FunnelPeriod,
        FunnelSteps,
        FunnelTrend,
        FunnelVelocity,
        Layout,
        SearchBar,
    };
    static props = {
        domain: Array,
        context: Object,
        display: { type: Object, optional: true },
        // what it was when somebody left it
        state: { type: Object, optional: true },
        // the same, from the browser's history
        globalState: { type: Object, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.root = useRef("root");
        this.searchBarToggler = useSearchBarToggler();
        this.keepLast = new KeepLast();
        this.state = useState({
            period: this.firstPeriod,
            data: null,
            isLoading: false,
        });
        const getState = () => ({ period: { ...this.state.period } });
        useSetupAction({ getLocalState: getState, getGlobalState: getState });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((nextProps) => this.load(nextProps));
    }

    /** As it was left, by the breadcrumb or by the browser; else the last 12 months. */
    get firstPeriod() {
        const { state, globalState } = this.props;
        return state?.period || globalState?.period || makePeriod("last_year");
    }

    async load({ domain, context }) {
        const { from, to, months } = this.state.period;
        this.state.isLoading = true;
        try {
            this.state.data = await this.keepLast.add(
                this.orm.call(MODEL, "get_dashboard", [domain, from, to, months], { context })
            );
        } finally {
            this.state.isLoading = false;
        }
    }

    setPeriod(period) {
        this.state.period = period;
        return this.load(this.props);
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    get data() {
        return this.state.data;
    }

    get steps() {
        const { contacts, steps } = this.data;
        const contact = contacts && {
            key: "contact",
            type: "contact",
            name: _t("Contact"),
            ...contacts,
        };
        return [...(contact ? [contact] : []), ...steps.filter(({ is_beside }) => !is_beside)];
    }

    get isEmpty() {
        return !this.hasHappened("now") && !this.isCompared;
    }

    /** Whether there is something to compare with: in the first year there is not. */
    get isCompared() {
        return this.hasHappened("before");
    }

    /** @param {"now"|"before"} when */
    hasHappened(when) {
        const { contacts, steps, velocity, drop_off } = this.data;
        return Boolean(
            contacts?.[when].reached ||
            steps.some((step) => step[when].reached) ||
            drop_off.some((row) => row[when]) ||
            velocity[when].lost
        );
    }

    get comparison() {
        if (!this.isCompared) {
            return _t("%s, with nothing before to compare with", describePeriod(this.data.period));
        }
        return _t("%(period)s, compared with %(before)s", {
            period: describePeriod(this.data.period),
            before: this.periodBefore,
        });
    }

    get periodBefore() {
        return this.isCompared ? describePeriod(this.data.before) : "";
    }

    /** What the search bar says, a text for each of its facets: "Sales Team: Europe or America". */
    get filters() {
        return this.env.searchModel.facets.map(({ title, values, separator }) => {
            const said = values.join(` ${separator} `);
            return title ? `${title}: ${said}` : said;
        });
    }

    // ------------------------------------------------------------------
    // What is behind it
    // ------------------------------------------------------------------

    /** @param {"now"|"before"} when */
    recordsOf(when) {
        const { period, before } = this.data;
        return new FunnelRecords(this.props.domain, when === "before" ? before : period);
    }

    nameOf(name, when) {
        return when === "before" ? `${name}, ${this.periodBefore}` : name;
    }

    openStep(step, figure, when = "now") {
        const name = this.nameOf(step.name, when);
        if (step.type === "contact") {
            const hasLead = figure === "converted" ? [["has_lead", "=", true]] : [];
            const domain = [...this.data.contacts.domains[when], ...hasLead];
            return this.open(name, domain, "res.partner");
        }
        const opened = describeOpened(name, step[when][figure], rowsOf(step, figure)[when]);
        return this.open(opened, this.recordsOf(when).ofStep(step, figure));
    }

    openDropOff(row, when) {
        return this.open(this.nameOf(row.name, when), this.recordsOf(when).ofDropOff(row));
    }

    openVelocity(part, when) {
        const { opportunities, opportunities_rows } = this.data.velocity[when];
        const name = this.nameOf(_t("Velocity"), when);
        const opened =
            part === "begun" ? describeOpened(name, opportunities, opportunities_rows) : name;
        return this.open(opened, this.recordsOf(when).ofVelocity(part));
    }

    openTrend(row, series) {
        const { label, name } = series;
        const opened = describeOpened(label, row[name], row[`${name}_rows`]);
        return this.open(opened, this.recordsOf("now").ofTrend(row, name));
    }

    open(name, domain, resModel = MODEL) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: resModel,
            views: [
                [false, "list"],
                [false, resModel === MODEL ? "pivot" : "form"],
            ],
            domain,
        });
    }

    // ------------------------------------------------------------------
    // To take along
    // ------------------------------------------------------------------

    downloadSheet() {
        const { from, to, months } = this.state.period;
        const data = JSON.stringify({
            domain: this.props.domain,
            date_from: from,
            date_to: to,
            months,
            filters: this.filters,
        });
        return download({ url: XLSX, data: { data } });
    }

    async downloadPicture() {
        const { color, fontFamily } = getComputedStyle(this.root.el);
        const bar = this.root.el.querySelector(".o_funnel_bar");
        const canvas = drawFunnel({
            title: _t("Sales Funnel"),
            lines: [this.comparison, ...this.filters],
            steps: this.steps,
            isCompared: this.isCompared,
            font: fontFamily,
            colors: {
                text: color,
                bar: getComputedStyle(bar).backgroundColor,
                background: getComputedStyle(this.root.el).backgroundColor,
            },
        });
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
        downloadFile(blob, `${_t("Sales Funnel")}.png`, "image/png");
    }

    print() {
        window.print();
    }
}
