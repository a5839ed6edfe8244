"""Contents of open compartments: books, baskets, bins, vases, plates, bottles, clothes."""

import math
import random
from dataclasses import dataclass
from typing import Final

from .joinery import Span, basket, books, vase
from .palettes import Role
from .parts import Cushion, Design, Slab, Turned

CONTENTS: Final = ("open", "books", "baskets", "bins", "dishes", "bottles", "rack", "clothes", "empty")
"""What a compartment may hold; all but the clothes, the bottles and the rack stand on boards that divide it."""
_TIER: Final = 0.34
"""Height of the tiers into which boards divide a tall compartment, about."""


@dataclass(frozen=True)
class Room:
    """The inside of a compartment.

    Attributes:
        x, y, z: its extents (from, to), metres; it is open at the lower y.
        seed: of the random choices of its contents.
    """

    x: Span
    y: Span
    z: Span
    seed: int


def fill(d: Design, kind: str, room: Room, board: Role) -> None:
    """Adds contents of a kind in ``CONTENTS``, with the boards that they stand on."""
    if kind == "clothes":
        _clothes(d, room)
    elif kind == "bottles":
        _bottles(d, room, board)
    elif kind == "rack":
        _rack(d, room, board)
    else:
        for tier in _tiers(d, room, board):
            _furnish(d, kind, tier)


def _tiers(d: Design, room: Room, board: Role) -> list[Room]:
    """Adds boards that divide a compartment into tiers, see ``_TIER``; returns the tiers."""
    count = max(1, round((room.z[1] - room.z[0]) / _TIER))
    step = (room.z[1] - room.z[0]) / count
    tiers: list[Room] = []
    for i in range(count):
        z = room.z[0] + i * step
        if i:
            low, high = (room.x[0] - 0.001, room.y[0] + 0.004, z - 0.009), (room.x[1] + 0.001, room.y[1], z + 0.009)
            d.box(board, low, high, bevel=0.002)
        tiers.append(Room(room.x, room.y, (z + (0.009 if i else 0.0), z + step - 0.01), 7 * room.seed + i))
    return tiers


def _furnish(d: Design, kind: str, tier: Room) -> None:
    width, height = tier.x[1] - tier.x[0], tier.z[1] - tier.z[0]
    choice = ("books", "vases", "baskets", "books", "bowl")[tier.seed % 5] if kind == "open" else kind
    if choice == "books":
        books(d, tier.x, (tier.y[0] + 0.02, tier.y[1] - 0.006), tier.z[0], min(0.32, height), tier.seed)
    elif choice in ("baskets", "bins"):
        _boxes(d, tier, coloured=choice == "bins")
    elif choice == "dishes":
        _dishes(d, tier)
    elif choice == "vases":
        _vases(d, tier, width, height)
    elif choice == "bowl":
        r = min(0.11, 0.3 * width, 0.4 * (tier.y[1] - tier.y[0]))
        profile = [(0.0, 0.0), (0.45 * r, 0.0), (r, 0.09), (0.94 * r, 0.09), (0.4 * r, 0.012), (0.0, 0.012)]
        if height > 0.12:
            d.turned("accent", ((tier.x[0] + tier.x[1]) / 2, (tier.y[0] + tier.y[1]) / 2, tier.z[0]), profile)


def _vases(d: Design, tier: Room, width: float, height: float) -> None:
    tall = min(0.26, 0.75 * height)
    count = max(1, min(3, int(width / 0.34)))
    for i in range(count):
        x = tier.x[0] + (i + 0.5) * width / count
        role: Role = ("accent", "bedding", "glass")[(tier.seed + i) % 3]
        vase(d, role, x, (tier.y[0] + tier.y[1]) / 2, tier.z[0], tall * (1.0, 0.7, 0.85)[i])


def _boxes(d: Design, tier: Room, *, coloured: bool) -> None:
    """Cloth boxes side by side."""
    width, height = tier.x[1] - tier.x[0], tier.z[1] - tier.z[0]
    count = max(1, round(width / 0.36))
    pitch, tall = width / count, min(0.24, 0.76 * height)
    colours: tuple[Role, ...] = ("toy1", "toy2", "toy3", "bedding", "accent")
    for i in range(count):
        x = (tier.x[0] + i * pitch + 0.014, tier.x[0] + (i + 1) * pitch - 0.014)
        low, high = (x[0], tier.y[0] + 0.014, tier.z[0]), (x[1], tier.y[1] - 0.02, tier.z[0] + tall)
        if coloured:
            d.box(colours[(tier.seed + i) % 5], low, high, bevel=0.012)
        else:
            basket(d, low, high)


