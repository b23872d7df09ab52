import { localization } from "@web/core/l10n/localization";

const ISOLATE = "\u2066";
const END = "\u2069";

/**
 * Keep a figure in its order, the sign before the digits, wherever it is put: among words that are
 * read from right to left its parts would change places.
 *
 * @param {string} figure "+63" or "$ 12,000"
 * @returns {string} the same, in an isolate where the language needs one
 */
export function leftToRight(figure) {
    return localization.direction === "rtl" ? `${ISOLATE}${figure}${END}` : figure;
}
