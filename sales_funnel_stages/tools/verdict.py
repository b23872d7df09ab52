"""The verdict of a move: from before, after and the rules. Pure Python.

``demands`` says which gate a change passes through and what is asked there;
``judge`` turns that, and what is unmet, into a verdict. ``case`` puts together what a change is
judged by, free or not. Everything else (errors, dialogs, ledger, reports) only consumes
what they return.
"""

from dataclasses import dataclass

from .rulebook import CONVERSION, ENFORCE, GUIDE, OFF, POLICIES, REQUIRED

PASSED, NOT_JUDGED, GUIDED, OVERRIDDEN, APPROVED, EXEMPT, ARRIVED, REFUSED = (
    "passed",
    "not_judged",
    "guided",
    "overridden",
    "approved",
    "exempt",
    "arrived",
    "refused",
)

OPEN, WON, LOST = "open", "won", "lost"


@dataclass(frozen=True)
class State:
    """Where a lead stands; an id of 0 means none."""

    is_opportunity: bool
    stage_id: int = 0
    team_id: int = 0
    company_id: int = 0
    status: str = OPEN

    @property
    def is_won(self):
        return self.status == WON

    @property
    def place(self):
        """What the ledger follows; a change of it is a transition."""
        return *self.standing, *self.hands

    @property
    def hands(self):
        """In whose hands it is."""
        return self.team_id, self.company_id

    @property
    def standing(self):
        """How far it has come, in whatever hands; a change of it is a step."""
        return self.is_opportunity, self.stage_id, self.status


@dataclass(frozen=True)
class Demand:
    """What one set of rules asks of a move: the policy, the gate, ``{criterion_id: tier}``."""

    policy: str
    gate: int
    asked: tuple
    #: the move makes an opportunity of what was none
    is_conversion: bool = False
    #: required criteria that cannot be evaluated, as a frozenset of ids
    unjudged: frozenset = frozenset()
    #: there is a framework that says what is asked, or nobody insists
    has_rules: bool = True

    @property
    def is_judged(self):
        """Whether all that is required can be told."""
        return self.policy == OFF or (self.has_rules and not self.unjudged)

    @property
    def criterion_ids(self):
        """The criteria asked for, as a frozenset of ids."""
        return frozenset(criterion_id for criterion_id, _tier in self.asked)

    def unmet_required(self, unmet):
        """Return those required criteria that are among ``unmet``."""
        return frozenset(
            criterion_id
            for criterion_id, tier in self.asked
            if tier == REQUIRED and criterion_id in unmet
        )


@dataclass(frozen=True)
class Verdict:
    """The outcome of a move; ``unmet`` holds the required criteria that were not met."""

    name: str
    gate: int
    policy: str = OFF
    unmet: frozenset = frozenset()
    is_conversion: bool = False
    #: what is refused is the change of hands, not a move
    is_arrival: bool = False


def gate_entered(before, after, rulebook):
    """Return the gate that a change passes through, or None where it is free.

    Free is: staying, going back, losing, leaving the pipeline, being handed to another
    team, and whatever a lead does short of becoming an opportunity or being won.

    :param before: :class:`State`, None for a record that did not exist
    :param after: :class:`State`

    >>> from .rulebook import Rulebook, Stage
    >>> outside, won = Stage(3, is_outside=True), Stage(4, is_won=True)
    >>> book = Rulebook(stages=(Stage(1), Stage(2), outside, won))
    >>> lead, new, late = State(False, 1), State(True, 1), State(True, 2)
    >>> [gate_entered(*move, book) for move in [(None, lead), (lead, new), (lead, late)]]
    [None, 1, 2]
    >>> aside = State(True, 3)
    >>> [gate_entered(*move, book) for move in [(new, late), (late, new), (late, aside)]]
    [2, None, None]
    >>> gate_entered(State(True, 3), late, book)
    2
    >>> gate_entered(lead, State(False, 4, status=WON), book)
    4
    """
    became_opportunity = after.is_opportunity and not (before and before.is_opportunity)
    became_won = after.is_won and not (before and before.is_won)
    reached = rulebook.position(after.stage_id)
    if became_opportunity or became_won:
        return after.stage_id if reached else CONVERSION
    if not after.is_opportunity or not reached or before.stage_id == after.stage_id:
        return None
    return after.stage_id if reached > position_left(before, after, rulebook) else None


