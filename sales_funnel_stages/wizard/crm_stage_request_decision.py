from odoo import api, fields, models
from odoo.exceptions import UserError

# how many requests are named one by one
NAMED = 20


class CrmStageRequestDecision(models.AbstractModel):
    """A decision on requests, of which some may not be for this user to decide, or not any more.

    Those that can be decided are, with a button that says how many; the others are named, with
    why. What can be decided is found out anew, whatever a client says.
    """

    _name = "crm.stage.request.decision"
    _description = "Decision on Stage Approval Requests"

    request_ids = fields.Many2many("crm.stage.request", string="Requests", required=True)
    ready_count = fields.Integer(compute="_compute_texts")
    ready = fields.Text(compute="_compute_texts", help="Those that can be decided.")
    others = fields.Text(
        string="Left as They Are",
        compute="_compute_texts",
        help="Those that cannot be decided, and why.",
    )
    button_text = fields.Char(compute="_compute_texts")

    @api.constrains("request_ids")
    def _check_requests(self):
        # what they are called names their leads; Odoo checks as superuser
        self.sudo(False).request_ids.check_access("read")

    @api.depends("request_ids")
    @api.depends_context("lang", "uid")
    def _compute_texts(self):
        for wizard in self:
            requests = wizard.request_ids._origin
            obstacles = wizard._get_obstacles()
            ready = requests.filtered(lambda request, obstacles=obstacles: request not in obstacles)
            wizard.ready_count = len(ready)
            wizard.ready = wizard._list_texts([request._get_text() for request in ready])
            wizard.others = wizard._list_texts([*obstacles.values()])
            wizard.button_text = wizard._get_button_text(len(ready), bool(obstacles))

    def _get_obstacles(self):
        """Return ``{request: why}`` of those that this decision cannot be made on."""
        return self.request_ids._origin._get_obstacles()

    def _get_button_text(self, count, is_rest):
        """Return what the button does.

        :param int count: how many can be decided
        :param bool is_rest: whether there are others that cannot
        """
        raise NotImplementedError

    def _list_texts(self, texts):
        told = "\n".join(texts[:NAMED])
        if len(texts) > NAMED:
            told += "\n" + self.env._("and %s more", len(texts) - NAMED)
        return told

    def _get_ready(self):
        """Return the requests that can be decided.

        :raise UserError: where there is none
        """
        self.ensure_one()
        obstacles = self._get_obstacles()
        ready = self.request_ids.filtered(lambda request: request not in obstacles)
        if not ready:
            raise UserError("\n\n".join(obstacles.values()))
        return ready
