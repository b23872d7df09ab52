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

    def action_mass_convert(self):
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids", []))
        if self.name == "convert" and not self.is_in_batch and self._is_for_batch(leads):
            return self._start_batch(leads)
        if self.name != "convert" or self._is_extended():
            # crm goes through them one by one, and calls what other addons have to say
            wizard = self.with_context(**MergedHands().context())
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

    def _convert_in_mass(self):
        """Convert all at once.

        :return: the action that opens the first of them, as crm's does; of none, that closes
        """
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids", []))
        leads = self._take_reason(leads)
        last_message_id = leads._get_last_id("mail.message")
        result = leads._convert_but_failing(self._get_choices())
        self._skip(result.skipped)
        self._tell(leads._get_result_texts(result, leads._get_notices_since(last_message_id)))
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
            message = "\n".join(texts)
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
