"""What a client may carry along in the context of a call, as a shared favourite does.

Whatever our code asks contexts for is found in its text; none of it may give a permission.
"""

import ast
import sys
from pathlib import Path

from odoo.addons.sales_funnel_stages.tools.carried import Carried

WHISPERED = "Whispered in a context"
#: read until 19.0.4.2.0
FORMER = {"stage_rule_override_reason", "stage_rule_override_make_good_date"}
# Odoo's own, by which it finds records and what they are to be like
OF_ODOO = ("active_", "default_", "lang", "tz", "uid", "allowed_company_ids", "module_uninstall")
OURS = "odoo.addons.sales_funnel_stages"


def whispers():
    """→ a context in which all that can be asked for says that the rules are overridden."""
    keys = {key for key in FORMER | _find_keys() if not key.startswith(OF_ODOO)}
    texts = {key: "2099-12-31" if "date" in key else WHISPERED for key in sorted(keys)}
    note = {"reason": WHISPERED, "permission": "overridden", "approver_id": 2}
    return {**texts, **{each.key: note for each in Carried.__subclasses__()}}


def _find_keys():
    """→ names that our modules ask contexts for."""
    found = set()
    for name, module in [*sys.modules.items()]:
        path = getattr(module, "__file__", None) or ""
        if name.startswith(OURS) and ".tests" not in name and path.endswith(".py"):
            for node in ast.walk(ast.parse(Path(path).read_text())):
                found |= {key for key in _keys_in(node, vars(module)) if isinstance(key, str)}
    return found


def _keys_in(node, names):
    """→ what a node of a syntax tree asks a context for; constants by what they are there."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        asked = node.args[:1] if node.func.attr == "get" and _is_context(node.func.value) else []
    elif isinstance(node, ast.Subscript) and _is_context(node.value):
        asked = [node.slice]
    elif isinstance(node, ast.Compare) and _is_context(node.comparators[0]):
        asked = [node.left]
    else:
        asked = []
    for each in asked:
        if isinstance(each, ast.Constant):
            yield each.value
        elif isinstance(each, ast.Name):
            yield names.get(each.id)


def _is_context(node):
    return "context" in (getattr(node, "attr", ""), getattr(node, "id", ""))
