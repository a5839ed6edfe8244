"""Upright boxes on the floor plan: where they stand and whether they overlap. Plain floats, for speed.

Tensor frame: x right, y up, z towards the viewer; an object at angle 0 faces +z, at pi/2 it faces +x. So its own x axis
is (cos, −sin) and its front (sin, cos) in the (x, z) plane (docs/official-behaviour.md, Relations).
"""

import math
from functools import lru_cache
from typing import Final, NamedTuple

TOUCH: Final = 1e-4
"""Metres by which boxes may press into each other and still count as apart."""

_QUARTERS: Final = ((0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0))


class Block(NamedTuple):
    """An upright box: ground centre, half extents in its own axes, direction, height interval, metres."""

    x: float
    z: float
    hx: float
    hz: float
    sin: float
    cos: float
    bottom: float
    top: float

    def reach(self) -> tuple[float, float]:
        """Half extents of its bounding box along the world's x and z."""
        sin, cos = abs(self.sin), abs(self.cos)
        return cos * self.hx + sin * self.hz, sin * self.hx + cos * self.hz

    def point(self, side: float, front: float) -> tuple[float, float]:
        """World (x, z) of the point that lies ``side`` along its own x axis and ``front`` along its front."""
        return self.x + side * self.cos + front * self.sin, self.z - side * self.sin + front * self.cos

    def local(self, x: float, z: float) -> tuple[float, float]:
        """(side, front) of a world point: the inverse of ``point``."""
        dx, dz = x - self.x, z - self.z
        return dx * self.cos - dz * self.sin, dx * self.sin + dz * self.cos


@lru_cache(4096)
def direction(angle: float) -> tuple[float, float]:
    """(sin, cos) of an angle, exact at multiples of 90°."""
    quarters = angle / (math.pi / 2)
    if abs(quarters - round(quarters)) < 1e-9:
        return _QUARTERS[round(quarters) % 4]
    return math.sin(angle), math.cos(angle)


def wrapped(angle: float) -> float:
    """The same angle in (−pi, pi]."""
    turned = math.remainder(angle, 2 * math.pi)
    return math.pi if turned <= -math.pi + 1e-12 else turned


def block(x: float, z: float, hx: float, hz: float, angle: float, bottom: float, top: float) -> Block:
    """A box from its ground centre, half extents and angle."""
    sin, cos = direction(angle)
    return Block(x, z, hx, hz, sin, cos, bottom, top)


def overlap(a: Block, b: Block, gap: float = 0.0) -> bool:
    """Whether two boxes share space, or come nearer than ``gap`` metres on the ground (separating axes)."""
    if a.bottom >= b.top - TOUCH or b.bottom >= a.top - TOUCH:
        return False
    dx, dz = b.x - a.x, b.z - a.z
    # Written out, since this is where rooms spend their time: the half extents of both bounding boxes.
    a_sin, a_cos, b_sin, b_cos = abs(a.sin), abs(a.cos), abs(b.sin), abs(b.cos)
    if abs(dx) >= a_cos * a.hx + a_sin * a.hz + b_cos * b.hx + b_sin * b.hz + gap - TOUCH:
        return False
    if abs(dz) >= a_sin * a.hx + a_cos * a.hz + b_sin * b.hx + b_cos * b.hz + gap - TOUCH:
        return False
    if a_sin * a_cos < 1e-9 and b_sin * b_cos < 1e-9:
        return True
    return not (_separated(a, b, dx, dz, gap) or _separated(b, a, dx, dz, gap))


def _separated(a: Block, b: Block, dx: float, dz: float, gap: float) -> bool:
    """Whether one of a's own axes separates the two rectangles."""
    along = abs(a.cos * b.cos + a.sin * b.sin)  # |cos| of the angle between the two
    across = abs(a.sin * b.cos - a.cos * b.sin)
    if abs(dx * a.cos - dz * a.sin) >= a.hx + b.hx * along + b.hz * across + gap - TOUCH:
        return True
    return abs(dx * a.sin + dz * a.cos) >= a.hz + b.hx * across + b.hz * along + gap - TOUCH
