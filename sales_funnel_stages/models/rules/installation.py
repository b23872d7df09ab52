from itertools import product

from odoo import api, models

from ...tools.rulebook import REQUIRED
from ...tools.shipped_rules import SHIPPED_RULES


class CrmQualificationFramework(models.Model):
    """How the shipped frameworks are bound to the stages that a database has."""

    _inherit = "crm.qualification.framework"

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
        stage_ids_by_gate = self._find_shipped_gates()
        tiers = {}
        for (gate, tier), ends in SHIPPED_RULES[name].items():
            for end, stage_id in product(ends, sorted(stage_ids_by_gate[gate])):
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
    def _find_shipped_gates(self):
        """Return ``{gate of the shipped rules: {stage_id, …}}``; False: the conversion."""
        gates = {"convert": {False}, "relationship": set(), "terms": set(), "won": set()}
        first = set()
        for pipeline in self._get_pipelines():
            still_open = self._get_open_stages(pipeline)
            won = [stage.id for stage in pipeline if stage.is_won][:1]
            first.update(still_open[:1])
            gates["relationship"].update((still_open[1:] + won)[:1])
            gates["terms"].update(still_open[2:][-1:] or won)
            gates["won"].update(won)
        return {gate: stage_ids - first for gate, stage_ids in gates.items()}

    @api.model
    def _get_pipelines(self):
        """Return the pipeline that teams share; their own where that has no open stage."""
        book = self._get_rulebook()
        shared = [stage for stage in book.stages if not stage.team_ids and not stage.is_outside]
        if not all(stage.is_won for stage in shared):
            return [shared]
        of_teams = [book.pipeline(team_id) for team_id in book.teams]
        with_open_stages = [
            pipeline for pipeline in of_teams if not all(stage.is_won for stage in pipeline)
        ]
        return with_open_stages or [shared]

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
