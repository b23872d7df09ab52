from contextlib import contextmanager

from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date

from ...tools.carried import Carried
from ..rules.described_field import DescribedRecord


class Converted(Carried):
    """The leads that were converted in a call, until its end."""

    def __init__(self):
        # each once, in order
        self.ids = {}


class CrmLead(models.Model):
    """What is to be done for an opportunity from the first minute: the plan of its team.

    A lead that becomes an opportunity, by whatever door, starts the activity plan that its team
    names: when the call that converts it is through, so that the activities go to whoever it is
    assigned to by then, under the team that it belongs to by then. What is born an opportunity
    starts none. The lead keeps which plan it has started: returned and converted again, it
    starts another team's, and the same one no second time.

    Queries: none where no team names a plan; else the number does not grow with the batch, but
    for the e-mails that Odoo sends to people who are given something to do by others.
    """

    _inherit = "crm.lead"

    conversion_plan_id = DescribedRecord(
        "mail.activity.plan",
        string="Plan Started at Conversion",
        copy=False,
        readonly=True,
        prefetch=False,
    )

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    @api.model
    def _handle_moves(self, transition_by_lead):  # pylint: disable=missing-return
        super()._handle_moves(transition_by_lead)
        converted = Converted.of(self.env)
        if converted:
            converted.ids.update(
                dict.fromkeys(id_ for id_, each in transition_by_lead.items() if each.is_conversion)
            )

    @contextmanager
    def _in_one_move(self):
        with super()._in_one_move() as leads, leads._plans_started_at_end() as waiting:
            yield waiting

    @contextmanager
    def _plans_started_at_end(self):
        """Give these leads; what is converted through them starts its plan at the end.

        Where a caller waits for its own end already, that one counts.
        """
        if Converted.of(self.env) or not self._get_conversion_plans():
            yield self
            return
        converted = Converted()
        yield self.with_context(**converted.context())
        self.browse(converted.ids)._start_conversion_plans()

    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    @api.model
    def _get_conversion_plans(self):
        return self.env["crm.team"]._get_conversion_plans()

    def _find_conversion_plan(self):
        """Return the plan that this lead would start if it became an opportunity as it is."""
        self.ensure_one()
        # sudo: the plan of a team starts whoever converts its leads
        lead = self.sudo()
        plan_id = self._get_conversion_plans().get(lead.team_id._origin.id)
        plan = lead.env["mail.activity.plan"].browse(plan_id or ())
        if not plan:
            return plan
        # a team without company may name the plan of one of them
        is_foreign = plan.company_id and plan.company_id != lead.company_id and lead.company_id
        is_started = lead.conversion_plan_id == plan
        return plan.browse() if is_foreign or is_started or not plan.active else plan

    def _start_conversion_plans(self):
        """Schedule the activities of the plans that these, just converted, are to start."""
        if not self or self.env.context.get("mail_activity_automation_skip"):
            return
        # sudo: whoever converts a lead may hand it over in the same call
        opportunities = self.sudo().exists()
        opportunities = opportunities.filtered(
            lambda lead: lead.type == "opportunity" and lead.won_status == "pending"
        )
        for plan, leads in opportunities.grouped(lambda lead: lead._find_conversion_plan()).items():
            if plan:
                leads._start_plan(plan)

    def _start_plan(self, plan):
        steps_by_lead = {lead: lead._get_plan_steps(plan) for lead in self}
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": lead.id,
                    "activity_type_id": template.activity_type_id.id,
                    "summary": template.summary,
                    "note": template.note,
                    "automated": False,
                    "date_deadline": deadline,
                    "user_id": user.id,
                }
                for lead, steps in steps_by_lead.items()
                for template, user, deadline in steps
            ]
        )
        self.conversion_plan_id = plan
        self._message_log_batch(
            bodies={
                lead.id: Markup("<p>%s</p>%s")
                % (
                    self.env._("The plan “%s” has been started:", plan.name),
                    self._get_plan_steps_text(steps),
                )
                for lead, steps in steps_by_lead.items()
            }
        )

    def _get_plan_steps(self, plan):
        """Return ``[(template, user, deadline)]``: what a plan schedules for an opportunity.

        What a plan leaves open, or gives to somebody who is gone, is for the salesperson, or
        else for the leader of the team; and without both, for nobody.
        """
        self.ensure_one()
        salesperson = (self.user_id + self.team_id.user_id).filtered("active")[:1]
        steps = []
        for template in plan.template_ids:
            user = template._determine_responsible(salesperson, self)["responsible"]
            user = (user or salesperson).filtered("active") or salesperson
            steps.append((template, user, template._get_date_deadline()))
        return steps

    @api.model
    def _get_plan_steps_text(self, steps):
        """Return in words what ``_get_plan_steps`` returns, as a list in HTML."""
        items = Markup().join(
            Markup("<li>%s</li>") % self._get_plan_step_text(*step) for step in steps
        )
        return Markup("<ul>%s</ul>") % items

    @api.model
    def _get_plan_step_text(self, template, user, deadline):
        activity = template.summary or template.activity_type_id.name
        date = format_date(self.env, deadline)
        if not user:
            return self.env._("%(activity)s, by %(date)s", activity=activity, date=date)
        return self.env._(
            "%(activity)s: %(user)s, by %(date)s", activity=activity, user=user.name, date=date
        )

    # ------------------------------------------------------------------
    # Merges
    # ------------------------------------------------------------------

    def _merge_get_fields(self):
        # the activities of those that are merged go along, and are not to be scheduled again
        return [*super()._merge_get_fields(), "conversion_plan_id"]
