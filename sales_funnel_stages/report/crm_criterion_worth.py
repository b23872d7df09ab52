from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.ledger.transition import STATUSES
from ..names import MANAGER_GROUP
from ..tools import verdict as verdicts
from ..tools.rulebook import RECOMMENDED, REQUIRED
from ..tools.worth import Share, Worth
from .given import read_domain
from .worth_sql import BY_CRITERION, BY_OPPORTUNITY, OF_OPPORTUNITIES, WorthQuery

GONE = "gone"


class CrmCriterionWorth(models.Model):
    """An opportunity, and one criterion that was in force when it became one: whether it was met.

    By these rows ``get_worth`` compares how many of the opportunities were won that met a
    criterion with how many of those that did not. See ``readme/FUNNEL.md`` for what counts.
    """

    _name = "crm.criterion.worth"
    _description = "What Qualification Is Worth"
    _is_part_of_lead = True
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_name"
    _depends = {"crm.lead": ["won_status"]}

    date = fields.Datetime(string="Opportunity Since", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    lead_name = fields.Char(string="Name", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        readonly=True,
        # it is about criteria, not about persons
        groups=MANAGER_GROUP,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    criterion_ref = fields.Integer(string="Criterion Number", readonly=True, aggregator=None)
    criterion_name = fields.Char(string="Criterion", readonly=True, help="As it was called then.")
    criterion_id = fields.Many2one(
        "crm.qualification.criterion",
        string="Criterion Today",
        readonly=True,
        help="Empty where it does not exist any more.",
    )
    framework_id = fields.Many2one("crm.qualification.framework", readonly=True)
    tier = fields.Selection(
        [(REQUIRED, "Required"), (RECOMMENDED, "Recommended")],
        string="Importance",
        readonly=True,
        help="What it was then. Empty where only a later stage asked for it.",
    )
    is_met = fields.Boolean(string="Met", readonly=True)
    outcome = fields.Selection(
        [*STATUSES, (GONE, "Deleted or Merged")],
        readonly=True,
        help="What has become of the opportunity by now.",
    )

    win_rate = fields.Float(
        readonly=True, aggregator="avg", help="The share of won ones among those that are closed."
    )

    @property
    def _table_query(self):
        return (WorthQuery.of(self.env) or BY_CRITERION).rows

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_worth(self, domain):
        """Return for each criterion what it is worth.

        :param domain: of the rows that count
        :return: a dict for each criterion with ``ref`` (its number), ``name``, ``framework``,
            ``met`` and ``unmet`` (see ``_get_share_text``), ``difference``, ``low`` and ``high``
            (of the win rates, and its interval; the difference None where one is unknown) and
            ``verdict``. By framework, in its order; those that are gone come last
        :rtype: list[dict]
        """
        counts, old_names = defaultdict(lambda: defaultdict(int)), {}
        for ref, is_met, outcome, count, name in self._count_outcomes(read_domain(self, domain)):
            counts[ref][is_met, outcome] = count
            old_names[ref] = max(name, old_names.get(ref, name))
        names = self._get_names(old_names)
        rows = []
        for ref, (name, framework) in names.items():
            shares = [
                Share(
                    counts[ref][is_met, verdicts.WON],
                    counts[ref][is_met, verdicts.WON] + counts[ref][is_met, verdicts.LOST],
                )
                for is_met in (True, False)
            ]
            worth = Worth(*shares)
            low, high = worth.interval()
            rows.append(
                {
                    "ref": ref,
                    "name": name,
                    "framework": framework,
                    "met": self._get_share_text(worth.met, counts[ref][True, verdicts.OPEN]),
                    "unmet": self._get_share_text(worth.unmet, counts[ref][False, verdicts.OPEN]),
                    "difference": worth.difference,
                    "low": low,
                    "high": high,
                    "verdict": worth.verdict,
                }
            )
        return rows

    @api.model
    def _get_share_text(self, share, still_open):
        """Return what is shown of a :class:`Share`, and how many are still open.

        ``is_enough`` says whether its rate is worth showing.
        """
        low, high = share.interval()
        return {
            "won": share.count,
            "closed": share.total,
            "open": still_open,
            "rate": share.rate,
            "is_enough": share.is_enough,
            "low": low,
            "high": high,
        }

    @api.model
    def _count_outcomes(self, domain):
        """Return ``[(number of a criterion, whether it was met, outcome, count, its name)]``."""
        names = {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
        query = BY_OPPORTUNITY if names <= OF_OPPORTUNITIES else BY_CRITERION
        found = self.with_context(**query.context())._search(domain)
        rows = found.select(*(SQL.identifier(self._table, name) for name in query.columns))
        return self.env.execute_query(SQL(query.counts, rows))

    @api.model
    def _get_names(self, old_names):
        """Return ``{number: (name, name of the framework)}`` of criteria, in their order.

        One that is gone is called as it was, and has no framework.

        :param old_names: ``{number: what it was called then}``
        """
        criteria = self.env["crm.qualification.criterion"].search([("id", "in", list(old_names))])
        criteria = criteria.sorted(lambda each: (each.framework_id.id, each.sequence, each.id))
        names = {each.id: (each.name, each.framework_id.name) for each in criteria}
        return {**names, **{id_: (name, "") for id_, name in old_names.items() if id_ not in names}}

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def action_open_lead(self):
        """Open the opportunity that a row is about."""
        self.ensure_one()
        if not self.lead_id:
            raise UserError(self.env._("This opportunity does not exist any more."))
        return self.lead_id.get_formview_action()
