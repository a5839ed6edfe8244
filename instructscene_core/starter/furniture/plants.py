"""Plants in pots, of leaves with a thickness."""

import math
import random
from typing import Final

import numpy as np

from .palettes import Role
from .parts import Design, Point
from .shapes import Shape
from .surfaces import Array, Sheet, loft, plate, rounded

_TURN: Final = 2.39996
"""Radians between one leaf of a stem and the next."""


def leaf(
    d: Design,
    root: Point,
    heading: float,
    rise: float,
    long: float,
    wide: float,
    *,
    droop: float = 0.6,
    lobes: int = 0,
    fold: float = 0.15,
    point: float = 1.0,
    rows: int = 6,
) -> None:
    """Adds a leaf.

    Args:
        d: the plant.
        root: where it begins.
        heading: direction about z, radians.
        rise: slope at its root, radians.
        long: its length.
        wide: its breadth.
        droop: how far its slope falls towards the tip, radians.
        lobes: cuts along each side.
        fold: how deep it is folded along the middle.
        point: below 1 its broadest place is nearer to the root, above nearer to the tip.
        rows: faces along it.
    """
    rows = 3 * lobes if lobes else rows
    t = np.linspace(0, 1, rows + 1)
    half = wide / 2 * np.sin(math.pi * t**point).clip(0) ** 0.75
    if lobes:
        half *= np.where(np.arange(rows + 1) % 3 == 0, 0.45, 1.0)
    half[0] = half[-1] = 0.0
    slope, step = rise - droop * t[:-1], long / rows
    out = np.concatenate([[0.0], np.cumsum(np.cos(slope) * step)])
    up = np.concatenate([[0.0], np.cumsum(np.sin(slope) * step)])
    side = half[:, None] * np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    a, b = math.cos(heading), math.sin(heading)
    along = out[:, None] + 0.18 * np.abs(side) * (lobes > 0)
    points = np.stack(
        [root[0] + a * along - b * side, root[1] + b * along + a * side, root[2] + up[:, None] + fold * np.abs(side)],
        axis=-1,
    )
    thick = np.full(side.shape, 0.0012)
    thick[:, (0, -1)] = 0.0
    thick[(0, -1), :] = 0.0
    d.parts.append(Sheet("leaf", d.solid, points, thick, thick))


def _pot(
    d: Design, radius: float, tall: float, role: Role = "bedding", *, belly: float = 1.0, foot: float = 0.72
) -> None:
    """A pot with a rim, full of soil."""
    d.solid = "pot"
    side = [
        (foot, 0.0),
        (foot + 0.06, 0.05),
        ((foot + 1) / 2 * belly, 0.5),
        (1.0, 0.95),
        (0.99, 1.0),
        (0.92, 1.0),
        (0.9, 0.9),
    ]
    profile = [(0.0, 0.0), *((r * radius, z * tall) for r, z in side), (0.0, 0.9 * tall)]
    d.turned(role, (0.0, 0.0, 0.0), profile)
    soil = [(0.0, 0.88 * tall), (0.89 * radius, 0.88 * tall), (0.5 * radius, 0.93 * tall), (0.0, 0.94 * tall)]
    d.turned("soil", (0.0, 0.0, 0.0), soil)
    d.solid = "leaves"


def monstera(d: Design) -> None:
    """Lobed leaves on arching stems."""
    tall, luck, count = 0.24 * d.h, random.Random(4), 13
    _pot(d, 0.24 * d.w, tall)
    for i in range(count):
        heading = i * _TURN + 0.2 * luck.random()
        high = tall + (0.42 + 0.56 * (i / count)) * (d.h - tall)
        reach = d.w * (0.24 - 0.14 * i / count)
        tip = (reach * math.cos(heading), reach * math.sin(heading), high)
        d.tube(
            "leaf",
            [(0.0, 0.0, 0.85 * tall), (0.35 * tip[0], 0.35 * tip[1], tall + 0.6 * (high - tall)), tip],
            0.008,
            0.005,
        )
        size = 0.33 * d.w * (0.85 + 0.3 * luck.random())
        leaf(d, tip, heading, 0.35, size, 0.85 * size, droop=1.1, lobes=4, fold=0.12, point=0.75)


