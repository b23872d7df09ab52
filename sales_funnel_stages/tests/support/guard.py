from odoo.tools import SQL

GUARDS = ("keep", "refuse", "refuse_all")


def let_history_change(env, is_allowed=True):
    """Let a test change and delete rows of the ledger in SQL, to the end of its transaction.

    What is added is chained all the same.

    :param bool is_allowed: False to have the database refuse it again
    """
    does = SQL("DISABLE" if is_allowed else "ENABLE")
    env.cr.execute(
        SQL(
            "ALTER TABLE crm_stage_transition %s",
            SQL(", ").join(
                SQL("%s TRIGGER %s", does, SQL.identifier(f"crm_stage_transition_{name}"))
                for name in GUARDS
            ),
        )
    )


def is_guarded(env):
    """Tell whether the database refuses changes of the ledger."""
    [[state]] = env.execute_query(
        SQL("SELECT tgenabled FROM pg_trigger WHERE tgname = 'crm_stage_transition_keep'")
    )
    return state != "D"
