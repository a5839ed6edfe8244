"""Fronts of case furniture: drawers, and doors plain, framed, louvred, fluted, of cane, of glass and of mirror."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from .palettes import Role
from .parts import Design, Tube, Turned

Pull = Literal["knob", "bar", "long", "cup", "ring", "tab", "edge", "none"]
FRONTS: Final = (
    "drawer", "door", "framed", "raised", "cane", "glass", "louver", "fluted", "planks", "mirror", "diamond",
)  # fmt: skip
"""What a front may be; all but the drawer open sideways."""
THICK: Final = 0.018


@dataclass(frozen=True)
class Leaf:
    """One front.

    Attributes:
        left, right, low, high: its edges, metres.
        plane: y of the carcass that it stands in front of.
        pull: kind of its handle.
        hand: where a door's pull is: −1 at its left, 1 at its right.
        role: its material.
    """

    left: float
    right: float
    low: float
    high: float
    plane: float
    pull: Pull
    hand: int
    role: Role

    @property
    def width(self) -> float:
        """From edge to edge."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From edge to edge."""
        return self.high - self.low


def front(d: Design, kind: str, leaf: Leaf) -> None:
    """Adds a front of a kind in ``FRONTS``."""
    if kind in ("drawer", "door"):
        _plate(d, leaf)
    elif kind == "fluted":
        _fluted(d, leaf)
    elif kind == "planks":
        _planks(d, leaf)
    else:
        _framed(d, kind, leaf)
    _pull(d, leaf, drawer=kind == "drawer")


def _plate(d: Design, leaf: Leaf) -> None:
    low, high = (leaf.left, leaf.plane - THICK, leaf.low), (leaf.right, leaf.plane + 0.002, leaf.high)
    d.box(leaf.role, low, high, bevel=0.006 if d.fine else 0.004)


def _framed(d: Design, kind: str, leaf: Leaf) -> None:
    """A frame of two stiles and two rails around a panel, of which the kind says what it is."""
    border = min(0.06, 0.16 * leaf.width, 0.2 * leaf.height) if kind != "glass" else 0.032
    y = (leaf.plane - THICK - 0.002, leaf.plane + 0.002)
    for x in ((leaf.left, leaf.left + border), (leaf.right - border, leaf.right)):
        d.box(leaf.role, (x[0], y[0], leaf.low), (x[1], y[1], leaf.high), bevel=0.003)
    inner = (leaf.left + border - 0.002, leaf.right - border + 0.002)
    for z in ((leaf.low, leaf.low + border), (leaf.high - border, leaf.high)):
        d.box(leaf.role, (inner[0], y[0] + 0.001, z[0]), (inner[1], y[1], z[1]), bevel=0.003)
    field = Leaf(*inner, leaf.low + border - 0.002, leaf.high - border + 0.002, leaf.plane, "none", 0, leaf.role)
    if kind == "louver":
        _louvres(d, field)
        return
    roles: dict[str, Role] = {"cane": "cane", "glass": "glass", "mirror": "mirror"}
    role = roles.get(kind, leaf.role)
    d.box(role, (field.left, leaf.plane - 0.011, field.low), (field.right, leaf.plane - 0.004, field.high), bevel=0)
    if kind == "raised":
        gap = 0.3 * border
        low, high = (
            (field.left + gap, leaf.plane - 0.02, field.low + gap),
            (field.right - gap, leaf.plane, field.high - gap),
        )
        d.box(leaf.role, low, high, bevel=0.008)
    if kind == "diamond":
        _lozenge(d, field)


def _lozenge(d: Design, field: Leaf) -> None:
    """A raised lozenge in the middle of a panel."""
    x, z = (field.left + field.right) / 2, (field.low + field.high) / 2
    reach, rise = 0.42 * field.width, 0.42 * field.height
    outline = [(x, z - rise), (x + reach, z), (x, z + rise), (x - reach, z)]
    d.slab(field.role, outline, 1, field.plane - 0.019, field.plane - 0.008)


def _louvres(d: Design, field: Leaf) -> None:
    count = max(3, round(field.height / 0.045))
    pitch = field.height / count
    for i in range(count):
        z = field.low + i * pitch
        low, high = (
            (field.left, field.plane - 0.014, z + 0.15 * pitch),
            (field.right, field.plane - 0.008, z + 1.1 * pitch),
        )
        d.box(field.role, low, high, bevel=0, lean=(0.0, -0.012))


