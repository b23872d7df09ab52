import { leftToRight } from "../left_to_right/left_to_right";
import { _t } from "@web/core/l10n/translation";
import {
    formatFloat,
    formatInteger,
    formatMonetary,
    formatPercentage,
} from "@web/views/fields/formatters";

/** Say figures of one kind as Odoo does, without more digits than one looks at. */
export const formats = {
    count: (value) => formatInteger(value),
    rate: (value) => formatPercentage(value, { digits: [16, 1] }),
    days: (value) => formatFloat(value, { digits: [16, 1] }),
    money: (value, currencyId) =>
        leftToRight(formatMonetary(value, { currencyId, digits: [16, 0] })),
};

// what is so small a difference that it is not to be seen in the figures
const LEAST = { count: 1, rate: 0.0005, days: 0.05, money: 0.5 };

/**
 * Say how a figure has changed, in words and with a sign: "+12 from 80".
 *
 * @param {number|null} now null: there is none
 * @param {number|null} before
 * @param {string} kind of `formats`
 * @param {number} [currencyId]
 * @returns {string}
 */
export function describeChange(now, before, kind, currencyId) {
    if (before === null || before === undefined) {
        return _t("none before");
    }
    const said = formats[kind](before, currencyId);
    if (now === null || now === undefined) {
        return _t("%s before", said);
    }
    const change = now - before;
    if (Math.abs(change) < LEAST[kind]) {
        return _t("as before");
    }
    return _t("%(change)s from %(before)s", {
        change: formatChange(change, kind, currencyId),
        before: said,
    });
}

/**
 * Say how many rows a figure opens, where that is not the figure itself.
 *
 * @param {number|null} value
 * @param {string} kind of `formats`
 * @param {number} rows
 * @returns {string}
 */
export function describeRows(value, kind, rows) {
    if (rows === undefined || (kind === "count" && rows === value)) {
        return "";
    }
    const said = formats.count(rows);
    return kind === "count"
        ? _t("Opens %s rows: who came more than once is listed each time", said)
        : _t("Made of %s rows, which it opens", said);
}

/**
 * Say what is opened with a number of leads: their name, and how often they came where that is more.
 *
 * @param {string} name
 * @param {number} leads
 * @param {number} rows
 * @returns {string}
 */
export function describeOpened(name, leads, rows) {
    if (rows === leads) {
        return name;
    }
    return _t("%(name)s – %(leads)s leads, %(rows)s times", {
        name,
        leads: formats.count(leads),
        rows: formats.count(rows),
    });
}

function formatChange(change, kind, currencyId) {
    const sign = change > 0 ? "+" : "−";
    const size = Math.abs(change);
    if (kind === "rate") {
        const points = formatFloat(size * 100, { digits: [16, 1] });
        return _t("%s points", leftToRight(sign + points));
    }
    return leftToRight(sign + formats[kind](size, currencyId));
}
