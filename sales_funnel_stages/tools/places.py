"""Where leads stand that have a gate before them which requires a criterion. Pure Python."""

from collections import defaultdict
from functools import partial

from .rulebook import REQUIRED


def requiring_stages(book, followers, get_gate):
    """Return in which stages each criterion is required, and of which teams' leads.

    :param followers: ``{team_id: framework_id}``
    :param get_gate: called with the ids of a stage and a team, returns the gate that counts there
    :return: ``{criterion_id: {stage_ids: [team_id, …]}}``; an id of 0 means none, and the stage
        ids are a tuple, in pipeline order

    >>> from .rulebook import CONVERSION, Rule, Rulebook, Stage
    >>> book = Rulebook(
    ...     stages=(Stage(1), Stage(2)),
    ...     rules={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED))},
    ... )
    >>> requiring_stages(book, {0: 7, 1: 7}, lambda stage_id, team_id: stage_id)
    {10: {(0, 1, 2): [0, 1]}, 11: {(2,): [0, 1]}}
    """
    restricted = [stage for stage in book.stages if stage.team_ids]
    found = defaultdict(lambda: defaultdict(list))
    stages_by_pipeline = {}
    for team_id, framework_id in followers.items():
        # many teams go through the same stages by the same rules
        own = frozenset(stage.id for stage in restricted if stage.is_of(team_id))
        pipeline = framework_id, own
        if pipeline not in stages_by_pipeline:
            stages_by_pipeline[pipeline] = _stages(book, framework_id, team_id, get_gate)
        for criterion_id, stage_ids in stages_by_pipeline[pipeline].items():
            found[criterion_id][stage_ids].append(team_id)
    return {criterion_id: dict(teams) for criterion_id, teams in found.items()}


def _stages(book, framework_id, team_id, get_gate):
    """Return ``{criterion_id: stage_ids}``: the stages in which it is required of a lead."""
    found = defaultdict(tuple)
    for stage_id in (0, *(stage.id for stage in book.stages)):
        gate = get_gate(stage_id, team_id)
        for criterion_id, tier in book.asked(framework_id, gate, team_id).items():
            if tier == REQUIRED:
                found[criterion_id] += (stage_id,)
    return found


def requiring_places(book, company_id):
    """Return where the next gate of a lead requires a criterion, by a company's settings.

    :return: ``{criterion_id: {(is_opportunity, stage_ids): [team_id, …]}}``, as above

    >>> from .rulebook import CONVERSION, Rule, Rulebook, Settings, Stage
    >>> book = Rulebook(
    ...     stages=(Stage(1), Stage(2)),
    ...     rules={7: (Rule(10, CONVERSION, REQUIRED), Rule(11, 2, REQUIRED))},
    ...     companies={5: Settings(framework_id=7)},
    ... )
    >>> places = requiring_places(book, 5)
    >>> places[10]
    {(False, (0, 1, 2)): [0], (True, (0, 1, 2)): [0]}
    >>> places[11]
    {(False, (2,)): [0], (True, (1, 2)): [0]}
    """
    followers = {
        team_id: book.settings_of(team_id, company_id, company_id).framework_id
        for team_id in (0, *book.teams)
    }
    places = defaultdict(dict)
    for is_opportunity in (False, True):
        get_gate = partial(book.next_gate, is_opportunity)
        for criterion_id, teams in requiring_stages(book, followers, get_gate).items():
            for stage_ids, team_ids in teams.items():
                places[criterion_id][is_opportunity, stage_ids] = team_ids
    return dict(places)
