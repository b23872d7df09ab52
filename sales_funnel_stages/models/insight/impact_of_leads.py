from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...names import MANAGER_GROUP
from ...tools import impact
from ...tools.impact import Impact, Scenario
from ..rules.described_field import DescribedChar

A_YEAR = timedelta(days=365)
# Materialized, so that the database groups what was found by hashes: it would sort all of it.
COUNTS = """
WITH counted AS MATERIALIZED (%s)
SELECT status, team_id, stage_id, user_id, %s
  FROM counted
 GROUP BY status, team_id, stage_id, user_id
"""


class CrmLead(models.Model):
    """The impact of rules: how many leads they would hold back, before they do.

    Held back is an open opportunity that lacks what is required to enter the next stage of
    its pipeline, as the gate would say today, and a lead that lacks what is required to become
    an opportunity. Of those that were won within a year, the ones are counted that lack, as
    they stand now, what winning requires.

    What is counted is what the user may see; whether a criterion is met is what everybody
    is told (see ``_in_canonical_env``). One query counts any number of scenarios.
    """

    _inherit = "crm.lead"

    stage_rule_scenario = DescribedChar(
        string="Held Back By",
        store=False,
        exportable=False,
        copy=False,
        search="_search_stage_rule_scenario",
        groups=MANAGER_GROUP,
    )

    _open_opportunity_idx = models.Index(
        "(team_id, stage_id, user_id) WHERE type = 'opportunity' AND won_status = 'pending'"
    )
    _open_lead_idx = models.Index("(team_id) WHERE type = 'lead' AND won_status = 'pending'")
    _won_idx = models.Index("(team_id, date_closed) WHERE won_status = 'won'")

    @api.model
    def _impact_domain(self, status):
        """Return the domain of the leads that are counted.

        :param status: one of ``impact.COUNTED``
        """
        domain = Domain("type", "=", "lead" if status == impact.LEADS else "opportunity")
        if status != impact.WON:
            return domain & Domain("won_status", "=", "pending") & Domain("active", "=", True)
        return (
            domain
            & Domain("won_status", "=", "won")
            & Domain("date_closed", ">=", fields.Datetime.now() - A_YEAR)
            & Domain("active", "in", (True, False))
        )

    def _search_stage_rule_scenario(self, operator, value):
        """Search what a scenario holds back, by one of ``impact.COUNTED``: ``open/…``."""
        if operator != "in":
            return NotImplemented
        # Odoo does not check who may search by a field that is not stored
        self._check_field_access(self._fields["stage_rule_scenario"], "read")
        self._spare_compiling()
        found = Domain.FALSE
        for text in value:
            status, _, rest = str(text).partition("/")
            scenario = Scenario.parse(rest)
            if status in impact.COUNTED and scenario and self._is_scenario_visible(scenario):
                found |= self._impact_domain(status) & self._held_back_domain(scenario, status)
        return found

    @api.model
    def _is_scenario_visible(self, scenario):
        """Tell whether the user may know what the framework of a scenario asks for."""
        framework = self.env["crm.qualification.framework"].browse(scenario.framework_id or [])
        framework = framework.exists()
        if not framework.has_access("read"):
            return False
        named = {criterion_id for criterion_id, _gate in scenario.rules or ()}
        return named <= {*framework.criterion_ids.ids}

    # ------------------------------------------------------------------
    # Domains
    # ------------------------------------------------------------------

    @api.model
    def _concerned_domain(self, scenario):
        """Return the domain of the leads that a scenario is about, open or not."""
        if scenario.kind == "all":
            return Domain.TRUE
        team_ids = defaultdict(list)
        for company_id, team_id in impact.followers(self._get_rulebook(), scenario):
            team_ids[company_id].append(team_id)
        return self._by_rule_company(
            {
                company_id: Domain("team_id", "in", self._or_none(ids))
                for company_id, ids in team_ids.items()
            }
        )

    @api.model
    def _held_back_domain(self, scenario, status):
        """Return the domain of the leads that lack something that a scenario requires."""
        book = self._get_rulebook()
        domains = {}
        for company_id, places in impact.requirements(book, scenario, status).items():
            model = self.browse()._in_canonical_env(self.env["res.company"].browse(company_id))
            met = self._get_met_domains(company_id)
            met = {id_: met[id_].optimize_full(model) for id_ in places if id_ in met}
            # most are required in the same places: where a lead stands is asked once. What is not
            # in the lead itself is asked last, as by then most of what is held back is known.
            criteria = {False: defaultdict(list), True: defaultdict(list)}
            for id_, domain in met.items():
                for stage_ids, team_ids in places[id_].items():
                    criteria[_is_looked_up(domain)][stage_ids, tuple(team_ids)].append(id_)
            domains[company_id] = Domain.OR(
                self._place_domain(book, *place)
                & Domain.OR(self._unmet_domain(model, met[id_]) for id_ in ids)
                for grouped in criteria.values()
                for place, ids in grouped.items()
            )
        return self._by_rule_company(domains)

    @api.model
    def _by_rule_company(self, domains):
        """Return the domain of the leads that match what is asked in their company.

        :param dict domains: ``{company_id: Domain}``
        """
        user_company_id = self._get_user_company_id()
        return Domain.OR(
            self._rule_company_domain(company_id, user_company_id) & domain
            for company_id, domain in domains.items()
        )

    @api.model
    def _place_domain(self, book, stage_ids, team_ids):
        """Return the domain of the leads that are in some stages, and of some teams.

        Nothing is asked for where it is all of them, and none.
        """
        domain = Domain.TRUE
        if len(stage_ids) <= len(book.stages):
            domain &= Domain("stage_id", "in", self._or_none(stage_ids))
        if len(team_ids) <= len(book.teams):
            domain &= Domain("team_id", "in", self._or_none(team_ids))
        return domain

    @api.model
    def _or_none(self, ids):
        return [id_ or False for id_ in ids]

    @api.model
    def _unmet_domain(self, model, domain):
        """Return the domain of the leads that do not match one.

        :param model: leads in the canonical environment, in which it is evaluated
        :param Domain domain: optimized for it
        """

        def to_sql(_model, alias, query):
            # not turned round: where a value is not known, it does not match either
            return SQL("(%s) IS NOT TRUE", domain._to_sql(model, alias, query))

        return Domain.custom(to_sql=to_sql)

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    @api.model
    def _get_impacts(self, scenarios):
        """Return ``{scenario: Impact}``; one query, however many scenarios and leads.

        :param scenarios: of :class:`Scenario`
        """
        counted = {each: self._counted_as(each) for each in scenarios}
        impacts = {each: Impact() for each in counted}
        if not counted:
            return impacts
        columns = list(dict.fromkeys(counted.values()))
        domain = Domain.TRUE
        if all(each.kind == "team" for each in counted):
            domain = Domain("team_id", "in", [each.team_id for each in counted])
        for status, team_id, stage_id, user_id, counts in self._count_impact(columns, domain):
            for scenario, column in counted.items():
                if scenario.is_about(team_id):
                    impacts[scenario].add(status, stage_id, user_id, *counts[column])
        return impacts

    @api.model
    def _counted_as(self, scenario):
        """Return the scenario by which to count one.

        Teams as they are, are counted together, and told apart by their rows.
        """
        if scenario.kind != "team":
            return scenario
        team = self._get_rulebook().teams[scenario.team_id]
        return Scenario() if team.framework_id == scenario.framework_id else scenario

    @api.model
    def _count_impact(self, scenarios, domain):
        """Count the leads of scenarios, and those that they hold back; one query.

        :param list scenarios: of :class:`Scenario`
        :param Domain domain: only of these leads
        :return: rows of status, team, stage and user (ids, 0 for none; the last two of open
            opportunities only), and ``{scenario: (number of all, number of those held back)}``
        """
        self._spare_compiling()
        queries = (self._count_query(scenarios, status, domain) for status in impact.COUNTED)
        flags = map(_flag, range(2 * len(scenarios)))
        counts = SQL(", ").join(SQL("COUNT(*) FILTER (WHERE %s)", flag) for flag in flags)
        found = self.env.execute_query(SQL(COUNTS, SQL(" UNION ALL ").join(queries), counts))
        return [
            (
                impact.COUNTED[number],
                *(id_ or 0 for id_ in (team_id, stage_id, user_id)),
                dict(zip(scenarios, zip(counts[::2], counts[1::2], strict=True), strict=True)),
            )
            for number, team_id, stage_id, user_id, *counts in found
        ]

    @api.model
    def _count_query(self, scenarios, status, domain):
        """Return the query of the leads that are one of ``impact.COUNTED``, to be counted.

        It has the number of that status, team, stage, user, and for each scenario whether it is
        about the lead, and whether it holds it back.
        """
        query = self._search(self._impact_domain(status) & domain, active_test=False)
        flags = []
        for scenario in scenarios:
            concerned = self._concerned_domain(scenario)
            held_back = concerned & self._held_back_domain(scenario, status)
            flags += [
                each.optimize_full(self)._to_sql(self, query.table, query)
                for each in (concerned, held_back)
            ]
        team_id, *place = (
            self._field_to_sql(query.table, name, query)
            for name in ("team_id", "stage_id", "user_id")
        )
        if status != impact.OPEN:
            place = [SQL("NULL::integer")] * len(place)
        return query.select(
            # a number, as by these the database groups at once, and not by its words
            SQL("%s AS status", impact.COUNTED.index(status)),
            SQL("%s AS team_id", team_id),
            SQL("%s AS stage_id", place[0]),
            SQL("%s AS user_id", place[1]),
            *(SQL("%s AS %s", flag, _flag(number)) for number, flag in enumerate(flags)),
        )


def _is_looked_up(domain):
    """Tell whether a domain that is optimized asks other records than the lead itself."""
    return any(isinstance(each.value, Domain | Query | SQL) for each in domain.iter_conditions())


def _flag(number):
    return SQL.identifier(f"flag_{number}")
