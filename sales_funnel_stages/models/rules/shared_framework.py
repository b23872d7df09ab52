from odoo import models
from odoo.exceptions import AccessError


class CrmQualificationFramework(models.Model):
    """Who may change a framework that several companies share: who has all that follow it."""

    _inherit = "crm.qualification.framework"

    def _check_companies(self, user):
        """Check that a user has all companies that follow these frameworks.

        Frameworks of one company are left to record rules.

        :raise AccessError: names those companies that are not the user's
        """
        shared = self.sudo().filtered(lambda framework: not framework.company_id)
        if not shared:
            return
        others = shared._get_following_companies() - user.company_ids
        if others:
            raise AccessError(
                self.env._(
                    "The framework “%(framework)s” is shared with %(companies)s: only a user of "
                    "all its companies may change it. Press “Customize a Copy” in its form for "
                    "one of your own.",
                    framework=", ".join(shared.mapped("name")),
                    companies=", ".join(others.mapped("name")),
                )
            )

    def _get_following_companies(self):
        """Return the companies whose leads these frameworks are for; see ``_get_followers``.

        A team without a company is of all of them.
        """
        teams, companies = self._get_followers()
        companies |= teams.company_id
        if any(not team.company_id for team in teams):
            companies |= companies.search([])
        return companies.filtered("active")
