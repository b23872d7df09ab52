"""Random sequences of moves, as Hypothesis draws them: numbers and names, no records."""

from hypothesis import strategies as st

from .reference import LEAD, OPPORTUNITY

POLICIES = ("off", "guide", "enforce")
#: who can be refused
PEOPLE = ("rep", "other_rep", "manager")

index = st.integers(0, 11)
answers = st.fixed_dictionaries(
    {},
    optional={
        "need_level": st.sampled_from([False, "weak"]),
        "budget_status": st.sampled_from([False, "none", "confirmed"]),
        "partner_id": st.booleans(),
        "contract_status": st.sampled_from([False, "signed"]),
    },
)
places = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([LEAD, OPPORTUNITY, OPPORTUNITY]),
        "stage_id": index,
        "team_id": index,
        "user_id": index,
        "active": st.booleans(),
        "probability": st.sampled_from([0, 40, 100]),
    },
)
values = st.builds(lambda place, given_: {**place, **given_}, places, answers)
born = st.fixed_dictionaries(
    {"type": st.just(OPPORTUNITY), "team_id": index, "stage_id": index}, optional={"user_id": index}
)
handed_over = st.fixed_dictionaries(
    {"team_id": index}, optional={"stage_id": index, "user_id": index}
)
one = st.tuples(index)
some = st.lists(index, min_size=1, max_size=2)
method = st.sampled_from(
    [
        "convert_opportunity",
        "convert_opportunity",
        "action_set_won",
        "action_set_lost",
        "action_restore",
        "action_unarchive",
        "action_archive",
        "action_set_automated_probability",
        "merge_opportunity",
        "copy",
        "unlink",
    ]
)
actions = st.one_of(
    st.tuples(st.just("write"), some, values),
    st.tuples(st.just("write"), some, places),
    st.tuples(st.just("write"), some, handed_over),
    st.tuples(st.just("create"), one, values),
    st.tuples(st.just("create"), one, born),
    st.tuples(method, some, st.just({})),
)
actors = st.sampled_from([*PEOPLE, "rep.sudo", "manager.sudo", "odoobot", "portal.sudo"])
reasons = st.sampled_from([None, "Signed on paper", " \n"])
moves = st.tuples(st.just("move"), actors, reasons, actions)
changes = st.one_of(
    st.tuples(st.just("policy"), index, st.sampled_from(POLICIES)),
    st.tuples(st.just("add_rule"), index, index, index),
    st.tuples(st.just("remove_rule"), index),
    st.tuples(st.just("win_stage"), st.sampled_from(["manager", "odoobot"]), index, st.booleans()),
)
sequences = st.lists(st.one_of(moves, moves, moves, changes), min_size=5, max_size=8)
