from .names import APPROVAL_ACTIVITY_TYPE, BATCH_LIMIT_PARAMETER, SEAL_ADDRESS_PARAMETER


def post_init_hook(env):
    """Bring the history that Odoo has tracked so far into the ledger, and seal it."""
    env["crm.stage.transition"]._backfill()
    env["crm.stage.seal"]._seal()


def uninstall_hook(env):
    """Delete first what holds on to data of ours that Odoo is about to delete."""
    env["crm.stage.rule"].search([]).unlink()
    approval = (
        env.ref(APPROVAL_ACTIVITY_TYPE, raise_if_not_found=False) or env["mail.activity.type"]
    )
    # those that are done, too
    activity_model = env["mail.activity"].with_context(active_test=False)
    activity_model.search([("activity_type_id", "in", approval.ids)]).unlink()
    parameters = (BATCH_LIMIT_PARAMETER, SEAL_ADDRESS_PARAMETER)
    env["ir.config_parameter"].search([("key", "in", parameters)]).unlink()
    env["crm.stage.transition"]._drop_guards()
