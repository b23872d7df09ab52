import { _t } from "@web/core/l10n/translation";

/** What is said of a criterion that is not met, by why it is not. */
const UNMET = {
    missing: _t("Missing"),
    not_met: _t("Not met"),
    outdated: _t("Outdated"),
};

/**
 * @param {import("./qualification_gates").Line} line
 * @returns {{icon: string, label: string}} the icon's classes, and what it says
 */
export function getLineState({ is_met, tier, unmet_as }) {
    if (tier === "required") {
        return is_met
            ? { icon: "fa-check-circle text-success", label: _t("Met") }
            : { icon: "fa-circle-o text-danger", label: UNMET[unmet_as] || UNMET.missing };
    }
    return is_met
        ? { icon: "fa-check-circle-o text-success", label: _t("Recommended, met") }
        : { icon: "fa-circle-o text-muted", label: _t("Recommended") };
}