def position_left(before, after, rulebook):
    """Return how far down the pipeline a lead stood before, as its team now sees it.

    Odoo takes a lead out of a stage that its new team does not have, and puts it where
    that team starts: so far nobody has moved it forward, and any further somebody has.
    The same holds for a lead that was left in a stage of others: those count for nothing.
    """
    stage = rulebook.stage(before.stage_id)
    position = rulebook.position(before.stage_id) or 0
    is_handed_over = before.team_id != after.team_id
    if (is_handed_over or position) and not (stage and stage.is_of(after.team_id)):
        return rulebook.start(after.team_id)
    return position


def demands(before, after, rulebook, user_company_id, is_hand_derived=False):
    """Return what the rules ask of a change: a tuple of :class:`Demand`, empty if it is free.

    One demand, or two where one change hands the lead to other settings (another team,
    another company) and moves it forward: both are asked, so that the stricter decides. Where
    the user has not asked for other hands, but Odoo derived them, those before decide.

    :param user_company_id: the user's own company
    :param bool is_hand_derived: whether no team, salesperson or company was asked for
    """
    gate = gate_entered(before, after, rulebook)
    if gate is None:
        return ()
    if before is None:
        places = [after.hands]
    else:
        places = [before.hands] if is_hand_derived else [after.hands, before.hands]
    found = {}
    for team_id, company_id in places:
        settings = rulebook.settings_of(team_id, company_id, user_company_id)
        policy = settings.policy
        if policy == ENFORCE and settings.is_free_start and _is_start(before, after, rulebook):
            policy = GUIDE
        asked = rulebook.asked(settings.framework_id, gate, team_id)
        unjudged = rulebook.unjudged(settings.framework_id, gate, team_id)
        has_rules = bool(settings.framework_id) or policy != ENFORCE
        found[(policy, tuple(sorted(asked.items())), unjudged, has_rules)] = None
    is_conversion = after.is_opportunity and not (before and before.is_opportunity)
    return tuple(
        Demand(policy, gate, asked, is_conversion, unjudged, has_rules)
        for policy, asked, unjudged, has_rules in found
    )


@dataclass(frozen=True)
class Case:
    """What a change is judged by: its demands, and what a receipt of it has to tell.

    ``in_force`` holds ``(criterion_id, tier)`` of every criterion in force; the tier is
    empty where only a later gate asks for it.
    """

    demands: tuple = ()
    policy: str = OFF
    in_force: tuple = ()
    #: ids of the criteria that are owed where they are unmet, see ``owed_on_arrival``
    owed: frozenset = frozenset()

    @property
    def gates(self):
        """The gates that the change passes through: that of its stage, and of becoming one.

        >>> Case((Demand(ENFORCE, 2, (), is_conversion=True),)).gates == {2, CONVERSION}
        True
        """
        return {demand.gate for demand in self.demands} | {
            CONVERSION for demand in self.demands if demand.is_conversion
        }

    @property
    def judging_ids(self):
        """The criteria on which the verdict depends, as a frozenset of ids.

        >>> sorted(Case((Demand(ENFORCE, 2, ((10, REQUIRED),)),), owed=frozenset([7])).judging_ids)
        [7, 10]
        """
        return self.owed.union(*(demand.criterion_ids for demand in self.demands))

    @property
    def unjudged(self):
        """The criteria that would be required and cannot be evaluated, as a frozenset of ids.

        >>> sorted(Case((Demand(ENFORCE, 2, (), unjudged=frozenset([7])),)).unjudged)
        [7]
        """
        return frozenset().union(
            *(demand.unjudged for demand in self.demands if demand.policy != OFF)
        )


