"""Generated scenes and rooms of a data set in the two forms that measures need: arrays, and objects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..boxes import FloatArray, boxes_to_poses, scene_to_boxes
from ..catalogue.entries import Catalogue
from ..collisions import colliding_pairs
from ..datasets.starter import EMPTY, Rooms
from ..relations import REVERSED
from ..scene import Scene, SceneObject
from ..vocabulary import CLASSES, MAX_OBJECTS, NO_RELATION, PREDICATES

SEPARATION = 0.005
"""Metres that two meshes may be inside each other without being said to collide."""

_CLASSES = CLASSES["bedroom"]
_SLOTS = MAX_OBJECTS["bedroom"]


@dataclass(frozen=True, eq=False)
class Layouts:
    """R rooms, padded to N slots.

    Args:
        objs: (R, N) class numbers, 21 where there is no object.
        boxes: (R, N, 7) in the tensor frame, with the furniture's own sizes.
        edges: (R, N, N) the relations that the graph prior sampled; None for rooms that no network made.
    """

    objs: npt.NDArray[np.int64]
    boxes: FloatArray
    edges: npt.NDArray[np.int64] | None = None


def layouts_of(scenes: Sequence[Scene], catalogue: Catalogue) -> Layouts:
    """Generated bedrooms as arrays, measured by the sizes of the furniture that was retrieved, as iRecall is."""
    objs = np.full((len(scenes), _SLOTS), EMPTY, dtype=np.int64)
    boxes = np.zeros((len(scenes), _SLOTS, 7))
    edges = np.full((len(scenes), _SLOTS, _SLOTS), NO_RELATION, dtype=np.int64)
    for row, scene in enumerate(scenes):
        place = {item.id: k for k, item in enumerate(scene.objects)}
        boxes[row, : len(place)] = scene_to_boxes(scene.objects, (0.0, 0.0))
        for k, item in enumerate(scene.objects):
            objs[row, k] = _CLASSES.index(item.category or "")
            entry = catalogue.get(item.asset)
            if entry:
                width, depth, height = entry.size
                boxes[row, k, 3:6] = width / 2, height / 2, depth / 2
        for subject, name, other in scene.relations or ():
            predicate = PREDICATES.index(name)
            edges[row, place[subject], place[other]] = predicate
            edges[row, place[other], place[subject]] = REVERSED[predicate]
    return Layouts(objs, boxes, edges)


def layouts_of_rooms(rooms: Rooms) -> Layouts:
    """Rooms of the starter as arrays."""
    return Layouts(rooms.objs.astype(np.int64), rooms.boxes.astype(np.float64))


def objects_of_rooms(rooms: Rooms, catalogue: Catalogue) -> list[list[SceneObject]]:
    """The furniture of rooms of the starter, in the product's frame."""
    made: list[list[SceneObject]] = []
    for objs, boxes, assets in zip(rooms.objs, rooms.boxes, rooms.asset, strict=True):
        real = objs != EMPTY
        poses = boxes_to_poses(boxes[real], (0.0, 0.0))
        entries = [catalogue.entries[int(asset)] for asset in assets[real]]
        pairs = enumerate(zip(entries, poses, strict=True))
        made.append([SceneObject(str(k), entry.category, *pose, asset=entry.id) for k, (entry, pose) in pairs])
    return made


@dataclass(frozen=True)
class Collisions:
    """How much furniture is inside other furniture.

    Args:
        objects: share of objects that are, percent.
        scenes: share of scenes with such objects, percent.
    """

    objects: float
    scenes: float


def collisions(rooms: Sequence[Sequence[SceneObject]], catalogue: Catalogue) -> Collisions:
    """Colliding furniture, by its solid parts: a chair under a desk does not collide."""
    total = colliding = scenes = 0
    for items in rooms:
        hit = {k for pair in colliding_pairs(items, catalogue, SEPARATION) for k in pair}
        total += len(items)
        colliding += len(hit)
        scenes += bool(hit)
    return Collisions(100 * colliding / max(total, 1), 100 * scenes / max(len(rooms), 1))
