def post_init_hook(env):
    """Bring the history that Odoo has tracked so far into the ledger."""
    env["crm.stage.transition"]._backfill()