def owed_on_arrival(before, after, rulebook, user_company_id):
    """Return the ids of the criteria that a lead would owe to whoever it is handed to.

    Those that its new settings enforce where it stands, and the ones before did not: what has
    come so far by their rules is never sent back for it, but it is a debt until it is met.

    :param before: :class:`State`, None for a record that did not exist
    :param after: :class:`State`
    :param user_company_id: the user's own company

    >>> from .rulebook import Rule, Rulebook, Settings, Stage
    >>> book = Rulebook(
    ...     stages=(Stage(1), Stage(2), Stage(3)),
    ...     rules={
    ...         7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED), Rule(12, 3, REQUIRED)),
    ...         8: (Rule(10, CONVERSION, REQUIRED),),
    ...     },
    ...     teams={1: Settings(7, ENFORCE), 2: Settings(7, GUIDE), 3: Settings(8, ENFORCE)},
    ... )
    >>> def owed(was, team, stage=2):
    ...     states = State(True, stage, team_id=was), State(True, stage, team_id=team)
    ...     return sorted(owed_on_arrival(*states, book, 0))
    >>> owed(2, 1), owed(2, 1, stage=1), owed(3, 1), owed(1, 2), owed(1, 1), owed(1, 3)
    ([10, 11], [10], [11], [], [], [])
    """
    if before is None or not after.is_opportunity or before.hands == after.hands:
        return frozenset()
    gate = after.stage_id if rulebook.position(after.stage_id) else CONVERSION

    def enforced(state):
        settings = rulebook.settings_of(*state.hands, user_company_id)
        asked = rulebook.asked(settings.framework_id, gate, state.team_id)
        return {
            criterion_id
            for criterion_id, tier in asked.items()
            if settings.policy == ENFORCE and tier == REQUIRED
        }

    return frozenset(enforced(after) - enforced(before))


def case(before, after, rulebook, user_company_id, is_hand_derived=False):
    """Return the :class:`Case` of a change: what it is judged by, and what is in force.

    :param before: :class:`State`, None for a record that did not exist
    :param after: :class:`State`
    :param user_company_id: the user's own company
    :param bool is_hand_derived: see :func:`demands`

    >>> from .rulebook import Rule, Rulebook, Settings, Stage
    >>> book = Rulebook(
    ...     stages=(Stage(1), Stage(2)),
    ...     rules={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED))},
    ...     companies={5: Settings(7, GUIDE)},
    ... )
    >>> case(None, State(False, 1), book, 5).in_force
    ((10, ''), (11, ''))
    >>> case(State(False, 1), State(True, 1), book, 5).in_force
    ((10, 'required'), (11, ''))

    Where Odoo derives other hands, those before judge, and the receipt tells of nothing else:

    >>> from dataclasses import replace
    >>> book = replace(book, teams={1: Settings(8, ENFORCE)})
    >>> case(State(False, 1, team_id=1), State(True, 1), book, 5, is_hand_derived=True).in_force
    ((10, ''), (11, ''))
    """
    settings = rulebook.settings_of(*after.hands, user_company_id)
    asked_by = demands(before, after, rulebook, user_company_id, is_hand_derived)
    owed = owed_on_arrival(before, after, rulebook, user_company_id)
    policies = [demand.policy for demand in asked_by] or [settings.policy]
    policy = max([*policies, settings.policy] if owed else policies, key=POLICIES.index)
    if policy == OFF:
        return Case(asked_by)
    tiers = dict.fromkeys(rulebook.in_force(settings.framework_id, after.team_id), "")
    # where those before judge, what the new hands ask is none of it, but for what is owed to them
    if after.is_opportunity and not (asked_by and is_hand_derived):
        tiers.update(rulebook.asked(settings.framework_id, after.stage_id, after.team_id))
    tiers.update(dict.fromkeys(owed, REQUIRED))
    for demand in asked_by:
        for criterion_id, tier in demand.asked:
            if tiers.get(criterion_id) != REQUIRED:
                tiers[criterion_id] = tier
    return Case(asked_by, policy, tuple(sorted(tiers.items())), owed)


