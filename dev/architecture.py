"""The structure of the addon's Python, read from its text: who defines, calls and imports what.

Needs no Odoo. Names are all that is looked at: ``lead._pass_gate()`` is a call of every method of
that name, on whatever model. A method of which each definition calls ``super()`` is Odoo's.
"""

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

# the packages of models/, in the order of loading: calls run downward, that is to the left
PACKAGES = (
    "erasure",
    "rules",
    "qualification",
    "ledger",
    "gate",
    "approval",
    "way_back",
    "conversion",
    "insight",
    "mass_conversion",
    "leaving",
)
# what consumes models, and is called by none of them
CONSUMERS = ("wizard", "report", "controllers", "demo")
# how the docstring of a method says that it is a hook
HOOK_MARK = "For other packages to extend"
# methods of every model: who calls one means no definition of ours
ORM = {"create", "write", "unlink", "copy"}
# arguments that name a method, as Odoo wants it
METHOD_ARGUMENTS = {"compute", "inverse", "search", "selection", "default", "group_expand"}


@dataclass(frozen=True)
class Method:
    """A definition of a method.

    :ivar is_extension: whether it calls ``super()`` for a method of its own name
    """

    name: str
    model: str
    file: str
    line: int
    is_extension: bool
    is_hook: bool


@dataclass(frozen=True)
class Use:
    """A place that refers to something by name: a method, a model or a module."""

    name: str
    file: str
    line: int

    def __str__(self):
        return f"{self.file}:{self.line} ({self.name})"


@dataclass
class Source:
    """A Python file of the addon, by its path from the addon's folder."""

    path: str
    tree: ast.Module
    methods: list = field(default_factory=list)
    models: set = field(default_factory=set)
    uses: list = field(default_factory=list)
    model_uses: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    imports: list = field(default_factory=list)

    @property
    def layer(self):
        """The package of models, or the first folder: "gate", "wizard"; "" at the top."""
        first, *rest = self.path.split("/")
        if first == "models":
            return rest[0] if len(rest) > 1 else "models"
        return first if rest else ""


class Reader(ast.NodeVisitor):
    """Fills in a :class:`Source`."""

    def __init__(self, source):
        self.source = source
        self._model = ""
        self._functions = []

    def visit_ClassDef(self, node):
        outer, self._model = self._model, _model_of(node) or node.name
        name, inherit = _assigned(node, "_name"), _assigned(node, "_inherit") or ()
        if name and name not in ((inherit,) if isinstance(inherit, str) else inherit):
            self.source.models.add(name)
        self.generic_visit(node)
        self._model = outer

    def visit_FunctionDef(self, node):
        is_setter = any(getattr(each, "attr", "") == "setter" for each in node.decorator_list)
        if self._model and not self._functions and not is_setter:
            self.source.methods.append(
                Method(
                    node.name,
                    self._model,
                    self.source.path,
                    node.lineno,
                    is_extension=_calls_super(node),
                    is_hook=HOOK_MARK in (ast.get_docstring(node) or "").replace("\n", " "),
                )
            )
        self._functions.append(node.name)
        self.generic_visit(node)
        self._functions.pop()

    def visit_Attribute(self, node):
        self.source.uses.append(self._use(node.attr, node))
        self.generic_visit(node)

    def visit_Subscript(self, node):
        is_env = isinstance(node.value, (ast.Attribute, ast.Name)) and (
            getattr(node.value, "attr", getattr(node.value, "id", "")) == "env"
        )
        if is_env and isinstance(node.slice, ast.Constant):
            self.source.model_uses.append(self._use(node.slice.value, node))
        self.generic_visit(node)

    def visit_keyword(self, node):
        if node.arg not in METHOD_ARGUMENTS or not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Dict(self, node):
        for key, value in zip(node.keys, node.values, strict=True):
            is_method = getattr(key, "value", "") in METHOD_ARGUMENTS
            if not (is_method and isinstance(value, ast.Constant)):
                self.visit(value)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self.source.texts.append(self._use(node.value, node))

    def visit_Import(self, node):
        for alias in node.names:
            self.source.imports.append(self._use(alias.name, node))

    def visit_ImportFrom(self, node):
        module = node.module or ""
        if node.level:
            folder = self.source.path.removesuffix(".py").split("/")[: -node.level]
            module = "/".join([*folder, *module.split(".")]).strip("/")
        names = [f"{module}/{alias.name}" for alias in node.names] if node.level else [module]
        self.source.imports.extend(self._use(name, node) for name in names)

    def _use(self, name, node):
        return Use(name, self.source.path, node.lineno)


