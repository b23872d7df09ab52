"""The difference of two snapshots of a lead: which way it went. Pure Python."""

from dataclasses import dataclass

from .move_note import MoveNote
from .rulebook import POLICIES, REQUIRED
from .verdict import LOST, OPEN, WON, State, Verdict, position_left

(
    CREATED,
    FORWARD,
    SKIPPED,
    BACKWARD,
    SIDEWAYS,
    BECAME_LOST,
    REOPENED,
    HANDED_OVER,
    CHANGED_COMPANY,
    MERGED,
    DELETED,
) = (
    "created",
    "forward",
    "skipped",
    "backward",
    "sideways",
    "lost",
    "reopened",
    "handed_over",
    "company",
    "merged",
    "deleted",
)


@dataclass(frozen=True)
class Transition:
    """A step of a lead, and what was made of it: what a row of the ledger tells.

    :param before: :class:`State`, None for a lead that did not exist
    :param after: :class:`State`, None for a lead that exists no more
    :param in_force: ``(criterion_id, tier)`` of every criterion in force (see ``Case``)
    :param unmet: ids of those that were not met
    """

    before: State | None
    after: State | None
    direction: str
    verdict: Verdict | None = None
    in_force: tuple = ()
    unmet: frozenset = frozenset()
    note: MoveNote = MoveNote()
    is_to_laxer_team: bool = False
    #: ids of criteria that were required and could not be evaluated
    unjudged: frozenset = frozenset()

    @property
    def missing(self):
        """The ids of the criteria that were required there and not met."""
        return [id_ for id_, tier in self.in_force if tier == REQUIRED and id_ in self.unmet]

    @property
    def is_conversion(self):
        """Whether a lead became an opportunity."""
        here, there = self.before, self.after
        return bool(here and there) and there.is_opportunity and not here.is_opportunity

    @property
    def is_loss(self):
        """Whether the lead is lost by it: it was not, or did not exist."""
        here, there = self.before, self.after
        return bool(there) and there.status == LOST != (here and here.status)

    @property
    def is_step(self):
        """Whether the lead left where it was, other than by a change of hands."""
        here, there = self.before, self.after
        return bool(here) and not (there and here.standing == there.standing)


def is_win(from_status, to_status):
    """Tell whether a deal is won by a step: it comes to be won from what was not.

    To move on among won stages ("Delivered") is no win.

    >>> is_win(None, "won"), is_win("lost", "won"), is_win("won", "won"), is_win("won", "open")
    (True, True, False, False)
    """
    return to_status == WON != from_status


def is_laxer(before, after, rulebook, user_company_id):
    """Tell whether a change hands a lead to a team or company with a laxer policy.

    >>> from .rulebook import ENFORCE, GUIDE, Rulebook, Settings
    >>> book = Rulebook(teams={1: Settings(policy=ENFORCE), 2: Settings(policy=GUIDE)})
    >>> strict, lax = State(True, 1, team_id=1), State(True, 1, team_id=2)
    >>> is_laxer(strict, lax, book, 0), is_laxer(lax, strict, book, 0), is_laxer(lax, lax, book, 0)
    (True, False, False)
    """
    was, is_now = (
        POLICIES.index(rulebook.settings_of(*state.hands, user_company_id).policy)
        for state in (before, after)
    )
    return is_now < was


def direction(before, after, rulebook):
    """Return which way a lead went.

    :param before: :class:`State`, None for a lead that did not exist
    :param after: :class:`State`, None for a lead that exists no more

    >>> from .rulebook import Rulebook, Stage
    >>> from .verdict import WON
    >>> won = Stage(4, is_won=True)
    >>> book = Rulebook(stages=(Stage(1), Stage(2), Stage(3), Stage(5, is_outside=True), won))
    >>> def at(stage, **values):
    ...     return State(True, stage, **values)
    >>> def way(before, after):
    ...     return direction(before, after, book)
    >>> lead = State(False, 1)
    >>> way(None, lead), way(lead, at(1)), way(lead, at(3)), way(at(1), lead), way(at(1), None)
    ('created', 'forward', 'skipped', 'backward', 'deleted')
    >>> way(at(1), at(2)), way(at(1), at(3)), way(at(3), at(1)), way(at(3), at(5))
    ('forward', 'skipped', 'backward', 'sideways')
    >>> way(at(3), at(4, status=WON)), way(at(1), at(4, status=WON)), way(at(4, status=WON), at(4))
    ('forward', 'skipped', 'backward')
    >>> way(at(3), at(3, status=LOST)), way(at(3, status=LOST), at(3)), way(at(1), at(1, team_id=9))
    ('lost', 'reopened', 'handed_over')
    >>> way(at(1), at(1, company_id=9)), way(at(1), at(1, company_id=9, team_id=9))
    ('company', 'handed_over')
    """
    if before is None:
        return CREATED
    if after is None:
        return DELETED
    if after.status == LOST != before.status:
        return BECAME_LOST
    if before.status == LOST and after.status == OPEN:
        return REOPENED
    if before.is_opportunity and not after.is_opportunity:
        return BACKWARD
    return _along_the_pipeline(before, after, rulebook)


def _along_the_pipeline(before, after, rulebook):
    left, reached = position_left(before, after, rulebook), rulebook.position(after.stage_id)
    if before.stage_id != after.stage_id and reached and reached > left:
        is_skipped = any(
            left < rulebook.position(stage.id) < reached
            for stage in rulebook.pipeline(after.team_id)
        )
        return SKIPPED if is_skipped else FORWARD
    if after.is_opportunity and not before.is_opportunity:
        return FORWARD
    if after.is_won != before.is_won:
        return FORWARD if after.is_won else BACKWARD
    return _no_further(before, after, left, reached)


def _no_further(before, after, left, reached):
    """Return which way a lead went that is what it was and got no further.

    :param left: how far down the pipeline it stood, 0 outside of it
    :param reached: how far down it stands, None outside of it
    """
    is_of_other_team = before.team_id != after.team_id
    if is_of_other_team and (reached == left or before.stage_id == after.stage_id):
        return HANDED_OVER
    if before.stage_id == after.stage_id:
        return CHANGED_COMPANY
    return BACKWARD if reached and left else SIDEWAYS
