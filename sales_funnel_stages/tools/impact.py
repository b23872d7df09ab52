"""What rules would hold back, before they do: which criteria which leads lack. Pure Python.

A :class:`Scenario` says what is asked about: one team, one framework, one rule, or all as it
is. It is written as a short text, so that it can stand in a search.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import product

from .places import requiring_stages
from .rulebook import CONVERSION, ENFORCE, OFF, REQUIRED, Rule, Settings
from .verdict import OPEN, WON

LEADS = "leads"

# numbers are ids as the database takes them
ID = "[0-9]{1,9}"
PAIRS = f"(?:{ID}-{ID}(?:,{ID}-{ID})*)?"
SCENARIO = re.compile(f"(all|team|framework|rule)((?::{ID}){{4}})(?::({PAIRS}))?")
#: what is counted: open opportunities by what going on requires, leads by what conversion does,
#: and opportunities that were won by what winning did
COUNTED = OPEN, LEADS, WON


@dataclass(frozen=True)
class Scenario:
    """What is asked about.

    :param kind: ``all``, ``team``, ``framework`` or ``rule``
    :param team_id: the team; without one the leads of all
    :param framework_id: what the team would follow (0: its company's); or the framework
        asked about, or that of the rule
    :param criterion_id: the rule's, from its gate on
    :param rules: of a framework that is being edited: pairs of a required criterion and the gate
        from which on it is; None: the rules in force
    """

    kind: str = "all"
    team_id: int = 0
    framework_id: int = 0
    criterion_id: int = 0
    gate: int = 0
    rules: tuple | None = None

    def __str__(self):
        """Return it as a text.

        >>> str(Scenario()), str(Scenario("rule", framework_id=7, criterion_id=10, gate=2))
        ('all:0:0:0:0', 'rule:0:7:10:2')
        >>> str(Scenario("framework", 0, 7, rules=((10, 2), (11, 0))))
        'framework:0:7:0:0:10-2,11-0'
        """
        numbers = self.team_id, self.framework_id, self.criterion_id, self.gate
        text = ":".join([self.kind, *map(str, numbers)])
        if self.rules is None:
            return text
        return f"{text}:{','.join(f'{id_}-{gate}' for id_, gate in self.rules)}"

    @classmethod
    def parse(cls, text):
        """Return the scenario that a text stands for, or None.

        >>> Scenario.parse(str(Scenario("team", 3, 7))) == Scenario("team", 3, 7)
        True
        >>> Scenario.parse("team"), Scenario.parse("team:a:0:0:0"), Scenario.parse("x:0:0:0:0")
        (None, None, None)
        >>> edited = Scenario("framework", 0, 7, rules=((10, 2), (11, 0)))
        >>> Scenario.parse(str(edited)) == edited
        True
        >>> Scenario.parse("framework:0:7:0:0:").rules, Scenario.parse("framework:0:7:0:0:1-a")
        ((), None)
        """
        found = SCENARIO.fullmatch(str(text))
        if not found:
            return None
        kind, numbers, rules = found.groups()
        if rules is not None:
            if kind != "framework":
                return None
            pairs = (each.split("-") for each in rules.split(",") if each)
            rules = tuple((int(id_), int(gate)) for id_, gate in pairs)
        return cls(kind, *map(int, numbers.split(":")[1:]), rules=rules)

    def is_about(self, team_id):
        """Tell whether it may be about the leads of a team, 0 for those of none.

        >>> Scenario("team", 3).is_about(3), Scenario("team", 3).is_about(0)
        (True, False)
        >>> Scenario("framework", 0, 7).is_about(3)
        True
        """
        return self.kind != "team" or self.team_id == team_id


# of how many wins it can be said that most of them lacked something
FEWEST_WINS = 5


@dataclass
class Impact:
    """What a scenario would do: how many leads it is about, and how many it holds back.

    :param concerned: ``{status: number}``
    :param held_back: ``{status: number}``; of those that are won: the ones that lack something
    :param by_stage: ``{stage_id: number}`` of the open opportunities that are held back
    :param by_user: ``{user_id: number}``, likewise
    """

    concerned: Counter = field(default_factory=Counter)
    held_back: Counter = field(default_factory=Counter)
    by_stage: Counter = field(default_factory=Counter)
    by_user: Counter = field(default_factory=Counter)

    def add(self, status, stage_id, user_id, concerned, held_back):
        """Add the leads of a stage and a salesperson.

        >>> impact = Impact()
        >>> impact.add(OPEN, 1, 8, 5, 3)
        >>> impact.add(WON, 2, 8, 4, 1)
        >>> impact.held_back[OPEN], impact.concerned[WON], impact.by_user
        (3, 4, Counter({8: 3}))
        >>> impact.add(LEADS, 0, 0, 9, 6)
        >>> impact.held_back[OPEN], impact.held_back[LEADS], impact.by_user
        (3, 6, Counter({8: 3}))
        """
        self.concerned[status] += concerned
        self.held_back[status] += held_back
        if status == OPEN and held_back:
            self.by_stage[stage_id] += held_back
            self.by_user[user_id] += held_back

    @property
    def is_doubtful(self):
        """Whether most of what was won lacked it, of enough to say so.

        >>> impact = Impact()
        >>> impact.add(WON, 2, 8, 4, 4)
        >>> impact.is_doubtful
        False
        >>> impact.add(WON, 2, 8, 1, 0)
        >>> impact.is_doubtful
        True
        """
        wins = self.concerned[WON]
        return wins >= FEWEST_WINS and 2 * self.held_back[WON] > wins


def is_followed(book, framework_id):
    """Tell whether any team or company follows a framework."""
    return any(each.framework_id == framework_id for each in book.settings)


def framework_in_use(book, team_id, company_id, team_ids):
    """Return the framework that somebody works by, 0 where there is none.

    That of their team; else that of their company, if any of its teams follows it; else the
    one that most teams follow whose rules are not off; else that of the company.

    :param team_ids: the teams that are at work, and not archived
    :param team_id: the team of who asks, 0 for none

    >>> from .rulebook import OFF, Rulebook, Settings
    >>> teams = {1: Settings(7), 2: Settings(8), 3: Settings(8), 4: Settings(9, OFF)}
    >>> book = Rulebook(teams=teams, companies={5: Settings(9), 6: Settings(7)})
    >>> [framework_in_use(book, *place, teams) for place in [(1, 5), (0, 6), (0, 5), (4, 5)]]
    [7, 7, 8, 9]
    >>> framework_in_use(book, 0, 6, [2]), framework_in_use(book, 0, 5, [])
    (8, 9)
    """
    if team_id in book.teams:
        return book.settings_of(team_id, company_id, company_id).framework_id
    own = book.companies.get(company_id, Settings()).framework_id
    followed = Counter()
    for id_ in set(team_ids) & book.teams.keys():
        team, settings = book.teams[id_], book.settings_of(id_, 0, company_id)
        if settings.policy != OFF and settings.framework_id:
            followed[settings.framework_id] += 1
            if settings.framework_id == own and team.company_id in (0, company_id):
                return own
    return min(followed, key=lambda id_: (-followed[id_], id_), default=own)


def enforced_at_conversion(book):
    """Return the ids of the criteria without which some team lets nobody become an opportunity.

    >>> from .rulebook import CONVERSION, ENFORCE, REQUIRED, Rule, Rulebook, Settings
    >>> rules = {7: (Rule(70, CONVERSION, REQUIRED),), 8: (Rule(80, CONVERSION, REQUIRED),)}
    >>> teams = {1: Settings(0, ENFORCE), 2: Settings(8)}
    >>> book = Rulebook(rules=rules, teams=teams, companies={5: Settings(7)})
    >>> sorted(enforced_at_conversion(book))
    [70]
    """
    frameworks = {
        book.settings_of(team_id, company_id, company_id).framework_id
        for team_id, company_id in product([0, *book.teams], book.companies)
        if book.settings_of(team_id, company_id, company_id).policy == ENFORCE
    }
    return {
        rule.criterion_id
        for framework_id in frameworks
        for rule in book.rules.get(framework_id, ())
        if rule.gate == CONVERSION and rule.tier == REQUIRED
    }


def followers(book, scenario):
    """Return whom a scenario is about: ``{(company_id, team_id): framework_id}``.

    Each company whose settings count with each team, and with none (0). Where nobody
    follows the framework asked about, it is as though everybody did.

    >>> from .rulebook import Rulebook, Settings
    >>> book = Rulebook(teams={1: Settings(7), 2: Settings()}, companies={5: Settings(8)})
    >>> followers(book, Scenario())
    {(5, 0): 8, (5, 1): 7, (5, 2): 8}
    >>> followers(book, Scenario("team", 1, 0)), followers(book, Scenario("framework", 0, 8))
    ({(5, 1): 8}, {(5, 0): 8, (5, 2): 8})
    >>> followers(book, Scenario("framework", 0, 9))
    {(5, 0): 9, (5, 1): 9, (5, 2): 9}
    """
    found = {}
    for company_id, company in book.companies.items():
        for team_id in (0, *book.teams):
            follows = book.settings_of(team_id, company_id, company_id).framework_id
            if scenario.kind == "team":
                follows = scenario.framework_id or company.framework_id
            found[company_id, team_id] = follows
    if scenario.kind == "team":
        return {place: id_ for place, id_ in found.items() if place[1] == scenario.team_id}
    if scenario.kind == "all":
        return found
    if is_followed(book, scenario.framework_id):
        return {place: id_ for place, id_ in found.items() if id_ == scenario.framework_id}
    return dict.fromkeys(found, scenario.framework_id)


def requirements(book, scenario, status):
    """Return where each criterion is required.

    :param status: ``OPEN``: to enter the next stage of the pipeline, as
        :meth:`Rulebook.next_gate` has it; ``LEADS``: to become an opportunity; ``WON``: to
        enter the stage that it is in
    :return: ``{company_id: {criterion_id: {stage_ids: team_ids}}}``; 0 is no stage or no team

    >>> from .rulebook import Rulebook, Settings, Stage
    >>> book = Rulebook(
    ...     stages=(Stage(1), Stage(2), Stage(3, is_won=True)),
    ...     rules={7: (Rule(10, 2, REQUIRED), Rule(11, 3, REQUIRED))},
    ...     companies={5: Settings(7)},
    ... )
    >>> requirements(book, Scenario(), OPEN)
    {5: {10: {(1, 2, 3): [0]}, 11: {(2, 3): [0]}}}
    >>> requirements(book, Scenario("rule", 0, 7, 11, 0), OPEN)
    {5: {11: {(0, 1, 2, 3): [0]}}}
    >>> requirements(book, Scenario("framework", 0, 7, rules=((11, 2),)), OPEN)
    {5: {11: {(1, 2, 3): [0]}}}
    >>> requirements(book, Scenario(), WON)
    {5: {10: {(2, 3): [0]}, 11: {(3,): [0]}}}
    >>> requirements(replace(book, rules={7: (Rule(12, 0, REQUIRED),)}), Scenario(), LEADS)
    {5: {12: {(0, 1, 2, 3): [0]}}}
    """
    if scenario.kind == "rule":
        rule = Rule(scenario.criterion_id, scenario.gate, REQUIRED)
        book = replace(book, rules={scenario.framework_id: (rule,)})
    elif scenario.rules is not None:
        rules = tuple(Rule(id_, gate, REQUIRED) for id_, gate in scenario.rules)
        book = replace(book, rules={**book.rules, scenario.framework_id: rules})
    teams = defaultdict(dict)
    for (company_id, team_id), framework_id in followers(book, scenario).items():
        teams[company_id][team_id] = framework_id

    def get_gate(stage_id, team_id):
        if status == WON:
            return stage_id
        return book.next_gate(status == OPEN, stage_id, team_id)

    return {
        company_id: requiring_stages(book, frameworks, get_gate)
        for company_id, frameworks in teams.items()
    }
