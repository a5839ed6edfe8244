"""Furniture that comes in sets: the chairs round a table, the nightstands of a bed look and measure alike.

The prior draws each object's feature codes on its own, and four of them seldom come out the same twice. Plain sampling
shows that; a person is given sets.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from .instructions.looks import COLOURS, MATERIALS, STYLES
from .instructions.parse import Parsed
from .layout_model import Layout
from .masks import BoolArray, IntArray, Slots
from .scene import Task
from .vocabulary import CLASSES

MATCHING: Final = frozenset({
    "armchair", "bookshelf", "chair", "children_cabinet", "chinese_chair", "coffee_table", "corner_side_table",
    "dining_chair", "dining_table", "lounge_chair", "nightstand", "stool", "tv_stand", "wardrobe",
})  # fmt: skip
"""Classes of which two in a room of 3D-FRONT are the same model in two of three cases or more, where it has ten such
pairs: dining chairs in 100 %, nightstands in 99, corner side tables in 98, stools in 94, wardrobes in 92, children's
cabinets in 90, dining tables in 87, coffee tables in 86, bookshelves in 74, armchairs in 68, TV stands in 67. Cabinets
(64), sofas (42 to 44) and pendant lamps (34) are not. Other chairs than dining chairs are too seldom two to be counted;
they are taken to be like them."""
_LOOKS: Final = COLOURS | MATERIALS | STYLES
_UNLIKE: Final = frozenset({"different", "mismatched", "mismatching", "various", "assorted", "mixed", "unmatched"})
_SIZE: Final = slice(3, 6)
"""Half extents among the numbers of a box."""
_CENTRE_UP, _HALF_UP = 1, 4
"""Height of its centre, and half of its height."""


def as_sets(slots: Slots, layout: Layout, task: Task, instruction: str, parsed: Parsed) -> Layout:
    """A layout whose new objects of a class are one set, if their class comes in sets.

    The look is that of the object that the others are most like; where furniture is completed whose looks the
    instruction does not speak of, that of an object that was there. So are the sizes; without such, their medians.
    Objects whose looks the instruction tells apart ("a red armchair and a white armchair", "different chairs") stay as
    they are, and so do poses that are kept.

    Args:
        slots: what was known.
        layout: what the model made of them.
        task: decides whether new furniture goes with what was there: when restyling it is not to.
        instruction: the words.
        parsed: what they ask for.
    """
    words = frozenset(re.findall(r"\w+", instruction.lower()))
    if words & _UNLIKE:
        return layout
    described = bool(words & _LOOKS)
    apart = _told_apart(parsed) if described else frozenset[str]()
    codes, boxes = layout.codes.copy(), layout.boxes.copy()
    features = None if layout.features is None else layout.features.copy()
    for members, there in _groups(slots, layout, apart):
        models = there if task == "complete" and not described else there[:0]
        if not len(members) or len(members) + len(models) < 2:
            continue
        leader = int(models[0]) if len(models) else _most_like_others(layout, members)
        codes[members] = layout.codes[leader]
        if features is not None and layout.features is not None:
            features[members] = layout.features[leader]
        free = members[~slots.pose_known[members]]
        size = layout.boxes[leader, _SIZE] if len(models) else np.median(layout.boxes[members, _SIZE], axis=0)
        boxes[free, _CENTRE_UP] += size[_HALF_UP - 3] - boxes[free, _HALF_UP]  # they stand where they stood
        boxes[free, _SIZE] = size
    return replace(layout, codes=codes, features=features, boxes=boxes)


def _groups(slots: Slots, layout: Layout, apart: frozenset[str]) -> Iterator[tuple[IntArray, IntArray]]:
    """For each class that comes in sets: the slots whose looks are new, and those whose looks were there."""
    names = CLASSES[slots.room_type]
    kept = _keeps_look(slots)
    for number, name in enumerate(names):
        if name in MATCHING and name not in apart:
            of_class = layout.classes == number
            yield np.flatnonzero(of_class & ~kept), np.flatnonzero(of_class & kept & slots.codes_known)


def _keeps_look(slots: Slots) -> BoolArray:
    """(N,) objects whose meshes stay."""
    pairs = zip(slots.objects, slots.keeps, strict=True)
    return np.array([item is not None and "feature" in keeps for item, keeps in pairs], dtype=np.bool_)


def _most_like_others(layout: Layout, members: IntArray) -> int:
    """The member whose codes most of the others' codes equal; the first among equals."""
    codes = layout.codes[members]
    equal = (codes[:, None] == codes[None]).sum(axis=(1, 2))
    return int(members[int(equal.argmax())])


def _told_apart(parsed: Parsed) -> frozenset[str]:
    """Classes that an instruction names more than once, each time for another piece."""
    named: set[str] = set()
    again: set[str] = set()
    groups = [names for wish in parsed.wishes for names in (wish.subjects, wish.objects)]
    for names in (*groups, *(mention.categories for mention in parsed.mentions)):
        again |= named & names
        named |= names
    return frozenset(again)
