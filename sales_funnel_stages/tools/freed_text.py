"""Literals of Python or JSON, kept as texts in a database, without what somebody uninstalls."""

import ast


class Freeing(ast.NodeTransformer):
    """Leaves out what is said to go: elements of lists, keys of dicts.

    :ivar has_freed: whether anything was left out
    :param goes: called with a text → whether it names what goes
    """

    def __init__(self, goes, keys_only=False):
        self.goes = goes
        self.keys_only = keys_only
        self.has_freed = False

    def visit_Constant(self, node):
        return self._drop() if isinstance(node.value, str) and self.goes(node.value) else node

    def visit_Dict(self, node):
        pairs = [
            (key, value if self.is_default(key) else self.visit(value))
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        kept = [(key, value) for key, value in pairs if value and not self._key_goes(key)]
        # {"name": field, "asc": True} says nothing without the field
        if len(kept) < len(pairs) and not any(value for key, value in pairs if _is(key, "name")):
            if any(_is(key, "name") for key, _value in pairs):
                return None
        node.keys = [key for key, _value in kept]
        node.values = [value for _key, value in kept]
        return node

    def is_default(self, key):
        """→ whether a value is that of a field, rather than the name of one."""
        text = key.value if isinstance(key, ast.Constant) else None
        return self.keys_only or (isinstance(text, str) and "default_" in text)

    def _key_goes(self, key):
        text = key.value if isinstance(key, ast.Constant) else None
        is_going = isinstance(text, str) and self.goes(text.removeprefix("default_"))
        self.has_freed |= is_going
        return is_going

    def _drop(self):
        self.has_freed = True


def _is(key, text):
    return isinstance(key, ast.Constant) and key.value == text


def freed_literal(text, goes, keys_only=False):
    """Leave out of a list or dict what goes.

    :param text: of it; values may be expressions
    :param goes: called with a text → whether it names what goes
    :param keys_only: whether only keys are names
    :return: the same text where nothing goes; None where nothing is left

    >>> goes = "need_level".__eq__
    >>> freed_literal("{'group_by': ['need_level', 'user_id'], 'default_need_level': 'weak'}", goes)
    "{'group_by': ['user_id']}"
    >>> freed_literal("{'group_by': 'need_level', 'lang': lang}", goes)
    "{'lang': lang}"
    >>> freed_literal("{'orderedBy': [{'name': 'need_level', 'asc': True}]}", goes)
    "{'orderedBy': []}"
    >>> freed_literal('["name desc", "id"]', goes)
    '["name desc", "id"]'
    """
    try:
        tree = ast.parse((text or "").strip(), mode="eval")
    except SyntaxError:
        return text
    freeing = Freeing(goes, keys_only)
    body = freeing.visit(tree.body)
    if not freeing.has_freed:
        return text
    return ast.unparse(body) if body else None
