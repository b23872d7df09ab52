import logging
from itertools import product

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ...tools.editions import make_editions
from ...tools.rulebook import CONVERSION, REQUIRED, Rule, Rulebook, Settings, Stage, pipeline_order
from ...tools.shipped_rules import SHIPPED_RULES
from .criterion import DOMAIN_ERRORS

_logger = logging.getLogger(__name__)

# the types of columns whose values can be compared as they are, whatever else a lead holds
PLAIN_TYPES = {
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "integer",
    "many2one",
    "selection",
    "text",
}


class CrmQualificationFramework(models.Model):
    """A qualification framework: a set of criteria and the stage rules that use them.

    A sales team follows one, its own or else its company's.
    """

    _name = "crm.qualification.framework"
    _inherit = "crm.rulebook.mixin"
    _description = "Qualification Framework"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Text(translate=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to share the framework between all companies."
    )
    criterion_ids = fields.One2many(
        "crm.qualification.criterion", "framework_id", string="Criteria", copy=False
    )
    rule_ids = fields.One2many("crm.stage.rule", "framework_id", string="Stage Rules", copy=False)
    team_ids = fields.One2many("crm.team", "framework_id", string="Sales Teams")

    def copy(self, default=None):
        """Copy frameworks with their criteria and rules; the copies share nothing.

        :return: the new frameworks, in the order of ``self``
        """
        copies = super().copy(default)
        for framework, copy in zip(self, copies, strict=True):
            criteria = framework.criterion_ids.copy({"framework_id": copy.id})
            copied = dict(zip(framework.criterion_ids.ids, criteria.ids, strict=True))
            for rule in framework.rule_ids:
                rule.copy({"framework_id": copy.id, "criterion_id": copied[rule.criterion_id.id]})
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for framework, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", framework.name)
        return vals_list

    def unlink(self):
        # criteria and rules go with their framework, rules first; none where it has to stay
        self._unlink_except_followed()
        self.rule_ids.unlink()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_followed(self):
        teams, companies = self._get_followers()
        if teams or companies:
            team, company = teams[:1], companies[:1]
            raise UserError(
                self.env._(
                    "“%(follower)s” follows the framework “%(framework)s”. "
                    "Choose another one there first.",
                    follower=(team or company).name,
                    framework=(team.framework_id or company.qualification_framework_id).name,
                )
            )

    def _get_followers(self):
        """Return the sales teams and the companies that follow these frameworks."""
        # sudo: a framework may be followed in companies that the user does not see
        env = self.sudo().with_context(active_test=False).env
        return (
            env["crm.team"].search([("framework_id", "in", self.ids)]),
            env["res.company"].search([("qualification_framework_id", "in", self.ids)]),
        )

    @api.constrains("company_id")
    def _check_followers_company(self):
        teams, companies = self._get_followers()
        teams._check_company(["framework_id"])
        companies._check_company(["qualification_framework_id"])

    # ------------------------------------------------------------------
    # The rulebook
    # ------------------------------------------------------------------

    @api.model
    def _get_rulebook(self):
        """Return the :class:`Rulebook` in force now.

        It holds ids only, and the same for every user, language and company.
        """
        return self._get_rulebook_editions().at(fields.Datetime.now())

    @api.model
    @tools.ormcache()
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
        criteria = self._get_criteria()
        rules = [
            (
                rule.framework_id.id,
                Rule(rule.criterion_id.id, rule.stage_id.id or CONVERSION, rule.tier),
                rule._get_start(),
            )
            for rule in env["crm.stage.rule"].search([])
            if rule.criterion_id.id in criteria
        ]
        book = Rulebook(
            stages=tuple(
                Stage(
                    id=stage_id,
                    is_won=by_id[stage_id].is_won,
                    is_outside=by_id[stage_id].is_outside_pipeline,
                    is_folded=by_id[stage_id].fold,
                    team_ids=frozenset(by_id[stage_id].team_ids.ids),
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
        )
        return make_editions(book, rules)

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
    @tools.ormcache()
    def _get_criteria(self):
        """Return ``{criterion_id: (Domain, weight)}`` of every criterion that works.

        One that stopped working (its field was uninstalled) is left out and named in
        the log: it must not stop people from saving leads.
        """
        # sudo: everybody is under the same rules, whatever they may read
        criteria = self.env["crm.qualification.criterion"].sudo().search([])
        found = {}
        for criterion in criteria:
            try:
                domain = criterion._read_checked_domain()
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
    @tools.ormcache("criterion_id")
    def _get_columns_asked(self, criterion_id):
        """Return the names of the lead's columns that alone decide whether a criterion is met.

        None where more than that does, such as lines of the lead.
        """
        domain, _weight = self._get_criteria()[criterion_id]
        names = {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
        fields = self.env["crm.lead"]._fields
        is_alone = all(
            name != "id"
            and fields[name].store
            and fields[name].type in PLAIN_TYPES
            and not fields[name].translate
            and not fields[name].company_dependent
            for name in names
        )
        return sorted(names) if is_alone else None

    @api.model
    @tools.ormcache("lang")
    def _get_criterion_names(self, lang):
        """Return ``{criterion_id: name}`` of all criteria in a language, in their order."""
        # sudo: whoever is under a rule may know what it asks for
        criteria = self.env["crm.qualification.criterion"].sudo().with_context(lang=lang)
        return {criterion.id: criterion.name for criterion in criteria.search([])}

    # ------------------------------------------------------------------
    # Installation
    # ------------------------------------------------------------------

    @api.model
    def _install_default(self):
        """Bind the default framework to the stages this database has; give it to all companies.

        Called once, by the data files.
        """
        framework = self.env.ref("sales_funnel_stages.framework_bant")
        framework._bind_to_stages()
        # sudo: every company starts with a framework, whoever installs
        companies = self.env["res.company"].sudo().search([])
        companies.filtered(
            lambda company: not company.qualification_framework_id
        ).qualification_framework_id = framework

    @api.model
    def _install_shipped(self, name):
        """Bind a framework to choose, besides the default one, to the stages that there are.

        Called once for each, by the data files.
        """
        self.env.ref(f"sales_funnel_stages.framework_{name}")._bind_to_stages(name)

    def _bind_to_stages(self, name="bant"):
        """Create the stage rules of a shipped framework for the stages there are.

        Administrators rename, reorder and delete stages, so nothing but their order
        counts: the second open stage is the gate "relationship", the last open one "terms"
        (the won stage where it is the same), the won stage "won".
        An open stage behind Won is a place to park, and the first stage asks for nothing:
        a conversion enters it. Where no open stage is shared between teams, each team's
        own pipeline is bound.

        :param str name: a key of ``SHIPPED_RULES``
        """
        self.ensure_one()
        book = self._get_rulebook()
        shared = [stage for stage in book.stages if not stage.team_ids and not stage.is_outside]
        pipelines = [shared]
        if all(stage.is_won for stage in shared):
            of_teams = [book.pipeline(team_id) for team_id in book.teams]
            pipelines = [
                pipeline for pipeline in of_teams if not all(stage.is_won for stage in pipeline)
            ] or pipelines
        gates = {"convert": {False}, "relationship": set(), "terms": set(), "won": set()}
        first = set()
        for pipeline in pipelines:
            still_open = self._get_open_stages(pipeline)
            won = [stage.id for stage in pipeline if stage.is_won][:1]
            first.update(still_open[:1])
            gates["relationship"].update((still_open[1:] + won)[:1])
            gates["terms"].update(still_open[2:][-1:] or won)
            gates["won"].update(won)
        tiers = {}
        for (gate, tier), ends in SHIPPED_RULES[name].items():
            for end, stage_id in product(ends, sorted(gates[gate] - first)):
                # in a short pipeline, one stage is several gates
                if tiers.get((end, stage_id)) != REQUIRED:
                    tiers[end, stage_id] = tier
        return self.env["crm.stage.rule"].create(
            [
                {
                    "framework_id": self.id,
                    "criterion_id": self.env.ref(f"sales_funnel_stages.criterion_{name}_{end}").id,
                    "stage_id": stage_id,
                    "tier": tier,
                    "sequence": sequence,
                }
                for sequence, ((end, stage_id), tier) in enumerate(tiers.items())
            ]
        )

    @api.model
    def _get_open_stages(self, pipeline):
        """Return the ids of the open stages on the way to Won, in order."""
        # sudo: rules are bound to all stages there are
        stages = self.env["crm.stage"].sudo().browse(stage.id for stage in pipeline)
        still_open = stages.filtered(lambda stage: not stage.is_won)
        won = (stages - still_open)[:1]
        before_won = still_open.filtered(
            lambda stage: not won or (stage.sequence, stage.id) < (won.sequence, won.id)
        )
        return (before_won or still_open).ids
