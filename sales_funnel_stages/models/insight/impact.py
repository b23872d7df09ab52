from odoo import api, fields, models
from odoo.exceptions import UserError

from ...names import MANAGER_GROUP
from ...tools.impact import LEADS, OPEN, WON, Scenario, is_followed
from ...tools.rulebook import CONVERSION, ENFORCE, RECOMMENDED


class CrmStageRuleImpactMixin(models.AbstractModel):
    """A record that says what enforcing it today would hold back (see ``crm.lead``)."""

    _name = "crm.stage.rule.impact.mixin"
    _description = "Impact of Stage Rules"

    stage_rule_impact = fields.Json(
        string="Impact",
        compute="_compute_stage_rule_impact",
        groups=MANAGER_GROUP,
        help="How many open opportunities would be held back at their next step, how many leads "
        "could not be converted, and how many of last year's wins did not meet what was asked.",
    )

    @api.depends(lambda self: self._impact_depends())
    @api.depends_context("allowed_company_ids", "lang", "uid")
    def _compute_stage_rule_impact(self):
        scenarios = {record: record._get_impact_scenario() for record in self}
        impacts = self.env["crm.lead"]._get_impacts(filter(None, scenarios.values()))
        names = self._get_impact_names(impacts.values())
        for record, scenario in scenarios.items():
            record.stage_rule_impact = bool(scenario) and record._prepare_impact(
                scenario, impacts[scenario], *names
            )

    @api.model
    def _impact_depends(self):
        """Return the fields by which the impact follows an edited form."""
        return ()

    def _get_impact_scenario(self):
        """Return the :class:`Scenario` that the record stands for, or None."""
        raise NotImplementedError

    def _get_impact_names(self, impacts):
        """Return the names of all stages, in pipeline order, and of users, by their ids."""
        stages = [stage.id for stage in self.env["crm.lead"]._get_rulebook().stages]
        user_ids = {id_ for each in impacts for id_ in each.by_user if id_}
        # sudo: as Odoo shows the names of records that somebody may see
        stages, users = self.env["crm.stage"].sudo().browse(stages), self.env["res.users"].sudo()
        return (
            {stage.id: stage.name for stage in stages} | {0: self.env._("No stage")},
            {user.id: user.name for user in users.browse(user_ids)}
            | {0: self.env._("No salesperson")},
        )

    def _prepare_impact(self, scenario, impact, stages, users):
        """Return what the widget shows.

        :param dict stages: ``{id: name}``
        :param dict users: ``{id: name}``
        """
        by_stage = [(id_, impact.by_stage[id_]) for id_ in stages if impact.by_stage[id_]]
        by_user = sorted(impact.by_user.items(), key=lambda row: (-row[1], users[row[0]]))
        return {
            "scenario": str(scenario),
            "open": impact.concerned[OPEN],
            "held_back": impact.held_back[OPEN],
            "leads": impact.concerned[LEADS],
            "leads_unmet": impact.held_back[LEADS],
            "wins": impact.concerned[WON],
            "wins_unmet": impact.held_back[WON],
            "is_doubtful": impact.is_doubtful,
            "is_enforced": self._is_enforced(),
            "summary": self._get_impact_text(impact.held_back[OPEN], impact.concerned[OPEN]),
            "leads_summary": self._get_leads_text(impact.held_back[LEADS], impact.concerned[LEADS]),
            "wins_summary": self._get_wins_text(impact.held_back[WON], impact.concerned[WON]),
            "by_stage": [{"id": id_, "name": stages[id_], "count": n} for id_, n in by_stage],
            "by_user": [{"id": id_, "name": users[id_], "count": n} for id_, n in by_user],
        }

    def _is_enforced(self):
        """Return whether what would be held back is held back already."""
        return False

    def _get_impact_text(self, held_back, concerned):
        if not concerned:
            return self.env._("There are no open opportunities that it would affect.")
        return self._get_impact_sentence(held_back=held_back, open=concerned)

    def _get_impact_sentence(self, **counts):
        return self.env._(
            "Enforcing this today would hold back %(held_back)s of %(open)s open opportunities.",
            **counts,
        )

    def _get_leads_text(self, unmet, leads):
        """Return what is said of leads; nothing where a company has none."""
        return leads and self.env._(
            "As they are, %(unmet)s of %(leads)s leads could not be converted.",
            unmet=unmet,
            leads=leads,
        )

    def _get_wins_text(self, unmet, wins):
        if not wins:
            return self.env._("Nothing was won within a year to compare with.")
        return self._get_wins_sentence(unmet=unmet, wins=wins)

    def _get_wins_sentence(self, **counts):
        return self.env._(
            "Of last year's wins, %(unmet)s of %(wins)s did not meet the rules.", **counts
        )