def _fluted(d: Design, leaf: Leaf) -> None:
    """Half round staves beside each other on a plate."""
    d.box(leaf.role, (leaf.left, leaf.plane - 0.01, leaf.low), (leaf.right, leaf.plane + 0.002, leaf.high), bevel=0.002)
    count = max(4, round(leaf.width / 0.026))
    pitch = leaf.width / count
    for i in range(count):
        x = leaf.left + (i + 0.5) * pitch
        low, high = (
            (x - 0.46 * pitch, leaf.plane - THICK - 0.004, leaf.low),
            (x + 0.46 * pitch, leaf.plane - 0.006, leaf.high),
        )
        d.box(leaf.role, low, high, bevel=0.0055)


def _planks(d: Design, leaf: Leaf) -> None:
    """Upright boards held by two battens."""
    count = max(2, round(leaf.width / 0.11))
    pitch = leaf.width / count
    for i in range(count):
        x = leaf.left + i * pitch
        low, high = (x + 0.001, leaf.plane - 0.014, leaf.low), (x + pitch - 0.001, leaf.plane + 0.002, leaf.high)
        d.box(leaf.role, low, high, bevel=0.003)
    for share in (0.16, 0.84):
        z = leaf.low + share * leaf.height
        half = min(0.035, 0.09 * leaf.height)
        low, high = (
            (leaf.left + 0.012, leaf.plane - 0.024, z - half),
            (leaf.right - 0.012, leaf.plane - 0.012, z + half),
        )
        d.box(leaf.role, low, high, bevel=0.003)


def _pull(d: Design, leaf: Leaf, *, drawer: bool) -> None:
    """Knob, handle or tab: in the middle of a drawer, at the free edge of a door."""
    y = leaf.plane - THICK
    x, z = (leaf.left + leaf.right) / 2, (leaf.low + leaf.high) / 2
    if drawer:
        spots = [x] if leaf.width < 0.62 else [x - leaf.width / 4, x + leaf.width / 4]
    else:
        spots = [leaf.right - 0.035 if leaf.hand > 0 else leaf.left + 0.035]
        z = min(max(z, 0.9 if leaf.high > 1.3 else z), leaf.high - 0.12) if leaf.height > 0.4 else z
    if leaf.pull == "edge":
        _strip(d, leaf, y, drawer=drawer)
    elif leaf.pull == "long" and not drawer:
        d.handle(spots[0], y, (leaf.low + leaf.high) / 2, 0.72 * leaf.height, upright=True)
    else:
        for at in spots:
            _small_pull(d, leaf, (at, y, z), drawer=drawer)


def _small_pull(d: Design, leaf: Leaf, at: tuple[float, float, float], *, drawer: bool) -> None:
    x, y, z = at
    if leaf.pull == "knob":
        d.knob(x, y, z)
    elif leaf.pull in ("bar", "long"):
        length = min(0.16, 0.5 * leaf.width) if drawer else min(0.22, 0.5 * leaf.height)
        d.handle(x, y, z, length, upright=not drawer)
    elif leaf.pull == "cup":
        half = min(0.045, 0.3 * leaf.width)
        d.box("metal", (x - half, y - 0.022, z - 0.016), (x + half, y + 0.002, z + 0.018), bevel=0.009)
    elif leaf.pull == "ring":
        d.parts.append(Turned("metal", d.solid, (x, y, z + 0.012), ((0.009, 0.002), (0.009, -0.008)), 1, segments=12))
        turn = [2 * math.pi * i / 12 for i in range(13)]
        path = tuple((x + 0.022 * math.sin(a), y - 0.009, z - 0.012 + 0.022 * math.cos(a)) for a in turn)
        d.parts.append(Tube("metal", d.solid, path, (0.0035,) * 13))
    elif leaf.pull == "tab":
        d.box("leather", (x - 0.014, y - 0.016, z - 0.035), (x + 0.014, y + 0.002, z + 0.03), bevel=0.006)


def _strip(d: Design, leaf: Leaf, y: float, *, drawer: bool) -> None:
    """A metal strip as a handle, along the edge by which the front is opened."""
    if drawer:
        low, high = (leaf.left + 0.01, y - 0.01, leaf.high - 0.016), (leaf.right - 0.01, y + 0.002, leaf.high - 0.001)
    else:
        edge = (leaf.right - 0.016, leaf.right - 0.001) if leaf.hand > 0 else (leaf.left + 0.001, leaf.left + 0.016)
        low, high = (edge[0], y - 0.01, leaf.low + 0.01), (edge[1], y + 0.002, leaf.high - 0.01)
    d.box("metal", low, high, bevel=0.002)
