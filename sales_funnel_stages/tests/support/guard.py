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
