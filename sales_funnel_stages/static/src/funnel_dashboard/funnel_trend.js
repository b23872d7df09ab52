import { cookie } from "@web/core/browser/cookie";
import { loadBundle } from "@web/core/assets";
import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { localization } from "@web/core/l10n/localization";
import { formatDate } from "@web/core/l10n/dates";
import { describeRows, formats } from "./funnel_format";
import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

const { DateTime } = luxon;

/** How many got to the three great steps, month by month or week by week. */
export class FunnelTrend extends Component {
    static template = "sales_funnel_stages.FunnelTrend";
    static props = { trend: Object, open: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.trend]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get series() {
        // each with a mark of its own, for who does not tell colours apart
        return [
            { name: "leads", label: _t("Leads"), pointStyle: "circle" },
            { name: "opportunities", label: _t("Opportunities"), pointStyle: "rect" },
            { name: "customers", label: _t("Customers"), pointStyle: "triangle" },
        ];
    }

    get rows() {
        const { unit, rows } = this.props.trend;
        return rows.map((row) => {
            const first = DateTime.fromISO(row.first);
            const label = unit === "month" ? first.toFormat("LLL yyyy") : formatDate(first);
            return { ...row, label };
        });
    }

    formatCount(count) {
        return formats.count(count);
    }

    describeRows(row, { name }) {
        return describeRows(row[name], "count", row[`${name}_rows`]) || undefined;
    }

    draw() {
        this.chart?.destroy();
        if (!this.canvas.el) {
            return;
        }
        const { color } = getComputedStyle(this.canvas.el);
        const isReversed = localization.direction === "rtl";
        const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
        this.chart = new window.Chart(this.canvas.el, {
            type: "line",
            data: {
                labels: this.rows.map(({ label }) => label),
                datasets: this.series.map((each, index) => ({
                    label: each.label,
                    data: this.rows.map((row) => row[each.name]),
                    borderColor: getColor(index, cookie.get("color_scheme"), "sm"),
                    backgroundColor: getColor(index, cookie.get("color_scheme"), "sm"),
                    borderWidth: 2,
                    pointStyle: each.pointStyle,
                    pointRadius: 5,
                    pointHoverRadius: 7,
                })),
            },
            options: {
                maintainAspectRatio: false,
                animation: still ? false : { duration: 300 },
                interaction: { mode: "nearest", intersect: true },
                onClick: (_ev, [point]) => {
                    if (point) {
                        this.props.open(this.rows[point.index], this.series[point.datasetIndex]);
                    }
                },
                onHover: (ev, points) => {
                    ev.native.target.style.cursor = points.length ? "pointer" : "";
                },
                plugins: {
                    legend: {
                        rtl: isReversed,
                        labels: { color, usePointStyle: true },
                    },
                    tooltip: { rtl: isReversed, usePointStyle: true },
                },
                scales: {
                    x: {
                        reverse: isReversed,
                        // in a reversed chart, nothing is left free for what stands out
                        ticks: { color, ...(isReversed && { align: "inner", maxRotation: 0 }) },
                        grid: { display: false },
                    },
                    y: {
                        beginAtZero: true,
                        position: isReversed ? "right" : "left",
                        ticks: { color, precision: 0, callback: this.formatCount },
                    },
                },
            },
        });
    }
}
