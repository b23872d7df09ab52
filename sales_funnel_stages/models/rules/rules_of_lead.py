from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    """Under which rules a lead is."""

    _inherit = "crm.lead"

    @api.model
    def _get_rulebook(self):
        return self.env["crm.qualification.framework"]._get_rulebook()

    @api.model
    def _get_won_stage_ids(self):
        return {stage.id for stage in self._get_rulebook().stages if stage.is_won}

    def _get_rule_settings(self):
        """Return the :class:`Settings` that this lead falls under."""
        self.ensure_one()
        return self._get_rule_settings_by_lead()[self._ids[0]]

    def _get_rule_settings_by_lead(self, hands_by_lead=None):
        """Return ``{id: Settings}``, by the leads' ids as in ``self._ids``.

        :param dict hands_by_lead: see ``_group_by_hands``
        """
        book, user_company_id = self._get_rulebook(), self._get_user_company_id()
        found = {}
        for hands, ids in self._group_by_hands(hands_by_lead).items():
            found.update(dict.fromkeys(ids, book.settings_of(*hands, user_company_id)))
        return found

    def _get_hands(self):
        """Return the ids of the team and the company of this lead, 0 for none."""
        # asked for each card: by ids, of which those of drafts are false
        team_ids, company_ids = self.team_id._ids, self.company_id._ids
        return (
            (team_ids and (team_ids[0] or team_ids[0].origin)) or 0,
            (company_ids and (company_ids[0] or company_ids[0].origin)) or 0,
        )

    def _get_hands_by_lead(self):
        """Return ``{id: (team_id, company_id)}``, as ``_get_hands`` has them."""
        return {lead._ids[0]: lead._get_hands() for lead in self}

    def _group_by_hands(self, hands_by_lead=None):
        """Return ``{(team_id, company_id): [id, …]}``, as ``_get_hands`` has them.

        :param dict hands_by_lead: of these leads, where they are known
        """
        hands_by_lead = hands_by_lead or self._get_hands_by_lead()
        ids_by_hands = defaultdict(list)
        for id_ in self._ids:
            ids_by_hands[hands_by_lead[id_]].append(id_)
        return ids_by_hands

    def _grouped_by_rule_company(self, hands_by_lead=None):
        """Return ``{company: leads}``, by the company whose settings count for each lead.

        :param dict hands_by_lead: see ``_group_by_hands``
        """
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        ids_by_company = defaultdict(list)
        for hands, ids in self._group_by_hands(hands_by_lead).items():
            ids_by_company[book.company_of(*hands, user_company_id)] += ids
        return {
            # what is read of one company's leads is read of all
            self.env["res.company"].browse(company_id): self.browse(ids).with_prefetch(
                self._prefetch_ids
            )
            for company_id, ids in ids_by_company.items()
        }

    def _grouped_by_companies(self, hands_by_lead=None):
        """Return ``{(company, company_id): leads}``: whose settings count, whose records are there.

        The id is 0 where the leads have no company, nor has their team.

        :param dict hands_by_lead: see ``_group_by_hands``
        """
        if not self.env["crm.qualification.criterion"]._has_companies():
            return {
                (company, company.id): leads
                for company, leads in self._grouped_by_rule_company(hands_by_lead).items()
            }
        book = self._get_rulebook()
        user_company_id = self._get_user_company_id()
        ids_by_companies = defaultdict(list)
        for hands, ids in self._group_by_hands(hands_by_lead).items():
            own_company_id = book.company_of(*hands, 0)
            ids_by_companies[own_company_id or user_company_id, own_company_id] += ids
        return {
            # as above
            (self.env["res.company"].browse(company_id), own_company_id): self.browse(
                ids
            ).with_prefetch(self._prefetch_ids)
            for (company_id, own_company_id), ids in ids_by_companies.items()
        }

    @api.model
    def _get_met_domains(self, company_id):
        """Return ``{criterion_id: Domain}``, of the leads for which a company's settings count.

        What a criterion leads to is there as far as the lead's own company goes, or its team's;
        where it has neither, as far as all companies share it.
        """
        framework_model = self.env["crm.qualification.framework"]
        own = framework_model._get_seen_domains(company_id)
        if company_id != self._get_user_company_id():
            return own
        book = self._get_rulebook()
        its_teams = [id_ for id_, team in book.teams.items() if team.company_id]
        is_own = Domain("company_id", "!=", False) | Domain("team_id", "in", its_teams)
        return {
            id_: own[id_] if own[id_] == shared else (is_own & own[id_]) | (~is_own & shared)
            for id_, shared in framework_model._get_seen_domains(0).items()
        }

    def _get_rule_day(self):
        """Return today by the clock that the criteria of this lead (or of none) follow."""
        # sudo: whose clock counts does not depend on who may read the lead
        company = next(iter(self.sudo()._grouped_by_rule_company()), None)
        return fields.Date.context_today(self._in_canonical_env(company))

    @api.model
    def _get_criterion_names(self, criterion_ids):
        """Return ``{id: name}`` in the order of the framework."""
        return {each.id: each.name for each in self._get_shown_criteria(criterion_ids)}

    @api.model
    def _get_shown_criteria(self, criterion_ids):
        """Return what is shown of criteria, a list of :class:`ShownCriterion`, in their order."""
        shown = self.env["crm.qualification.framework"]._get_criteria_shown(self.env.lang)
        return [each for id_, each in shown.items() if id_ in criterion_ids]

    @api.model
    def _get_stage_names(self, gates):
        """Return ``{stage_id: name}`` of those gates that are stages."""
        names = self.env["crm.qualification.framework"]._get_stage_names(self.env.lang)
        return {gate: names[gate] for gate in gates if gate in names}

    @api.model
    def _get_canonical_query(self, make_domain):
        """Return a query of leads, archived ones included, evaluated as criteria are.

        One part for each time zone that counts; access rights are those of the search
        that it is made for.

        :param make_domain: called with leads in the canonical environment and the id of a
            company, returns the domain of the leads for which that company's settings count
        """
        self._spare_compiling()
        models, domains = {}, defaultdict(lambda: Domain.FALSE)
        for model, company_id, its_leads in self._get_grounds():
            time_zone = model.env.context["tz"]
            models[time_zone] = model
            domains[time_zone] |= its_leads & make_domain(model, company_id)
        queries = [
            model._search(domains[time_zone], active_test=False)
            for time_zone, model in models.items()
        ]
        if len(queries) == 1:
            return queries[0]
        return (
            self.browse()
            ._in_canonical_env()
            ._search(Domain.OR(Domain("id", "in", query) for query in queries), active_test=False)
        )

    @api.model
    def _get_grounds(self):
        """Return the grounds on which leads are judged: one, where all companies judge alike.

        :return: of each: leads in the canonical environment, the id of a company that judges so,
            and the domain of the leads for which the settings of such companies count
        """
        # no records: Odoo would round amounts in the currency of those that it is called on
        lead_model, user_company_id = self.browse(), self._get_user_company_id()
        grounds = []
        for company_id, settings in self._get_rulebook().companies.items():
            model = lead_model._in_canonical_env(self.env["res.company"].browse(company_id))
            ground = model.env, settings.framework_id, self._get_met_domains(company_id)
            ids = next((ids for known, ids in grounds if known == ground), None)
            if ids is None:
                grounds.append((ground, [company_id]))
            else:
                ids.append(company_id)
        return [
            (
                lead_model.with_env(env),
                ids[0],
                Domain.OR(self._rule_company_domain(id_, user_company_id) for id_ in ids)
                if len(grounds) > 1
                else Domain.TRUE,
            )
            for (env, _framework_id, _domains), ids in grounds
        ]

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
