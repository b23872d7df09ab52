"""The rules in force, as plain data: which stages there are, and what each asks for.

Pure Python that knows nothing of the ORM: built once from the database, kept in the
registry's cache, and asked by everything that needs to know what a gate requires.

How to use it: ``settings_of`` says which framework and policy a lead falls under,
``asked`` what a gate of that framework requires, ``next_gate`` which gate comes next.
"""

from dataclasses import dataclass, field

OFF, GUIDE, ENFORCE = "off", "guide", "enforce"
#: policies, from the laxest to the strictest
POLICIES = (OFF, GUIDE, ENFORCE)

REQUIRED, RECOMMENDED = "required", "recommended"

#: who may hand over what owes something to those who enforce their rules
ALWAYS, FROM_LEADER, NEVER = "always", "leader", "never"

#: the gate that turns a lead into an opportunity; every other gate is a stage's id
CONVERSION = 0


@dataclass(frozen=True)
class Stage:
    """A stage of the pipeline; ``team_ids`` empty: every team's."""

    id: int
    is_won: bool = False
    is_outside: bool = False
    #: folded in the kanban; Odoo starts no lead there
    is_folded: bool = False
    team_ids: frozenset = frozenset()
    #: as Odoo has it; the order of the pipeline is that of the rulebook's stages
    sequence: int = 0

    def is_of(self, team_id):
        """Tell whether the team with that id (0: none) has this stage."""
        return not self.team_ids or team_id in self.team_ids


@dataclass(frozen=True)
class Rule:
    """``criterion_id`` is asked for from the gate ``gate`` on, as ``tier`` says."""

    criterion_id: int
    gate: int
    tier: str


@dataclass(frozen=True)
class Settings:
    """What a team (or a company, for leads without a team) has chosen."""

    framework_id: int = 0
    policy: str = GUIDE
    #: an opportunity may be born in the first stage whatever the conversion asks
    is_free_start: bool = False
    company_id: int = 0


