from odoo import SUPERUSER_ID, api, models

from ...tools.carried import Carried


class OnBehalf(Carried):
    """Says on whose behalf a job works, whoever's name it runs in."""

    def __init__(self, user_id):
        self.user_id = user_id


class CrmLead(models.Model):
    """The user who is behind a call, whose rights count and whose name is kept."""

    _inherit = "crm.lead"

    @api.model
    def _get_real_user(self):
        """Return the user for whom this call came in, as superuser.

        Odoo goes on as somebody else at times: the mail gateway as the author of an e-mail, whom
        anybody can make up who may call it. OdooBot is behind scheduled and queued jobs; there it
        is the user as whom, or on whose behalf, the job goes on.
        """
        user_id = self.env.uid
        default_env = self.env.transaction.default_env
        if on_behalf := OnBehalf.of(self.env):
            user_id = on_behalf.user_id
        elif default_env and default_env.uid not in (None, SUPERUSER_ID):
            user_id = default_env.uid
        user = self.env.user
        # kept by Odoo, as superuser
        return user if user_id == self.env.uid else user.browse(user_id)
