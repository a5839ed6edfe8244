"""Chairs of one curved piece: moulded shells, bucket seats and chairs that are cloth all over; they face −y."""

import math

import numpy as np

from .chair_parts import Chair, Legs
from .chair_parts import legs as add_legs
from .palettes import Role
from .parts import Design
from .surfaces import Array, buttoned, channelled, domed, loft, panel, posed, prism, rounded_square, superellipse


def shell(
    d: Design,
    *,
    legs: Legs = "splayed",
    role: Role = "front",
    padded: Role | None = None,
    frame: Role = "wood",
) -> None:
    """A moulded shell that is seat and back in one.

    Args:
        d: the chair.
        legs: kind of the legs.
        role: of the shell.
        padded: cloth of a pad on the seat; None has none.
        frame: role of the legs.
    """
    level = 0.45
    made = Chair(legs=legs, level=level, lean=0.1, frame=frame)
    d.solid = "seat"
    add_legs(d, made)
    x, front, back = d.w / 2, -d.d / 2, d.d / 2

    def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
        a, b = rounded_square(u, v, 0.3)
        t = (b + 1) / 2
        bend = np.clip((t - 0.4) / 0.22, 0, 1)
        bend = bend * bend * (3 - 2 * bend)
        y = front + 0.02 + (back - front - 0.12) * np.minimum(t / 0.52, 1) + 0.1 * np.clip((t - 0.5) / 0.5, 0, 1)
        z = level - 0.02 * np.sin(math.pi * np.clip(t / 0.5, 0, 1)) - 0.02 * np.clip(0.12 - t, 0, 1) * 8
        z = z + (d.h - level) * np.clip((t - 0.45) / 0.55, 0, 1) ** 1.15
        side = np.abs(a) ** 3
        return a * x * (1 - 0.12 * bend * t), y - 0.06 * side * bend, z + 0.04 * side * (1 - bend)

    panel(d, role, surface, 0.016, (8, 14), above=(0.52, "back"))
    if padded is not None:
        d.solid = "seat"
        middle = front + 0.22
        pad = [(a, middle + b) for a, b in superellipse(0.36 * d.w, 0.17, 2.6, 32)]
        prism(d, padded, pad, 2, level - 0.016, level + 0.02, edge=0.015)


def bucket(
    d: Design,
    *,
    legs: Legs = "splayed",
    cover: Role = "fabric",
    shell: Role | None = None,
    level: float = 0.45,
    rise: float = 0.45,
    ribs: int = 0,
    frame: Role = "wood",
) -> None:
    """A bucket seat: a round cushion that one thin back embraces, low in front.

    Args:
        d: the chair.
        legs: kind of the legs.
        cover: cloth or leather.
        shell: role of the outside; None is the cover's.
        level: height of the seat.
        rise: height of the front ends above the seat, as a share of the back's.
        ribs: upright channels of the back; 0 leaves it smooth.
        frame: role of the legs.
    """
    d.solid = "seat"
    add_legs(d, Chair(legs=legs, level=level - 0.04, lean=0.1, frame=frame))
    x, y, count = d.w / 2, d.d / 2, 48 if d.fine else 24
    rings: list[Array] = []
    for share, z in ((0.55, level - 0.1), (0.78, level - 0.07), (0.86, level - 0.02), (0.84, level)):
        outline = np.array(superellipse(share * x, share * y, 2.4, count))
        rings.append(np.insert(outline, 2, z, axis=1))
    loft(d, shell or cover, rings)
    seat = [(a, b - 0.015) for a, b in superellipse(0.78 * x, 0.84 * y, 2.5, count)]
    prism(d, cover, seat, 2, level - 0.02, level + 0.03, edge=0.024)
    d.solid = "back"

    def wrap(u: Array, v: Array) -> tuple[Array, Array, Array]:
        turn = math.pi * (1.06 - 1.12 * u)
        cos, sin = np.cos(turn), np.sin(turn)
        flare = 0.86 + 0.12 * v
        top = level + (d.h - level) * (rise + (1 - rise) * np.clip(sin, 0, 1) ** 1.4)
        flat = np.sign(cos) * np.abs(cos) ** 0.8
        return (
            (x - 0.01) * flare * flat,
            (y - 0.02) * flare * np.abs(sin) ** 0.8 * np.sign(sin),
            level - 0.06 + v * (top - level + 0.06),
        )

    panel(d, cover, wrap, 0.035, (max(22, 3 * ribs), 6), channelled(ribs, 0.018) if ribs else None)


def parsons(d: Design, *, cover: Role = "fabric", skirt: bool = False, tufts: bool = False) -> None:
    """A chair that is cloth all over, on short square legs or with a skirt to the floor."""
    x, y, level = d.w / 2, d.d / 2, 0.47
    d.solid = "seat"
    lift = 0.015 if skirt else 0.3
    if not skirt:
        for sx in (-1, 1):
            for front in (-y + 0.035, y - 0.05):
                low, high = (
                    (sx * (x - 0.03) - 0.018, front - 0.018, 0.0),
                    (sx * (x - 0.03) + 0.018, front + 0.018, 0.36),
                )
                d.box("wood", low, high, taper=0.75, bevel=0.004)
    d.cushion(cover, (-x, -y, lift), (x, y - 0.03, level), radius=0.03, bulge=0.006)
    d.solid = "back"
    with posed(d, 0, -0.08, (0.0, y - 0.1, level)):

        def surface(u: Array, v: Array) -> tuple[Array, Array, Array]:
            a, b = rounded_square(u, v, 0.1)
            low = lift + 0.01
            return a * x, y - 0.07 + 0 * a, (low + d.h) / 2 + b * (d.h - low) / 2

        panel(d, cover, surface, 0.075, (12, 16) if tufts else (5, 7), buttoned(6, 8, 0.02) if tufts else domed(0.01))