def snake(d: Design) -> None:
    """Stiff upright blades."""
    tall, luck = 0.3 * d.h, random.Random(2)
    _pot(d, 0.4 * d.w, tall, "linen")
    for i in range(16):
        heading, r = i * _TURN, 0.22 * d.w * math.sqrt(i / 16)
        root = (r * math.cos(heading), r * math.sin(heading), 0.9 * tall)
        long = (d.h - tall) * (1.03 - 0.5 * (i / 16) * luck.random())
        leaf(d, root, heading, 1.52 - 0.12 * (i / 16), long, 0.075, droop=0.06 * luck.random(), fold=0.5, point=0.6)


def fiddle(d: Design) -> None:
    """A slender trunk with a crown of large fiddle shaped leaves."""
    tall, luck = 0.22 * d.h, random.Random(9)
    _pot(d, 0.26 * d.w, tall, "stone", belly=1.02, foot=0.86)
    trunk = [(0.0, 0.0, 0.9 * tall), (0.012, 0.006, 0.45 * d.h), (-0.01, 0.0, 0.7 * d.h), (0.0, 0.0, 0.9 * d.h)]
    d.tube("wood", trunk, 0.016, 0.008)
    for i in range(24):
        t = i / 24
        heading, z = i * _TURN, (0.42 + 0.5 * t) * d.h
        long = 0.36 * d.w * (1.05 - 0.3 * t) * (0.9 + 0.2 * luck.random())
        root = (0.01 * math.cos(heading), 0.01 * math.sin(heading), z)
        leaf(d, root, heading, 0.5 + 0.7 * t, 1.2 * long, 0.62 * long, droop=0.9, fold=0.1, point=1.5)


def cactus(d: Design) -> None:
    """A ribbed column with two arms."""
    tall = 0.26 * d.h
    _pot(d, 0.3 * d.w, tall, "accent")
    _ribbed(d, [(0.0, 0.0, 0.85 * tall), (0.0, 0.0, 0.6 * d.h), (0.0, 0.0, d.h - 0.05)], 0.16 * d.w, cap=0.05)
    for side, low, high in ((-1, 0.46, 0.78), (1, 0.56, 0.9)):
        x = side * 0.36 * d.w
        path = [
            (0.0, 0.0, low * d.h),
            (0.6 * x, 0.0, (low + 0.01) * d.h),
            (0.96 * x, 0.0, (low + 0.07) * d.h),
            (x, 0.0, high * d.h),
        ]
        _ribbed(d, path, 0.1 * d.w, cap=0.04)


def _ribbed(d: Design, path: list[Point], radius: float, *, cap: float, ribs: int = 10) -> None:
    """A ribbed, round-ended stem along a path in the x z plane."""
    line = np.array(path)
    reach = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    steps = np.concatenate([np.linspace(0, reach[-1], 9)[:-1], reach[-1] + cap * np.array([0.0, 0.5, 0.8, 0.97])])
    turn = np.arange(4 * ribs) * (2 * math.pi / (4 * ribs))
    flute = 1 - 0.16 * np.abs(np.cos(ribs * turn / 2)) ** 2
    rings: list[Array] = []
    for step in steps.tolist():
        inside = min(step, float(reach[-1]))
        at = np.array([np.interp(inside, reach, line[:, k]) for k in range(3)])
        ahead = np.array([np.interp(min(inside + 0.01, reach[-1]), reach, line[:, k]) for k in range(3)])
        behind = np.array([np.interp(max(inside - 0.01, 0.0), reach, line[:, k]) for k in range(3)])
        along = (ahead - behind) / np.linalg.norm(ahead - behind)
        across = np.array([along[2], 0.0, -along[0]])
        over = max(step - float(reach[-1]), 0.0)
        r = radius * math.sqrt(max(1 - (over / cap) ** 2, 0.02))
        spokes = (
            r * flute[:, None] * (np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * np.array([0.0, 1.0, 0.0]))
        )
        rings.append(at + over * along + spokes)
    loft(d, "leaf", rings)


