import logging

from odoo import api, fields, models, tools

from ...tools.editions import make_editions
from ...tools.rulebook import ALWAYS, CONVERSION, Rule, Rulebook, Settings, Stage, pipeline_order
from .criterion import DOMAIN_ERRORS

_logger = logging.getLogger(__name__)


class CrmQualificationFramework(models.Model):
    """The rules of all frameworks as they are in force, read once and kept in the registry."""

    _inherit = "crm.qualification.framework"

    @api.model
    def _get_rulebook(self):
        """Return the :class:`Rulebook` in force now.

        It holds ids only, and the same for every user, language and company.
        """
        return self._get_rulebook_editions().at(fields.Datetime.now())

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_rulebook_editions(self):
        """Return the :class:`Editions` of the rulebook, read once and kept in the registry's cache.

        A rule with a date comes into force by itself, without being read again.
        """
        # sudo: everybody is under the same rules, whatever they may read
        env = self.sudo().with_context(active_test=False).env
        stages = env["crm.stage"].search([])
        by_id = {stage.id: stage for stage in stages}
        uses_leads = env.ref("crm.group_use_lead") in env.ref("base.group_user").all_implied_ids
        ordered = pipeline_order((s.id, s.sequence, s.is_won) for s in stages)
        teams = env["crm.team"].search([])
        book = Rulebook(
            stages=tuple(
                Stage(
                    id=stage_id,
                    is_won=by_id[stage_id].is_won,
                    is_outside=by_id[stage_id].is_outside_pipeline,
                    is_folded=by_id[stage_id].fold,
                    team_ids=frozenset(by_id[stage_id].team_ids.ids),
                    sequence=by_id[stage_id].sequence,
                )
                for stage_id in ordered
            ),
            teams={
                team.id: Settings(
                    framework_id=team.framework_id.id or 0,
                    policy=team.stage_rule_policy,
                    is_free_start=team.is_free_start,
                    company_id=team.company_id.id or 0,
                )
                for team in teams
            },
            companies={
                company.id: Settings(
                    framework_id=company.qualification_framework_id.id or 0,
                    policy=company.stage_rule_policy,
                    is_free_start=not uses_leads,
                    company_id=company.id,
                )
                for company in env["res.company"].search([])
            },
            is_start_won=self._is_start_won(stages, teams.ids),
            arrivals={
                company.id: company.arrival_policy
                for company in env["res.company"].search([("arrival_policy", "!=", ALWAYS)])
            },
            lost_reason_company_ids=frozenset(
                env["res.company"].search([("is_lost_reason_required", "=", True)]).ids
            ),
        )
        return make_editions(book, *self._read_rules(book))

    @api.model
    def _read_rules(self, book):
        """Return ``(framework_id, Rule, start)`` of each rule, in order, in two lists.

        First of those whose criterion works, then of the others.

        A template has those that are going to be made, so that what they would do can be
        told before: nobody is under them.

        :param Rulebook book: all but the rules
        """
        criteria = self._get_criteria()
        # sudo: everybody is under the same rules, whatever they may read
        rules = [
            (
                rule.framework_id.id,
                Rule(rule.criterion_id.id, rule.stage_id.id or CONVERSION, rule.tier),
                rule._get_start(),
            )
            for rule in self.env["crm.stage.rule"].sudo().search([])
        ]
        made = {(id_, rule.criterion_id, rule.gate) for id_, rule, _start in rules}
        rules += [
            (id_, rule, None)
            for id_, rule in self._get_template_rules(book)
            if (id_, rule.criterion_id, rule.gate) not in made
        ]
        return (
            [each for each in rules if each[1].criterion_id in criteria],
            [each for each in rules if each[1].criterion_id not in criteria],
        )

    @api.model
    def _is_start_won(self, stages, team_ids):
        """Tell whether Odoo starts the leads of any of these teams, or of none, in a won stage.

        See ``crm.lead._stage_find``: the first stage that the team has, if not folded.
        """
        unfolded = stages.filtered(lambda stage: not stage.fold).sorted(
            lambda stage: (stage.sequence, stage.id)
        )
        rows = [(set(stage.team_ids.ids), stage.is_won) for stage in unfolded]
        return any(
            next((is_won for teams, is_won in rows if not teams or team_id in teams), False)
            for team_id in (0, *team_ids)
        )

    @api.model
    @tools.ormcache("self.env['crm.rulebook']._get_version()")
    def _get_criteria(self):
        """Return ``{criterion_id: (Domain, weight)}`` of every criterion that works.

        One that stopped working (its field was uninstalled) is left out and named in
        the log: it must not stop people from saving leads. See ``Rulebook.faulty``.
        """
        # sudo: everybody is under the same rules, whatever they may read
        criterion_model = self.env["crm.qualification.criterion"].sudo()
        criteria = criterion_model.search([("is_suspended", "=", False)])
        found = {}
        for criterion in criteria:
            try:
                domain = criterion._read_domain_in_force()
            except DOMAIN_ERRORS + (SyntaxError,) as error:
                _logger.error(
                    "The criterion %r (%s) is not in force, it cannot be read any more: %s",
                    criterion.name,
                    criterion.id,
                    error,
                )
            else:
                found[criterion.id] = (domain, criterion.weight)
        return found

    @api.model
    @tools.ormcache("company_id", "self.env['crm.rulebook']._get_version()")
    def _get_seen_domains(self, company_id):
        """Return ``{criterion_id: Domain}``: what meets each criterion that works, in a company.

        Kept in the registry's cache, which Odoo empties when record rules change.

        :param company_id: of the leads; 0: they have none, and see what all companies share
        """
        lead_model = self.env["crm.lead"]._in_canonical_env()
        criterion_model = self.env["crm.qualification.criterion"]
        # What Odoo makes of a condition before it asks, it makes once, but for what is of today. Of
        # whole domains it would change the order, and ask for lines before fields.
        return {
            id_: criterion_model._see_from(company_id, domain, lead_model).map_conditions(
                lambda condition: condition.optimize(lead_model)
            )
            for id_, (domain, _weight) in self._get_criteria().items()
        }
