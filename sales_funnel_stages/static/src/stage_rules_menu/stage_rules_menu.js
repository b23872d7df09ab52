import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { GroupConfigMenu } from "@web/views/view_components/group_config_menu";

/** The menu of a stage's column opens the rules of that stage. */
patch(GroupConfigMenu.prototype, {
    get permissions() {
        const permissions = super.permissions;
        Object.defineProperty(permissions, "hasStageRules", { get: () => this.hasStageRules() });
        return permissions;
    },

    hasStageRules() {
        const { groupByField, value } = this.group;
        return groupByField.relation === "crm.stage" && Boolean(value);
    },

    openStageRules() {
        const { value } = this.group;
        return this.env.services.action.doAction(
            "sales_funnel_stages.crm_stage_rule_action_of_stage",
            { additionalContext: { search_default_stage_id: value, default_stage_id: value } }
        );
    },
});

registry.category("group_config_items").add(
    "stage_rules",
    {
        label: _t("Stage Rules"),
        isVisible: ({ permissions }) => permissions.hasStageRules,
        class: "o_group_stage_rules",
        icon: "fa-check-square-o",
        method: "openStageRules",
    },
    { sequence: 25 }
);