def palm(d: Design) -> None:
    """Arching fronds of narrow leaflets in a cane basket."""
    tall, luck, count = 0.2 * d.h, random.Random(7), 9
    _pot(d, 0.22 * d.w, tall, "cane", belly=1.1, foot=0.86)
    for i in range(count):
        heading = i * _TURN
        long = 0.8 * (d.h - tall) * (0.84 + 0.2 * luck.random())
        rise, bend = 1.52 - 0.3 * (i / count), 0.75 + 0.35 * (i / count)
        spine: list[Point] = [(0.0, 0.0, 0.85 * tall)]
        for k in range(12):
            slope = rise - bend * k / 11
            x, y, z = spine[-1]
            step = long / 12 * math.cos(slope)
            spine.append((x + step * math.cos(heading), y + step * math.sin(heading), z + long / 12 * math.sin(slope)))
        d.tube("leaf", spine[::2], 0.006, 0.002)
        for k in range(4, 13):
            for side in (-1, 1):
                size = 0.24 * d.w * (1 - 0.55 * abs(k - 7) / 6)
                leaf(
                    d,
                    spine[k],
                    heading + side * 0.8,
                    rise - bend * k / 12 - 0.1,
                    size,
                    0.03,
                    droop=0.7,
                    fold=0.3,
                    rows=4,
                )


def olive(d: Design) -> None:
    """A small tree with a round crown of small leaves."""
    tall, luck = 0.24 * d.h, random.Random(11)
    _pot(d, 0.27 * d.w, tall, foot=0.6)
    d.tube("wood", [(0.0, 0.0, 0.9 * tall), (0.015, 0.0, 0.45 * d.h), (0.0, 0.0, 0.62 * d.h)], 0.018, 0.012)
    middle = 0.74 * d.h
    for i in range(15):
        heading, rise = i * _TURN, 0.2 + 1.2 * luck.random()
        reach = 0.36 * d.w
        end = (
            reach * math.cos(heading) * math.cos(rise),
            reach * math.sin(heading) * math.cos(rise),
            middle + 0.62 * reach * math.sin(rise),
        )
        d.tube(
            "wood", [(0.0, 0.0, 0.56 * d.h), (0.5 * end[0], 0.5 * end[1], (0.6 * d.h + end[2]) / 2), end], 0.007, 0.003
        )
        for k in range(11):
            t = 0.4 + 0.6 * k / 10
            at = (t * end[0], t * end[1], 0.6 * d.h + t * (end[2] - 0.6 * d.h))
            leaf(
                d,
                at,
                heading + 2.2 * (luck.random() - 0.5) + (k % 2) * 2.0,
                1.4 * luck.random() - 0.3,
                0.17 * d.w,
                0.055,
                droop=0.4,
                rows=3,
            )


