from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...names import SALESPERSON_GROUP
from ...tools.places import requiring_places
from ...tools.rulebook import OFF
from ..rules.database_field import DatabaseField
from ..rules.shown_field import ShownBoolean, ShownJson, ShownText


class MissingFirst(DatabaseField, fields.Many2one):
    """A criterion that is not stored, by which the database can group and sort all the same."""

    def to_sql(self, model, alias):
        return model._missing_first_to_sql(alias)


class CrmLead(models.Model):
    """How far a lead is on its way to the next gate, for cards, filters and groups.

    Less than the checklist, and cheaper: for however many cards, it costs the queries that
    read the fields in use, and one for the names of what is missing.
    """

    _inherit = "crm.lead"

    gate_progress = ShownJson(
        string="Next Step",
        compute="_compute_gate_progress",
        help="How much of what the next step requires is met, and what is missing.",
    )
    missing_text = ShownText(
        string="What Is Missing",
        compute="_compute_missing_text",
        help="What the next step requires and is not met.",
    )
    # always empty: Odoo reads the fields of hidden columns, too
    missing_column = ShownBoolean(
        string="What Is Missing (Column)",
        compute="_compute_missing_column",
        exportable=False,
        help="Where a list is to show what is missing: its widget asks for it.",
    )
    missing_first_id = MissingFirst(
        "crm.qualification.criterion",
        string="Missing First",
        compute="_compute_missing_first_id",
        search="_search_missing_first_id",
        # others may have been given leads to read, without what only this addon has
        groups=SALESPERSON_GROUP,
        help="The first of what the next step requires that is not met. "
        "Empty: ready for the next step.",
    )

    @api.depends(lambda self: ("won_status", *self._qualification_depends()))
    @api.depends_context("uid", "lang")
    def _compute_gate_progress(self):
        still_open = self._filter_on_their_way()
        (self - still_open).gate_progress = False
        required, missing = still_open._get_required_and_missing()
        names = self._get_criterion_names(set().union(*missing.values()))
        # most cards say the same as others: set together
        alike = defaultdict(list)
        for id_, asked in required.items():
            alike[len(asked), frozenset(missing[id_])].append(id_)
        for (total, lacking), ids in alike.items():
            still_open.browse(ids).gate_progress = total and {
                "met": total - len(lacking),
                "total": total,
                "missing": [name for id_, name in names.items() if id_ in lacking],
            }

    @api.depends("gate_progress")
    @api.depends_context("uid", "lang")
    def _compute_missing_text(self):
        for lead in self:
            progress = lead.gate_progress
            lead.missing_text = ", ".join(progress["missing"]) if progress else False

    def _compute_missing_column(self):
        self.missing_column = False

    @api.depends(lambda self: self._qualification_depends())
    @api.depends_context("uid")
    def _compute_missing_first_id(self):
        _required, missing = self._get_required_and_missing()
        # sudo: whoever may see the lead may see what it lacks
        criteria = self.env["crm.qualification.criterion"].sudo()
        order = criteria.browse(set().union(*missing.values())).sorted().ids
        for lead in self:
            lacking = missing[lead._ids[0]]
            lead.missing_first_id = next((id_ for id_ in order if id_ in lacking), False)

    def _filter_on_their_way(self):
        """Return those whose next step is of interest: neither won nor lost, and under rules."""
        # asked for each card
        still_open = self.browse(
            lead._ids[0] for lead in self if lead.won_status not in ("won", "lost")
        )
        if not self._get_rulebook().is_in_use(OFF):
            return still_open
        settings = still_open._get_rule_settings_by_lead()
        return self.browse(id_ for id_ in still_open._ids if settings[id_].policy != OFF)

    # ------------------------------------------------------------------
    # Searching and grouping
    # ------------------------------------------------------------------

    def _search_missing_first_id(self, operator, value):
        if operator in ("any", "any!"):
            # by name ("contains"), or by whatever else a criterion has
            criteria = self.env["crm.qualification.criterion"]
            # sudo: asked for by programs only, which have checked it
            criteria = criteria.sudo(self.env.su or operator == "any!")
            domain = value if isinstance(value, Domain) else Domain("id", "in", value)
            value = criteria.search(domain).ids
        elif operator != "in":
            return NotImplemented

        def to_sql(model, alias, _query):
            missing = model._missing_first_to_sql(alias)
            ids = tuple(id_ for id_ in value if id_)
            conditions = [SQL("%s IN %s", missing, ids)] if ids else []
            if False in value:
                conditions.append(SQL("%s IS NULL", missing))
            return SQL("(%s)", SQL(" OR ").join(conditions or [SQL("FALSE")]))

        return Domain.custom(
            to_sql=to_sql, predicate=lambda lead: (lead.missing_first_id.id or False) in value
        )

    @api.model
    def _missing_first_to_sql(self, alias):
        """Return the expression of the criterion that a lead lacks first, NULL for none."""
        self._spare_compiling()
        # sudo: the order of the criteria is no secret
        criteria = self.env["crm.qualification.criterion"].sudo().search([])
        book = self._get_rulebook()
        whens = defaultdict(list)
        for model, company_id, its_leads in self._get_grounds():
            domains = self._get_met_domains(company_id)
            for id_, places in requiring_places(book, company_id).items():
                whens[id_].append(
                    SQL(
                        "WHEN %s AND (%s) IS NOT TRUE THEN %s",
                        model._condition_to_sql(alias, its_leads & self._places_domain(places)),
                        model._condition_to_sql(alias, domains[id_]),
                        id_,
                    )
                )
        cases = [when for id_ in criteria.ids for when in whens[id_]]
        return SQL("(CASE %s END)", SQL(" ").join(cases)) if cases else SQL("NULL::integer")

    @api.model
    def _places_domain(self, places):
        """Return the domain of the leads in some places (see ``tools.places``)."""
        return Domain.OR(
            Domain("type", "=" if is_opportunity else "!=", "opportunity")
            & Domain("stage_id", "in", [id_ or False for id_ in stage_ids])
            & Domain("team_id", "in", [id_ or False for id_ in team_ids])
            for (is_opportunity, stage_ids), team_ids in places.items()
        )

    @api.model
    def _condition_to_sql(self, alias, domain):
        """Return the condition that a domain is, for rows that are read anyway."""
        query = Query(self.env, alias, self._table_sql)
        condition = domain.optimize_full(self)._to_sql(self, alias, query)
        if not query._joins:
            return condition
        # it needs other tables beside
        leads = self._search(domain, active_test=False)
        return SQL("%s IN %s", SQL.identifier(alias, "id"), leads.subselect())
