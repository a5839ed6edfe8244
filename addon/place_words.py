"""Where a sentence puts the selected objects: "put the lamp on the nightstand", by classes or by the objects' names."""

import re
from collections.abc import Collection, Iterator
from typing import Final

import bpy
import numpy as np

from ..instructscene_core.cues import Beside, Cue, On, Side
from ..instructscene_core.vocabulary import RoomType
from .pieces import category_of
from .place_task import PlaceTask

_RELATIONS: Final[dict[str, Side | None]] = {
    "on": None, "under": "under", "next to": "beside", "near": "beside", "left of": "left of", "right of": "right of",
    "in front of": "in front of", "behind": "behind", "closely left of": "left of", "closely right of": "right of",
    "closely in front of": "in front of", "closely behind": "behind",
}  # fmt: skip
"""Relations of an instruction that say a place, and the side that each is; None is on top."""
_PHRASES: Final[dict[str, Side | None]] = {
    "on top of": None, "onto": None, "on": None, "underneath": "under", "beneath": "under", "under": "under",
    "next to": "beside", "beside": "beside", "left of": "left of", "right of": "right of",
    "in front of": "in front of", "behind": "behind",
}  # fmt: skip
"""The same before the name of an object, which no word table has."""
_MEANT: Final = re.compile(r"\b(it|this|that|these|them|those|everything|selection)\b")
_NUMBERED: Final = re.compile(r"[._ ]\d+$")


def told_cue(text: str, task: PlaceTask, room_type: RoomType) -> Cue | None:
    """Where a sentence puts the selected objects.

    Args:
        text: in any of the languages that instructions are read in; names of objects after English words.
        task: the selected objects, and what there is around them.
        room_type: whose classes names and words mean.

    Returns:
        None where the sentence says nothing of the place of all selected objects, or names nothing that is there.
    """
    found = next(_by_classes(text, task, room_type), None) or next(_by_names(text, task), None)
    if found is None:
        return None
    side, name = found
    return On(name) if side is None else Beside(side, name)


def _by_classes(text: str, task: PlaceTask, room_type: RoomType) -> Iterator[tuple[Side | None, str]]:
    from ..instructscene_core.instructions.read.brief import read_brief  # noqa: PLC0415 - enabling needs no word tables

    for wish in read_brief(text, room_type).wishes:
        if wish.relation not in _RELATIONS or not all(_may_be(n, wish.subjects, room_type) for n in _placed(task)):
            continue
        names = [solid.name for solid in task.around.solids if _is_one(solid.name, wish.objects, room_type)]
        if names:
            yield _RELATIONS[wish.relation], _nearest(names, task)


def _by_names(text: str, task: PlaceTask) -> Iterator[tuple[Side | None, str]]:
    words = _plain(text)
    if not _MEANT.search(words) and not all(_plain(name) in words for name in _placed(task)):
        return
    for phrase, side in _PHRASES.items():
        after = re.findall(rf"\b{phrase} (?:(?:the|a|an|my|our|that|this) )?(.*)", words)
        names = [
            solid.name
            for solid in sorted(task.around.solids, key=lambda solid: -len(solid.name))
            if any(re.match(rf"{re.escape(_plain(solid.name))}\b", rest) for rest in after)
        ]
        if names:
            longest = [name for name in names if len(_plain(name)) == len(_plain(names[0]))]
            yield side, _nearest(longest, task)


def _placed(task: PlaceTask) -> list[str]:
    """Names of the selected objects."""
    return [mover.roots[0] for mover in task.movers]


def _may_be(name: str, classes: Collection[str], room_type: RoomType) -> bool:
    """Whether a selected object may be what a sentence speaks of: what no class is known of, and any lamp as a lamp."""
    category = category_of(bpy.data.objects[name], room_type)
    lamps = category is not None and category.endswith("lamp") and any(one.endswith("lamp") for one in classes)
    return category is None or category in classes or lamps


def _is_one(name: str, classes: Collection[str], room_type: RoomType) -> bool:
    obj = bpy.data.objects.get(name)
    return obj is not None and category_of(obj, room_type) in classes


def _nearest(names: Collection[str], task: PlaceTask) -> str:
    """Of solids the one whose middle is nearest to the first selected object."""
    start = task.movers[0].item.middle[:2]
    solids = [solid for solid in task.around.solids if solid.name in names]
    return min(solids, key=lambda solid: float(np.linalg.norm((solid.low + solid.high)[:2] / 2 - start))).name


def _plain(text: str) -> str:
    """Lower-case words without the numbers that Blender puts behind names."""
    return " ".join(_NUMBERED.sub("", text.lower()).replace("_", " ").split())
