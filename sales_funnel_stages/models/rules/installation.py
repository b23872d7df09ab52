from odoo import api, models

from ...tools.shipped_rules import CONVERT, asked_at


class CrmQualificationFramework(models.Model):
    """How the shipped frameworks get their rules, and their first followers."""

    _inherit = "crm.qualification.framework"

    @api.model
    def _install_default(self):
        """Give the default framework to all companies, and thereby rules.

        Called once, by the data files.
        """
        framework = self._install_shipped("bant")
        # sudo: every company starts with a framework, whoever installs
        companies = self.env["res.company"].sudo().search([])
        companies.filtered(
            lambda company: not company.qualification_framework_id
        ).qualification_framework_id = framework

    @api.model
    def _install_shipped(self, name):
        """Give a framework its rules to convert; it is a template until somebody follows it.

        Called once for each, by the data files.

        :param str name: a key of ``SHIPPED_RULES``
        """
        framework = self.env.ref(f"sales_funnel_stages.framework_{name}")
        self.env["crm.stage.rule"].create(
            [
                {
                    "framework_id": framework.id,
                    "criterion_id": self.env.ref(f"sales_funnel_stages.criterion_{name}_{end}").id,
                    "tier": tier,
                    "sequence": sequence,
                }
                for sequence, (end, tier) in enumerate(asked_at(name, CONVERT))
            ]
        )
        framework.is_template = True
        framework._adapt_to_followers()
        return framework
