"""What an expression or a piece of Python, that somebody has written into a database, reads."""

import ast
import re

OPERATORS = set(
    "=,!=,<,>,<=,>=,<>,=?,in,not in,like,not like,ilike,not ilike,=like,=ilike,"
    "any,not any,child_of,parent_of".split(",")
)
# methods that return records of the model that they are called on
SAME_MODEL = {
    "browse",
    "concat",
    "copy",
    "create",
    "ensure_one",
    "exists",
    "filtered",
    "filtered_domain",
    "search",
    "sorted",
    "sudo",
    "with_company",
    "with_context",
    "with_env",
    "with_prefetch",
    "with_user",
}
# arguments, and keys of an action's context, whose texts are paths
PATH_KEYS = {"order", "orderby", "groupby", "group_by", "fields", "aggregates"}
# of a card in a kanban view, which is JavaScript
CARD_FIELD = re.compile(r"\brecord\.(\w+)")


class Reader(ast.NodeVisitor):
    """Looks for what goes in Python that starts with records of known models.

    Follows what names and attributes stand for, as far as it can be told from the text. Where it
    cannot, only names count that nothing but what goes has. Comments are no Python, and a text is a
    path only where one is expected: ``{"name": "need_level"}`` reads nothing.

    :ivar found: whether anything was
    :param going: knows what goes, as ``Going``
    :param model: of the records that it is about; the base of paths in texts
    :param models: ``{name: model}`` of names that stand for records
    :param is_bare: whether names are fields of the model, as in conditions of views
    :param has_texts: whether texts may be paths, models or external ids
    """

    def __init__(self, going, model, models=(), is_bare=False, has_texts=True):
        self.going = going
        self.model = model
        self.models = dict(models)
        self.is_bare = is_bare
        self.has_texts = has_texts
        self.found = False

    def visit_Expr(self, node):
        # a text that stands alone is a comment
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node):
        if self.has_texts and isinstance(node.value, str):
            self.found |= self.going.is_named(node.value)

    def visit_Dict(self, node):
        for key, value in zip(node.keys, node.values, strict=True):
            self._path(key)
            if getattr(key, "value", None) in PATH_KEYS:
                self._path(value)
        self.generic_visit(node)

    def visit_Subscript(self, node):
        self._path(node.slice)
        self.generic_visit(node)

    def visit_keyword(self, node):
        if node.arg in PATH_KEYS:
            self._path(node.value)
        self.generic_visit(node)

    def visit_List(self, node):
        if len(node.elts) == 3 and getattr(node.elts[1], "value", None) in OPERATORS:
            # a condition: its value is no path
            self._path(node.elts[0])
            if not isinstance(node.elts[2], ast.List | ast.Tuple):
                return self.generic_visit(node)
            for each in node.elts[2].elts:
                self.visit(each)
        else:
            for each in node.elts:
                self._path(each)
            self.generic_visit(node)
        return None

    visit_Tuple = visit_List

    def _path(self, node):
        if self.has_texts and isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.found |= self.going.path_goes(self.model, node.value)

    def visit_Name(self, node):
        if self.is_bare and node.id not in self.models:
            self.found |= self.going.member_goes(self.model, node.id)

    def visit_Attribute(self, node):
        model = self._model(node.value)
        self.found |= (
            self.going.member_goes(model, node.attr) if model else self.going.is_own(node.attr)
        )
        self.generic_visit(node)

    def visit_Assign(self, node):
        self.generic_visit(node)
        for target in node.targets:
            self._bind(target, self._model(node.value))

    def visit_For(self, node):
        self._bind(node.target, self._model(node.iter))
        self.generic_visit(node)

    def visit_comprehension(self, node):
        self._bind(node.target, self._model(node.iter))
        self.generic_visit(node)

    def visit_ListComp(self, node):
        # what is iterated over says what the element is
        for each in node.generators:
            self.visit(each)
        self.generic_visit(node)

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def visit_Call(self, node):
        model = self._model(node.func.value) if isinstance(node.func, ast.Attribute) else None
        is_method = (
            isinstance(node.func, ast.Attribute) or getattr(node.func, "id", "") == "getattr"
        )
        for each in node.args:
            if is_method:
                self._path(each)
            if isinstance(each, ast.Lambda):
                for argument in each.args.args:
                    self.models[argument.arg] = model
        self.generic_visit(node)

    def _bind(self, target, model):
        if isinstance(target, ast.Name):
            self.models[target.id] = model

    def _model(self, node):
        """→ the name of the model that an expression is of, or None."""
        if isinstance(node, ast.Name):
            return self.models.get(node.id)
        if isinstance(node, ast.Attribute):
            model = self._model(node.value)
            return self.going.comodel(model, node.attr) if model else None
        if isinstance(node, ast.Subscript):
            is_env = getattr(node.value, "id", getattr(node.value, "attr", "")) == "env"
            key = getattr(node.slice, "value", None)
            return key if is_env and isinstance(key, str) else self._model(node.value)
        if isinstance(node, ast.BinOp):
            return self._model(node.left)
        if isinstance(node, ast.BoolOp):
            return self._model(node.values[0])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._model(node.func.value) if node.func.attr in SAME_MODEL else None
        return None


def reads(going, text, model, models=(), mode="exec", **options):
    """Whether a piece of Python reads what goes. See :class:`Reader`.

    :param mode: ``exec`` for code, ``eval`` for an expression
    :param options: of the reader
    :return: False also for what is no Python: it does nothing
    """
    try:
        tree = ast.parse((text or "").strip(), mode=mode)
    except SyntaxError:
        # JavaScript, in the templates of cards
        return any(going.member_goes(model, name) for name in CARD_FIELD.findall(text))
    reader = Reader(going, model, models, **options)
    reader.visit(tree)
    return reader.found
