"""What OCA's addons are told to watch: run in Odoo's shell."""


def watch(env):
    """Log every change of leads and contacts, and track all fields of leads."""
    for model in ("crm.lead", "res.partner"):
        env["auditlog.rule"].create(
            {
                "name": model,
                "model_id": env["ir.model"]._get_id(model),
                "log_type": "full",
                "state": "confirmed",
            }
        )
    leads = env["ir.model"]._get("crm.lead")
    leads.write({"active_custom_tracking": True, "automatic_custom_tracking": True})
    leads.update_custom_tracking()
