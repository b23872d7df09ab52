from odoo import fields, models

from .counted import FINDING, MOVE, PROMISE


class CrmStageTransition(models.Model):
    """What a row tells of. Figures count moves, see ``counted``."""

    _inherit = "crm.stage.transition"

    kind = fields.Selection(
        [(MOVE, "Move"), (PROMISE, "Promise"), (FINDING, "Finding")],
        required=True,
        readonly=True,
        help="Move: the lead took a step, or came into other hands. Promise: another expected "
        "closing or revenue. Finding: a standing rule that does not hold.",
    )
