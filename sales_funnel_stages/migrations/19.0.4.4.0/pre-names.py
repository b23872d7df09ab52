from odoo.tools.sql import table_exists

# one word for one thing: refused is what the stage rules refuse
RENAMED = (
    ("crm.stage.request", "crm_stage_request", "refused", "declined"),
    ("crm.lead.conversion.batch.line", "crm_lead_conversion_batch_line", "held_back", "skipped"),
)


def migrate(cr, version):
    """Call states by their new names, where there are any; drop tables of wizards renamed too.

    That came while 19.0.4.2.0 and 19.0.4.3.0 were being made.
    """
    for model, table, old, new in RENAMED:
        if table_exists(cr, table):
            cr.execute(
                f"UPDATE {table} SET state = %s WHERE state = %s",  # pylint: disable=sql-injection
                [new, old],
            )
        # favourites name them in quotes of either kind
        cr.execute(
            """
            UPDATE ir_filters
               SET domain = regexp_replace(domain, %s, %s, 'g')
             WHERE model_id = %s
            """,
            [rf"""(['"]){old}\1""", rf"\1{new}\1", model],
        )
    cr.execute("DROP TABLE IF EXISTS crm_stage_request_refuse, crm_lead2opportunity_held_back")
