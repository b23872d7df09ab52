from odoo import SUPERUSER_ID, api

NO_LONGER_EXTENDED = ("mail.followers", "mail.message", "mail.tracking.value")


def migrate(cr, version):
    """Describe those of Odoo's models anew that the addon extended until 19.0.5.0.0.

    *Settings › Technical › Models* says what the last addon that extends a model says of it, and
    nothing but an update of one of these would take our words away. At the end of the update:
    others that extend them are loaded after ours.
    """
    models = api.Environment(cr, SUPERUSER_ID, {})["ir.model"]
    for name in NO_LONGER_EXTENDED:
        models._get(name).info = models._reflect_model_params(models.env[name])["info"]
