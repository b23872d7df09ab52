"""Uses the addon a little, whichever release it is, so that each of its tables has rows.

It runs in Odoo's shell, and does what people do, with tracking: each step is a transaction.
"""

from odoo.exceptions import UserError
from odoo.fields import Command, Date

SCRIPT = """
from dev.tests.release_in_use import Company
company = Company(env)
company.sell()
company.qualify()
company.convert_in_background()
company.mark_and_alarm()
print("ANSWER", company.moved.id)
print("ANSWER", company.lost.id)
"""
REP_GROUPS = ("base.group_user", "sales_team.group_sale_salesman_all_leads")
REASON, MAKE_GOOD_DATE = "They pay in kind", "2099-12-31"
# as it was given until 19.0.4.2
BY_PERMISSION = {
    "stage_rule_override_reason": REASON,
    "stage_rule_override_make_good_date": MAKE_GOOD_DATE,
}


class Company:
    """A team that enforces a rule of its own, its leader and a salesperson.

    :ivar moved: a lead that went up to Won
    :ivar lost: one that was lost
    """

    def __init__(self, env):
        self.env = env
        self.leader = env.ref("base.user_admin")
        groups = [env.ref(name).id for name in REP_GROUPS]
        self.rep = env["res.users"].create(
            {"name": "Rep", "login": "rep", "group_ids": [Command.set(groups)]}
        )
        self.framework = env["crm.qualification.framework"].create({"name": "Ours"})
        pays = self._add_criterion(name="Pays", domain="[('budget_amount', '>', 5)]")
        stages = env["crm.stage"].search([("is_won", "=", False)])
        self.gate = stages[1]
        env["crm.stage.rule"].create(
            {
                "framework_id": self.framework.id,
                "criterion_id": pays.id,
                "stage_id": self.gate.id,
            }
        )
        stages[2].is_outside_pipeline = not stages[2].rule_ids
        self._edit_what_was_shipped()
        self.team = env["crm.team"].create(
            {
                "name": "Movers",
                "user_id": self.leader.id,
                "framework_id": self.framework.id,
                "stage_rule_policy": "enforce",
                # else Odoo derives another team for them, with other rules
                "member_ids": [Command.set(self.rep.ids)],
            }
        )

    def _edit_what_was_shipped(self):
        self.env.ref("sales_funnel_stages.criterion_bant_need").guidance = "Ask them twice"
        engaged = self.env.ref("sales_funnel_stages.criterion_bant_engagement")
        engaged.domain = "[('engagement_date', '<=', 'today -7d')]"
        spiced = self.env.ref("sales_funnel_stages.framework_spiced", raise_if_not_found=False)
        if spiced:
            spiced.rule_ids.filtered("stage_id")[:1].tier = "recommended"

    def sell(self):
        """Let leads move: freely, by permission and guided; others are refused, and ask for it."""
        self.moved, self.lost = self._make_lead("Moved"), self._make_lead("Lost")
        self.env["crm.lead.stakeholder"].create(
            {"lead_id": self.moved.id, "contact_name": "Bo", "role": "buyer"}
        )
        self._move(self.moved, self.env.user, type="opportunity", budget_amount=10)
        self._move(self.moved, self.env.user, stage_id=self.gate.id)
        self.moved.action_set_won()
        self.lost.action_set_lost()
        self.env.cr.commit()
        self._override(self._make_lead("Overridden", type="opportunity"))
        self._be_refused(self._make_lead("Refused", type="opportunity"))
        self._be_declined(self._be_refused(self._make_lead("Declined", type="opportunity")))
        self.team.stage_rule_policy = "guide"
        guided = self._make_lead("Guided", type="opportunity")
        self._move(guided, self.rep, stage_id=self.gate.id)
        self._leave_and_delete_stage()

    def _leave_and_delete_stage(self):
        tried = self.env["crm.stage"].create({"name": "Tried", "team_ids": self.team.ids})
        lead = self._make_lead("Came Through", type="opportunity")
        start = lead.stage_id
        for stage in (tried, start):
            self._move(lead, self.rep, stage_id=stage.id)
        tried.unlink()
        self.env.cr.commit()

    def _override(self, lead):
        lead = lead.with_user(self.leader)
        values = {"stage_id": self.gate.id}
        if hasattr(lead, "move_with_reason"):
            lead.move_with_reason(values, REASON, MAKE_GOOD_DATE)
        else:
            lead.with_context(**BY_PERMISSION).write(values)
        self.env.cr.commit()

    def _be_refused(self, lead):
        """Try a move in vain, and ask for it → the request, None where there are none yet."""
        try:
            self._move(lead, self.rep, stage_id=self.gate.id)
        except UserError:
            # what was held back is written down after the transaction
            self.env.cr.commit()
        else:
            raise AssertionError("The rule holds nothing back.")
        if "crm.stage.request" not in self.env:
            return None
        vals = {"stage_id": self.gate.id, "reason": "They pay in kind"}
        id_ = lead.with_user(self.rep).action_request_stage_approval(vals)
        return self.env["crm.stage.request"].browse(id_)

    def _be_declined(self, request):
        if request:
            request = request.with_user(self.leader)
            # as it was called until 19.0.4.1
            decline = getattr(request, "action_refuse", None) or request.action_decline
            decline("Not this month")
            old = request.state
            self.env["ir.filters"].create(
                {
                    "name": "Declined",
                    "model_id": "crm.stage.request",
                    "domain": f"[('state', '=', '{old}')]",
                }
            )

    def qualify(self):
        """Use what later releases know besides."""
        if "revisit_date" in self.env["crm.lead"]._fields:
            day = Date.add(Date.today(), days=30)
            self._make_lead("Later").action_set_lost(revisit_date=day)
        if "crm.qualification.answer" in self.env:
            asked = self._add_criterion(name="Asked", check_by="answer")
            answer = self.env["crm.qualification.answer"].create(
                {"lead_id": self.lost.id, "criterion_id": asked.id, "answer": "yes"}
            )
            # where what somebody else answered is kept
            answer.with_user(self.leader).answer = "no"
        if "conversion_plan_id" in self.team._fields:
            call = self.env.ref("mail.mail_activity_data_call")
            self.team.conversion_plan_id = self.env["mail.activity.plan"].create(
                {
                    "name": "Start",
                    "res_model": "crm.lead",
                    "template_ids": [Command.create({"activity_type_id": call.id})],
                }
            )
        self.env.cr.commit()

    def convert_in_background(self):
        """Have three converted by the scheduled job, which has come to two; one is no lead."""
        if "crm.lead.conversion.batch" not in self.env:
            return
        batches = self.env["crm.lead.conversion.batch"]
        choices = {"action": "create", "user_ids": [Command.set(self.rep.ids)]}
        for name in ("Converted", "Skipped", "Waiting"):
            type_ = "opportunity" if name == "Skipped" else "lead"
            lead = self._make_lead(name, type=type_).with_user(self.leader)
            batches.with_user(self.leader)._start(lead, choices)
            self.env.cr.commit()
            if name != "Waiting":
                assert batches._work_on_chunk() == 1
                self.env.cr.commit()

    def mark_and_alarm(self):
        """Let rows of the history be marked, and those who administer sales be alarmed."""
        if "crm.stage.alarm" not in self.env:
            return
        doubles = [self._make_lead(name, type="opportunity") for name in ("Double", "Same")]
        self.env["crm.lead"].union(*doubles).merge_opportunity()
        # the team's policy was lowered
        self.env["crm.stage.alarm"]._cron_watch()
        self.env.cr.commit()

    def _add_criterion(self, **values):
        values = {"framework_id": self.framework.id, **values}
        return self.env["crm.qualification.criterion"].create(values)

    def _make_lead(self, name, **values):
        lead = self.env["crm.lead"].create(
            {
                "name": name,
                "type": "lead",
                "team_id": self.team.id,
                "user_id": self.rep.id,
                "need_level": "weak",
                **values,
            }
        )
        self.env.cr.commit()
        return lead

    def _move(self, lead, user, **values):
        lead.with_user(user).write(values)
        self.env.cr.commit()
