"""Literals of Python or JSON, kept as texts in a database, without what somebody uninstalls."""

import ast


class Freeing(ast.NodeTransformer):
    """Leaves out texts: elements of lists, keys of dicts, values with their keys.

    :ivar has_freed: whether anything was left out
    :param is_out: called with a text → whether it is left out
    :param keys_only: whether only keys are looked at
    """

    def __init__(self, is_out, keys_only=False):
        self.is_out = is_out
        self.keys_only = keys_only
        self.has_freed = False

    def visit_Constant(self, node):
        if isinstance(node.value, str) and self.is_out(node.value):
            self.has_freed = True
            return None
        return node

    def visit_Dict(self, node):
        kept = []
        for key, value in zip(node.keys, node.values, strict=True):
            name = _text(key)
            if self.is_out(name.removeprefix("default_")):
                self.has_freed = True
                continue
            # the value of a field is no name of one
            left = value if self.keys_only or "default_" in name else self.visit(value)
            if left is not None:
                kept.append((key, left))
            elif name == "name":
                # {"name": field, "asc": True} says nothing without the field
                return None
        node.keys = [key for key, _value in kept]
        node.values = [value for _key, value in kept]
        return node


def _text(key):
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""


def freed_literal(text, is_out, keys_only=False):
    """Leave something out of a list or dict.

    :param text: of it; values may be expressions
    :param is_out: called with a text → whether it is left out
    :param keys_only: whether only keys are looked at
    :return: the same text where nothing is left out; None where nothing is left

    >>> is_out = "need_level".__eq__
    >>> freed_literal("{'group_by': ['need_level', 'user_id'], 'default_need_level': 1}", is_out)
    "{'group_by': ['user_id']}"
    >>> freed_literal("{'group_by': 'need_level', 'lang': lang}", is_out)
    "{'lang': lang}"
    >>> freed_literal("{'orderedBy': [{'name': 'need_level', 'asc': True}]}", is_out)
    "{'orderedBy': []}"
    >>> freed_literal('["name desc", "id"]', is_out)
    '["name desc", "id"]'
    """
    try:
        tree = ast.parse((text or "").strip(), mode="eval")
    except SyntaxError:
        return text
    freeing = Freeing(is_out, keys_only)
    body = freeing.visit(tree.body)
    if not freeing.has_freed:
        return text
    return ast.unparse(body) if body else None
