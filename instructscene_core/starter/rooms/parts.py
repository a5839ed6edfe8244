"""Rectangular parts of a floor: where a group of furniture has its place, and how two groups share a room."""

import math
from random import Random
from typing import Final, NamedTuple

from .floor import Corner, Floor

_CUTS: Final = (0.38, 0.44, 0.5, 0.56, 0.62)
"""Where a room may be divided besides at its corners, as shares of its length."""
_NARROW: Final = 2.5
"""Metres below which a part is narrow for a group; the narrower, the more seldom it is taken."""
_BALANCE: Final = 0.13
"""How much the shares of two groups may differ from what they need, as a standard deviation."""
_EXACT: Final = 1e-6


class Part(NamedTuple):
    """A rectangle along the axes: its middle and half extents, metres."""

    x: float
    z: float
    hx: float
    hz: float

    @property
    def area(self) -> float:
        """Square metres."""
        return 4 * self.hx * self.hz

    def seen(self, angle: float) -> tuple[float, float]:
        """Half its width and half its depth as seen by a piece with an angle that is a multiple of 90°."""
        return (self.hx, self.hz) if abs(math.cos(angle)) > 0.5 else (self.hz, self.hx)


def largest_parts(floor: Floor) -> list[Part]:
    """The rectangles within a floor that no larger one contains, the largest first."""
    xs, zs = (sorted({round(corner[axis], 6) for corner in floor.corners}) for axis in (0, 1))
    found = [
        Part((left + right) / 2, (back + front) / 2, (right - left) / 2, (front - back) / 2)
        for i, left in enumerate(xs)
        for right in xs[i + 1 :]
        for k, back in enumerate(zs)
        for front in zs[k + 1 :]
    ]
    inside = sorted((part for part in found if not _is_cut(floor, part)), key=lambda part: -part.area)
    kept: list[Part] = []
    for part in inside:
        if not any(_contains(other, part) for other in kept):
            kept.append(part)
    return kept


def shares(floor: Floor, need: float, rng: Random) -> list[tuple[Part, Part]]:
    """Ways in which two groups share a floor that is divided along a line: a part for each, likely ways mostly first.

    Args:
        floor: the floor.
        need: share of the ground that the first group needs.
        rng: the source of chance.
    """
    whole = largest_parts(floor)
    ways: list[tuple[float, tuple[Part, Part]]] = []
    for axis, half in ((0, floor.half_x), (1, floor.half_z)):
        corners = {round(corner[axis], 6) for corner in floor.corners}
        for cut in sorted(corners | {round((2 * share - 1) * half, 6) for share in _CUTS}):
            if abs(cut) > half - _EXACT:
                continue
            low, high = (_largest_beside(whole, axis, cut, side) for side in (-1, 1))
            if low is not None and high is not None:
                ways += [(_weight(floor, pair, need), pair) for pair in ((low, high), (high, low))]
    return [pair for _, pair in sorted(((rng.random() ** (1 / weight), pair) for weight, pair in ways), reverse=True)]


def _weight(floor: Floor, pair: tuple[Part, Part], need: float) -> float:
    """How likely a way to share a floor is: much of the ground used, in the right shares, no part narrow."""
    used = sum(part.area for part in pair)
    off = (pair[0].area / used - need) / _BALANCE
    narrow = math.prod(min(1.0, 2 * min(part.hx, part.hz) / _NARROW) for part in pair)
    return max(1e-9, (used / floor.area) ** 3 * math.exp(-(off**2) / 2) * narrow**4)


def _largest_beside(parts: list[Part], axis: int, cut: float, side: int) -> Part | None:
    """The largest rectangle on one side of a line; None without any."""
    best: Part | None = None
    for part in parts:
        clipped = _clipped(part, axis, cut, side)
        if clipped is not None and (best is None or clipped.area > best.area):
            best = clipped
    return best


def _clipped(part: Part, axis: int, cut: float, side: int) -> Part | None:
    """What of a rectangle is on one side of a line across an axis."""
    low, high = part[axis] - part[2 + axis], part[axis] + part[2 + axis]
    low, high = (low, min(high, cut)) if side < 0 else (max(low, cut), high)
    if high - low < _EXACT:
        return None
    middle, half = (low + high) / 2, (high - low) / 2
    return part._replace(x=middle, hx=half) if axis == 0 else part._replace(z=middle, hz=half)


def _is_cut(floor: Floor, part: Part) -> bool:
    """Whether a rectangle reaches into a corner that is cut out."""
    return any(
        abs(part.x - cut.x) < part.hx + cut.hx - _EXACT and abs(part.z - cut.z) < part.hz + cut.hz - _EXACT
        for cut in floor.cuts
    )


def _contains(outer: Part, inner: Part) -> bool:
    room_x, room_z = outer.hx - inner.hx + _EXACT, outer.hz - inner.hz + _EXACT
    return abs(outer.x - inner.x) <= room_x and abs(outer.z - inner.z) <= room_z


def middles(floor: Floor) -> list[Corner]:
    """Where a lamp hangs that belongs to the room: the middles of its largest rectangles and of its bounding box."""
    parts = largest_parts(floor)
    whole = [] if any(abs(cut.x) < cut.hx and abs(cut.z) < cut.hz for cut in floor.cuts) else [(0.0, 0.0)]
    return [(parts[0].x, parts[0].z), *whole, *((part.x, part.z) for part in parts[1:])]
