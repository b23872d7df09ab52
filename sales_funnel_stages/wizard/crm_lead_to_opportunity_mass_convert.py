from contextlib import contextmanager

from markupsafe import Markup

from odoo import fields, models

from ..tools.mass_conversion import Report, Result
from ..tools.merged_hands import MergedHands


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion, which leaves alone the leads that may not move, and says why.

    Few are converted in the request, many by scheduled jobs.
    """

    _inherit = "crm.lead2opportunity.partner.mass"

    result = fields.Html(readonly=True)
    recorded_batch_id = fields.Many2one("crm.lead.conversion.batch", readonly=True)

    def action_mass_convert(self):
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids", []))
        if self.name == "convert" and not self.is_in_batch and self._is_for_batch(leads):
            return self._start_batch(leads)
        if self.name != "convert" or self._is_extended():
            # crm goes through them one by one, and calls what other addons have to say
            with self._recorded(leads) as wizard:
                result = super(CrmLead2opportunityPartnerMass, wizard).action_mass_convert()
        else:
            result = self._convert_in_mass()
        if not self.skipped_ids:
            return result
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not converted"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "view_id": self.env.ref(
                "sales_funnel_stages.crm_lead2opportunity_partner_mass_view_form_result"
            ).id,
            "target": "new",
        }

    @contextmanager
    def _recorded(self, leads):
        """Give this wizard, for crm to go through these leads; then record what came of them.

        A part of a batch is recorded there.
        """
        wizard = self.with_context(**MergedHands().context())
        if self.name != "convert" or self.is_in_batch or not leads:
            yield wizard
            return
        report = Report()
        # sudo: see ``_record`` of batches
        moment = leads.sudo()._get_moment()
        yield wizard.with_context(**report.context())
        self._record(leads, moment, report.result)

    def _record(self, leads, moment, result):
        """Keep what has become of these leads among the mass conversions."""
        batch_model = self.env["crm.lead.conversion.batch"]
        self.recorded_batch_id = batch_model._record(
            leads, self._prepare_batch_values(), moment, result
        )

    def action_view_recorded_batch(self):
        """Open the record of this conversion, where it can be undone."""
        self.ensure_one()
        return self.recorded_batch_id.get_formview_action()

    def _convert_in_mass(self):
        """Convert all at once.

        :return: the action that opens the first of them, as crm's does; of none, that closes
        """
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids", []))
        leads = self._take_reason(leads)
        # sudo: see ``_record`` of batches
        moment = leads.sudo()._get_moment()
        result = leads._convert_but_failing(self._get_choices())
        self._skip(result.skipped)
        self._record(leads, moment, result)
        notices = leads._get_notices_since(moment.message_id)
        self._tell(leads._get_result_texts(result, notices))
        gone = result.merged.keys()
        remaining = [id_ for id_ in leads._ids if id_ not in gone] + result.kept_ids
        if not remaining:
            return {"type": "ir.actions.act_window_close"}
        return leads.browse(remaining[:1]).redirect_lead_opportunity_view()

    def _tell(self, texts):
        """Say what has become of the leads: with those that were left, or else in passing."""
        if self.skipped_ids:
            items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
            self.result = Markup("<ul>%s</ul>") % items
        else:
            undo = self.env._("It can be undone: see Mass Conversions.")
            message = "\n".join([*texts, undo] if self.recorded_batch_id else texts)
            self.env.user._bus_send("simple_notification", {"type": "info", "message": message})

    def _convert_and_allocate(  # pylint: disable=missing-return
        self, leads, user_ids, team_id=False
    ):
        def convert(leads, _customers):
            super(CrmLead2opportunityPartnerMass, self)._convert_and_allocate(
                leads, user_ids, team_id=team_id
            )
            return Result(created_partner_ids=leads._get_new_customers()._ids)

        result = leads._convert_those_allowed(self._get_choices(), convert)
        report = Report.of(self.env)
        if report:
            report.result += result
        self._skip(result.skipped)
