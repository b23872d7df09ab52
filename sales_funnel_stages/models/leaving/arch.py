"""What the XML of a view uses of what goes, and the same without it."""

import ast
import re
from functools import partial

from lxml import etree

from ...tools.freed_text import freed_literal
from ...tools.python_uses import reads
from .domains import domain_goes, freed_domain

# attributes that are Python about the record that is shown
EXPRESSION = re.compile(r"^(invisible|readonly|required|column_invisible|decoration-.*|t-.*)$")
# of the element of a view, what names fields
PLAIN = (
    "default_group_by",
    "default_order",
    "date_start",
    "date_stop",
    "date_delay",
    "color",
    "progress",
    "quick_create_view",
    "string_field",
)
NAMED = re.compile(r"@name\s*=\s*['\"]([^'\"]+)['\"]")
STEP = re.compile(r"field\[@name\s*=\s*['\"]([^'\"]+)['\"]\]")


class Stuck(Exception):
    """An arch of which it cannot be told how it would be without something."""


class FreedArch:
    """An arch without what goes.

    :ivar has_freed: whether anything was left out
    :ivar text: the arch; None if nothing is left
    """

    def __init__(self, going, model, text):
        self.going = going
        self.has_freed = False
        root = etree.fromstring(text)
        if root.tag in ("data", "xpath") or root.get("position"):
            specs = list(root) if root.tag == "data" else [root]
            kept = [self._spec(each, model) for each in specs if isinstance(each.tag, str)]
            is_kept = any(kept)
        else:
            is_kept = self._node(root, model, None)
        self.text = etree.tostring(root, encoding="unicode") if is_kept else None

    def _spec(self, spec, model):
        """Free a part of a view that extends another → whether anything of it is left."""
        place = spec.get("expr") or f"field[@name='{spec.get('name')}']"
        names = NAMED.findall(place)
        for step in STEP.findall(place)[:-1]:
            model = self.going.comodel(model, step) or model
        if any(self._name_goes(model, name) for name in names):
            # where it stood is gone: only what is about the same may go with it
            self.has_freed = True
            if spec.get("position") in ("attributes", "replace"):
                self._remove(spec)
                return False
            if any(self._node(each, model, None) for each in list(spec) if _is_element(each)):
                raise Stuck(place)
            self._remove(spec)
            return False
        if spec.get("position") == "inside" and spec.tag == "field":
            model = self.going.comodel(model, spec.get("name")) or model
        before = len(spec)
        for each in list(spec):
            if each.tag == "attribute":
                if self._expression_goes(model, None, each.text):
                    self._remove(each)
            elif _is_element(each):
                self._node(each, model, None)
        if before and not len(spec):
            if spec.get("position") == "replace":
                # nothing instead of something is another thing
                raise Stuck(place)
            self._remove(spec)
            return False
        return True

    def _name_goes(self, model, name):
        return self.going.path_goes(model, name) or name in self.going.external_ids

    def _node(self, node, model, parent):
        """Free an element and what is in it → whether it is left."""
        if self._goes(node, model, parent):
            following = node.getnext()
            if following is not None and (
                "t-else" in following.attrib or "t-elif" in following.attrib
            ):
                raise Stuck(etree.tostring(node))
            self._remove(node)
            return False
        self._free_attributes(node, model, parent)
        inner = model
        if node.tag == "field" and node.get("name"):
            inner = self.going.comodel(model, node.get("name")) or model
        for each in list(node):
            if _is_element(each):
                is_subview = node.tag == "field" and inner != model
                self._node(each, inner if is_subview else model, model if is_subview else parent)
        return True

    def _goes(self, node, model, parent):
        name = node.get("name") or ""
        if node.tag == "field":
            return self.going.path_goes(model, name)
        if node.tag == "label":
            return self.going.path_goes(model, node.get("for") or "")
        if node.tag == "button":
            return self._button_goes(model, name, node.get("type"))
        if node.tag == "filter":
            return any(
                (
                    domain_goes(self.going, model, node.get("domain")),
                    self.going.path_goes(model, node.get("date") or ""),
                    self._literal_goes(model, node.get("context")),
                )
            )
        if self._groups_go(node.get("groups")):
            return True
        return any(
            self._expression_goes(model, parent, value, in_template=True)
            for key, value in node.attrib.items()
            if key.startswith("t-")
        )

    def _button_goes(self, model, name, kind):
        if kind == "action":
            external_id = name.removeprefix("%(").removesuffix(")d")
            ids = {
                str(id_)
                for action_model, ids in self.going.records.items()
                if action_model.startswith("ir.actions.")
                for id_ in ids
            }
            return external_id in self.going.external_ids or name in ids
        return kind == "object" and self.going.member_goes(model, name)

    def _groups_go(self, groups):
        """→ whether only groups that go may see it."""
        named = [each.strip() for each in (groups or "").split(",") if each.strip()]
        allowed = [each for each in named if not each.startswith("!")]
        return bool(allowed) and all(each in self.going.external_ids for each in allowed)

    def _free_attributes(self, node, model, parent):
        for key, value in list(node.attrib.items()):
            freed = self._freed_attribute(node, key, value, model, parent)
            if freed is None:
                self.has_freed = True
                del node.attrib[key]
            elif freed != value:
                self.has_freed = True
                node.set(key, freed)

    def _freed_attribute(self, node, key, value, model, parent):
        """→ what is left of the value of an attribute; None: nothing."""
        about = self.going.comodel(model, node.get("name")) if node.tag == "field" else model
        if key == "groups":
            kept = [
                each
                for each in value.split(",")
                if each.strip().removeprefix("!") not in self.going.external_ids
            ]
            return ",".join(kept) or None
        if key == "domain" and domain_goes(self.going, about or model, value):
            return freed_domain(self.going, about or model, value)
        if key == "context" and self.going.mentions(value):
            return freed_literal(value, lambda text: self.going.path_goes(about or model, text))
        if EXPRESSION.match(key) and self._expression_goes(model, parent, value):
            return None
        if key in PLAIN and any(
            self.going.path_goes(model, each.strip()) for each in value.split(",")
        ):
            return None
        return value

    def _literal_goes(self, model, text):
        return self.going.mentions(text) and text != freed_literal(
            text, lambda each: self.going.path_goes(model, each)
        )

    def _expression_goes(self, model, parent, text, in_template=False):
        if not self.going.mentions(text):
            return False
        roots = {"record": model} if in_template else {}
        models = {**roots, **({"parent": parent} if parent else {})}
        return reads(
            self.going, text, model, models, mode="eval", is_bare=not in_template, has_texts=False
        )

    def _remove(self, node):
        self.has_freed = True
        before = node.getprevious()
        parent = node.getparent()
        if parent is None:
            return
        # the text after it stays
        if node.tail and before is not None:
            before.tail = (before.tail or "") + node.tail
        elif node.tail:
            parent.text = (parent.text or "") + node.tail
        parent.remove(node)


def _is_element(node):
    return isinstance(node.tag, str)


def freed_board(going, text):
    """→ the arch of somebody's dashboard without what goes; None if it uses nothing of it."""
    root = etree.fromstring(text)
    before = etree.tostring(root)
    action_model = going.env["ir.actions.act_window"]
    for node in list(root.iter("action")):
        name = node.get("name") or ""
        action = action_model.browse(int(name) if name.isdecimal() else 0).exists()
        model = action.res_model
        if going.goes(action) or model in going.models:
            node.getparent().remove(node)
            continue
        if domain_goes(going, model, node.get("domain")):
            node.set("domain", freed_domain(going, model, node.get("domain")) or "[]")
        if going.mentions(node.get("context")):
            goes = partial(going.path_goes, model)
            node.set("context", freed_literal(node.get("context"), goes) or "{}")
    return etree.tostring(root, encoding="unicode") if etree.tostring(root) != before else None


def names_of(text):
    """→ the texts of a list that is kept as a text, or none."""
    try:
        found = ast.literal_eval(text or "[]")
    except (SyntaxError, ValueError):
        return []
    return found if isinstance(found, list) else []
