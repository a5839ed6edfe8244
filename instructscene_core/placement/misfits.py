"""What found no place on the floor that was given: out of the room, inside what stands there, or before a door.

Hard terms of settling in their order: whatever a sentence asks for, such a piece is not shown where it stands.
"""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from ..catalogue.entries import Catalogue
from ..geometry.obstacles import OBSTACLE
from ..geometry.solids import Body, penetration
from ..scene import FloorPlan, Scene, SceneObject
from ..vocabulary import RoomType, display_name, with_article
from .blemishes import before_windows
from .flaws import at_doors
from .pieces import FLAT, Pieces

_THROUGH: Final = 0.01
"""Metres by which a piece may reach through a wall."""
_CELL: Final = 0.1
"""Of the grid by which free floor is measured, metres."""


def misfits(
    room_type: RoomType, objects: Sequence[SceneObject], floor: FloorPlan, catalogue: Catalogue
) -> dict[str, str]:
    """Ids of the objects that have no place on a floor with an outline, and why, as a clause."""
    pieces = Pieces.of(Scene(room_type, tuple(objects), floor), catalogue)
    items = [item for item in objects if item.category not in FLAT]
    found = {items[k].id: "it reaches through a wall" for k in _through_walls(pieces)}
    for k, name in _in_obstacles(pieces, items, catalogue).items():
        what = "what stands there" if name == OBSTACLE else f"the {name}"
        found.setdefault(items[k].id, f"it reaches into {what}")
    for k in at_doors(pieces):
        found.setdefault(items[k].id, "it stands before a door")
    return found


def _through_walls(pieces: Pieces) -> list[int]:
    """Pieces whose whole box is not over the floor."""
    walls, rows = pieces.walls, np.arange(pieces.movable)
    assert walls is not None  # noqa: S101 - only rooms with walls ask
    if not len(rows):
        return []
    cut = walls.reach_into(pieces.centre[rows], pieces.axes[rows], pieces.half[rows])
    return rows[(cut > _THROUGH).any(axis=1) | ~walls.contains(pieces.centre[rows])].tolist()


def _in_obstacles(pieces: Pieces, items: Sequence[SceneObject], catalogue: Catalogue) -> dict[int, str]:
    """Pieces that are inside obstacles, and the names of these."""
    found: dict[int, str] = {}
    fixed = [Body.of(item, catalogue) for item in pieces.obstacles]
    for k, item in enumerate(items) if fixed else ():
        own = Body.of(item, catalogue)
        for obstacle, body in zip(pieces.obstacles, fixed, strict=True):
            if penetration(own, body) is not None:
                found[k] = obstacle.id
    return found


def free_floor(scene: Scene, catalogue: Catalogue) -> float:
    """Square metres of a floor with an outline on which nothing stands that one would run into."""
    pieces = Pieces.of(scene, catalogue)
    assert pieces.walls is not None  # noqa: S101 - the caller looks
    points = pieces.walls.points_inside(_CELL)
    parts = pieces.in_the_way
    local = np.abs(np.einsum("mpi,pai->mpa", points[:, None] - parts.centre, parts.axes))
    return float((~(local < parts.half).all(axis=-1).any(axis=1)).sum()) * _CELL**2


def told_of_misfits(scene: Scene, catalogue: Catalogue, placed: Collection[str]) -> list[str]:
    """What a person should know of where pieces stand: through walls, in obstacles, before doors and windows.

    Args:
        scene: the finished room, with an outline.
        catalogue: knows the solid parts.
        placed: ids of the objects that were placed; of the others a person knows.
    """
    own = {
        item.id: with_article(display_name(item.category or "object")).capitalize()
        for item in scene.objects
        if item.id in placed
    }
    found = misfits(scene.room_type, scene.objects, scene.floor, catalogue)
    notes = [f"{own[name]} has no place here: {why}" for name, why in found.items() if name in own]
    items = [item for item in scene.objects if item.category not in FLAT]
    blocked = before_windows(Pieces.of(scene, catalogue)).any(axis=1)
    return notes + [
        f"{own[item.id]} stands before a window"
        for item, before in zip(items, blocked, strict=True)
        if before and item.id in own
    ]
