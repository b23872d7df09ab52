import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { session } from "@web/session";
import { Component, onMounted } from "@odoo/owl";

const ACTIONS = {
    open: "sales_funnel_stages.crm_lead_action_held_back",
    leads: "sales_funnel_stages.crm_lead_action_not_convertible",
    won: "sales_funnel_stages.crm_lead_action_held_back",
};
// so many stages or salespeople are named; all others are a click away
const MOST_ROWS = 6;

/**
 * What enforcing something today would hold back: opportunities in words, by stage and by
 * salesperson, and leads, each one click away. It looks ahead and saves nothing.
 */
export class StageRuleImpact extends Component {
    static template = "sales_funnel_stages.StageRuleImpact";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        onMounted(() => this.noteSeen());
    }

    /** Ticks the first step of a sales manager, whichever way they came here. */
    noteSeen() {
        if (session.has_stage_rule_onboarding && this.impact && !session.is_impact_noted) {
            session.is_impact_noted = true;
            this.orm.silent.call("crm.stage.rule.onboarding", "note_impact_seen", []);
        }
    }

    get impact() {
        return this.props.record.data[this.props.name];
    }

    get breakdowns() {
        return [
            { field: "stage_id", title: _t("By stage"), rows: this.impact.by_stage },
            { field: "user_id", title: _t("By salesperson"), rows: this.impact.by_user },
        ].map((each) => ({
            ...each,
            rows: each.rows.slice(0, MOST_ROWS),
            more: Math.max(each.rows.length - MOST_ROWS, 0),
        }));
    }

    openHeldBack(domain = [], groupBy = []) {
        return this.openLeads(_t("Held Back"), "open", domain, groupBy);
    }

    openUnmetLeads() {
        return this.openLeads(_t("Leads That Could Not Be Converted"), "leads", [], []);
    }

    openWins() {
        // those that were archived since count, too
        const anyActive = [["active", "in", [true, false]]];
        return this.openLeads(_t("Wins That Did Not Meet the Rules"), "won", anyActive, []);
    }

    async openLeads(name, status, domain, groupBy) {
        const action = await this.action.loadAction(ACTIONS[status]);
        const scenario = ["stage_rule_scenario", "=", `${status}/${this.impact.scenario}`];
        // leaving a form saves it, and who only looks has not decided yet
        const isDialog = this.env.inDialog || (await this.props.record.isDirty());
        await this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain: [scenario, ...domain],
            context: { create: false, group_by: groupBy },
            ...(isDialog && {
                target: "new",
                views: action.views.filter(([, type]) => type === "list"),
            }),
        });
    }
}

/** As above, in a list and on cards: the figures alone. */
export class StageRuleImpactFigures extends StageRuleImpact {
    static template = "sales_funnel_stages.StageRuleImpactFigures";

    get heldBack() {
        const { held_back, open, is_enforced } = this.impact;
        return is_enforced
            ? _t("%(held_back)s of %(open)s held back", { held_back, open })
            : _t("%(held_back)s of %(open)s would be held back", { held_back, open });
    }

    get leads() {
        const { leads_unmet, leads } = this.impact;
        return _t("%(unmet)s of %(leads)s leads could not be converted", {
            unmet: leads_unmet,
            leads,
        });
    }

    get wins() {
        const { wins_unmet, wins } = this.impact;
        return _t("%(unmet)s of %(wins)s wins did not meet the rules", {
            unmet: wins_unmet,
            wins,
        });
    }
}

const common = { displayName: _t("Impact of Stage Rules"), supportedTypes: ["json"] };

registry.category("fields").add("stage_rule_impact", { ...common, component: StageRuleImpact });
for (const view of ["list", "kanban"]) {
    registry
        .category("fields")
        .add(`${view}.stage_rule_impact`, { ...common, component: StageRuleImpactFigures });
}
