"""What the XML of a view uses of what goes, and the same without it."""

import ast
import re
from functools import partial

from lxml import etree

from ...tools.freed_text import freed_literal
from .domains import domain_goes, freed_domain
from .python import reads

# attributes that are Python about the record that is shown
EXPRESSION = re.compile(r"^(invisible|readonly|required|column_invisible|decoration-.*|t-.*)$")
# of the element of a view, what names fields
PLAIN = ("default_group_by", "default_order", "date_start", "date_stop", "date_delay", "color")
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
            specs = _elements(root) if root.tag == "data" else [root]
            kept = [self._spec(each, model) for each in specs]
            is_kept = any(kept)
        else:
            is_kept = self._node(root, model, None)
        self.text = etree.tostring(root, encoding="unicode") if is_kept else None

    def _spec(self, spec, model):
        """Free a part of a view that extends another → whether anything of it is left."""
        place = spec.get("expr") or f"field[@name='{spec.get('name')}']"
        model = self._model_at(spec, place, model)
        if any(self._name_goes(model, name) for name in NAMED.findall(place)):
            return self._free_from_place(spec, model, place)
        before = len(spec)
        for each in _elements(spec):
            if each.tag != "attribute":
                self._node(each, model, None)
            elif self._expression_goes(model, None, each.text):
                self._remove(each)
        if len(spec) or not before:
            return True
        if spec.get("position") == "replace":
            # nothing instead of something is another thing
            raise Stuck(place)
        self._remove(spec)
        return False

    def _free_from_place(self, spec, model, place):
        """Leave out what stood at something that goes, if it was about the same."""
        self.has_freed = True
        is_about_place = spec.get("position") in ("attributes", "replace")
        if not is_about_place and any(self._node(each, model, None) for each in _elements(spec)):
            raise Stuck(place)
        self._remove(spec)
        return False

    def _model_at(self, spec, place, model):
        """→ the name of the model of fields at a place in a view, as far as its path tells."""
        steps = STEP.findall(place)
        if spec.get("position", "inside") != "inside":
            steps = steps[:-1]
        for step in steps:
            model = self.going.comodel(model, step) or model
        return model

    def _name_goes(self, model, name):
        return self.going.path_goes(model, name) or name in self.going.external_ids

    def _node(self, node, model, parent):
        """Free an element and what is in it → whether it is left."""
        if self._goes(node, model, parent):
            following = node.getnext()
            if following is not None and {*following.attrib} & {"t-else", "t-elif"}:
                raise Stuck(etree.tostring(node))
            self._remove(node)
            return False
        self._free_attributes(node, model, parent)
        shown = self.going.comodel(model, node.get("name")) if node.tag == "field" else None
        inside = (shown, model) if shown else (model, parent)
        for each in _elements(node):
            self._node(each, *inside)
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
        if key == "groups":
            return self._freed_groups(value)
        if key in ("domain", "context"):
            shown = self.going.comodel(model, node.get("name")) if node.tag == "field" else None
            return self._freed_search(key, value, shown or model)
        if EXPRESSION.match(key):
            return None if self._expression_goes(model, parent, value) else value
        names = value.split(",") if key in PLAIN else ()
        return None if any(self.going.path_goes(model, each.strip()) for each in names) else value

    def _freed_groups(self, value):
        named = [each.strip() for each in value.split(",")]
        gone = [each for each in named if each.removeprefix("!") in self.going.external_ids]
        return ",".join(each for each in named if each not in gone) or None if gone else value

    def _freed_search(self, key, value, model):
        if not self.going.mentions(value):
            return value
        if key == "context":
            return freed_literal(value, partial(self.going.path_goes, model))
        return (
            freed_domain(self.going, model, value)
            if domain_goes(self.going, model, value)
            else value
        )

    def _literal_goes(self, model, text):
        return self.going.mentions(text) and text != freed_literal(
            text, partial(self.going.path_goes, model)
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


def _elements(node):
    """→ a list of the elements in one, without comments."""
    return [each for each in node if isinstance(each.tag, str)]


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
