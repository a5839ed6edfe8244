"""Generated scenes and rooms of data sets in the two forms that the metrics take: arrays, and scene objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue
from ..datasets.room_set import RoomSet
from ..datasets.starter import Rooms
from ..geometry.frames import FloatArray, boxes_to_poses, scene_to_boxes
from ..geometry.relations import REVERSED
from ..geometry.solids import colliding_pairs
from ..scene import Scene, SceneObject
from ..vocabulary import CLASSES, MAX_OBJECTS, NO_RELATION, PREDICATES, RoomType

SEPARATION = 0.005
"""Metres of penetration up to which two meshes do not count as colliding."""


@dataclass(frozen=True, eq=False)
class Layouts:
    """R rooms of one type, padded to N slots.

    Args:
        objs: (R, N) class numbers, C where there is no object.
        boxes: (R, N, 7) in the tensor frame, with the furniture's own sizes.
        edges: (R, N, N) the relations that the graph prior sampled; None for rooms that no network made.
        room_type: tells the classes.
    """

    objs: npt.NDArray[np.int64]
    boxes: FloatArray
    edges: npt.NDArray[np.int64] | None = None
    room_type: RoomType = "bedroom"

    @property
    def n(self) -> int:
        """R, the number of rooms."""
        return len(self.objs)

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names."""
        return CLASSES[self.room_type]

    def select(self, rows: npt.NDArray[np.integer[Any]]) -> "Layouts":
        """Some of the rooms, in the order of ``rows``."""
        edges = None if self.edges is None else self.edges[rows]
        return Layouts(self.objs[rows], self.boxes[rows], edges, self.room_type)


def layouts_of(scenes: Sequence[Scene], catalogue: Catalogue, room_type: RoomType = "bedroom") -> Layouts:
    """Generated scenes as arrays, with the sizes of the retrieved furniture, as iRecall is defined."""
    slots, classes = MAX_OBJECTS[room_type], CLASSES[room_type]
    objs = np.full((len(scenes), slots), len(classes), dtype=np.int64)
    boxes = np.zeros((len(scenes), slots, 7))
    edges = np.full((len(scenes), slots, slots), NO_RELATION, dtype=np.int64)
    for row, scene in enumerate(scenes):
        # Extras (placement/extras.py), of other categories, are not part of the graph.
        items = [item for item in scene.objects if item.category in classes][:slots]
        place = {item.id: k for k, item in enumerate(items)}
        boxes[row, : len(place)] = scene_to_boxes(items, (0.0, 0.0))
        for k, item in enumerate(items):
            objs[row, k] = classes.index(item.category or "")
            entry = catalogue.get(item.asset)
            if entry:
                width, depth, height = entry.size
                boxes[row, k, 3:6] = width / 2, height / 2, depth / 2
        for subject, name, other in scene.relations or ():
            predicate = PREDICATES.index(name)
            edges[row, place[subject], place[other]] = predicate
            edges[row, place[other], place[subject]] = REVERSED[predicate]
    return Layouts(objs, boxes, edges, room_type)


def layouts_of_rooms(rooms: Rooms) -> Layouts:
    """Rooms of the starter as arrays."""
    return Layouts(rooms.objs.astype(np.int64), rooms.boxes.astype(np.float64), room_type=rooms.room_type)


def layouts_of_set(rooms: RoomSet) -> Layouts:
    """Rooms of any source as arrays."""
    return Layouts(rooms.objs.astype(np.int64), rooms.boxes.astype(np.float64), room_type=rooms.room_type)


def objects_of_layouts(rooms: Layouts) -> list[list[SceneObject]]:
    """Rooms of any source as scene objects without meshes, in the product's frame."""
    made: list[list[SceneObject]] = []
    for objs, boxes in zip(rooms.objs, rooms.boxes, strict=True):
        real = objs < len(rooms.classes)
        names = [rooms.classes[number] for number in objs[real].tolist()]
        poses = boxes_to_poses(boxes[real], (0.0, 0.0))
        made.append([SceneObject(str(k), name, *pose) for k, (name, pose) in enumerate(zip(names, poses, strict=True))])
    return made


@dataclass(frozen=True)
class Collisions:
    """Rates of colliding furniture.

    Args:
        objects: share of objects that collide with another, percent.
        scenes: share of scenes with such objects, percent.
    """

    objects: float
    scenes: float


def collisions(rooms: Sequence[Sequence[SceneObject]], catalogue: Catalogue) -> Collisions:
    """Rates of collisions by solid parts: a chair under a desk does not collide."""
    total = colliding = scenes = 0
    for items in rooms:
        hit = {k for pair in colliding_pairs(items, catalogue, SEPARATION) for k in pair}
        total += len(items)
        colliding += len(hit)
        scenes += bool(hit)
    return Collisions(100 * colliding / max(total, 1), 100 * scenes / max(len(rooms), 1))