class CrmTeam(models.Model):
    _name = "crm.team"
    _inherit = ["crm.team", "crm.stage.rule.impact.mixin"]

    @api.model
    def _impact_depends(self):
        return ("framework_id",)

    def _get_impact_scenario(self):
        team_id = self._origin.id
        return Scenario("team", team_id, self.framework_id._origin.id or 0) if team_id else None

    def _is_enforced(self):
        return self._origin.stage_rule_policy == ENFORCE

    def _get_impact_sentence(self, **counts):
        if self._is_enforced():
            return self.env._(
                "Its rules hold back %(held_back)s of %(open)s open opportunities today.", **counts
            )
        return super()._get_impact_sentence(**counts)


class CrmQualificationFramework(models.Model):
    _name = "crm.qualification.framework"
    _inherit = ["crm.qualification.framework", "crm.stage.rule.impact.mixin"]

    def _get_impact_scenario(self):
        framework_id = self._origin.id
        return Scenario("framework", 0, framework_id) if framework_id else None

    def get_impact_of_rules(self, rules):
        """Return what the impact would be, were these the rules of the framework.

        For a matrix that is being edited: nothing is saved, and no other criteria than the
        framework's own are asked for.

        :param list rules: ``[criterion_id, stage_id]`` of what is required; 0 or False: to convert
        :return: see ``stage_rule_impact``
        :rtype: dict
        :raise UserError: where these are no rules of the framework
        """
        self.ensure_one()
        self.check_access("read")
        self._check_field_access(self._fields["stage_rule_impact"], "read")
        scenario = Scenario("framework", 0, self.id, rules=self._read_edited_rules(rules))
        impacts = self.env["crm.lead"]._get_impacts([scenario])
        names = self._get_impact_names(impacts.values())
        return self._prepare_impact(scenario, impacts[scenario], *names)

    def _read_edited_rules(self, rules):
        """Return the rules that a client names, as a :class:`Scenario` has them."""
        try:
            pairs = {(int(criterion_id), int(gate or CONVERSION)) for criterion_id, gate in rules}
        except (TypeError, ValueError):
            pairs = {(0, CONVERSION)}
        if not {criterion_id for criterion_id, _gate in pairs} <= {*self.criterion_ids.ids}:
            raise UserError(self.env._("Give rules for criteria of “%s”.", self.name))
        return tuple(sorted(pairs))

    def _get_impact_sentence(self, **counts):
        if not is_followed(self._get_rulebook(), self._origin.id):
            return self.env._(
                "No team follows it yet. If all did, enforcing it today would hold back "
                "%(held_back)s of %(open)s open opportunities.",
                **counts,
            )
        return super()._get_impact_sentence(**counts)


class CrmStageRule(models.Model):
    _name = "crm.stage.rule"
    _inherit = ["crm.stage.rule", "crm.stage.rule.impact.mixin"]

    @api.model
    def _impact_depends(self):
        return ("framework_id", "criterion_id", "stage_id", "tier")

    def _get_impact_scenario(self):
        framework_id, criterion_id = self.framework_id._origin.id, self.criterion_id._origin.id
        if not framework_id or not criterion_id:
            return None
        gate = self.stage_id._origin.id or CONVERSION
        return Scenario("rule", 0, framework_id, criterion_id, gate)

    def _get_impact_sentence(self, **counts):
        if self.tier == RECOMMENDED:
            return self.env._(
                "Were it required and enforced today, it would hold back %(held_back)s of "
                "%(open)s open opportunities.",
                **counts,
            )
        return super()._get_impact_sentence(**counts)

    def _get_wins_sentence(self, **counts):
        return self.env._(
            "Of last year's wins, %(unmet)s of %(wins)s did not meet the rule.", **counts
        )
