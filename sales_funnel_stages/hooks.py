def post_init_hook(env):
    """Bring the history that Odoo has tracked so far into the ledger."""
    env["crm.stage.transition"]._backfill()


def uninstall_hook(env):
    """Delete the stage rules first: they hold on to criteria, which Odoo deletes before them."""
    env["crm.stage.rule"].search([]).unlink()
