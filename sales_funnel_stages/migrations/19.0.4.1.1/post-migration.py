def migrate(cr, version):
    """Drop the index that databases still have in which 19.0.3.0.0 was installed early on.

    The script of that release drops it from those that were updated to it.
    """
    cr.execute("DROP INDEX IF EXISTS crm_lead__revisit_date_index")
