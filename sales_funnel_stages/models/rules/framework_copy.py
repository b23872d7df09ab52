from odoo import api, models


class CrmQualificationFramework(models.Model):
    """A copy of a framework, which somebody makes to change it."""

    _inherit = "crm.qualification.framework"

    def copy(self, default=None):
        """Copy frameworks with their criteria and rules; the copies share nothing.

        A copy of a template has the rules that it stands for: it is made to be changed.

        :return: the new frameworks, in the order of ``self``
        """
        copies = super().copy(default)
        for framework, copy in zip(self, copies, strict=True):
            criteria = framework.criterion_ids.copy({"framework_id": copy.id})
            copied = dict(zip(framework.criterion_ids.ids, criteria.ids, strict=True))
            for rule in framework.rule_ids:
                rule.copy({"framework_id": copy.id, "criterion_id": copied[rule.criterion_id.id]})
            self.env["crm.stage.rule"].create(
                [
                    {
                        **vals,
                        "framework_id": copy.id,
                        "criterion_id": copied[vals["criterion_id"]],
                    }
                    for vals in framework._prepare_stage_rules()
                ]
            )
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        default = default or {}
        company = self._get_company_of_copy()
        for framework, vals in zip(self, vals_list, strict=True):
            if "name" not in default:
                vals["name"] = self.env._("%s (copy)", framework.name)
            if "company_id" not in default and not framework.company_id:
                vals["company_id"] = company.id
        return vals_list

    @api.model
    def _get_company_of_copy(self):
        """Return whose the copy of a shared framework is: shared, too, by who has all companies."""
        company_model = self.env["res.company"]
        # sudo: only whether there are others
        others = company_model.sudo().search([]) - self.env.user.company_ids
        return self.env.company if others and not self.env.su else company_model
