from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.answers import NO, UNDISCLOSED, YES
from ..erasure.erasure_mixin import OF_ANYBODY, OF_LEAD

ANSWERS = [(YES, "Yes"), (NO, "No"), (UNDISCLOSED, "Will not say")]


class CrmQualificationAnswerPast(models.Model):
    """An answer as it was given, until another one took its place, or it was taken back.

    Rows are added where answers change (``crm.qualification.answer``), and nobody changes them.
    They end with their lead, as answers do, and keep the names of criterion and people.
    """

    _name = "crm.qualification.answer.past"
    _inherit = ["crm.append.only.mixin"]
    _description = "Earlier Qualification Answer"
    _is_part_of_lead = True
    _order = "id desc"
    _rec_name = "criterion_name"
    # rows know by whom and when
    _log_access = False
    _personal_texts = {
        "evidence": OF_LEAD,
        **dict.fromkeys(("user_name", "replaced_by_name"), OF_ANYBODY),
    }

    lead_id = fields.Many2one(
        "crm.lead", string="Lead or Opportunity", required=True, ondelete="cascade", index=True
    )
    criterion_id = fields.Many2one("crm.qualification.criterion", ondelete="set null")
    criterion_name = fields.Char(help="As it was called then.")
    answer = fields.Selection(ANSWERS)
    evidence = fields.Text(help="How they knew: who said it, where it is written.")
    user_id = fields.Many2one("res.users", string="Answered By", ondelete="set null")
    user_name = fields.Char()
    date = fields.Date(string="Answered On")
    replaced_date = fields.Datetime(string="Replaced On", required=True)
    replaced_by_id = fields.Many2one("res.users", ondelete="set null")
    replaced_by_name = fields.Char()

    @api.model
    def _keep(self, vals_list):
        """Add answers that have been replaced.

        :param list[dict] vals_list: what they were
        """
        user = self.env["crm.lead"]._get_real_user()
        replaced = {
            "replaced_date": self.env.cr.now(),
            "replaced_by_id": user.id,
            "replaced_by_name": user.name,
        }
        self._record([{**vals, **replaced} for vals in vals_list])

    @api.model
    def _follow_merge(self, leads, heir):
        """Let what was answered on leads belong to the one into which they are merged."""
        self.flush_model(["lead_id"])
        self.env.execute_query(
            SQL(
                "UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s)",
                SQL.identifier(self._table),
                heir.id,
                leads.ids,
            )
        )
        self.invalidate_model(["lead_id"], flush=False)

    def _refuse_change(self):
        raise UserError(
            self.env._(
                "Earlier answers cannot be changed. Each answer that is changed adds to them."
            )
        )
