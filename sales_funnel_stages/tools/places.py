"""Where leads stand before a gate that requires a criterion. Pure Python."""

from collections import defaultdict

from .rulebook import REQUIRED


def requiring_places(rulebook, company_id):
    """Return where the next gate of a lead requires a criterion, by a company's settings.

    :return: ``{criterion_id: {(is_opportunity, stage_ids): [team_id, …]}}``; an id of 0 means
        none, and the stage ids are a tuple, in order

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
    stage_ids = [0, *sorted(stage.id for stage in rulebook.stages)]
    stages = defaultdict(list)
    for team_id in (0, *rulebook.teams):
        framework_id = rulebook.settings_of(team_id, company_id, company_id).framework_id
        for is_opportunity in (False, True):
            for stage_id in stage_ids:
                gate = rulebook.next_gate(is_opportunity, stage_id, team_id)
                for criterion_id, tier in rulebook.asked(framework_id, gate, team_id).items():
                    if tier == REQUIRED:
                        stages[criterion_id, is_opportunity, team_id].append(stage_id)
    places = defaultdict(lambda: defaultdict(list))
    for (criterion_id, is_opportunity, team_id), ids in stages.items():
        places[criterion_id][is_opportunity, tuple(ids)].append(team_id)
    return {criterion_id: dict(teams) for criterion_id, teams in places.items()}
