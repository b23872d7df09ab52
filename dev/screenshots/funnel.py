"""Two years of a funnel, which the dashboard needs to show something.

Runs in Odoo's shell. The histories are written past Odoo, as time has passed in them.
"""

from datetime import timedelta
from random import Random

LEADS = 700
DAYS = 730
# how likely a lead goes on from each step, and after how many days at most
STEPS = [(0.55, 12), (0.7, 15), (0.6, 30), (0.55, 45)]


def make(env):
    """Add leads, and what happened to them, in an environment of the superuser."""
    from odoo.addons.sales_funnel_stages.tests.funnel_histories import FunnelHistories

    random = Random("funnel")
    reasons = env["crm.lost.reason"].search([])
    team = env.ref("sales_team.team_sales_department")
    stages = [env.ref(f"crm.stage_lead{number}").id for number in (1, 2, 3, 4)]
    leads = (
        env["crm.lead"]
        .with_context(tracking_disable=True)
        .create(
            [
                {
                    "name": f"Inquiry {number}",
                    "expected_revenue": 500 * random.randrange(2, 60),
                    "team_id": team.id,
                    "user_id": env.ref("base.user_demo").id,
                    "lost_reason_id": random.choice([*reasons.ids, *reasons.ids, False]),
                }
                for number in range(LEADS)
            ]
        )
    )
    FunnelHistories(env).replace({lead: _history(random, env.cr.now(), stages) for lead in leads})


def _history(random, now, stages):
    """→ what happened to a lead, and the later it came the more there were."""
    from odoo.addons.sales_funnel_stages.tools.verdict import LOST, WON, State

    moment = now - timedelta(days=DAYS * (1 - random.random() ** 0.6))
    states = [State(False, stages[0]), *(State(True, stage) for stage in stages[:3])]
    states.append(State(True, stages[3], status=WON))
    first = random.choices([0, 1, 2], [80, 15, 5])[0]
    history = [(moment, states[first])]
    for place in range(first, 4):
        chance, days = STEPS[place]
        moment += timedelta(days=days * random.triangular(0.05, 1, 0.3))
        if moment > now:
            break
        here = states[place]
        if random.random() > chance:
            if random.random() < 0.8:
                lost = State(here.is_opportunity, here.stage_id, status=LOST)
                history.append((moment, lost))
            break
        if place == 2 and random.random() < 0.1:
            history.append((moment, states[1]))
            break
        if place == 1 and random.random() < 0.12:
            continue
        history.append((moment, states[place + 1]))
    return history
