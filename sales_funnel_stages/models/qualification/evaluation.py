from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, sql

from ...names import PLACE_FIELDS
from ...tools.rulebook import CONVERSION, REQUIRED
from ..rules.criterion import DOMAIN_ERRORS
from ..rules.database_field import DatabaseField


class Qualified(DatabaseField, fields.Boolean):
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

    # ------------------------------------------------------------------
    # The engine
    # ------------------------------------------------------------------

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

    def _is_saved_opportunity(self):
        # asked for each card: that it is saved, its id says
        ids = self._ids
        return bool(ids and (ids[0] or ids[0].origin)) and self.type == "opportunity"

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
        for lead in self:
            is_opportunity = lead._is_saved_opportunity()
            stage_ids = lead.stage_id._ids
            hands = lead._get_hands()
            place = is_opportunity, stage_ids, hands
            if place not in asked_by_place:
                stage_id = (stage_ids and (stage_ids[0] or stage_ids[0].origin)) or 0
                team_id, company_id = hands
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
        # leads that stand alike are asked for the same: picked once
        required, found = {}, {}
        for id_, asked in self._get_asked_criteria(gate).items():
            if id(asked) not in required:
                required[id(asked)] = frozenset(
                    criterion_id for criterion_id, tier in asked.items() if tier == REQUIRED
                )
            found[id_] = required[id(asked)]
        return found

    def _get_unmet_criteria(self, criterion_ids):
        """Return which of the given criteria each lead does not meet.

        :param criterion_ids: ids of criteria in force
        :return: ``{id: {criterion_id, …}}``, by the leads' ids as in ``self._ids``
        """
        unmet = {id_: set() for id_ in self._ids}
        if not criterion_ids:
            return unmet
        framework_model = self.env["crm.qualification.framework"]
        for (company, company_id), leads in self._grouped_by_companies().items():
            leads = leads._in_canonical_env(company)
            domains = framework_model._get_seen_domains(company_id)
            ids = frozenset(leads._ids)
            for criterion_id in criterion_ids:
                met = leads.filtered_domain(domains[criterion_id])
                for id_ in ids.difference(met._ids):
                    unmet[id_].add(criterion_id)
        return unmet

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

    def _qualified_domain(self, _model, company_id):
        """Return the domain of the qualified leads, by a company's settings."""
        book = self._get_rulebook()
        domains = self._get_met_domains(company_id)
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
                domains[id_]
                for id_, tier in book.asked(framework_id, CONVERSION, 0).items()
                if tier == REQUIRED
            )
            for framework_id, scope in scopes
        )


class CrmQualificationCriterion(models.Model):
    _inherit = "crm.qualification.criterion"

    @api.model
    def _renew_rulebook(self):  # pylint: disable=missing-return
        """Forget the cached rules, and let the forms follow the fields in use."""
        super()._renew_rulebook()
        lead_model = self.env["crm.lead"]
        if lead_model._qualification_depends() != self.env.registry.field_depends.get(
            lead_model._fields["is_qualified"]
        ):
            # as crm does when the fields of predictive lead scoring change
            self.env.flush_all()
            self.env.registry._setup_models__(self.env.cr, ["crm.lead"])
