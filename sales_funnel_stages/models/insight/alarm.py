from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...names import MANAGER_GROUP

VERIFICATION = "verification"


class CrmStageAlarm(models.Model):
    """An occasion of which whoever administers sales has been told, once: by a to-do each.

    What the occasions are say ``alarm_occasions`` and ``_cron_verify``.
    """

    _name = "crm.stage.alarm"
    _inherit = ["crm.append.only.mixin"]
    _description = "Alarm of the Stage Rules"
    _order = "id desc"
    _rec_name = "occasion"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    # what it was about, in which numbers name records
    occasion = fields.Char(string="Summary", required=True, readonly=True)
    # how many the verification has found
    problem_count = fields.Integer(string="Problems", readonly=True)

    _occasion_unique = models.UniqueIndex("(occasion)")

    def _refuse_change(self):
        raise UserError(self.env._("Alarms are raised by themselves, and cannot be changed."))

    @api.model
    def _raise_alarms(self, occasions, problem_count=0):
        """Tell whoever administers sales of occasions, unless they have been told of them.

        :param dict occasions: ``{occasion: function}``, which called with an environment returns
            what has happened in its language: a summary, and more about it
        :return: the alarms
        """
        known = self.search([("occasion", "in", [*occasions])]).mapped("occasion")
        new = {name: tell for name, tell in occasions.items() if name not in known}
        if not new:
            return self.browse()
        now = self.env.cr.now()
        self._record(
            [{"occasion": name, "date": now, "problem_count": problem_count} for name in new]
        )
        users = self.env.ref(MANAGER_GROUP).all_user_ids.filtered(
            lambda user: user.active and not user.share
        )
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        vals_list = []
        for user in users:
            env = self.with_context(lang=user.lang).env
            for tell in new.values():
                summary, note = tell(env)
                vals_list.append(
                    {
                        "user_id": user.id,
                        "activity_type_id": todo.id if todo else False,
                        "summary": summary,
                        "note": note,
                    }
                )
        activities.create(vals_list)
        return self.search([("occasion", "in", [*new])])

    @api.model
    def _cron_verify(self):
        """Verify the history, and raise an alarm if it is not as it was recorded."""
        found = self.env["crm.stage.transition"].verify_ledger()
        problems = found["problems"]
        if not problems:
            return
        # the same ones are known
        [[digest]] = self.env.execute_query(
            SQL("SELECT md5(%s)", str([[each["kind"], each["row_id"]] for each in problems]))
        )

        def tell(env):
            return (
                env._("The stage history is not as it was recorded"),
                env._(
                    "Of its problems, the first: %s See CRM › Reporting › Stage History › Verify.",
                    problems[0]["message"],
                ),
            )

        self._raise_alarms({f"{VERIFICATION}:{digest}": tell}, len(problems))
