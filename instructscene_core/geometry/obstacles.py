"""What stands or hangs in a room for good and is no furniture, as solids that furniture keeps clear of."""

from typing import Final

from ..floor_plan import FloorPlan, Obstacle, area_of
from ..scene import SceneObject

WALK_HEIGHT: Final = 1.8
"""Metres: what begins higher is in nobody's way."""
OBSTACLE: Final = "obstacle"
"""Stands for the class of what is in the way."""
_FLAT: Final = 0.05
"""Height of the top, metres, up to which furniture stands on it: a grate, or somebody's own carpet."""
_LEAST_FREE: Final = 0.3
"""Share of the floor that counts as free, however many obstacles overlap each other."""


def obstacles_of(floor: FloorPlan) -> list[SceneObject]:
    """The obstacles that furniture collides with, as boxes; those that one walks below have no class."""
    return [
        SceneObject(
            obstacle.name or OBSTACLE,
            OBSTACLE if _is_in_the_way(obstacle) else None,
            obstacle.position,
            obstacle.size,
            obstacle.yaw,
        )
        for obstacle in floor.obstacles
        if obstacle.position[2] + obstacle.size[2] / 2 > _FLAT
    ]


def _is_in_the_way(obstacle: Obstacle) -> bool:
    return obstacle.position[2] - obstacle.size[2] / 2 < WALK_HEIGHT


def free_area(floor: FloorPlan) -> float:
    """Square metres of the floor on which furniture may stand; 0 where its outline is not stated."""
    area = area_of(floor)
    taken = sum(item.size[0] * item.size[1] for item in obstacles_of(floor) if item.category == OBSTACLE)
    return max(area - taken, _LEAST_FREE * area)
