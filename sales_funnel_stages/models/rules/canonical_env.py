from odoo import SUPERUSER_ID, api, models, tools


class CrmLead(models.Model):
    """The one environment in which criteria are evaluated, whoever looks.

    No query, but for a user's company and a company's time zone, which are cached.
    """

    _inherit = "crm.lead"

    @api.model
    def _get_user_company_id(self):
        """Return the id of the user's own company, whatever they look through."""
        return self._get_real_user().company_id.id

    def _in_canonical_env(self, company=None):
        """Return the same leads in the one environment in which criteria are evaluated.

        Superuser, ``en_US``, the company's time zone, no other context: time zone,
        language, companies and access of whoever looks would change the verdict.

        :param company: the ``res.company`` whose time zone counts, by default the
            user's own
        """
        company_id = company.id if company else self._get_user_company_id()
        context = {"lang": "en_US", "tz": self._get_time_zone(company_id)}
        # sudo: the verdict is the same for everybody; only that verdict is handed out
        return self.with_env(self.env(user=SUPERUSER_ID, context=context, su=True))

    @api.model
    @tools.ormcache("company_id", "self.env['crm.rulebook']._get_version()")
    def _get_time_zone(self, company_id):
        # sudo: rules count by the clock of their company, whoever may see it
        company = self.env["res.company"].sudo().browse(company_id)
        return company.resource_calendar_id.tz or "UTC"

    @api.model
    def _get_live_facts(self):
        """Return the names, as in ``"crm.lead.x"``, of fields that criteria may look at.

        Beside stored ones: those on which searching and evaluating agree, for whoever looks.
        For other packages to extend.
        """
        return set()
