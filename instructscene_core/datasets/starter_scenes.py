"""The starter's rooms made by rule as scenes, in the product's frame."""

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue
from ..geometry.frames import boxes_to_poses
from ..scene import FloorPlan, Opening, Scene, SceneObject
from .starter import Rooms


def objects_of_rooms(rooms: Rooms, catalogue: Catalogue) -> list[list[SceneObject]]:
    """The furniture of rooms of the starter, in the product's frame."""
    made: list[list[SceneObject]] = []
    for objs, boxes, assets in zip(rooms.objs, rooms.boxes, rooms.asset, strict=True):
        real = objs != rooms.empty
        poses = boxes_to_poses(boxes[real], (0.0, 0.0))
        entries = [catalogue.entries[int(asset)] for asset in assets[real]]
        pairs = enumerate(zip(entries, poses, strict=True))
        made.append([SceneObject(str(k), entry.category, *pose, asset=entry.id) for k, (entry, pose) in pairs])
    return made


def floors_of_rooms(rooms: Rooms) -> list[FloorPlan]:
    """The floors of rooms of the starter with their doors and windows, in the product's frame."""
    made: list[FloorPlan] = []
    for corners, openings, height in zip(rooms.floor, rooms.openings, rooms.height, strict=True):
        polygon = tuple((x, -z) for x, z in _unpadded(corners))
        made.append(FloorPlan(polygon, round(float(height), 4), tuple(map(_opening, _unpadded(openings)))))
    return made


def scenes_of_rooms(rooms: Rooms, catalogue: Catalogue) -> list[Scene]:
    """Rooms of the starter as scenes."""
    pairs = zip(objects_of_rooms(rooms, catalogue), floors_of_rooms(rooms), strict=True)
    return [Scene(rooms.room_type, tuple(items), floor) for items, floor in pairs]


def _unpadded(rows: npt.NDArray[np.float32]) -> list[list[float]]:
    """The rows before the padding, rounded to 0.1 mm, which removes the digits that float32 adds."""
    return [[round(value, 4) for value in row] for row in rows[~np.isnan(rows[:, 0])].tolist()]


def _opening(row: list[float]) -> Opening:
    kind, x0, z0, x1, z1, bottom, top = row
    return Opening("window" if kind else "door", ((x0, -z0), (x1, -z1)), bottom, top)
