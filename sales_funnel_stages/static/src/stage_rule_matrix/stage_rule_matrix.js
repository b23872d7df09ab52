import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const REQUIRED = "required";
const RECOMMENDED = "recommended";
const ICONS = {
    [REQUIRED]: "fa-check-circle",
    [RECOMMENDED]: "fa-star-o",
};

/**
 * The stage rules of a framework as a table of its criteria and the gates of the pipeline.
 * A click makes a rule required, recommended, and none again. What an earlier gate asks for
 * is shown lighter in the later ones, which ask for it too. Of a template, it shows the rules
 * that are going to be made.
 */
export class StageRuleMatrix extends Component {
    static template = "sales_funnel_stages.StageRuleMatrix";
    static props = { ...standardFieldProps };

    setup() {
        // cells whose rule is being made
        this.pending = new Set();
        this.legend = [
            { icon: ICONS[REQUIRED], label: _t("Required") },
            {
                icon: ICONS[RECOMMENDED],
                label: _t("Recommended: a strong sign, but not a condition"),
            },
            { icon: `${ICONS[REQUIRED]} opacity-50`, label: _t("Asked for since an earlier step") },
        ];
    }

    get list() {
        return this.props.record.data[this.props.name];
    }

    get gates() {
        return this.props.record.data.gates || [];
    }

    get templateRules() {
        return this.props.record.data.template_rules || [];
    }

    get isReadonly() {
        return this.props.readonly || this.templateRules.length > 0;
    }

    /** Each rule by its criterion and its gate, of what a row and a cell of the table stand for. */
    get rules() {
        return new Map([
            ...this.list.records.map((rule) => [
                `${rule.data.criterion_id.id}:${rule.data.stage_id.id || 0}`,
                rule,
            ]),
            ...this.templateRules.map(({ criterion_id, gate, tier }) => [
                `${criterion_id}:${gate}`,
                { data: { tier } },
            ]),
        ]);
    }

    get rows() {
        const rules = this.rules;
        return this.props.record.data.criterion_ids.records.map((criterion) => ({
            key: criterion.id,
            name: criterion.data.name,
            cells: this.gates.map((gate) =>
                this.describe(
                    criterion,
                    gate,
                    this.gates.map(({ id }) =>
                        criterion.resId
                            ? rules.get(`${criterion.resId}:${id}`)
                            : findNewRule(criterion, id)
                    )
                )
            ),
        }));
    }

    /**
     * @param {Object} criterion the record of a criterion
     * @param {Object} gate
     * @param {Object[]} rules the record of the criterion's rule at each gate, if it has one
     * @returns {Object} what a cell shows and does
     */
    describe(criterion, gate, rules) {
        const rule = rules[this.gates.indexOf(gate)];
        const tier = rule?.data.tier;
        const earlier = this.findEarlier(gate, rules);
        // what an earlier gate requires is not made less by a later one
        const isOwn = tier && !(tier === RECOMMENDED && earlier === REQUIRED);
        const shown = isOwn ? tier : earlier;
        return {
            key: gate.id,
            criterion,
            gate,
            rule,
            tier,
            icon: shown && `${ICONS[shown]} ${isOwn ? "" : "opacity-50"}`,
            label: _t("%(criterion)s, %(gate)s: %(state)s", {
                criterion: criterion.data.name,
                gate: gate.name,
                state: this.getStateName(tier, earlier),
            }),
        };
    }

    getStateName(tier, earlier) {
        if (tier === REQUIRED) {
            return _t("required");
        }
        if (earlier === REQUIRED) {
            return _t("required since an earlier step");
        }
        if (tier) {
            return _t("recommended");
        }
        return earlier ? _t("recommended since an earlier step") : _t("not asked for");
    }

    /**
     * @param {Object} gate
     * @param {Object[]} rules see describe
     * @returns {string|undefined} the strictest tier of the gates that leads of some team
     *      pass through on their way to this one
     */
    findEarlier(gate, rules) {
        const tiers = this.gates
            .slice(0, this.gates.indexOf(gate))
            .map((each, index) => isOnTheWay(each, gate) && rules[index]?.data.tier);
        return [REQUIRED, RECOMMENDED].find((tier) => tiers.includes(tier));
    }

    /**
     * @param {Object} cell the one that was clicked
     */
    async onClick({ criterion, gate, rule, tier }) {
        if (!criterion.resId) {
            await this.toggleNew(criterion, gate, tier);
            return;
        }
        const key = `${criterion.resId}:${gate.id}`;
        if (tier === REQUIRED) {
            await rule.update({ tier: RECOMMENDED });
        } else if (rule) {
            await this.list.delete(rule);
        } else if (!this.pending.has(key)) {
            this.pending.add(key);
            try {
                await this.list.addNewRecord({
                    context: {
                        default_criterion_id: criterion.resId,
                        default_stage_id: gate.id || false,
                        default_tier: REQUIRED,
                    },
                    position: "bottom",
                });
            } finally {
                this.pending.delete(key);
            }
        }
    }

    /** A criterion that is not saved keeps its rules itself: they are made with it. */
    async toggleNew(criterion, gate, tier) {
        const tiers = { ...criterion.data.new_tiers };
        if (tier === RECOMMENDED) {
            delete tiers[gate.id];
        } else {
            tiers[gate.id] = tier === REQUIRED ? RECOMMENDED : REQUIRED;
        }
        await criterion.update({ new_tiers: tiers });
    }
}

/**
 * @returns {Object|undefined} what stands for a rule of a criterion that is not saved
 */
function findNewRule(criterion, gateId) {
    const tier = criterion.data.new_tiers?.[gateId];
    return tier && { data: { tier } };
}

/**
 * @returns {boolean} whether leads of some team pass through both gates
 */
function isOnTheWay(earlier, later) {
    return (
        !earlier.team_ids.length ||
        !later.team_ids.length ||
        earlier.team_ids.some((id) => later.team_ids.includes(id))
    );
}

export const stageRuleMatrix = {
    component: StageRuleMatrix,
    displayName: _t("Matrix of Stage Rules"),
    supportedTypes: ["one2many"],
    isEmpty: () => false,
    relatedFields: [
        {
            name: "criterion_id",
            type: "many2one",
            relation: "crm.qualification.criterion",
            readonly: false,
        },
        { name: "stage_id", type: "many2one", relation: "crm.stage", readonly: false },
        {
            name: "tier",
            type: "selection",
            selection: [
                [REQUIRED, ""],
                [RECOMMENDED, ""],
            ],
            readonly: false,
        },
    ],
};

registry.category("fields").add("stage_rule_matrix", stageRuleMatrix);