def _is_start(before, after, rulebook):
    """Tell whether a record is born where its team starts, or outside of the pipeline."""
    reached = rulebook.position(after.stage_id) or 0
    return before is None and reached <= rulebook.start(after.team_id)


def judge_arrival(verdict, owed, *, is_welcome, permission=""):
    """Return the :class:`Verdict` of a move by which a lead comes into other hands.

    :param Verdict verdict: on the move itself
    :param owed: ids of the criteria that are unmet and owed, see :func:`owed_on_arrival`
    :param bool is_welcome: whether it may come all the same
    :param str permission: as for :func:`judge`

    >>> def name(name, owed, **values):
    ...     return judge_arrival(Verdict(name, 2), frozenset(owed), **values).name
    >>> name(PASSED, [10], is_welcome=True), name(GUIDED, [10], is_welcome=False)
    ('arrived', 'refused')
    >>> name(PASSED, [], is_welcome=False), name(EXEMPT, [10], is_welcome=False)
    ('passed', 'exempt')
    >>> name(PASSED, [10], is_welcome=False, permission=OVERRIDDEN)
    'overridden'
    """
    if not owed or verdict.name not in (PASSED, NOT_JUDGED, GUIDED):
        return verdict
    name = ARRIVED if is_welcome else permission or REFUSED
    return Verdict(name, verdict.gate, ENFORCE, owed, verdict.is_conversion, is_arrival=True)


def judge(demands_, unmet, *, is_gated, permission="", policy=OFF):
    """Return the :class:`Verdict` of a move.

    :param demands_: what :func:`demands` returned
    :param unmet: ids of the criteria that the lead does not meet
    :param bool is_gated: whether the user can be refused (a person of the company)
    :param str permission: OVERRIDDEN or APPROVED where they have permission to pass all the same
    :param str policy: under which a change is free that has no demands

    >>> strict = Demand("enforce", 2, ((10, "required"), (11, "recommended")))
    >>> lax = Demand("guide", 2, ((10, "required"),))
    >>> judge((strict,), {11}, is_gated=True).name
    'passed'
    >>> judge((lax,), {10}, is_gated=True).name
    'guided'
    >>> judge((lax, strict), {10}, is_gated=True).name
    'refused'
    >>> judge((strict,), {10}, is_gated=True, permission=OVERRIDDEN).name
    'overridden'
    >>> judge((strict,), {10}, is_gated=False).name
    'exempt'
    >>> [judge((Demand("enforce", 2, (), **what),), set(), is_gated=True).name for what in (
    ...     {"unjudged": frozenset([12])}, {"has_rules": False}
    ... )]
    ['not_judged', 'not_judged']
    """
    if not demands_:
        return Verdict(PASSED, CONVERSION, policy)
    gate, is_conversion = demands_[0].gate, demands_[0].is_conversion
    for policy in (ENFORCE, GUIDE):
        missing = frozenset().union(
            *(demand.unmet_required(unmet) for demand in demands_ if demand.policy == policy)
        )
        if not missing:
            continue
        if policy == GUIDE:
            name = GUIDED
        elif not is_gated:
            name = EXEMPT
        else:
            name = permission or REFUSED
        return Verdict(name, gate, policy, missing, is_conversion)
    strictest = max((demand.policy for demand in demands_), key=POLICIES.index)
    name = PASSED if all(demand.is_judged for demand in demands_) else NOT_JUDGED
    return Verdict(name, gate, strictest, is_conversion=is_conversion)
