from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL, sql

from ...tools.rulebook import CONVERSION, REQUIRED
from ...tools.score import score
from ..rules.criterion import DOMAIN_ERRORS

# what decides which rules a lead is under, and which gate it stands before
PLACE_FIELDS = ("type", "stage_id", "team_id", "company_id")


class Qualified(fields.Boolean):
    """A yes or no that is not stored, by which the database can group and sort all the same."""

    def to_sql(self, model, alias):
        return SQL(
            "(%s IN %s)",
            SQL.identifier(alias, "id"),
            model._get_qualified_query().subselect(),
        )


class CrmLead(models.Model):
    """Whether a lead is qualified, and how far: evaluated live, never stored.

    The engine under everything that asks for criteria:

    1. ``_get_asked_criteria`` says which criteria a gate asks each lead for, from the
       rulebook (cached in the registry; no query);
    2. ``_get_unmet_criteria`` evaluates them for a batch, on records, in the canonical
       environment. It costs the queries that read the fields in use, whatever the
       number of leads; none for fields in the cache. It works on unsaved records.
    3. ``_qualified_domain`` says the same to the database.
    """

    _inherit = "crm.lead"

    is_qualified = Qualified(
        string="Qualified",
        compute="_compute_is_qualified",
        search="_search_is_qualified",
        help="All criteria that the conversion requires are met.",
    )
    qualification_score = fields.Integer(
        compute="_compute_qualification_score",
        aggregator=None,
        help="How much of what the next step asks for is met, by weight, from 0 to 100.",
    )

    @api.model
    def _qualification_depends(self):
        """Return what the qualification is computed from: the stored fields in use.

        Asked while the registry is set up, when models cannot be read yet.
        """
        names = set(PLACE_FIELDS)
        if sql.table_exists(self.env.cr, "crm_qualification_criterion"):
            criterion_model = self.env["crm.qualification.criterion"]
            for (text,) in self.env.execute_query(
                SQL("SELECT domain FROM crm_qualification_criterion")
            ):
                try:
                    domain = criterion_model._parse_domain(text)
                    names |= criterion_model._get_field_paths(domain, self)
                except DOMAIN_ERRORS + (SyntaxError,):
                    continue  # said in the log where the rules are read
        return tuple(sorted(names))

    @api.depends(lambda self: self._qualification_depends())
    @api.depends_context("uid")
    def _compute_is_qualified(self):
        required = self._get_required_criteria(CONVERSION)
        unmet = self._get_unmet_criteria(set().union(*required.values()))
        for lead in self:
            lead.is_qualified = required[lead._ids[0]].isdisjoint(unmet[lead._ids[0]])

    @api.depends(lambda self: self._qualification_depends())
    @api.depends_context("uid")
    def _compute_qualification_score(self):
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        asked_by_lead = self._get_asked_criteria()
        unmet = self._get_unmet_criteria({id_ for asked in asked_by_lead.values() for id_ in asked})
        for lead in self:
            asked, missing = asked_by_lead[lead._ids[0]], unmet[lead._ids[0]]
            weights = {id_: criteria[id_][1] for id_ in asked}
            lead.qualification_score = score(weights, missing)

    # ------------------------------------------------------------------
    # The engine
    # ------------------------------------------------------------------

    @api.model
    def _get_rulebook(self):
        return self.env["crm.qualification.framework"]._get_rulebook()

    @api.model
    @tools.ormcache("self.env.uid")
    def _get_user_company_id(self):
        """Return the id of the user's own company, whatever they look through."""
        return self.env.user.company_id.id

    def _get_next_gate(self):
        """Return the gate that this lead stands before: a stage id, or ``CONVERSION``.

        An opportunity that is not saved yet stands before the stage it is made in.
        """
        self.ensure_one()
        return self._get_rulebook().next_gate(
            self._is_saved_opportunity(),
            self.stage_id._origin.id or 0,
            self.team_id._origin.id or 0,
        )

    def _get_rule_settings(self):
        """Return the :class:`Settings` that this lead falls under."""
        self.ensure_one()
        return self._get_rulebook().settings_of(
            self.team_id._origin.id or 0,
            self.company_id._origin.id or 0,
            self._get_user_company_id(),
        )

    def _is_saved_opportunity(self):
        return bool(self._origin) and self.type == "opportunity"

    def _get_asked_criteria(self, gate=None):
        """Return what a gate asks of each lead.

        :param int gate: a stage id or ``CONVERSION``; by default the gate that each
            lead stands before
        :return: ``{id: {criterion_id: tier}}``, by the leads' ids as in ``self._ids``
        """
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        # most leads of a batch stand alike: each place is worked out once
        asked_by_place, asked = {}, {}
        places = zip(
            self,
            self._get_record_ids("stage_id"),
            self._get_record_ids("team_id"),
            self._get_record_ids("company_id"),
            strict=True,
        )
        for lead, stage_id, team_id, company_id in places:
            is_opportunity = lead._is_saved_opportunity()
            place = is_opportunity, stage_id, team_id, company_id
            if place not in asked_by_place:
                settings = book.settings_of(team_id, company_id, user_company_id)
                asked_by_place[place] = book.asked(
                    settings.framework_id,
                    book.next_gate(is_opportunity, stage_id, team_id) if gate is None else gate,
                    team_id,
                )
            asked[lead._ids[0]] = asked_by_place[place]
        return asked

    def _get_required_criteria(self, gate=None):
        """Return what a gate requires of each lead: ``{id: {criterion_id, …}}``.

        :param gate: as ``_get_asked_criteria`` has it
        """
        return {
            id_: {criterion_id for criterion_id, tier in asked.items() if tier == REQUIRED}
            for id_, asked in self._get_asked_criteria(gate).items()
        }

    def _get_unmet_criteria(self, criterion_ids):
        """Return which of the given criteria each lead does not meet.

        :param criterion_ids: ids of criteria in force
        :return: ``{id: {criterion_id, …}}``, by the leads' ids as in ``self._ids``
        """
        unmet = {id_: set() for id_ in self._ids}
        if not criterion_ids:
            return unmet
        for company, leads in self._grouped_by_rule_company().items():
            leads = leads._in_canonical_env(company)
            for criterion_id in criterion_ids:
                met = leads._filter_met(criterion_id)
                for id_ in set(leads._ids).difference(met):
                    unmet[id_].add(criterion_id)
        return unmet

    def _filter_met(self, criterion_id):
        """Return the ids of those leads, in the canonical environment, that meet a criterion.

        Of those that say the same, one is asked: in a batch most do.
        """
        framework_model = self.env["crm.qualification.framework"]
        domain, _weight = framework_model._get_criteria()[criterion_id]
        names = framework_model._get_columns_asked(criterion_id)
        if names is None or len(self) == 1:
            return self.filtered_domain(domain)._ids
        alike = defaultdict(list)
        for id_, *values in zip(self._ids, *map(self._get_column, names), strict=True):
            alike[tuple(values)].append(id_)
        asked = self.browse(ids[0] for ids in alike.values())
        met = set(asked.filtered_domain(domain)._ids)
        return [id_ for ids in alike.values() if ids[0] in met for id_ in ids]

    def _grouped_by_rule_company(self):
        """Return ``{company: leads}``, by the company whose settings count for each lead."""
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        ids_by_company = defaultdict(list)
        places = zip(
            self._ids,
            self._get_record_ids("team_id"),
            self._get_record_ids("company_id"),
            strict=True,
        )
        for id_, team_id, company_id in places:
            ids_by_company[book.company_of(team_id, company_id, user_company_id)].append(id_)
        return {
            self.env["res.company"].browse(company_id): self.browse(ids)
            for company_id, ids in ids_by_company.items()
        }

    def _in_canonical_env(self, company=None):
        """Return the same leads in the one environment in which criteria are evaluated.

        Superuser, ``en_US``, the company's time zone, no other context: time zone,
        language, companies and access of whoever looks would change the verdict.

        :param company: the ``res.company`` whose time zone counts, by default the
            user's own
        """
        company_id = company.id if company else self._get_user_company_id()
        context = {"lang": "en_US", "tz": self._get_time_zone(company_id)}
        # sudo: the verdict is the same for everybody; only that verdict is handed out
        return self.with_env(self.env(user=SUPERUSER_ID, context=context, su=True))

    @api.model
    @tools.ormcache("company_id")
    def _get_time_zone(self, company_id):
        # sudo: rules count by the clock of their company, whoever may see it
        company = self.env["res.company"].sudo().browse(company_id)
        return company.resource_calendar_id.tz or "UTC"

    # ------------------------------------------------------------------
    # Searching and grouping
    # ------------------------------------------------------------------

    def _search_is_qualified(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo asks for True, or for both
        return Domain(False in value) | Domain("id", "in", self._get_qualified_query())

    @api.model
    def _get_qualified_query(self):
        """Return the query of all qualified leads, archived ones included."""
        return self._get_canonical_query(self._qualified_domain)

    @api.model
    def _get_canonical_query(self, make_domain):
        """Return a query of leads, archived ones included, evaluated as criteria are.

        One part for each time zone that counts; access rights are those of the search
        that it is made for.

        :param make_domain: called with leads in the canonical environment and the id of a
            company, returns the domain of the leads for which that company's settings count
        """
        # no records: Odoo would round amounts in the currency of those that it is called on
        lead_model = self.browse()
        user_company_id = self._get_user_company_id()
        models, domains = {}, defaultdict(lambda: Domain.FALSE)
        for company_id in self._get_rulebook().companies:
            model = lead_model._in_canonical_env(self.env["res.company"].browse(company_id))
            time_zone = model.env.context["tz"]
            models[time_zone] = model
            domains[time_zone] |= self._rule_company_domain(company_id, user_company_id) & (
                make_domain(model, company_id)
            )
        queries = [
            model._search(domains[time_zone], active_test=False)
            for time_zone, model in models.items()
        ]
        if len(queries) == 1:
            return queries[0]
        return lead_model._in_canonical_env()._search(
            Domain.OR(Domain("id", "in", query) for query in queries), active_test=False
        )

    @api.model
    def _rule_company_domain(self, company_id, user_company_id):
        """Return the domain of the leads for which a company's settings count."""
        book = self._get_rulebook()
        its_teams = [id_ for id_, team in book.teams.items() if team.company_id == company_id]
        shared = [id_ for id_, team in book.teams.items() if not team.company_id]
        without = Domain("team_id", "in", its_teams)
        if company_id == user_company_id:
            without |= Domain("team_id", "=", False) | Domain("team_id", "in", shared)
        return Domain("company_id", "=", company_id) | (Domain("company_id", "=", False) & without)

    def _qualified_domain(self, _model, company_id):
        """Return the domain of the qualified leads, by a company's settings."""
        book = self._get_rulebook()
        criteria = self.env["crm.qualification.framework"]._get_criteria()
        teams_by_framework = defaultdict(list)
        for team_id, team in book.teams.items():
            if team.framework_id:
                teams_by_framework[team.framework_id].append(team_id)
        own_framework = [id_ for ids in teams_by_framework.values() for id_ in ids]
        scopes = [
            (framework_id, Domain("team_id", "in", team_ids))
            for framework_id, team_ids in teams_by_framework.items()
        ]
        default = book.companies[company_id].framework_id
        scopes.append((default, Domain("team_id", "not in", own_framework)))
        return Domain.OR(
            scope
            & Domain.AND(
                criteria[id_][0]
                for id_, tier in book.asked(framework_id, CONVERSION, 0).items()
                if tier == REQUIRED
            )
            for framework_id, scope in scopes
        )
