from odoo import Command, api, fields, models

from ..models.mass_conversion.choices import read_choices
from ..models.mass_conversion.skipped import CLOSED
from ..models.rules.described_field import DescribedRecords
from ..tools.mass_conversion import WIZARD_FIELDS

# the fields by which it is said what will happen; whose customers are created is not
CHOICE_FIELDS = (
    "lead_tomerge_ids",
    "name",
    *(field for choice, field in WIZARD_FIELDS.items() if choice != "customer_user_id"),
)


class CrmLead2opportunityPartnerMass(models.TransientModel):
    """Odoo's mass conversion: what is chosen in it, and which leads it has left as they are."""

    _inherit = "crm.lead2opportunity.partner.mass"

    # it asks for nothing about one lead
    filled_lead_ids = DescribedRecords(compute=None, precompute=False, store=False)
    skipped_ids = fields.One2many(
        "crm.lead2opportunity.skipped", "wizard_id", string="Left as They Are"
    )

    @api.model
    def default_get(self, fields):
        # crm opens none where the first one is closed; here it is the first that is not
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids") or ())
        open_lead = leads.exists().filtered(lambda lead: lead.probability != CLOSED)[:1]
        return super(
            CrmLead2opportunityPartnerMass, self.with_context(active_id=open_lead.id)
        ).default_get(fields)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_lead()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        if "lead_id" in vals:
            self._check_lead()
        return result

    def _check_lead(self):
        """Refuse a lead that the user may not read: Odoo names whatever somebody says it refers to.

        No constraint, which Odoo asks with all rights, whoever it is.

        :raise AccessError: if it is such a one
        """
        self.lead_id.check_access("read")

    def _compute_foreseen(self):
        # it asks for nothing about one lead; Odoo sets the first of the selection
        self.qualification_checklist = False
        self.is_held_back = False

    def _needs_reason(self):
        # which leads are held back is found lead by lead
        return True

    def _check_not_converted_meanwhile(self):
        """It leaves those alone that somebody else moves meanwhile, and converts the others."""

    def action_view_skipped(self):
        """Open the leads that were left as they are, as a list to work through."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm.crm_lead_all_leads")
        action["name"] = self.env._("Not converted")
        action["domain"] = [("id", "in", self.skipped_ids.lead_id.ids)]
        action["context"] = {"active_test": False}
        return action

    def _get_choices(self):
        """Return the :class:`Choices` that this wizard stands for."""
        return read_choices(self, WIZARD_FIELDS)._replace(others=self._get_other_choices())

    def _skip(self, skipped):
        """Note the leads that are left as they are, and why.

        :param dict skipped: ``{id: Skipped}``
        """
        reasons = self.env["crm.lead"]._get_skip_reasons(skipped)
        # sudo: it may be left since whoever selected it may not write on it
        self.sudo().skipped_ids = [
            Command.create({"lead_id": id_, "reason": reason}) for id_, reason in reasons.items()
        ]


class CrmLead2opportunitySkipped(models.TransientModel):
    """A lead that a mass conversion left as it is, and why."""

    _name = "crm.lead2opportunity.skipped"
    _description = "Lead Left by a Mass Conversion"
    _is_part_of_lead = True

    wizard_id = fields.Many2one(
        "crm.lead2opportunity.partner.mass", required=True, ondelete="cascade", index=True
    )
    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    reason = fields.Char(readonly=True)
