import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

/** A score from 0 to 100 as a ring, with the number inside. */
export class ScoreRing extends Component {
    static template = "sales_funnel_stages.ScoreRing";
    static props = { score: Number };

    get label() {
        return _t("Score: %s of 100", this.props.score);
    }
}