def _dishes(d: Design, tier: Room) -> None:
    """Piles of plates, and bowls between them."""
    width, middle = tier.x[1] - tier.x[0], (tier.y[0] + tier.y[1]) / 2
    count = max(1, int(width / 0.27))
    r = min(0.11, 0.42 * width / count, 0.42 * (tier.y[1] - tier.y[0]))
    for i in range(count):
        x = tier.x[0] + (i + 0.5) * width / count
        if (tier.seed + i) % 3 == 2:
            vase(d, "glass", x, middle, tier.z[0], min(0.2, 0.7 * (tier.z[1] - tier.z[0])))
            continue
        for k in range(3 + (tier.seed + i) % 3):
            z = tier.z[0] + 0.014 * k
            profile = ((0.55 * r, 0.0), (r, 0.012), (0.97 * r, 0.013), (0.5 * r, 0.004))
            d.parts.append(Turned("linen", d.solid, (x, middle, z), profile, segments=20))


def _bottle(d: Design, x: float, y: Span, z: float, role: Role) -> None:
    """A bottle that lies with its neck towards the front."""
    length = min(0.29, y[1] - y[0] - 0.02)
    back = y[1] - 0.01
    profile = ((0.034, 0.0), (0.034, -0.6 * length), (0.012, -0.76 * length), (0.014, -length))
    d.parts.append(Turned(role, d.solid, (x, back, z), profile, 1, segments=8))


def _bottles(d: Design, room: Room, board: Role) -> None:
    """Rows of bottles that lie on boards."""
    width, height = room.x[1] - room.x[0], room.z[1] - room.z[0]
    rows, columns = max(1, int(height / 0.12)), max(1, int(width / 0.095))
    step = height / rows
    for i in range(rows):
        z = room.z[0] + i * step
        if i:
            d.box(board, (room.x[0], room.y[0] + 0.01, z - 0.006), (room.x[1], room.y[1], z + 0.006), bevel=0.002)
        for k in range(columns):
            if (7 * i + 5 * k + room.seed) % 6:
                x = room.x[0] + (k + 0.5) * width / columns
                _bottle(d, x, room.y, z + 0.042, ("leaf", "glass", "accent")[(i + 2 * k) % 3])


def _rack(d: Design, room: Room, board: Role) -> None:
    """A cross of boards with bottles in its four corners."""
    (left, right), (low, high) = room.x, room.z
    t = 0.011
    for rising in (True, False):
        a, b = ((left, low), (right, high)) if rising else ((right, low), (left, high))
        length = math.hypot(b[0] - a[0], b[1] - a[1])
        n = (-(b[1] - a[1]) / length * t, (b[0] - a[0]) / length * t)
        cut = 0.02 / length
        a, b = (
            (a[0] + cut * (b[0] - a[0]), a[1] + cut * (b[1] - a[1])),
            (b[0] - cut * (b[0] - a[0]), b[1] - cut * (b[1] - a[1])),
        )
        outline = [
            (a[0] - n[0], a[1] - n[1]),
            (b[0] - n[0], b[1] - n[1]),
            (b[0] + n[0], b[1] + n[1]),
            (a[0] + n[0], a[1] + n[1]),
        ]
        y = room.y[0] + (0.01 if rising else 0.012)
        d.parts.append(Slab(board, d.solid, tuple(outline), 1, y, room.y[1]))
    x, z = (left + right) / 2, (low + high) / 2
    reach = 0.046 * math.hypot(right - left, high - low) / min(right - left, high - low)
    for dx, dz in ((-0.046, low + 0.042 - z), (0.046, low + 0.042 - z), (0.0, reach + 0.01)):
        _bottle(d, x + dx, room.y, z + dz, "leaf")
    for side in (-1, 1):
        _bottle(d, x + side * (reach + 0.012), room.y, z, "accent")


def _clothes(d: Design, room: Room) -> None:
    """Garments on a rail."""
    luck = random.Random(room.seed)
    middle, rail = (room.y[0] + room.y[1]) / 2, room.z[1] - 0.06
    d.tube("metal", [(room.x[0], middle, rail), (room.x[1], middle, rail)], 0.013)
    roles: tuple[Role, ...] = ("fabric", "bedding", "accent", "linen", "toy2", "fabric", "toy3")
    width = room.x[1] - room.x[0]
    count = max(3, int(0.75 * width / 0.1))
    half = 0.36 * (room.y[1] - room.y[0])
    longest = min(1.05, rail - room.z[0] - 0.08)
    for i in range(count):
        x = room.x[0] + 0.06 + i * 0.095
        length = longest * (0.62 + 0.36 * luck.random())
        d.tube("metal", [(x + 0.03, middle, rail), (x + 0.03, middle, rail - 0.07)], 0.004)
        low, high = (x, middle - half, rail - length), (x + 0.06, middle + half, rail - 0.06)
        role = roles[(i + room.seed) % len(roles)]
        d.parts.append(Cushion(role, d.solid, low, high, radius=0.028, bulge=0.004, folds=0.006))
