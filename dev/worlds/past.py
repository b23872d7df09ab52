"""Leads and deals of years ago, brought in as companies do it: run in Odoo's shell.

They come from a file, with the dates that the import offers to whoever writes the names of the
columns by hand.
"""

from datetime import datetime, timedelta

NAMES = ("name", "type", "stage_id", "probability", "active", "lost_reason_id", "expected_revenue")
DATES = ("date_open", "date_conversion", "date_closed")
# By what has become of it: values, with the stage by its place; after how many days each date.
ENDS = {
    "won": ({"type": "opportunity", "stage_id": -1, "probability": "100"}, (1, 5, 40)),
    "lost": (
        {"type": "opportunity", "stage_id": 1, "probability": "0", "active": "False"},
        (1, 5, 30),
    ),
    "open": ({"type": "opportunity", "stage_id": 1}, (1, 5, None)),
    "lead": ({"type": "lead", "stage_id": 0}, (1, None, None)),
}
START = datetime(2024, 1, 8, 9)


def import_past(env, prefix, count):
    """Import so many of each end, one a week.

    :param prefix: of their names; "Old won 3" is the fourth that was won
    """
    rows = [
        _row(env, f"{prefix} {end} {number}", end, START + timedelta(weeks=number))
        for end in ENDS
        for number in range(count)
    ]
    names = [f"{name}/.id" if name in ("stage_id", "lost_reason_id") else name for name in NAMES]
    answer = env["crm.lead"].load([*names, *DATES], rows)
    assert not answer["messages"], answer["messages"]
    env.cr.commit()


def _row(env, name, end, began):
    values, days = ENDS[end]
    values = {"name": name, "active": "True", "expected_revenue": "1000", **values}
    values["stage_id"] = str(env["crm.stage"].search([])[values["stage_id"]].id)
    if end == "lost":
        values["lost_reason_id"] = str(env["crm.lost.reason"].search([], limit=1).id)
    dates = [str(began + timedelta(days=each)) if each else "" for each in days]
    return [*(values.get(each, "") for each in NAMES), *dates]
