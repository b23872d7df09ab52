import { Component, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { groupBy } from "@web/core/utils/arrays";
import { KeepLast } from "@web/core/utils/concurrency";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { CogMenu } from "@web/search/cog_menu/cog_menu";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { ActionHelper } from "@web/views/action_helper";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { standardViewProps } from "@web/views/standard_view_props";
import { leftToRight } from "../left_to_right/left_to_right";

// no key is called class: Odoo would not find the terms after it
const VERDICTS = {
    predicts: {
        color: "bg-success-subtle text-success-emphasis",
        icon: "fa-arrow-up",
        label: _t("Predicts a sale"),
    },
    no_difference: {
        color: "text-bg-secondary",
        icon: "fa-arrows-h",
        label: _t("Makes no visible difference"),
    },
    fewer: { color: "text-bg-warning", icon: "fa-arrow-down", label: _t("Goes with fewer sales") },
    too_little: { color: "border", icon: "fa-hourglass-o", label: _t("Too little data yet") },
};
// those of a step differ in what is predicted; all others are the same
const STEPS = {
    won: {
        outcomes: ["won", "lost"],
        verdicts: VERDICTS,
    },
    converted: {
        outcomes: ["won", "lost", "open", "gone", "unconverted"],
        verdicts: {
            ...VERDICTS,
            predicts: { ...VERDICTS.predicts, label: _t("Predicts a conversion") },
            fewer: { ...VERDICTS.fewer, label: _t("Goes with fewer conversions") },
        },
    },
};
// what to do where there is too little data, but for waiting
const ADVICE = {
    guide_first: _t(
        "Enforced, so hardly any come without it. Guide first for a quarter, then read."
    ),
    all_met: _t("All that are decided met it: there is nothing to compare with."),
    none_met: _t("None met it this early: a later stage may ask for it."),
};
const LEADS = "crm.criterion.worth.lead";
const ACTIONS = {
    "crm.criterion.worth": "sales_funnel_stages.crm_criterion_worth_action",
    [LEADS]: "sales_funnel_stages.crm_criterion_worth_lead_action",
};

/**
 * For each criterion the win rate of the opportunities that met it when they became one, and of
 * those that did not; of leads, how many were converted, and how many of those were won. The search
 * restricts what is counted; each figure opens what it counts.
 */
export class CriterionWorthController extends Component {
    static template = "sales_funnel_stages.CriterionWorthView";
    static components = { ActionHelper, CogMenu, Layout, SearchBar };
    static props = { ...standardViewProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ rows: [] });
        this.keepLast = new KeepLast();
        this.searchBarToggler = useSearchBarToggler();
        useSetupAction({ rootRef: useRef("root") });
        onWillStart(async () => {
            const [hasLeads] = await Promise.all([
                user.hasGroup("crm.group_use_lead"),
                this.load(this.props),
            ]);
            this.hasLeads = hasLeads;
        });
        onWillUpdateProps((props) => this.load(props));
    }

    async load({ resModel, domain, context }) {
        this.state.rows = await this.keepLast.add(
            this.orm.call(resModel, "get_worth", [domain], { context })
        );
    }

    /** The criteria of each framework; those of none are gone. */
    get frameworks() {
        const frameworks = groupBy(this.state.rows, "framework");
        return Object.entries(frameworks).map(([name, rows]) => ({
            name: name || _t("Not in use any more"),
            rows,
        }));
    }

    get isOfLeads() {
        return this.props.resModel === LEADS;
    }

    /** Both ways to look at it, where there are leads. */
    get pages() {
        const pages = [
            { resModel: "crm.criterion.worth", label: _t("Opportunities") },
            { resModel: LEADS, label: _t("Leads") },
        ];
        return this.hasLeads || this.isOfLeads ? pages : [];
    }

    openPage(resModel) {
        return this.action.doAction(ACTIONS[resModel], {
            stackPosition: "replaceCurrentAction",
        });
    }

    getVerdict(row) {
        return STEPS[row.step].verdicts[row.verdict];
    }

    /** What a criterion is called, and which step its figures are of, where there are several. */
    getLabel(row) {
        if (!this.isOfLeads) {
            return row.name;
        }
        return row.step === "converted"
            ? _t("%s: converted", row.name)
            : _t("%s: then won", row.name);
    }

    /** What to do where there is too little data; empty where there is enough. */
    getAdvice({ advice, met, unmet }) {
        if (advice !== "wait") {
            return ADVICE[advice] || "";
        }
        if (met.missing && unmet.missing) {
            return _t(
                "Come back when %(met)s more that met it are decided, and %(unmet)s more that did not.",
                {
                    met: met.missing,
                    unmet: unmet.missing,
                }
            );
        }
        return met.missing
            ? _t("Come back when %s more that met it are decided.", met.missing)
            : _t("Come back when %s more that did not meet it are decided.", unmet.missing);
    }

    /** Whether there is a difference to show: one of a few deals would only look like one. */
    isTold(row) {
        return row.verdict !== "too_little";
    }

    /** What one side of a criterion says: met, or not met. */
    getSides(row) {
        return [
            { isMet: true, share: row.met, label: _t("%s: met", row.name) },
            { isMet: false, share: row.unmet, label: _t("%s: not met", row.name) },
        ];
    }

    formatRate(rate) {
        return formatPercentage(rate, { digits: [false, 0] });
    }

    formatCounts({ step }, { won, closed }) {
        return step === "converted"
            ? _t("%(converted)s of %(ended)s converted", { converted: won, ended: closed })
            : _t("%(won)s of %(closed)s won", { won, closed });
    }

    formatInterval({ low, high }) {
        return _t("between %(low)s and %(high)s", {
            low: this.formatRate(low),
            high: this.formatRate(high),
        });
    }

    formatPoints(value) {
        const points = Math.abs(value) * 100;
        // what is hardly more than nothing is not nothing
        const digits = points > 0 && points < 1 ? 2 : 0;
        const sign = value < 0 ? "−" : "+";
        const size = formatFloat(points, { digits: [false, digits] });
        return leftToRight(value ? sign + size : size);
    }

    formatDifference(row) {
        return _t("%s points", this.formatPoints(row.difference));
    }

    formatDifferenceInterval(row) {
        return _t("between %(low)s and %(high)s", {
            low: this.formatPoints(row.low),
            high: this.formatPoints(row.high),
        });
    }

    open(row, { isMet, label }, outcomes) {
        const counted = [
            ["criterion_ref", "=", row.ref],
            ["is_met", "=", isMet],
            ["outcome", "in", outcomes],
        ];
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: label,
            res_model: this.props.resModel,
            views: [[false, "list"]],
            domain: Domain.and([this.props.domain, counted]).toList(),
        });
    }

    openClosed(row, side) {
        return this.open(row, side, STEPS[row.step].outcomes);
    }

    openOpen(row, side) {
        return this.open(row, side, ["open"]);
    }
}

export const criterionWorthView = {
    type: "graph",
    Controller: CriterionWorthController,
    // what is grouped here is always the same
    searchMenuTypes: ["filter", "favorite"],
};

registry.category("views").add("criterion_worth", criterionWorthView);
