"""The rules as README and DESIGN tell them, written once more and as plainly as they go.

Nothing here comes from the addon: where the two differ, one of them is wrong.
"""

from typing import NamedTuple

LEAD, OPPORTUNITY = "lead", "opportunity"
CONVERSION = "the conversion"


class Stage(NamedTuple):
    """``team_ids`` empty: every team has it."""

    id: int
    is_won: bool
    is_outside: bool
    is_folded: bool
    team_ids: frozenset

    def is_of(self, team_id):
        return not self.team_ids or team_id in self.team_ids


class Place(NamedTuple):
    """Where a lead stands; ``status`` is open, won or lost."""

    type: str
    stage_id: int | None
    status: str
    team_id: int | None


class Settings(NamedTuple):
    policy: str
    framework_id: int
    is_free_start: bool


class Rules:
    """What is in force.

    :param stages: every :class:`Stage`, by sequence and age
    :param settings: ``{team id, or None for leads without a team: Settings}``
    :param required: ``{(framework id, stage id, or None for the conversion): criterion ids}``
    """

    def __init__(self, stages, settings, required):
        # Won stages come last whatever their sequence.
        self.stages = sorted(stages, key=lambda stage: stage.is_won)
        self.settings = settings
        self.required = required

    def verdict(self, before, after, unmet, is_person, has_leave, is_hand_derived=False):
        """→ what happens to a step from one :class:`Place` (None: newly created) to another."""
        gate = self.gate(before, after)
        if gate is None:
            return "passed"
        policies = {
            self.policy(team_id, before, after)
            for team_id in {
                (before or after).team_id,
                *(() if is_hand_derived else (after.team_id,)),
            }
            if self.asked(gate, team_id) & unmet
        }
        if "enforce" in policies:
            if not is_person:
                return "exempt"
            return "overridden" if has_leave else "refused"
        return "guided" if "guide" in policies else "passed"

    def policy(self, team_id, before, after):
        """→ the policy of a team for a step."""
        settings = self.settings[team_id]
        is_free = settings.is_free_start and before is None and self.is_start(after)
        return "guide" if settings.policy == "enforce" and is_free else settings.policy

    def gate(self, before, after):
        """→ the gate that a step goes through: a :class:`Stage`, CONVERSION; None: it is free."""
        stage = self.stage(after.stage_id)
        gate = CONVERSION if stage is None or stage.is_outside else stage
        if self.is_made(before, after):
            return gate
        if after.type == LEAD or gate is CONVERSION or before.stage_id == after.stage_id:
            return None
        return gate if self.index(stage) > self.reached(before, after.team_id) else None

    @staticmethod
    def is_made(before, after):
        """→ whether a step makes an opportunity or a customer, wherever it leads."""
        is_converted = after.type == OPPORTUNITY and (before is None or before.type == LEAD)
        is_won = after.status == "won" and (before is None or before.status != "won")
        return is_converted or is_won

    def asked(self, gate, team_id):
        """→ the criteria that a gate requires, and all gates before it."""
        framework_id = self.settings[team_id].framework_id
        asked = set(self.required.get((framework_id, None), ()))
        if gate is not CONVERSION:
            for stage in self.stages[: self.index(gate) + 1]:
                if stage == gate or stage.is_of(team_id) and not stage.is_outside:
                    asked |= self.required.get((framework_id, stage.id), set())
        return asked

    def reached(self, before, team_id):
        """→ how far a lead had come, as the team sees it whose lead it is now."""
        stage = self.stage(before.stage_id)
        if stage and stage.is_outside:
            return -1
        if stage and stage.is_of(team_id):
            return self.index(stage)
        if stage is None and before.team_id == team_id:
            return -1
        # A stage of others counts for nothing: it is where the team starts.
        return self.start(team_id)

    def start(self, team_id):
        for stage in self.stages:
            if stage.is_of(team_id) and not (stage.is_outside or stage.is_folded or stage.is_won):
                return self.index(stage)
        return -1

    def is_start(self, place):
        stage = self.stage(place.stage_id)
        if stage is None or stage.is_outside:
            return True
        return self.index(stage) <= self.start(place.team_id)

    def stage(self, stage_id):
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def index(self, stage):
        return self.stages.index(stage)
