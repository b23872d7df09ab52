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
        _required, missing = self._get_required_and_missing(CONVERSION)
        lacking = {id_ for id_, criterion_ids in missing.items() if criterion_ids}
        self.browse(lacking).is_qualified = False
        self.browse(missing.keys() - lacking).is_qualified = True

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

    def _get_asked_criteria(self, gate=None, hands_by_lead=None):
        """Return what a gate asks of each lead.

        :param int gate: a stage id or ``CONVERSION``; by default the gate that each
            lead stands before
        :param dict hands_by_lead: see ``_group_by_hands``
        :return: ``{id: {criterion_id: tier}}``, by the leads' ids as in ``self._ids``
        """
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        # most leads of a batch stand alike: each place is worked out once
        asked_by_place, asked = {}, {}
        hands_by_lead = hands_by_lead or self._get_hands_by_lead()
        for lead in self:
            # where a gate is given, it asks the same of all that are in the same hands
            is_opportunity = gate is None and lead._is_saved_opportunity()
            stage_ids = lead.stage_id._ids if gate is None else ()
            hands = hands_by_lead[lead._ids[0]]
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

    def _get_required_criteria(self, gate=None, hands_by_lead=None):
        """Return what a gate requires of each lead: ``{id: {criterion_id, …}}``.

        :param gate: as ``_get_asked_criteria`` has it, and so is ``hands_by_lead``
        """
        # leads that stand alike are asked for the same: picked once
        required, found = {}, {}
        for id_, asked in self._get_asked_criteria(gate, hands_by_lead).items():
            if id(asked) not in required:
                required[id(asked)] = frozenset(
                    criterion_id for criterion_id, tier in asked.items() if tier == REQUIRED
                )
            found[id_] = required[id(asked)]
        return found

    def _get_required_and_missing(self, gate=None):
        """Return what a gate requires of each lead, and what of it is not met.

        :param gate: as ``_get_asked_criteria`` has it
        :return: twice ``{id: {criterion_id, …}}``, by the leads' ids as in ``self._ids``
        """
        hands_by_lead = self._get_hands_by_lead()
        required = self._get_required_criteria(gate, hands_by_lead)
        ids_by_required = defaultdict(list)
        for id_, criterion_ids in required.items():
            ids_by_required[criterion_ids].append(id_)
        missing = {}
        for criterion_ids, ids in ids_by_required.items():
            # what is read of some is read of all
            leads = self.browse(ids).with_prefetch(self._ids)
            missing.update(leads._get_unmet_criteria(criterion_ids, hands_by_lead))
        return required, missing

    def _get_unmet_criteria(self, criterion_ids, hands_by_lead=None):
        """Return which of the given criteria each lead does not meet.

        :param criterion_ids: ids of criteria in force
        :param dict hands_by_lead: see ``_group_by_hands``
        :return: ``{id: {criterion_id, …}}``, by the leads' ids as in ``self._ids``
        """
        unmet = {id_: set() for id_ in self._ids}
        if not criterion_ids:
            return unmet
        framework_model = self.env["crm.qualification.framework"]
        for (company, company_id), leads in self._grouped_by_companies(hands_by_lead).items():
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
            following = ["crm.lead", *self._get_models_that_follow()]
            self.env.registry._setup_models__(self.env.cr, following)

    @api.model
    def _get_models_that_follow(self):
        """Return the names of other models whose forms follow the fields in use.

        For other packages to extend.
        """
        return []
