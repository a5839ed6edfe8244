"""Parts that families of furniture share: doors, drawers, carcasses, legs, tops and small things that stand on them."""

import math
import random

from .palettes import Role
from .parts import Design, Point

Span = tuple[float, float]

_BOOKS: tuple[Role, ...] = ("accent", "bedding", "fabric", "linen", "toy1", "toy2", "toy3")


def drawer_front(d: Design, x: Span, z: Span, y: float, *, role: Role = "front", thick: float = 0.018) -> None:
    """A front plate that stands out by ``thick`` from the plane at ``y``."""
    d.box(role, (x[0], y - thick, z[0]), (x[1], y + 0.002, z[1]), bevel=0.006 if d.fine else 0.004)


def panelled_door(d: Design, x: Span, z: Span, y: float, border: float = 0.07) -> None:
    """A door of a frame around a sunken panel."""
    left, right = x
    low, high = z
    d.box(
        "front",
        (left + border - 0.004, y - 0.01, low + border - 0.004),
        (right - border + 0.004, y + 0.002, high - border + 0.004),
        bevel=0,
    )
    for span in ((left, left + border), (right - border, right)):
        d.box("front", (span[0], y - 0.02, low), (span[1], y + 0.002, high), bevel=0.003)
    for rail in ((low, low + border), (high - border, high)):
        d.box("front", (left + border, y - 0.02, rail[0]), (right - border, y + 0.002, rail[1]), bevel=0.003)


def carcass(d: Design, low: float, high: float, *, front: float, wall: float = 0.02, role: Role = "frame") -> None:
    """Two sides, bottom, top and back; open at the plane ``front``."""
    x, y = d.w / 2, d.d / 2
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - wall)))
        d.box(role, (edge[0], front, low), (edge[1], y, high), bevel=0.003)
    d.box(role, (-x + wall, front, low), (x - wall, y - 0.01, low + wall), bevel=0.003)
    d.box(role, (-x + wall, front, high - wall), (x - wall, y - 0.01, high), bevel=0.003)
    d.box(role, (-x + wall, y - 0.014, low + wall), (x - wall, y - 0.004, high - wall), bevel=0)


def books(d: Design, x: Span, y: Span, z: float, height: float, seed: int) -> None:
    """A row of upright books from the left; their sizes and the end of the row are random, from ``seed``."""
    luck = random.Random(seed)
    at, end = x[0] + 0.004, x[1] - 0.02 - luck.random() * 0.45 * (x[1] - x[0])
    while at < end:
        thick, tall = 0.02 + 0.03 * luck.random(), height * (0.62 + 0.3 * luck.random())
        deep = (y[1] - y[0]) * (0.6 + 0.25 * luck.random())
        if at + thick > x[1]:
            return
        role = _BOOKS[int(luck.random() * len(_BOOKS))]
        d.box(role, (at, y[1] - deep, z), (at + thick, y[1], z + tall), bevel=0)
        at += thick + 0.001


def basket(d: Design, low: Point, high: Point, bevel: float = 0.014) -> None:
    """A cloth box that stands on a board; in the fine design it has a lid and a label."""
    if not d.fine:
        d.box("bedding", low, high, bevel=bevel)
        return
    rim = high[2] - 0.22 * (high[2] - low[2])
    d.box("bedding", (low[0] + 0.006, low[1] + 0.006, low[2]), (high[0] - 0.006, high[1] - 0.006, rim), bevel=0.012)
    d.box("bedding", (low[0], low[1], rim - 0.002), high, bevel=0.012)
    middle = (low[0] + high[0]) / 2
    d.box(
        "metal", (middle - 0.035, low[1] + 0.001, rim - 0.07), (middle + 0.035, low[1] + 0.01, rim - 0.03), bevel=0.001
    )
    d.box(
        "linen", (middle - 0.031, low[1] - 0.001, rim - 0.066), (middle + 0.031, low[1] + 0.002, rim - 0.034), bevel=0
    )


def vase(d: Design, role: Role, x: float, y: float, z: float, height: float) -> None:
    """A bellied vase that stands at (x, y, z)."""
    profile = [(0.3, 0.0), (0.42, 0.12), (0.5, 0.4), (0.36, 0.72), (0.2, 0.86), (0.24, 1.0)]
    d.turned(role, (x, y, z), [(0.62 * r * height, h * height) for r, h in profile])


def peg_legs(d: Design, role: Role, height: float, inset: float = 0.06, radius: float = 0.018) -> None:
    """Four round legs that taper and splay a little towards the floor."""
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (d.w / 2 - inset), sy * (d.d / 2 - inset)
            d.tube(role, [(x, y, height), (x + sx * 0.02, y + sy * 0.02, 0.0)], radius, 0.65 * radius)


def ring(radius: float, count: int) -> list[tuple[float, float]]:
    """Points evenly around a circle about the origin."""
    turns = [2 * math.pi * i / count for i in range(count)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in turns]


def disc(d: Design, role: Role, radius: float, low: float, high: float) -> None:
    """A round table top with a softened rim."""
    b = 0.25 * (high - low)
    rim = [(radius - b, low), (radius, low + b), (radius, high - b), (radius - b, high)]
    d.turned(role, (0.0, 0.0, 0.0), rim)


def top(d: Design, thick: float, role: Role = "wood") -> float:
    """A rectangular top over the whole ground plan; returns the height of its underside."""
    d.solid = "top"
    d.box(role, (-d.w / 2, -d.d / 2, d.h - thick), (d.w / 2, d.d / 2, d.h), bevel=0.007)
    return d.h - thick


def side_legs(d: Design, role: Role, top: float, thick: float, inset: float, taper: float) -> None:
    """Legs at the four corners; the two of a side are one solid."""
    for sx in (-1, 1):
        d.solid = f"legs {sx}"
        for sy in (-1, 1):
            x, y = sx * (d.w / 2 - inset - thick / 2), sy * (d.d / 2 - inset - thick / 2)
            low, high = (x - thick / 2, y - thick / 2, 0.0), (x + thick / 2, y + thick / 2, top)
            d.box(role, low, high, taper=taper, bevel=0.004)
