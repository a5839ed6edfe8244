"""Whether a person can walk from the door to all furniture that is used, and the free ground is in one piece.

A person is a square that does not turn, furniture its bounding box: then the places where the person's middle may be
are rectangles, which are found exactly and quickly.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from .geometry import Block

BODY: Final = 0.245
"""Half the width of a walking person, metres: a little less than half the ground behind a chair (``clearances``), and
no less than what the disc of ``placement.ground`` gets through."""
ARM: Final = 0.3
"""How far from the ground before a piece one may stand to use it, metres."""
_PART: Final = 1.6
"""Square metres of ground from which on it must not be cut off, less than what ``placement.flaws`` calls a part, since
areas are estimated here."""
_STEP: Final = 0.5
"""Metres from a door to where a person who has come through it stands at most."""
_HALF_LEAF: Final = 0.3
"""Metres along the wall, likewise, to both sides of the door's middle."""
_LEAST: Final = 1e-6


class _Strip(NamedTuple):
    """Ground where a person's middle may be: its ends along x and z."""

    left: float
    right: float
    low: float
    high: float


def reachable(
    half_x: float, half_z: float, solids: Sequence[Block], doors: Sequence[Block], goals: Sequence[Block]
) -> bool:
    """Whether one who comes in at any door gets to every goal, and to all ground but small corners.

    Args:
        half_x: half extent of the floor along x, metres.
        half_z: half extent of the floor along z, metres.
        solids: what stands in the way.
        doors: grounds of the doors, each with its back at its wall; one or more.
        goals: areas that a person has to reach or come near.
    """
    strips, parts = _parts(half_x, half_z, solids)
    own = _near(strips, _threshold(doors[0]), 0.0)
    if own is None:
        return False
    walked = [strip for strip, part in zip(strips, parts, strict=True) if part == parts[own]]
    if any(_near(walked, _threshold(door), 0.0) is None for door in doors):
        return False
    if any(_near(walked, goal, ARM) is None for goal in goals):
        return False
    others = {part for part in parts if part != parts[own]}
    return all(_area([s for s, p in zip(strips, parts, strict=True) if p == part]) < _PART for part in others)


def _threshold(door: Block) -> Block:
    """Where a person stands who has come through a door."""
    depth = min(_STEP / 2, door.hz)
    x, z = door.point(0.0, depth - door.hz)
    return door._replace(x=x, z=z, hx=min(_HALF_LEAF, door.hx), hz=depth)


def _parts(half_x: float, half_z: float, solids: Sequence[Block]) -> tuple[list[_Strip], list[int]]:
    """The free ground in strips, and for each the number of the connected part that it belongs to."""
    boxes: list[_Strip] = []
    for solid in solids:
        reach_x, reach_z = solid.reach()
        reach_x, reach_z = reach_x + BODY, reach_z + BODY
        boxes.append(_Strip(solid.x - reach_x, solid.x + reach_x, solid.z - reach_z, solid.z + reach_z))
    right, front = half_x - BODY, half_z - BODY
    cuts = sorted({-front, front, *(z for box in boxes for z in box[2:] if -front < z < front)})
    strips: list[_Strip] = []
    parts: list[int] = []
    before: list[int] = []
    for low, high in pairwise(cuts):
        if high - low < _LEAST:
            continue
        row: list[int] = []
        for left, end in gaps(-right, right, [box[:2] for box in boxes if box.low < (low + high) / 2 < box.high]):
            row.append(len(strips))
            strips.append(_Strip(left, end, low, high))
            parts.append(row[-1])
            for other in before:
                if min(strips[other].right, end) - max(strips[other].left, left) > _LEAST:
                    _join(parts, parts[other], parts[row[-1]])
        before = row
    return strips, parts


def gaps(low: float, high: float, taken: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The intervals of (low, high) that are not taken."""
    free: list[tuple[float, float]] = []
    for start, end in sorted(taken):
        if min(start, high) - low > _LEAST:
            free.append((low, min(start, high)))
        low = max(low, end)
    if high - low > _LEAST:
        free.append((low, high))
    return free


def _join(parts: list[int], first: int, second: int) -> None:
    """Makes two parts one."""
    if first != second:
        parts[:] = [first if part == second else part for part in parts]


def _near(strips: Sequence[_Strip], area: Block, reach: float) -> int | None:
    """The first strip that comes as near as ``reach`` to the bounding box of an area; None where none does."""
    reach_x, reach_z = area.reach()
    reach_x, reach_z = reach_x + reach, reach_z + reach
    for number, (left, right, low, high) in enumerate(strips):
        if left < area.x + reach_x and right > area.x - reach_x and low < area.z + reach_z and high > area.z - reach_z:
            return number
    return None


def _area(strips: Sequence[_Strip]) -> float:
    """About the square metres that a person covers whose middle is anywhere in some strips."""
    middles = sum((s.right - s.left + 2 * BODY) * (s.high - s.low) for s in strips)
    return middles + 2 * BODY * max(s.right - s.left + 2 * BODY for s in strips)
