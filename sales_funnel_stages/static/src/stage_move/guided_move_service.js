import { _t } from "@web/core/l10n/translation";
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { addHint } from "./hint";
import { openStageMove } from "./stage_move";

/**
 * @param {{ data: Object, result: any, error: Error }} response to a call that has ended
 * @returns {number[]} the ids of the leads that it may have moved; none of new ones
 */
export function getMovedLeads({ data, result, error }) {
    const { model, method, args } = data?.params || {};
    if (error) {
        return [];
    }
    if (model === "crm.lead2opportunity.partner" && method === "action_apply") {
        return result?.res_model === "crm.lead" && result.res_id ? [result.res_id] : [];
    }
    if (model !== "crm.lead") {
        return [];
    }
    const isMove = (values) => "stage_id" in values || "type" in values;
    if (
        (method === "web_save" && isMove(args[1])) ||
        (method === "web_save_multi" && args[1].some(isMove)) ||
        /^action_(set_won|advance)/.test(method)
    ) {
        return args[0];
    }
    return [];
}

/**
 * Where a team is only guided, leads move whatever they lack. This says so afterwards, and
 * offers to complete it. The call that moved them is not slowed down: the server is asked once
 * it has answered, and only where some team is guided.
 */
export const guidedMoveService = {
    dependencies: ["action", "notification", "orm", "ui"],
    start(env, { action, notification, orm, ui }) {
        if (!session.stage_rules_guide) {
            return;
        }
        const told = new Set();

        function offer(moves) {
            if (moves.length === 1) {
                const [{ lead_id, message }] = moves;
                const move = { leadIds: [lead_id], isMade: true };
                const onClick = () => openStageMove(env, move, { title: _t("Complete") });
                return { message, onClick };
            }
            return {
                message: _t("%s records moved, although not all was met.", moves.length),
                onClick: () =>
                    action.doAction({
                        type: "ir.actions.act_window",
                        name: _t("To Complete"),
                        res_model: "crm.lead",
                        views: [
                            [false, "list"],
                            [false, "form"],
                        ],
                        domain: [["id", "in", moves.map((each) => each.lead_id)]],
                    }),
            };
        }

        rpcBus.addEventListener("RPC:RESPONSE", async ({ detail }) => {
            const ids = getMovedLeads(detail);
            if (!ids.length) {
                return;
            }
            // a hint that cannot be had disturbs nobody
            const found = await orm.silent
                .call("crm.lead", "get_moves_to_complete", [ids])
                .catch(() => []);
            const moves = found.filter((each) => !told.has(each.id));
            if (!moves.length) {
                return;
            }
            moves.forEach((each) => told.add(each.id));
            const { message, onClick } = offer(moves);
            const end = addHint({ notification, ui }, message, {
                type: "info",
                autocloseDelay: 10000,
                buttons: [
                    {
                        name: _t("Complete…"),
                        onClick: () => {
                            end();
                            onClick();
                        },
                    },
                ],
            });
        });
    },
};

registry.category("services").add("sales_funnel_stages.guided_move", guidedMoveService);