@dataclass(frozen=True)
class Rulebook:
    """All rules in force.

    :param stages: every :class:`Stage`, in pipeline order (see :func:`pipeline_order`)
    :param rules: ``{framework_id: (Rule, …)}``
    :param faulty: the same of rules whose criterion cannot be evaluated
    :param teams: ``{team_id: Settings}``; a framework of 0 means "as the company"
    :param companies: ``{company_id: Settings}``
    :param is_start_won: whether Odoo starts the leads that come to some team in a won stage
    :param arrivals: ``{company_id: policy}`` of those that do not let everything arrive that
        owes something (see ``verdict.owed_on_arrival``): FROM_LEADER or NEVER
    :param lost_reason_company_ids: of those where nothing is lost without a reason
    """

    stages: tuple = ()
    rules: dict = field(default_factory=dict)
    faulty: dict = field(default_factory=dict)
    teams: dict = field(default_factory=dict)
    companies: dict = field(default_factory=dict)
    is_start_won: bool = False
    arrivals: dict = field(default_factory=dict)
    lost_reason_company_ids: frozenset = frozenset()

    @property
    def settings(self):
        """The :class:`Settings` of every team and company."""
        return (*self.teams.values(), *self.companies.values())

    def is_in_use(self, policy):
        """Tell whether any team or company has chosen a policy.

        >>> Rulebook(teams={1: Settings(policy=ENFORCE)}).is_in_use(ENFORCE)
        True
        """
        return any(each.policy == policy for each in self.settings)

    @property
    def is_enforced(self):
        """Whether any team or company enforces its rules."""
        return self.is_in_use(ENFORCE)

    @property
    def has_stages_of_teams(self):
        """Whether there are stages that not all teams have."""
        return any(stage.team_ids for stage in self.stages)

    @property
    def required_criterion_ids(self):
        """The criteria that some gate of some framework requires, as a frozenset of ids.

        >>> Rulebook(
        ...     rules={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, RECOMMENDED))}
        ... ).required_criterion_ids
        frozenset({10})
        """
        return frozenset(
            rule.criterion_id
            for rules in self.rules.values()
            for rule in rules
            if rule.tier == REQUIRED
        )

    @property
    def followed_criterion_ids(self):
        """Those of them that somebody's leads are under, as a frozenset of ids.

        >>> Rulebook(
        ...     rules={7: (Rule(10, CONVERSION, REQUIRED),), 8: (Rule(11, 2, REQUIRED),)},
        ...     teams={1: Settings(framework_id=7), 2: Settings()},
        ... ).followed_criterion_ids
        frozenset({10})
        """
        followed = {each.framework_id for each in self.settings}
        return frozenset(
            rule.criterion_id
            for framework_id in followed
            for rule in self.rules.get(framework_id, ())
            if rule.tier == REQUIRED
        )

    def company_of(self, team_id, company_id, user_company_id):
        """Return the company whose settings count: the lead's, the team's, the user's own."""
        team = self.teams.get(team_id)
        return company_id or (team and team.company_id) or user_company_id

    def settings_of(self, team_id, company_id, user_company_id):
        """Return the :class:`Settings` that a lead falls under.

        :param team_id: the lead's team, 0 for none
        :param company_id: the lead's company, 0 for none
        :param user_company_id: the user's own company, the last resort

        >>> book = Rulebook(
        ...     teams={1: Settings(framework_id=7, policy=ENFORCE), 2: Settings(policy=OFF)},
        ...     companies={5: Settings(framework_id=8)},
        ... )
        >>> book.settings_of(1, 5, 5).framework_id, book.settings_of(1, 5, 5).policy
        (7, 'enforce')
        >>> book.settings_of(2, 0, 5).framework_id, book.settings_of(2, 0, 5).policy
        (8, 'off')
        >>> book.settings_of(0, 5, 6).framework_id
        8
        """
        company = self.companies.get(
            self.company_of(team_id, company_id, user_company_id), Settings()
        )
        team = self.teams.get(team_id)
        if team is None:
            return company
        return Settings(
            framework_id=team.framework_id or company.framework_id,
            policy=team.policy,
            is_free_start=team.is_free_start,
            company_id=team.company_id,
        )

    def stage(self, stage_id):
        """Return the :class:`Stage` with that id, or None."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def position(self, stage_id):
        """Return how far down the pipeline a stage is, from 1; None outside of it.

        >>> book = Rulebook(stages=(Stage(4), Stage(9, is_outside=True), Stage(2)))
        >>> book.position(4), book.position(9), book.position(2), book.position(0)
        (1, None, 3, None)
        """
        for position, stage in enumerate(self.stages, 1):
            if stage.id == stage_id:
                return None if stage.is_outside else position
        return None

    def pipeline(self, team_id):
        """Return the stages that leads of a team go through, in order."""
        return [stage for stage in self.stages if not stage.is_outside and stage.is_of(team_id)]

    def start(self, team_id):
        """Return how far down the pipeline Odoo puts the leads that come to a team.

        It is the position of the team's first open stage that is not folded, 0 without any.

        >>> book = Rulebook(stages=(Stage(4, team_ids=frozenset([9])), Stage(2), Stage(3)))
        >>> book.start(9), book.start(0), Rulebook().start(0)
        (1, 2, 0)
        """
        for stage in self.pipeline(team_id):
            if not stage.is_folded and not stage.is_won:
                return self.position(stage.id)
        return 0

    def asked(self, framework_id, gate, team_id):
        """Return what has to be true at a gate: ``{criterion_id: tier}``.

        A pipeline is cumulative: a gate asks for its own criteria and for those of
        every gate before it, so that skipping a stage skips no rule. A criterion
        that is recommended at one of them and required at another is required.

        >>> book = Rulebook(
        ...     stages=(Stage(1), Stage(2), Stage(3, team_ids=frozenset([9])), Stage(4)),
        ...     rules={7: (
        ...         Rule(10, CONVERSION, REQUIRED),
        ...         Rule(11, CONVERSION, RECOMMENDED),
        ...         Rule(11, 2, REQUIRED),
        ...         Rule(12, 3, REQUIRED),
        ...     )},
        ... )
        >>> book.asked(7, CONVERSION, 0)
        {10: 'required', 11: 'recommended'}
        >>> book.asked(7, 4, 0)
        {10: 'required', 11: 'required'}
        >>> book.asked(7, 4, 9)
        {10: 'required', 11: 'required', 12: 'required'}
        """
        gates = self._gates_until(gate, team_id)
        asked = {}
        for rule in self.rules.get(framework_id, ()):
            if rule.gate in gates and asked.get(rule.criterion_id) != REQUIRED:
                asked[rule.criterion_id] = rule.tier
        return asked

    def unjudged(self, framework_id, gate, team_id):
        """Return the criteria that a gate requires and that cannot be evaluated, as ids.

        >>> book = Rulebook(
        ...     stages=(Stage(1), Stage(2)),
        ...     faulty={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED))},
        ... )
        >>> sorted(book.unjudged(7, 1, 0)), sorted(book.unjudged(7, 2, 0)), book.unjudged(8, 2, 0)
        ([10], [10, 11], frozenset())
        """
        gates = self._gates_until(gate, team_id)
        return frozenset(
            rule.criterion_id
            for rule in self.faulty.get(framework_id, ())
            if rule.gate in gates and rule.tier == REQUIRED
        )

    def _gates_until(self, gate, team_id):
        """Return the gates on the way to a gate, with that one, in order."""
        reached = self.position(gate) or 0
        return [
            CONVERSION,
            *(
                stage.id
                for stage in self.stages[:reached]
                if not stage.is_outside and (stage.id == gate or stage.is_of(team_id))
            ),
        ]

    def required_since(self, framework_id, gate, team_id):
        """Return what is required at a gate, and by which gate first: ``{criterion_id: gate}``.

        >>> book = Rulebook(
        ...     stages=(Stage(1), Stage(2), Stage(3)),
        ...     rules={7: (
        ...         Rule(10, 3, REQUIRED),
        ...         Rule(10, CONVERSION, REQUIRED),
        ...         Rule(11, CONVERSION, RECOMMENDED),
        ...         Rule(11, 2, REQUIRED),
        ...     )},
        ... )
        >>> book.required_since(7, 3, 0), book.required_since(7, 1, 0)
        ({10: 0, 11: 2}, {10: 0})
        """
        since = {}
        for each in self._gates_until(gate, team_id):
            for rule in self.rules.get(framework_id, ()):
                if rule.gate == each and rule.tier == REQUIRED:
                    since.setdefault(rule.criterion_id, each)
        return since

    def in_force(self, framework_id, team_id):
        """Return the ids of the criteria that any gate of a team's pipeline asks for.

        >>> book = Rulebook(
        ...     stages=(Stage(1), Stage(2, team_ids=frozenset([9]))),
        ...     rules={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED))},
        ... )
        >>> sorted(book.in_force(7, 9)), sorted(book.in_force(7, 0))
        ([10, 11], [10])
        """
        last = [stage.id for stage in self.pipeline(team_id)][-1:] or [CONVERSION]
        return frozenset(self.asked(framework_id, last[0], team_id))

    def furthest(self, framework_id, gate, team_id, unmet):
        """Return the last stage before a gate that may be entered with criteria unmet.

        :param unmet: ids of the criteria that are not met
        :return: the stage's id, or ``CONVERSION`` where not even a lead may be converted

        >>> book = Rulebook(
        ...     stages=(Stage(1), Stage(2), Stage(3)),
        ...     rules={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED))},
        ... )
        >>> book.furthest(7, 3, 0, {11}), book.furthest(7, 3, 0, {10})
        (1, 0)
        """
        before = self.position(gate) or 0
        for stage in reversed(self.pipeline(team_id)):
            asked = self.asked(framework_id, stage.id, team_id)
            if self.position(stage.id) < before and not any(
                asked.get(criterion_id) == REQUIRED for criterion_id in unmet
            ):
                return stage.id
        return CONVERSION

    def next_gate(self, is_opportunity, stage_id, team_id):
        """Return the gate that a lead stands before.

        For a lead, the stage that it is converted into; for an opportunity the next
        stage of its team's pipeline, or the one it is in when none follows.

        >>> book = Rulebook(stages=(Stage(1), Stage(2), Stage(3, is_won=True)))
        >>> book.next_gate(False, 1, 0), book.next_gate(True, 1, 0), book.next_gate(True, 3, 0)
        (1, 2, 3)
        """
        here = self.position(stage_id) or 0
        if not is_opportunity:
            return stage_id if here else CONVERSION
        return next(
            (stage.id for stage in self.pipeline(team_id) if self.position(stage.id) > here),
            stage_id if here else CONVERSION,
        )

    def gates_ahead(self, is_opportunity, stage_id, team_id):
        """Return the gates that a lead still has before it: the next one, and all after it.

        >>> book = Rulebook(stages=(Stage(1), Stage(2), Stage(3, is_won=True)))
        >>> book.gates_ahead(False, 1, 0), book.gates_ahead(True, 1, 0)
        ([1, 2, 3], [2, 3])
        >>> book.gates_ahead(True, 3, 0), book.gates_ahead(False, 0, 0)
        ([3], [0, 1, 2, 3])
        """
        gate = self.next_gate(is_opportunity, stage_id, team_id)
        reached = self.position(gate) or 0
        later = (stage.id for stage in self.pipeline(team_id) if self.position(stage.id) > reached)
        return [gate, *later]


def pipeline_order(stages):
    """Return stages in the order that leads go through them.

    :param stages: ``(id, sequence, is_won)`` rows in any order
    :return: the ids; by sequence, then by age, and won stages last whatever theirs

    >>> pipeline_order([(1, 70, True), (2, 1, False), (3, 99, False), (4, 1, False)])
    [2, 4, 3, 1]
    """
    ordered = sorted(stages, key=lambda row: (bool(row[2]), row[1], row[0]))
    return [id_ for id_, _sequence, _won in ordered]
