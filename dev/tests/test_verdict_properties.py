"""What holds for every pipeline, every set of rules and every move: the addon's pure tools."""

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_funnel_stages.tools.answers import STRENGTH, joined, strength, strongest
from odoo.addons.sales_funnel_stages.tools.rulebook import (
    CONVERSION,
    ENFORCE,
    POLICIES,
    RECOMMENDED,
    REQUIRED,
    Rule,
    Rulebook,
    Settings,
    Stage,
    pipeline_order,
)
from odoo.addons.sales_funnel_stages.tools.verdict import (
    EXEMPT,
    GUIDED,
    NOT_JUDGED,
    OPEN,
    OVERRIDDEN,
    PASSED,
    REFUSED,
    WON,
    State,
    demands,
    gate_entered,
    judge,
)

# a busy machine is no failure
settings.register_profile(
    "tools",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("tools")

FRAMEWORKS, TEAMS, COMPANIES = (1, 2), (1, 2, 3), (1, 2)
CRITERIA = range(10, 18)
SEVERITY = (PASSED, NOT_JUDGED, GUIDED, REFUSED)

some_criteria = st.frozensets(st.sampled_from(CRITERIA))
some_team = st.sampled_from((0, *TEAMS))
some_company = st.sampled_from((0, *COMPANIES))
some_state = st.integers(0, 2 * (len(TEAMS) + 1) * (len(COMPANIES) + 1) * 9 - 1)


def make_rulebook(stage_codes, rule_codes, settings_codes):
    """Return the :class:`Rulebook` that some numbers stand for: few draws make fast tests."""
    rows = []
    for id_, code in enumerate(stage_codes, 1):
        code, kind = divmod(code, 6)
        code, fold = divmod(code, 4)
        sequence, teams = divmod(code, 8)
        stage = Stage(
            id=id_,
            is_won=kind == 1,
            is_outside=kind == 2,
            is_folded=fold == 1,
            team_ids=frozenset(team_id for team_id in TEAMS if teams >> (team_id - 1) & 1),
        )
        rows.append((sequence, stage))
    stages = {stage.id: stage for _sequence, stage in rows}
    order = pipeline_order([(stage.id, sequence, stage.is_won) for sequence, stage in rows])
    gates = [CONVERSION, *(stage.id for stage in stages.values() if not stage.is_outside)]
    rules = dict.fromkeys(FRAMEWORKS, ())
    for code in rule_codes:
        code, tier = divmod(code, 2)
        code, framework = divmod(code, len(FRAMEWORKS))
        gate, criterion = divmod(code, len(CRITERIA))
        rules[FRAMEWORKS[framework]] += (
            Rule(CRITERIA[criterion], gates[gate % len(gates)], (REQUIRED, RECOMMENDED)[tier]),
        )
    chosen = []
    for code in settings_codes:
        code, policy = divmod(code, len(POLICIES))
        code, is_free_start = divmod(code, 2)
        company_id, framework_id = divmod(code, len(FRAMEWORKS) + 1)
        chosen.append(Settings(framework_id, POLICIES[policy], bool(is_free_start), company_id))
    return Rulebook(
        stages=tuple(stages[id_] for id_ in order),
        rules=rules,
        teams=dict(zip(TEAMS, chosen, strict=False)),
        companies={
            id_: replace(each, company_id=id_)
            for id_, each in zip(COMPANIES, chosen[len(TEAMS) :], strict=True)
        },
    )


def codes(limit, **sizes):
    return st.lists(st.integers(0, limit - 1), **sizes)


def rulebooks():
    """Any rules in force: up to eight stages, two frameworks, three teams, two companies."""
    followers = len(TEAMS) + len(COMPANIES)
    return st.builds(
        make_rulebook,
        codes(6 * 4 * 8 * 4, min_size=1, max_size=8),
        codes(2 * len(FRAMEWORKS) * len(CRITERIA) * 9, max_size=16),
        codes(
            len(POLICIES) * 2 * (len(FRAMEWORKS) + 1) * (len(COMPANIES) + 1),
            min_size=followers,
            max_size=followers,
        ),
    )


def make_state(book, code):
    code, is_opportunity = divmod(code, 2)
    code, team_id = divmod(code, len(TEAMS) + 1)
    stage, company_id = divmod(code, len(COMPANIES) + 1)
    stage = (None, *book.stages)[stage % (len(book.stages) + 1)]
    return State(
        is_opportunity=bool(is_opportunity),
        stage_id=stage.id if stage else 0,
        team_id=team_id,
        company_id=company_id,
        status=WON if stage and stage.is_won else OPEN,
    )


def make_move(book, before_code, after_code, is_new):
    before, after = make_state(book, before_code), make_state(book, after_code)
    return book, None if is_new else before, after


def make_move_in_place(book, before_code, after_code):
    """As ``make_move``; neither team nor company changes, and nothing is created."""
    before, after = make_state(book, before_code), make_state(book, after_code)
    return book, before, replace(after, team_id=before.team_id, company_id=before.company_id)


def moves():
    """Any rulebook and change: ``(book, before, after)``; before None: just created."""
    return st.builds(make_move, rulebooks(), some_state, some_state, st.booleans())


def moves_in_place():
    return st.builds(make_move_in_place, rulebooks(), some_state, some_state)


def required(asked):
    return {criterion_id for criterion_id, tier in asked.items() if tier == REQUIRED}


def asked_for(book, before, after):
    """The criteria that a move has to meet, whatever the policy."""
    return frozenset().union(
        *(demand.unmet_required(CRITERIA) for demand in demands(before, after, book, 1))
    )


def stage_at(state, stage):
    return replace(state, stage_id=stage.id, status=WON if stage.is_won else OPEN)


# ------------------------------------------------------------------
# The pipeline
# ------------------------------------------------------------------


@given(rulebooks(), st.sampled_from(FRAMEWORKS), some_team)
def test_a_pipeline_is_cumulative(book, framework_id, team_id):
    gates = [CONVERSION, *(stage.id for stage in book.pipeline(team_id))]
    for earlier, later in zip(gates, gates[1:], strict=False):
        asked_earlier = book.asked(framework_id, earlier, team_id)
        asked_later = book.asked(framework_id, later, team_id)
        assert asked_earlier.keys() <= asked_later.keys()
        assert required(asked_earlier) <= required(asked_later)


@given(rulebooks(), st.sampled_from(FRAMEWORKS), some_team)
def test_a_team_is_never_asked_for_the_stages_of_others(book, framework_id, team_id):
    for stage in book.pipeline(team_id):
        own = {rule.criterion_id for rule in book.rules[framework_id] if rule.gate == CONVERSION}
        for each in book.pipeline(team_id):
            own |= {rule.criterion_id for rule in book.rules[framework_id] if rule.gate == each.id}
        assert book.asked(framework_id, stage.id, team_id).keys() <= own


@given(rulebooks())
def test_won_stages_are_last(book):
    is_won = [stage.is_won for stage in book.stages]
    assert is_won == sorted(is_won)


@given(moves_in_place(), st.data())
def test_skipping_a_stage_skips_no_rule(move, data):
    """One long step asks for all that its short steps ask for."""
    book, before, _after = move
    pipeline = book.pipeline(before.team_id)
    assume(pipeline)
    first, middle, last = sorted(
        data.draw(st.lists(st.integers(0, len(pipeline) - 1), min_size=3, max_size=3))
    )
    start, halfway, end = (
        replace(stage_at(before, pipeline[index]), is_opportunity=True)
        for index in (first, middle, last)
    )
    in_steps = asked_for(book, start, halfway) | asked_for(book, halfway, end)
    assert in_steps <= asked_for(book, start, end)


@given(moves_in_place())
def test_converting_late_asks_for_all_up_to_there(move):
    book, before, after = move
    lead, opportunity = replace(after, is_opportunity=False), replace(after, is_opportunity=True)
    place = book.settings_of(after.team_id, after.company_id, 1)
    first = required(book.asked(place.framework_id, CONVERSION, after.team_id))
    assert first <= asked_for(book, replace(lead, status=OPEN), opportunity)


# ------------------------------------------------------------------
# What is free
# ------------------------------------------------------------------


@given(moves())
def test_going_back_is_free(move):
    """Also in other hands, where the team has the stage that is left."""
    book, before, after = move
    before = replace(before or after, is_opportunity=True)
    left, reached = sorted(
        (book.stage(state.stage_id) for state in (before, after)),
        key=lambda stage: book.stages.index(stage) if stage else -1,
        reverse=True,
    )
    assume(left and reached and not left.is_outside)
    assume(left.is_of(after.team_id))
    assert gate_entered(stage_at(before, left), stage_at(after, reached), book) is None


@given(moves())
def test_a_lead_that_is_not_won_is_free(move):
    book, before, after = move
    assert gate_entered(before, replace(after, is_opportunity=False, status=OPEN), book) is None


@given(moves())
def test_staying_is_free(move):
    book, _before, after = move
    assert gate_entered(after, after, book) is None


@given(moves(), some_team, some_company)
def test_changing_hands_in_place_is_free(move, team_id, company_id):
    book, _before, state = move
    assert gate_entered(state, replace(state, team_id=team_id, company_id=company_id), book) is None


@given(moves(), st.sampled_from(TEAMS))
def test_changing_hands_to_where_the_team_starts_is_free(move, team_id):
    book, _before, state = move
    stage = book.stage(state.stage_id)
    assume(state.team_id != team_id and not (stage and stage.is_of(team_id)))
    start = [each for each in book.stages if book.position(each.id) == book.start(team_id)]
    assume(start)
    assert gate_entered(state, replace(stage_at(state, start[0]), team_id=team_id), book) is None


@given(moves())
def test_what_is_entered_is_where_it_comes_out(move):
    book, before, after = move
    gate = gate_entered(before, after, book)
    assert gate in (None, CONVERSION, after.stage_id)
    if gate:
        assert book.position(gate)


# ------------------------------------------------------------------
# Verdicts
# ------------------------------------------------------------------


def severity(demands_, unmet):
    return SEVERITY.index(judge(demands_, unmet, is_gated=True).name)


@given(moves(), some_criteria, some_criteria)
def test_lacking_more_is_never_better(move, unmet, more):
    book, before, after = move
    asked = demands(before, after, book, 1)
    assume(asked)
    assert severity(asked, unmet) <= severity(asked, unmet | more)


@given(moves(), some_criteria)
def test_the_stricter_policy_wins(move, unmet):
    book, before, after = move
    asked = demands(before, after, book, 1)
    assume(asked)
    assert severity(asked, unmet) == max(severity((demand,), unmet) for demand in asked)


@given(moves(), some_criteria)
def test_a_refusal_says_what_is_missing(move, unmet):
    book, before, after = move
    asked = demands(before, after, book, 1)
    assume(asked)
    verdict = judge(asked, unmet, is_gated=True)
    assert verdict.unmet <= unmet
    assert (verdict.name in (PASSED, NOT_JUDGED)) == (not verdict.unmet)
    if verdict.name == REFUSED:
        assert verdict.policy == ENFORCE
        enforced = [demand for demand in asked if demand.policy == ENFORCE]
        assert verdict.unmet == frozenset().union(*(d.unmet_required(unmet) for d in enforced))


@given(moves(), some_criteria)
def test_who_is_exempt_or_overrides_is_never_refused(move, unmet):
    book, before, after = move
    asked = demands(before, after, book, 1)
    assume(asked)
    name = judge(asked, unmet, is_gated=True).name
    exempt = judge(asked, unmet, is_gated=False).name
    overridden = judge(asked, unmet, is_gated=True, permission=OVERRIDDEN).name
    assert exempt == (EXEMPT if name == REFUSED else name)
    assert overridden == (OVERRIDDEN if name == REFUSED else name)


@given(moves(), some_criteria)
def test_no_policy_but_enforce_refuses(move, unmet):
    book, before, after = move
    relaxed = replace(
        book,
        teams={id_: replace(each, policy="guide") for id_, each in book.teams.items()},
        companies={id_: replace(each, policy="guide") for id_, each in book.companies.items()},
    )
    assert not relaxed.is_enforced
    asked = demands(before, after, relaxed, 1)
    assume(asked)
    assert judge(asked, unmet, is_gated=True).name in (PASSED, NOT_JUDGED, GUIDED)


@given(moves(), some_criteria)
def test_a_free_start_is_free_in_the_first_stage_only(move, unmet):
    book, _before, after = move
    asked = demands(None, after, book, 1)
    assume(asked)
    place = book.settings_of(after.team_id, after.company_id, 1)
    is_early = (book.position(after.stage_id) or 0) <= book.start(after.team_id)
    is_free = place.is_free_start and is_early
    assert (ENFORCE in {demand.policy for demand in asked}) == (
        place.policy == ENFORCE and not is_free
    )


@given(rulebooks(), st.sampled_from(FRAMEWORKS), some_team, some_criteria, st.data())
def test_furthest_is_as_far_as_it_goes(book, framework_id, team_id, unmet, data):
    pipeline = book.pipeline(team_id)
    assume(pipeline)
    gate = data.draw(st.sampled_from(pipeline)).id

    def may_enter(stage_id):
        return not required(book.asked(framework_id, stage_id, team_id)) & unmet

    furthest = book.furthest(framework_id, gate, team_id, unmet)
    before = [stage.id for stage in pipeline if book.position(stage.id) < book.position(gate)]
    assert furthest == CONVERSION or (furthest in before and may_enter(furthest))
    reached = before.index(furthest) + 1 if furthest else 0
    assert not any(may_enter(stage_id) for stage_id in before[reached:])


# ------------------------------------------------------------------
# Merging answers
# ------------------------------------------------------------------


@given(st.sampled_from(sorted(STRENGTH)), st.data())
def test_the_strongest_answer(name, data):
    values = data.draw(st.lists(st.sampled_from((False, *STRENGTH[name])), min_size=1))
    best = strongest(name, values)
    assert best in values
    assert all(strength(name, best) >= strength(name, value) for value in values)
    assert strongest(name, values[::-1]) == best, "whoever is merged into whom"
    assert strongest(name, [strongest(name, values[:1]), *values[1:]]) == best


@given(st.lists(st.one_of(st.just(False), st.text(max_size=8)), max_size=5))
def test_joined_texts(texts):
    text = joined(texts)
    assert all(each.strip().casefold() in (text or "").casefold() for each in texts if each)
    assert joined([*texts, *texts]) == text, "nothing is said twice"
    assert (text is False) == (not any(each and each.strip() for each in texts))
