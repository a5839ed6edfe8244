"""The ground in front of doors, which furniture leaves free. Product frame, metres."""

import math
from typing import Final

import numpy as np

from ..geometry.walls import Walls
from ..scene import FloorPlan, SceneObject

DOORWAY: Final = 0.7
"""Metres in front of a door that stay free."""
_NARROWEST: Final = 1e-6
"""Metres up to which a door is none."""


def doorways(floor: FloorPlan, walls: Walls) -> list[SceneObject]:
    """Boxes inside the room in front of its doors, which furniture must leave free."""
    ways: list[SceneObject] = []
    for i, opening in enumerate(floor.openings):
        (ax, ay), (bx, by) = opening.segment
        width = math.hypot(bx - ax, by - ay)
        if opening.kind != "door" or width < _NARROWEST:
            continue
        yaw = math.atan2(by - ay, bx - ax)
        inward = np.array([-math.sin(yaw), math.cos(yaw)]) * DOORWAY / 2
        centres = np.array([(ax + bx) / 2, (ay + by) / 2]) + np.stack([inward, -inward])
        x, y = (float(v) for v in centres[int(np.argmax(walls.depth(centres)))])
        middle, height = (opening.bottom + opening.top) / 2, opening.top - opening.bottom
        ways.append(SceneObject(f"doorway {i}", None, (x, y, middle), (width, DOORWAY, height), yaw))
    return ways
