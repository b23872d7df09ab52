"""What nobody should call a method with, and what somebody does."""

import inspect

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method

OURS = "odoo.addons.sales_funnel_stages"
LONG = "x" * 1_000_000
NAN, INFINITE, HUGE = float("nan"), float("inf"), 2**70


def _deep(levels):
    domain = [("name", "=", "x")]
    for _level in range(levels):
        domain = [("lead_id", "any", domain)]
    return domain


#: what no argument should be, whatever it is meant for
ARGUMENTS = [
    *(None, False, True, 0, -1, 2**31, HUGE, NAN, -INFINITE),
    *("", " \n", "\0", "opportunity", LONG),
    *("0001-01-01", "9999-12-31", "2026-02-30", "not a date"),
    *([], [None], [HUGE], [LONG], [[]], [{}], [1, 2]),
    [("id", "=", NAN)],
    [("expected_revenue", "<", INFINITE)],
    [("no_such_field", "=", 1)],
    [("date", ">", "0001-01-01")],
    ["&", "|"],
    _deep(60),
    *({}, {1: 2}, {None: None}),
    {"name": LONG, "reason": LONG},
    {"no_such_field": 1},
    {"stage_id": HUGE},
    {"stage_id": "x", "reason": "So"},
    {"stage_id": NAN, "reason": "So"},
    {"stage_id": [1], "type": "opportunity", "reason": "So"},
    {"type": [], "reason": []},
    {"type": "opportunity", "reason": LONG},
    {"reason": {"a": 1}, "stage_id": 1},
    {"reason": "So", "type": "opportunity", "make_good_date": "9999-99-99"},
    {"reason": "So", "type": "opportunity", "make_good_date": "0001-01-01"},
    {"reason": "So", "type": "opportunity", "make_good_date": 5},
]
#: whom a method is called on, by clients that choose the ids
IDS = [[], [0], [-1], [HUGE], [2**31], ["x"], [None], None, [NAN], "x", [[1]], {"a": 1}]
#: what a method is given besides
USUAL = {
    "move": {"type": "opportunity", "reason": "So"},
    "vals_list": [{"name": "x"}],
    "vals": {"name": "x"},
    "values": {"name": "x"},
    "reason": "So",
    "domain": [],
    "date_from": "2026-01-01",
    "date_to": "2026-02-01",
    "partner": False,
    "fields": ["name"],
    "data": [["x"]],
    "fields_list": ["name"],
    "name": "x",
    "msg_dict": {"subject": "x", "body": "y", "from": "ann@x.example.com", "email_from": "a@b.c"},
    "columns": ["name"],
    "options": {},
}


def methods(env):
    """→ ``[(model, method, names of its parameters)]``: what of our code a client can call."""
    found = []
    for name, model_class in sorted(env.registry.items()):
        if model_class._abstract:
            continue
        own = {
            key
            for cls in model_class.mro()
            if cls.__module__.startswith(OURS)
            for key, value in vars(cls).items()
            if inspect.isfunction(value) and not key.startswith("_")
        }
        if model_class._original_module in ("sales_funnel_stages",):
            own |= {"create", "write"}
        found += [
            (name, each, _parameters(model_class, each))
            for each in sorted(own)
            if _is_public(env[name], each)
        ]
    return found


def _is_public(model, name):
    try:
        get_public_method(model, name)
    except AccessError:
        return False
    return True


def _parameters(model_class, method):
    signature = inspect.signature(getattr(model_class, method))
    return [
        each.name
        for each in [*signature.parameters.values()][1:]
        if each.kind is not each.VAR_KEYWORD
    ]


def calls(parameters, ids):
    """→ all calls of a method: ``(ids, keyword arguments)``, of which one thing is hostile.

    :param ids: records that are there
    """
    usual = {name: USUAL[name] for name in parameters if name in USUAL}
    yield from ((hostile, usual) for hostile in IDS)
    for name in parameters:
        yield from ((ids, {**usual, name: hostile}) for hostile in ARGUMENTS)
