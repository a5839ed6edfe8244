"""Whether a person can walk from the door to all furniture that is used: a flood fill over the free floor."""

from collections.abc import Sequence
from typing import Final

from .geometry import Block

CELL: Final = 0.15
"""Metres of a cell of the floor's raster."""
BODY: Final = 0.2
"""Half the width of a walking person, metres."""
ARM: Final = 0.3
"""How far from the ground before a piece one may stand to use it, metres."""


def reachable(half_x: float, half_z: float, solids: Sequence[Block], start: Block, goals: Sequence[Block]) -> bool:
    """Whether a person who comes in at ``start`` can get to every goal.

    Args:
        half_x: half extent of the floor along x, metres.
        half_z: half extent of the floor along z, metres.
        solids: what stands in the way.
        start: ground of the door.
        goals: areas that a person has to reach or come near.
    """
    columns, rows = int(2 * half_x / CELL), int(2 * half_z / CELL)
    width = columns + 2
    blocked = bytearray(width * (rows + 2))
    blocked[:width] = blocked[-width:] = b"\1" * width
    for row in range(rows + 2):
        blocked[row * width] = blocked[row * width + columns + 1] = 1
    for solid in solids:
        for first, last in _cells(solid, half_x, half_z, columns, rows, BODY):
            blocked[first:last] = b"\1" * (last - first)
    begin = [c for first, last in _cells(start, half_x, half_z, columns, rows, 0.0) for c in range(first, last)]
    reached = _flood(blocked, [cell for cell in begin if not blocked[cell]], width)
    return all(
        any(2 in reached[first:last] for first, last in _cells(goal, half_x, half_z, columns, rows, ARM))
        for goal in goals
    )


def _cells(area: Block, half_x: float, half_z: float, columns: int, rows: int, grow: float) -> list[tuple[int, int]]:
    """Runs of cells whose centres lie in an area's bounding box, grown by some metres."""
    reach_x, reach_z = area.reach()
    left = max(0, int((area.x - reach_x - grow + half_x) / CELL + 0.5))
    right = min(columns, int((area.x + reach_x + grow + half_x) / CELL + 0.5))
    back = max(0, int((area.z - reach_z - grow + half_z) / CELL + 0.5))
    front = min(rows, int((area.z + reach_z + grow + half_z) / CELL + 0.5))
    width = columns + 2
    return [((row + 1) * width + left + 1, (row + 1) * width + right + 1) for row in range(back, front) if right > left]


def _flood(raster: bytearray, begin: list[int], width: int) -> bytearray:
    """Marks with 2 all free cells connected to the first one; the border of the raster is blocked."""
    stack = begin[:1]
    for cell in stack:
        raster[cell] = 2
    while stack:
        cell = stack.pop()
        for neighbour in (cell - 1, cell + 1, cell - width, cell + width):
            if not raster[neighbour]:
                raster[neighbour] = 2
                stack.append(neighbour)
    return raster
