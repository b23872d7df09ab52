from collections import defaultdict
from collections.abc import Set

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.ledger.transition import STATUSES
from ..names import MANAGER_GROUP
from ..tools import verdict as verdicts
from ..tools.impact import enforced_at_conversion, framework_in_use
from ..tools.rulebook import RECOMMENDED, REQUIRED
from ..tools.worth import Share, Worth
from .given import read_domain
from .undone import WithUndone
from .worth_sql import OF_OPPORTUNITIES, SHARED_FIELDS, WorthQuery

GONE = "gone"


class CrmCriterionWorth(models.Model):
    """An opportunity, and one criterion that was in force when it became one: whether it was met.

    By these rows ``get_worth`` compares how many of the opportunities were won that met a
    criterion with how many of those that did not. See ``readme/FUNNEL.md`` for what counts.
    """

    _name = "crm.criterion.worth"
    _inherit = ["crm.undone.mixin"]
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
    is_framework_in_use = fields.Boolean(
        string="Framework in Use",
        compute="_compute_is_framework_in_use",
        search="_search_is_framework_in_use",
        help="That of your team or company, else the one that most teams follow.",
    )
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
        return (WorthQuery.of(self.env) or self._get_counting_queries().by_criterion).rows

    @api.model
    def _get_queries(self):
        """Return the :class:`WorthQueries` of what is counted, without what was undone, and with.

        :rtype: tuple
        """
        return OF_OPPORTUNITIES

    @api.model
    def _get_counting_queries(self):
        """Return the :class:`WorthQueries` of what is asked for: see ``_counting``."""
        return self._get_queries()[bool(WithUndone.of(self.env))]

    # ------------------------------------------------------------------
    # The framework in use
    # ------------------------------------------------------------------

    @api.depends("framework_id")
    @api.depends_context("uid", "company")
    def _compute_is_framework_in_use(self):
        framework_id = self._get_framework_in_use()
        for row in self:
            row.is_framework_in_use = row.framework_id.id == framework_id

    def _search_is_framework_in_use(self, operator, value):
        if operator != "in":
            return NotImplemented
        framework_id = self._get_framework_in_use()
        # where there is none, nothing is left out
        is_it = Domain("framework_id", "in", [framework_id]) if framework_id else Domain.TRUE
        return is_it if True in value else ~is_it

    @api.model
    def _get_framework_in_use(self):
        """Return the id of the framework that the user works by, 0 where there is none."""
        # sudo: whoever has a team may know what it follows, and which one most do
        team, teams = self.env.user.sudo().sale_team_id, self.env["crm.team"].sudo().search([])
        book = self.env["crm.lead"]._get_rulebook()
        return framework_in_use(book, team.id or 0, self.env.company.id, teams.ids)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_worth(self, domain):
        """Return for each criterion what it is worth.

        :param domain: of the rows that count
        :return: a dict for each criterion, and for each step of which its worth is told ("won";
            for leads: "converted", and of those "won"), with ``ref`` (its number), ``name``,
            ``framework``, ``step``, ``met`` and ``unmet`` (see ``_get_share_text``),
            ``difference``, ``low`` and ``high`` (of the rates, and its interval; the difference
            None where one is unknown), ``verdict``, and ``advice`` (see ``Worth.advice``). By
            framework, in its order; those that are gone come last
        :rtype: list[dict]
        """
        counts, old_names = defaultdict(lambda: defaultdict(int)), {}
        for ref, is_met, outcome, count, name in self._count_outcomes(read_domain(self, domain)):
            counts[ref][is_met, outcome] = count
            old_names[ref] = max(name, old_names.get(ref, name))
        names = self._get_names(old_names)
        enforced = enforced_at_conversion(self.env["crm.lead"]._get_rulebook())
        return [
            {
                "ref": ref,
                "name": name,
                "framework": framework,
                "step": step,
                **self._get_worth_text(
                    counts[ref], *outcomes, is_enforced=step == "won" and ref in enforced
                ),
            }
            for ref, (name, framework) in names.items()
            for step, outcomes in self._get_steps().items()
        ]

    @api.model
    def _get_steps(self):
        """Return of which steps the worth is told.

        :return: ``{step: (outcomes of those that took it, of those that did not, or not yet)}``
        """
        return {"won": ([verdicts.WON], [verdicts.LOST], [verdicts.OPEN])}

    @api.model
    def _get_worth_text(self, counts, took, did_not, may_yet, is_enforced):
        """Return what is told of one criterion and one step.

        :param dict counts: ``{(is met, outcome): number}``
        :param bool is_enforced: nobody takes the step without it
        """
        sides = []
        for is_met in (True, False):
            taken, not_taken, yet = (
                sum(counts[is_met, outcome] for outcome in outcomes)
                for outcomes in (took, did_not, may_yet)
            )
            sides.append((Share(taken, taken + not_taken), yet))
        (met, met_open), (unmet, unmet_open) = sides
        worth = Worth(met, unmet)
        low, high = worth.interval()
        return {
            "met": self._get_share_text(met, met_open),
            "unmet": self._get_share_text(unmet, unmet_open),
            "difference": worth.difference,
            "low": low,
            "high": high,
            "verdict": worth.verdict,
            "advice": worth.advice(is_enforced),
        }

    @api.model
    def _get_share_text(self, share, still_open):
        """Return what is shown of a :class:`Share`, and how many are still open.

        ``is_enough`` says whether its rate is worth showing, ``missing`` how many more that takes.
        """
        low, high = share.interval()
        return {
            "won": share.count,
            "closed": share.total,
            "open": still_open,
            "rate": share.rate,
            "is_enough": share.is_enough,
            "missing": share.missing,
            "low": low,
            "high": high,
        }

    @api.model
    def _count_outcomes(self, domain):
        """Return ``[(number of a criterion, whether it was met, outcome, count, its name)]``."""
        report = self._counting(domain)
        frameworks, rest = self._split_by_framework(domain.optimize_full(self))
        names = {condition.field_expr.split(".")[0] for condition in rest.iter_conditions()}
        if names <= SHARED_FIELDS:
            query, domain = report._get_counting_queries().by_lead, rest
        else:
            query, frameworks = report._get_counting_queries().by_criterion, None
        found = self.with_context(**query.context())._search(domain)
        rows = found.select(*(SQL.identifier(self._table, name) for name in query.columns))
        counts = self.env.execute_query(SQL(query.counts, rows))
        if frameworks is None:
            return counts
        # sudo: as the rows have it, whoever may read the criteria
        criteria = self.env["crm.qualification.criterion"].sudo()
        refs = set(criteria.search([("framework_id", "in", frameworks)]).ids)
        return [row for row in counts if row[0] in refs]

    @api.model
    def _split_by_framework(self, domain):
        """Return the ids of the frameworks that a domain asks for, None for all, and its rest.

        What counts all criteria of an opportunity, and takes some of them, is faster than what
        takes each receipt apart.

        :param Domain domain: an optimized one
        """
        parts = domain.children if getattr(domain, "OPERATOR", None) == "&" else [domain]
        for part in parts:
            if (
                getattr(part, "field_expr", None) == "framework_id"
                and part.operator == "in"
                and isinstance(part.value, Set)
                and all(type(id_) is int for id_ in part.value)
            ):
                return [*part.value], Domain.AND(each for each in parts if each is not part)
        return None, domain

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
        lead = self._as_found().lead_id
        if not lead:
            raise UserError(self.env._("This opportunity does not exist any more."))
        return lead.get_formview_action()
