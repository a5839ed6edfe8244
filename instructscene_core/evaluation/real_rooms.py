"""Real rooms (3D-FRONT) as scenes, where a person has them."""

from pathlib import Path
from typing import Final

from ..catalogue.entries import Catalogue
from ..catalogue.retrieval import choose
from ..datasets.front import DEV_FILE
from ..datasets.traits import Sample, real_sample
from ..geometry.frames import boxes_to_poses
from ..scene import FloorPlan, Scene, SceneObject
from ..vocabulary import CLASSES, RoomType

_CORNERS: Final = 3
"""A floor has at least so many."""


def real_rooms(folder: Path, room_type: RoomType, catalogue: Catalogue, count: int) -> tuple[Sample, list[Scene]]:
    """The first rooms of a type with a floor that no network was trained on, as arrays and as scenes.

    The solid parts of a piece are those of the catalogue's piece of its class that is nearest in size, so that a chair
    may stand under a table; the size is its own. Doors and windows are not known.

    Args:
        folder: of the rooms.
        room_type: which rooms.
        catalogue: lends the solid parts.
        count: so many at most.

    Raises:
        InvalidInputError: the file is missing, of another form, or holds no such rooms.
    """
    whole = real_sample(folder, [("test", DEV_FILE)], room_type)
    rows = [row for row, floor in enumerate(whole.floors) if len(floor) >= _CORNERS][:count]
    sample = Sample(
        room_type,
        whole.objs[rows],
        whole.boxes[rows],
        [whole.floors[row] for row in rows],
        [whole.houses[row] for row in rows],
    )
    return sample, scenes_of_sample(sample, catalogue)


def scenes_of_sample(sample: Sample, catalogue: Catalogue) -> list[Scene]:
    """Rooms of a sample as scenes with the catalogue's solid parts, see ``real_rooms``."""
    names = CLASSES[sample.room_type]
    made: list[Scene] = []
    for objs, boxes, floor in zip(sample.objs, sample.boxes, sample.floors, strict=True):
        real = objs < len(names)
        poses = boxes_to_poses(boxes[real], (0.0, 0.0))
        items: list[SceneObject] = []
        for k, (number, (position, size, yaw)) in enumerate(zip(objs[real].tolist(), poses, strict=True)):
            like = choose(catalogue, names[number], size, room_type=sample.room_type)
            items.append(SceneObject(str(k), names[number], position, size, yaw, like.id if like else None))
        polygon = tuple((x, -z) for x, z in floor.tolist())
        made.append(Scene(sample.room_type, tuple(items), FloorPlan(polygon)))
    return made