def _model_of(node):
    name, inherit = _assigned(node, "_name"), _assigned(node, "_inherit")
    return name or (inherit if isinstance(inherit, str) else (inherit or [""])[0])


def _assigned(node, name):
    for statement in node.body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == name:
            return ast.literal_eval(statement.value)
    return None


def _calls_super(node):
    return any(
        isinstance(each, ast.Attribute)
        and each.attr == node.name
        and isinstance(each.value, ast.Call)
        and getattr(each.value.func, "id", "") == "super"
        for each in ast.walk(node)
    )


class Architecture:
    """The sources of an addon, and what can be asked of them.

    :param folder: of the addon
    """

    def __init__(self, folder):
        self.sources = {}
        for path in sorted(Path(folder).rglob("*.py")):
            name = path.relative_to(folder).as_posix()
            if name.startswith(("tests/", "migrations/", "static/")):
                continue
            source = self.sources[name] = Source(name, ast.parse(path.read_text()))
            Reader(source).visit(source.tree)

    @cached_property
    def definitions(self):
        """``{name: [Method]}`` of our own methods: the definitions that extend no other."""
        found = defaultdict(list)
        for source in self.sources.values():
            for method in source.methods:
                if not (method.is_extension or method.name in ORM or method.name.startswith("__")):
                    found[method.name].append(method)
        return found

    @cached_property
    def model_files(self):
        """``{name of a model: file}`` of the models that are ours."""
        return {name: source.path for source in self.sources.values() for name in source.models}

    def calls(self):
        """Yield ``(Use, file)``: a method or model that is used, and where it is defined.

        Where a name has several homes, the one in the same file counts, else the nearest below.
        """
        for source in self.sources.values():
            for use in source.uses:
                homes = {method.file for method in self.definitions.get(use.name, ())}
                if homes and source.path not in homes:
                    yield use, self._nearest(source, homes)
            for use in source.model_uses:
                home = self.model_files.get(use.name)
                if home and home != source.path:
                    yield use, home

    def _nearest(self, source, homes):
        below = [home for home in homes if self.level(home) <= self.level(source.path)]
        return max(below, key=self.level) if below else min(homes, key=self.level)

    def level(self, path):
        """How high a file lies: tools and names lowest, then models by package, consumers last."""
        layer = self.sources[path].layer
        if layer in PACKAGES:
            return 1 + PACKAGES.index(layer)
        is_consumer = layer in CONSUMERS or path == "hooks.py"
        return 1 + len(PACKAGES) if is_consumer else 0

    def upward(self):
        """→ those of ``calls`` that go to a higher package, and are not allowed."""
        return [
            (use, home) for use, home in self.calls() if self.level(home) > self.level(use.file)
        ]

    def upward_imports(self):
        """→ imports of a module in a higher package, as :class:`Use`."""
        return [
            use
            for source in self.sources.values()
            if source.layer in (*PACKAGES, "tools")
            for use in source.imports
            for home in [self._module_file(use.name)]
            if home and self.level(home) > self.level(source.path)
        ]

    def _module_file(self, name):
        parts = name.split("/")
        for end in (len(parts), len(parts) - 1):
            path = "/".join(parts[:end]) + ".py"
            if path in self.sources:
                return path
        return None

    def circles(self):
        """→ sets of files of models that call each other in a circle."""
        graph = defaultdict(set)
        for use, home in self.calls():
            if self.sources[use.file].layer in PACKAGES and self.sources[home].layer in PACKAGES:
                graph[use.file].add(home)
        return [group for group in _strong_components(graph) if len(group) > 1]

    def ladders(self):
        """→ ``{(model, method): [Method]}``: overridden more than once, by no hook of ours."""
        found = defaultdict(list)
        for source in self.sources.values():
            for method in source.methods:
                if not method.name.startswith("__"):
                    found[method.model, method.name].append(method)
        hooks = {method.name for methods in found.values() for method in methods if method.is_hook}
        return {
            key: methods
            for key, methods in found.items()
            if len(methods) > 1 and key[1] not in hooks
        }

    def named_in_texts(self):
        """→ texts that are the name of a private method of ours, as :class:`Use`."""
        own = {name for name in self.definitions if name.startswith("_")}
        return [use for source in self.sources.values() for use in source.texts if use.name in own]


def _strong_components(graph):
    """Tarjan: sets of nodes that reach each other."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = set()
            while node not in group:
                group.add(stack.pop())
            found.append(group)

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found
