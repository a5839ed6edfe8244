"""All texts of the add-on that a person reads: from what is registered, and from the sources of the others."""

import ast
import inspect
import sys
from pathlib import Path

import bpy
from helpers import NAME, module

ADDON = Path(__file__).resolve().parents[2] / "addon"
_TAKES = {"tr": 1, "tr_ui": 1, "tr_tip": 1, "tr_later": 1, "tr_count": 3, "tr_ui_count": 3, "Progress": 1}
"""Functions that take texts, and how many of their first arguments may be some."""
_DRAWN = ("label", "prop", "progress", "operator")
"""Functions that draw texts, which Blender translates."""
_OBJECT = ("instructscene_class", "instructscene_keep", "instructscene_kind")


def sources():
    """The parsed sources of the add-on; those that run in another Blender or write to a terminal speak English."""
    left_out = ("batch.py", "picture_child.py")
    return {path: ast.parse(path.read_text("utf-8")) for path in ADDON.rglob("*.py") if path.name not in left_out}


def calls(tree):
    """Names and nodes of all calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def drawn(name, call):
    """What a call draws."""
    return [keyword.value for keyword in call.keywords if keyword.arg in ("text", "placeholder") and name in _DRAWN]


def has_words(node):
    """Whether an expression has words of its own, beside those in calls such as `tr`, and keys."""
    if isinstance(node, ast.Call | ast.Subscript):
        return False
    return is_text(node) or any(has_words(child) for child in ast.iter_child_nodes(node))


def is_text(node):
    """Whether an expression is a text with letters."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and any(c.isalpha() for c in node.value)


def written():
    """Texts in the sources, each with its context."""
    found = set()
    for tree in sources().values():
        for name, call in calls(tree):
            said = call.args[: _TAKES.get(name, 0)] + call.args[1:2] * (name == "report")
            found |= {("*", node.value) for arg in said for node in ast.walk(arg) if is_text(node)}
            context = "Operator" if name == "operator" else "*"
            found |= {(context, node.value) for node in drawn(name, call) if is_text(node)}
    return found


def registered():
    """Names, tooltips and items of what is registered, each with its context."""
    found = set()
    for cls in classes():
        if issubclass(cls, bpy.types.Operator):
            found |= {("Operator", cls.bl_label), ("*", inspect.cleandoc(cls.__doc__))}
        elif issubclass(cls, bpy.types.Panel):
            found.add(("*", cls.bl_label))
    found |= {text for _, prop in properties() for text in _texts_of(prop)}
    for name in _OBJECT:
        found |= _texts_of(bpy.types.Object.bl_rna.properties[name])
    for items in module("properties").CLASS_ITEMS.values():
        found |= {("*", text) for item in items for text in item[1:3]}
    return {(context, text) for context, text in found if text}


def classes():
    """All registered classes of the add-on."""
    loaded = [vars(found) for name, found in list(sys.modules.items()) if name.startswith(f"{NAME}.")]
    named = {cls for names in loaded for key, cls in names.items() if key.startswith("INSTRUCTSCENE_")}
    return sorted(named, key=lambda cls: cls.__name__)


def properties():
    """All classes with their properties that can be seen."""
    return [(cls, prop) for cls in classes() for prop in _own_properties(cls)]


def _own_properties(cls):
    """Properties that a class defines itself and that can be seen."""
    own = [vars(base).get("__annotations__", {}) for base in cls.__mro__ if base.__module__.startswith(NAME)]
    found = cls.bl_rna.properties
    if issubclass(cls, bpy.types.Operator):
        space, _, name = cls.__name__.partition("_OT_")
        found = getattr(getattr(bpy.ops, space.lower()), name).get_rna_type().properties
    return [found[name] for names in own for name in names if name in found and not found[name].is_hidden]


def _texts_of(prop):
    """Of a property; tooltips have no context of their own."""
    names, hints = [prop.name], [prop.description]
    if prop.type == "ENUM":
        names += [item.name for item in prop.enum_items_static]
        hints += [item.description for item in prop.enum_items_static]
    return {(prop.translation_context, name) for name in names} | {("*", hint) for hint in hints}
