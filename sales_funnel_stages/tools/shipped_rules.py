"""What the frameworks that come with the addon ask for, and when. Pure Python.

The gates are places in a pipeline, whatever its stages are called: the conversion, the
second open stage, the last open one, the won one (see :func:`find_gates`).
"""

from itertools import product

from .rulebook import CONVERSION, RECOMMENDED, REQUIRED

CONVERT, RELATIONSHIP, TERMS, WON = "convert", "relationship", "terms", "won"

#: ``{framework: {(gate, tier): [criterion, …]}}``, by the ends of their XML ids
SHIPPED_RULES = {
    "bant": {
        (CONVERT, REQUIRED): ["need", "budget", "timeframe"],
        (CONVERT, RECOMMENDED): ["authority", "contact", "requirements"],
        (RELATIONSHIP, REQUIRED): ["relationship", "requirements", "engagement"],
        (TERMS, REQUIRED): ["strong_need", "payment_terms", "supplier"],
        (WON, REQUIRED): ["contract", "customer"],
    },
    "champ": {
        (CONVERT, REQUIRED): ["challenge", "priority"],
        (CONVERT, RECOMMENDED): ["authority", "money"],
        (RELATIONSHIP, REQUIRED): ["authority", "money"],
    },
    "meddpicc": {
        (CONVERT, REQUIRED): ["pain"],
        (CONVERT, RECOMMENDED): ["metrics", "champion"],
        (RELATIONSHIP, REQUIRED): ["metrics", "champion", "decision_criteria"],
        (RELATIONSHIP, RECOMMENDED): ["economic_buyer", "decision_process", "competition"],
        (TERMS, REQUIRED): ["economic_buyer", "decision_process", "competition"],
        (TERMS, RECOMMENDED): ["paper_process"],
        (WON, REQUIRED): ["paper_process"],
    },
    "spiced": {
        (CONVERT, REQUIRED): ["situation", "pain"],
        (CONVERT, RECOMMENDED): ["impact", "critical_event"],
        (RELATIONSHIP, REQUIRED): ["impact", "critical_event"],
        (RELATIONSHIP, RECOMMENDED): ["decision"],
        (TERMS, REQUIRED): ["decision"],
    },
    "gpctba": {
        (CONVERT, REQUIRED): ["goals", "challenges", "timeline"],
        (CONVERT, RECOMMENDED): ["plans", "budget", "authority"],
        (RELATIONSHIP, REQUIRED): ["plans", "budget", "authority"],
        (RELATIONSHIP, RECOMMENDED): ["consequences", "implications"],
        (TERMS, REQUIRED): ["consequences", "implications"],
    },
}


def find_gates(book):
    """Return which stages of a database are the gates: ``{gate: {stage_id, …}}``.

    Administrators rename, reorder and delete stages, so nothing but their order counts: the
    second open stage is the gate "relationship", the last open one "terms" (the won stage
    where it is the same), the won stage "won". An open stage behind Won is a place to park,
    and the first stage asks for nothing: a conversion enters it. Where no open stage is
    shared between teams, each team's own pipeline counts.

    >>> from .rulebook import Rulebook, Stage
    >>> stages = (Stage(1, sequence=1), Stage(2, sequence=2), Stage(3, sequence=3))
    >>> find_gates(Rulebook(stages=(*stages, Stage(4, is_won=True, sequence=70))))
    {'convert': {0}, 'relationship': {2}, 'terms': {3}, 'won': {4}}
    """
    gates = {CONVERT: {CONVERSION}, RELATIONSHIP: set(), TERMS: set(), WON: set()}
    first = set()
    for pipeline in _find_pipelines(book):
        still_open = _find_open_stages(pipeline)
        won = [stage.id for stage in pipeline if stage.is_won][:1]
        first.update(still_open[:1])
        gates[RELATIONSHIP].update((still_open[1:] + won)[:1])
        gates[TERMS].update(still_open[2:][-1:] or won)
        gates[WON].update(won)
    return {gate: stage_ids - first for gate, stage_ids in gates.items()}


def _find_pipelines(book):
    """Return the pipeline that teams share; their own where that has no open stage."""
    shared = [stage for stage in book.stages if not stage.team_ids and not stage.is_outside]
    if not all(stage.is_won for stage in shared):
        return [shared]
    of_teams = [book.pipeline(team_id) for team_id in book.teams]
    with_open_stages = [
        pipeline for pipeline in of_teams if not all(stage.is_won for stage in pipeline)
    ]
    return with_open_stages or [shared]


def _find_open_stages(pipeline):
    """Return the ids of the open stages on the way to Won, in order."""
    still_open = [stage for stage in pipeline if not stage.is_won]
    won = [(stage.sequence, stage.id) for stage in pipeline if stage.is_won][:1]
    before_won = [stage for stage in still_open if not won or (stage.sequence, stage.id) < won[0]]
    return [stage.id for stage in before_won or still_open]


def make_rules(name, gates):
    """Return the rules of a framework for the stages of a database.

    :param str name: a key of ``SHIPPED_RULES``
    :param dict gates: as :func:`find_gates` returns them
    :return: ``[(criterion, stage_id, tier)]``, in order

    >>> make_rules("champ", {CONVERT: set(), RELATIONSHIP: {2}})
    [('authority', 2, 'required'), ('money', 2, 'required')]
    """
    tiers = {}
    for (gate, tier), ends in SHIPPED_RULES[name].items():
        for end, stage_id in product(ends, sorted(gates[gate])):
            # in a short pipeline, one stage is several gates
            if tiers.get((end, stage_id)) != REQUIRED:
                tiers[end, stage_id] = tier
    return [(end, stage_id, tier) for (end, stage_id), tier in tiers.items()]


def is_as_shipped(name, rules, gates):
    """Tell whether the rules of a framework that name a stage are as they were made.

    Stages may have changed their places since then, so those that are gates are seen from
    the rules. A gate of which no rule is left was emptied, unless there is no such gate.

    :param rules: ``[(criterion, stage_id, tier)]``, in order
    :param gates: those of now, as :func:`find_gates` returns them

    >>> gates = {CONVERT: {0}, RELATIONSHIP: {5}, TERMS: {3}, WON: set()}
    >>> made = make_rules("spiced", {CONVERT: set(), RELATIONSHIP: {2}, TERMS: {3}, WON: set()})
    >>> is_as_shipped("spiced", made, gates), is_as_shipped("spiced", made[1:], gates)
    (True, False)
    >>> is_as_shipped("spiced", [], gates)
    False
    """
    tiers = {(end, stage_id): tier for end, stage_id, tier in rules}
    bound = {CONVERT: set()}
    for gate in (RELATIONSHIP, TERMS, WON):
        asked = asked_at(name, gate)
        bound[gate] = _find_stages(tiers, asked)
        if asked and gates[gate] and not bound[gate]:
            return False
    return make_rules(name, bound) == rules


def asked_at(name, gate):
    """Return what a framework asks for at a gate: ``[(criterion, tier)]``, in order.

    >>> asked_at("spiced", TERMS)
    [('decision', 'required')]
    """
    return [
        (end, tier)
        for (each, tier), ends in SHIPPED_RULES[name].items()
        if each == gate
        for end in ends
    ]


def _find_stages(tiers, asked):
    """Return the stages that ask for all of that, or for more.

    :param tiers: ``{(criterion, stage_id): tier}``
    """
    return {
        stage_id
        for _end, stage_id in tiers
        if asked and all(tiers.get((end, stage_id)) in (REQUIRED, tier) for end, tier in asked)
    }