def trailing(d: Design) -> None:
    """A pot on a tall wooden stand, with shoots that hang down."""
    low, tall, luck = 0.55 * d.h, 0.2 * d.h, random.Random(3)
    d.solid = "stand"
    r = 0.34 * d.w
    for i in range(4):
        a = math.pi / 4 + i * math.pi / 2
        d.tube(
            "wood",
            [
                (1.1 * r * math.cos(a), 1.1 * r * math.sin(a), 0.0),
                (0.86 * r * math.cos(a), 0.86 * r * math.sin(a), low + 0.12 * d.h),
            ],
            0.013,
        )
    for sx in (-1, 1):
        d.box("wood", (-r, sx * 0.35 * r - 0.012, low - 0.03), (r, sx * 0.35 * r + 0.012, low - 0.005), bevel=0.003)
    d.solid = "pot"
    side = [(0.62, 0.0), (0.66, 0.05), (0.84, 0.55), (0.88, 1.0), (0.8, 1.0), (0.78, 0.9)]
    d.turned("linen", (0.0, 0.0, low), [(0.0, 0.0), *((s * r, z * tall) for s, z in side), (0.0, 0.9 * tall)])
    d.turned("soil", (0.0, 0.0, low), [(0.0, 0.86 * tall), (0.76 * r, 0.86 * tall), (0.0, 0.94 * tall)])
    d.solid = "leaves"
    top = low + 0.9 * tall
    for i in range(14):
        heading = i * _TURN
        out, fall = d.w * (0.3 + 0.14 * luck.random()), (0.1 + 0.3 * luck.random()) * d.h * (i % 2)
        c, s = math.cos(heading), math.sin(heading)
        path = [
            (0.3 * r * c, 0.3 * r * s, top),
            (0.6 * out * c, 0.6 * out * s, top + 0.12 * d.h),
            (out * c, out * s, top + 0.04 * d.h),
            (1.02 * out * c, 1.02 * out * s, top - fall),
        ]
        d.tube("leaf", path, 0.004, 0.002)
        for k in range(7):
            t = 0.4 + 2.6 * k / 6
            j, f = min(int(t), 2), t - min(int(t), 2)
            at = tuple(path[j][m] + f * (path[j + 1][m] - path[j][m]) for m in range(3))
            leaf(
                d,
                (at[0], at[1], at[2]),
                heading + (1.1 if k % 2 else -1.1),
                0.3,
                0.16 * d.w,
                0.1 * d.w,
                droop=1.1,
                rows=4,
                point=0.7,
            )


def grass(d: Design) -> None:
    """A tuft of long arching blades in a square planter."""
    tall, luck = 0.42 * d.h, random.Random(6)
    d.solid = "pot"
    half = 0.2 * d.w
    plate(d, "stone", rounded(half, half, 0.012, 3), 0.0, tall, edge=0.008)
    plate(d, "soil", rounded(0.88 * half, 0.88 * half, 0.01, 3), tall - 0.01, tall + 0.004, edge=0.002)
    d.solid = "leaves"
    for i in range(46):
        heading, r = i * _TURN, 0.7 * half * math.sqrt(i / 46)
        root = (r * math.cos(heading), r * math.sin(heading), tall)
        long = (d.h - tall) * (0.85 + 0.2 * luck.random())
        leaf(
            d,
            root,
            heading + 0.4 * luck.random(),
            1.54 - 0.2 * (i / 46),
            long,
            0.022,
            droop=0.3 + 0.9 * (i / 46),
            fold=0.3,
            rows=6,
        )


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "plant", "monstera", (0.92, 0.92, 1.24), "monstera {name} with large lobed leaves in a {bedding} pot", monstera
    ),
    Shape("plant", "snake", (0.34, 0.34, 0.92), "snake {name} with stiff upright blades in a white pot", snake),
    Shape("plant", "fiddle", (0.76, 0.76, 1.60), "tall fiddle leaf fig {name} in a {stone} pot", fiddle),
    Shape("plant", "cactus", (0.40, 0.30, 0.84), "cactus {name} with two arms in an {accent} pot", cactus),
    Shape("plant", "palm", (1.10, 1.10, 1.20), "palm {name} with arching fronds in a {cane} basket", palm),
    Shape("plant", "olive", (0.72, 0.72, 1.36), "small olive tree {name} with a round crown in a {bedding} pot", olive),
    Shape("plant", "trailing", (0.50, 0.50, 1.04), "trailing {name} in a white pot on a {wood} stand", trailing),
    Shape("plant", "grass", (0.90, 0.90, 1.00), "tuft of grass {name} in a square {stone} planter", grass),
)
