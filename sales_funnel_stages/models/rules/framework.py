from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmQualificationFramework(models.Model):
    """A qualification framework: a set of criteria and the stage rules that use them.

    A sales team follows one, its own or else its company's.
    """

    _name = "crm.qualification.framework"
    _inherit = "crm.rulebook.mixin"
    _description = "Qualification Framework"
    _order = "sequence, id"

    _rulebook_fields = {"name", "company_id", "is_template"}

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the framework between all companies."
    )
    criterion_ids = fields.One2many(
        "crm.qualification.criterion", "framework_id", string="Criteria", copy=False
    )
    rule_ids = fields.One2many("crm.stage.rule", "framework_id", string="Stage Rules", copy=False)
    team_ids = fields.One2many("crm.team", "framework_id", string="Sales Teams")

    # in all languages together
    _check_name_length = models.Constraint(
        "CHECK (length(name::text) <= 20000)", "This name is too long."
    )

    def unlink(self):
        # criteria and rules go with their framework, rules first; none where it has to stay
        self._unlink_except_followed()
        self.rule_ids.unlink()
        self.criterion_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_followed(self):
        teams, companies = self._get_followers()
        if teams or companies:
            team, company = teams[:1], companies[:1]
            raise UserError(
                self.env._(
                    "“%(follower)s” follows the framework “%(framework)s”. "
                    "Choose another one there first.",
                    follower=(team or company).name,
                    framework=(team.framework_id or company.qualification_framework_id).name,
                )
            )

    def _get_followers(self):
        """Return the sales teams and the companies that follow these frameworks."""
        # sudo: a framework may be followed in companies that the user does not see
        env = self.sudo().with_context(active_test=False).env
        return (
            env["crm.team"].search([("framework_id", "in", self.ids)]),
            env["res.company"].search([("qualification_framework_id", "in", self.ids)]),
        )

    @api.constrains("company_id")
    def _check_followers_company(self):
        teams, companies = self._get_followers()
        teams._check_company(["framework_id"])
        companies._check_company(["qualification_framework_id"])
