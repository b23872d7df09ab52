"""With our addon, an addon of a customer's is asked as often as without, and to the same effect."""

import json

import pytest

from dev.checkout import addon_names
from dev.database import copied
from dev.worlds.large import CUSTOM
from dev.worlds.world import WITHOUT_DEMO, run_script

from .processes import ANSWER, this_odoo

pytestmark = pytest.mark.world(CUSTOM.name)

SCRIPT = "from dev.worlds.custom_journey import take\ntake(env)"

# What is asked to foresee a conversion is asked once more; many are converted chunk by chunk, and
# whoever has started it is told at the end.
FORESEEN = {"_prepare_customer_values"}
IN_CHUNKS = {"_convert_and_allocate", "mass _convert_and_allocate", "mail.message.create"}
CALLED_MORE = {"convert_three": FORESEEN, "convert_many": FORESEEN | IN_CHUNKS}


@pytest.fixture(scope="module")
def journeys():
    """→ ``{step: (calls, leads)}`` without our addon, and with it."""
    with CUSTOM.hosted():
        yield _take(), _take("-i", addon_names(), WITHOUT_DEMO)


def _take(*words):
    odoo = this_odoo()
    with copied(odoo, CUSTOM.template) as database:
        if words:
            assert not odoo.load(database, *words)
        said = run_script(odoo, database, SCRIPT).splitlines()
        answers = [
            json.loads(line.removeprefix(ANSWER)) for line in said if line.startswith(ANSWER)
        ]
        return {step: (calls, leads) for step, calls, leads in answers}


@pytest.mark.parametrize(
    "step",
    (
        "convert_three",
        "convert_many",
        "change_two",
        "win_two",
        "lose_and_restore",
        "merge_three",
        "receive_mail",
    ),
)
def test_the_same_is_called(journeys, step):
    (stock_calls, stock_leads), (calls, leads) = (journey[step] for journey in journeys)
    assert stock_leads and leads == stock_leads, calls
    names = stock_calls.keys() | calls.keys()
    counts = {name: (stock_calls.get(name, 0), calls.get(name, 0)) for name in names}
    more = {name: pair for name, pair in counts.items() if pair[0] != pair[1]}
    assert more.keys() <= CALLED_MORE.get(step, set())
    assert all(stock < ours for stock, ours in more.values())
