"""The columns of ``evaluate --set sense``: what is measured of rooms of one type. Percent, unless said otherwise."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import shapely

from ..catalogue.entries import Catalogue
from ..datasets.tell_apart import tell_apart
from ..datasets.traits import FloatArray, Sample
from ..geometry.frames import scene_to_boxes
from ..geometry.relations import lamp_flags, relation_matrix
from ..placement.flaws import FLAWS, SET_FLAWS, flaws_of_set
from ..scene import Scene
from ..vocabulary import CLASSES, MAX_OBJECTS, NO_RELATION
from .layouts import Layouts, layouts_of
from .recall import box_recall
from .sense_asked import KINDS, Asked, listed_present
from .soundness import Figures, Furniture, placed, soundness

FEWEST: Final = 40
"""Rooms of each kind that a classifier needs."""
_SIZES: Final = (" width", " depth", " height")
"""How traits of sizes end: which pieces there are is a matter of the catalogue."""
_COUNTS: Final = ("number of ", "objects")
"""How traits of a room's set of objects begin."""


def flaw_figures(flaws: Sequence[Collection[str]], names: Sequence[str] = FLAWS) -> Figures:
    """Share of the rooms with each flaw, and ``flawless``.

    Args:
        flaws: of each room.
        names: of the flaws that are measured.
    """
    shares = {f"flaw {name}": _percent([name in found for found in flaws]) for name in names}
    return {"flawless": _percent([not found for found in flaws]), **shares}


def room_figures(scenes: Sequence[Scene], flaws: Sequence[Collection[str]], catalogue: Catalogue) -> Figures:
    """Flaws, soundness and use of the floor.

    Args:
        scenes: with outlines, one or more.
        flaws: theirs (``flaws.flaws_of``).
        catalogue: knows the solid parts.
    """
    sound = soundness(scenes, catalogue)
    names = ("nav", "col_objects", "out", "doors", "windows", "objects")
    used = 100 * float(np.mean([floor_used(scene, catalogue) for scene in scenes]))
    return {**flaw_figures(flaws), **{name: sound[name] for name in names if name in sound}, "used": used}


def set_figures(scenes: Sequence[Scene]) -> Figures:
    """Flaws that the classes of the objects decide, and how many these are."""
    sets = [[item.category for item in scene.objects if item.category in CLASSES[scene.room_type]] for scene in scenes]
    flaws = [flaws_of_set(scene.room_type, names) for scene, names in zip(scenes, sets, strict=True)]
    return {**flaw_figures(flaws, SET_FLAWS), "objects": float(np.mean([len(names) for names in sets]))}


def asked_figures(
    scenes: Sequence[Scene], flaws: Sequence[Collection[str]], asked: Asked, catalogue: Catalogue
) -> Figures:
    """What is there of what was asked: relations by strict recall, listed objects; and flawless rooms by instruction.

    Args:
        scenes: one for each that was asked for.
        flaws: theirs.
        asked: the instructions.
        catalogue: knows the sizes of the furniture.
    """
    layouts = layouts_of(scenes, catalogue, asked.room_type)
    recall = box_recall(layouts.objs, layouts.boxes, asked.triplets, layouts.classes).percent
    by_kind = {f"flawless, {kind}": _percent([not found for found in flaws[asked.of_kind(kind)]]) for kind in KINDS}
    return {"strict": recall, "listed": listed_present(scenes, asked.instructions), **by_kind}


def graph_held(layouts: Layouts) -> float:
    """Share of the relations of the rooms' graphs that hold between their boxes; NaN where there are none."""
    if layouts.edges is None:
        return float("nan")
    real = layouts.objs < len(layouts.classes)
    held = relation_matrix(lamp_flags(layouts.classes)[layouts.objs], layouts.boxes, real)
    wanted = layouts.edges != NO_RELATION
    return 100 * float((held == layouts.edges)[wanted].mean()) if wanted.any() else float("nan")


def floor_used(scene: Scene, catalogue: Catalogue) -> float:
    """Share of the floor that lies in the convex hull of what stands on it; 0 in an empty room.

    Args:
        scene: with an outline.
        catalogue: knows what hangs.
    """
    room, floor = Furniture.of(scene, catalogue), shapely.Polygon(scene.floor.polygon, scene.floor.holes)
    standing = [shape for shape, hangs in zip(room.outlines, room.hanging, strict=True) if not hangs]
    hull = shapely.convex_hull(shapely.union_all(np.concatenate([*standing, np.empty(0, dtype=object)])))
    return float(shapely.area(shapely.intersection(floor, hull)) / floor.area)


def sample_of(scenes: Sequence[Scene], catalogue: Catalogue, houses: Sequence[str], *, floors: bool) -> Sample:
    """Scenes as what their traits are taken of.

    Args:
        scenes: of one type, one or more.
        catalogue: knows the sizes.
        houses: of each, so that a classifier is not tested on rooms of a house that it was trained on.
        floors: whether the outlines count.
    """
    room_type = scenes[0].room_type
    names, slots = CLASSES[room_type], MAX_OBJECTS[room_type]
    objs, boxes = np.full((len(scenes), slots), len(names), dtype=np.int64), np.zeros((len(scenes), slots, 7))
    for row, scene in enumerate(scenes):
        items = [placed(item, catalogue) for item in scene.objects if item.category in names][:slots]
        objs[row, : len(items)] = [names.index(item.category or "") for item in items]
        boxes[row, : len(items)] = scene_to_boxes(items, (0.0, 0.0))
    outlines = [_outline(scene) if floors else np.zeros((0, 2)) for scene in scenes]
    return Sample(room_type, objs, boxes, outlines, houses)


def _outline(scene: Scene) -> FloatArray:
    """Corners (C, 2) in the tensors' frame; none where the outline is not stated."""
    corners = np.array(scene.floor.polygon or (), dtype=np.float64).reshape(-1, 2)
    return corners * (1, -1)


def told_apart(first: Sample, second: Sample, *, sets: bool = False) -> float:
    """How many rooms of two samples of equal size a classifier tells apart that does not see sizes of furniture.

    Args:
        first: R rooms.
        second: as many.
        sets: whether it sees nothing but how many objects of each class there are.

    Returns:
        NaN for fewer than ``FEWEST`` rooms; 50 is chance.

    Raises:
        InvalidInputError: scikit-learn is missing.
    """
    if len(first.objs) < FEWEST:
        return float("nan")
    return 100 * tell_apart(first, second, seen=_is_count if sets else _is_no_size).accuracy


def _is_count(trait: str) -> bool:
    return trait.startswith(_COUNTS)


def _is_no_size(trait: str) -> bool:
    return not trait.endswith(_SIZES)


def _percent(found: Sequence[bool]) -> float:
    return 100 * sum(found) / len(found) if found else float("nan")
