import { UncaughtPromiseError } from "@web/core/errors/error_service";
import { registry } from "@web/core/registry";
import { STAGE_RULE_ERROR } from "../stage_rule_error/names";
import { getRefusedMove, openStageMove } from "./stage_move";

/**
 * A move of leads that the stage rules refuse opens the dialog that makes it, wherever it was
 * tried: by dragging a card, in a form or a list, or by a button. What is refused otherwise
 * (a wizard with its own fields, a new lead) is said in an error dialog.
 */
export function stageMoveErrorHandler(env, error, originalError) {
    if (
        !(error instanceof UncaughtPromiseError) ||
        originalError?.exceptionName !== STAGE_RULE_ERROR ||
        originalError.model !== "crm.lead"
    ) {
        return false;
    }
    const move = getRefusedMove(originalError.data.context);
    if (!move) {
        return false;
    }
    error.unhandledRejectionEvent.preventDefault();
    openStageMove(env, move);
    return true;
}

// before Odoo's own, which opens the error dialog
registry
    .category("error_handlers")
    .add("stageMoveErrorHandler", stageMoveErrorHandler, { sequence: 96 });
