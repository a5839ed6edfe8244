"""Console tables and sideboards that stand along a wall; their front is at −y."""

import math
from functools import partial
from typing import Final

from .cases import cased
from .joinery import drawer_front
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, Role
from .parts import Design
from .shapes import Shape


def demilune(d: Design) -> None:
    """A half round top with an apron on four turned legs."""
    x, y = d.w / 2, d.d / 2
    turns = [math.pi + math.pi * i / 24 for i in range(25)]

    def half(shrink: float) -> list[tuple[float, float]]:
        return [((x - shrink) * math.cos(a), y + (d.d - shrink) * math.sin(a)) for a in turns]

    d.slab("wood", half(0.0), 2, d.h - 0.026, d.h)
    d.slab("frame", half(0.03), 2, d.h - 0.13, d.h - 0.024)
    for angle in (0.03, 0.36, 0.64, 0.97):
        a = math.pi + math.pi * angle
        cx, cy = (x - 0.07) * math.cos(a), min(y + (d.d - 0.07) * math.sin(a), y - 0.03)
        profile = [
            (0.012, 0.0),
            (0.02, 0.03),
            (0.013, 0.08),
            (0.024, 0.5 * d.h),
            (0.018, 0.66 * d.h),
            (0.03, 0.72 * d.h),
        ]
        d.turned("frame", (cx, cy, 0.0), [*profile, (0.03, d.h - 0.12)])
    d.knob(0.0, -y + 0.034, d.h - 0.076)


def framed_top(d: Design, top: Role = "stone", shelf: Role | None = "stone", *, crossed: bool = False) -> None:
    """A top and a shelf in a metal frame, ``crossed``: with crossed bars at the sides."""
    x, y, t = d.w / 2, d.d / 2, 0.013
    d.box(top, (-x, -y, d.h - 0.026), (x, y, d.h), bevel=0.006)
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.03), sy * (y - 0.03)
            d.box("metal", (cx - t, cy - t, 0.0), (cx + t, cy + t, d.h - 0.024), bevel=0.003)
        at = sx * (x - 0.03)
        for z in (0.08, d.h - 0.05):
            d.box("metal", (at - 0.9 * t, -y + 0.03, z), (at + 0.9 * t, y - 0.03, z + 0.024), bevel=0.003)
        if crossed:
            for sign in (-1, 1):
                d.tube("metal", [(at, -sign * (y - 0.03), 0.1), (at, sign * (y - 0.03), d.h - 0.05)], 0.007)
    for sy in (-1, 1):
        at = sy * (y - 0.03)
        for z in (0.08, d.h - 0.05):
            d.box("metal", (-x + 0.03, at - 0.9 * t, z + 0.001), (x - 0.03, at + 0.9 * t, z + 0.023), bevel=0.003)
    if shelf is not None:
        d.box(shelf, (-x + 0.012, -y + 0.012, 0.1), (x - 0.012, y - 0.012, 0.118), bevel=0.003)


def bent(d: Design) -> None:
    """One thick board that bends down into both sides, with a drawer under it."""
    x, y, t = d.w / 2, d.d / 2, 0.05
    d.box("wood", (-x, -y, d.h - t), (x, y, d.h), bevel=0.012)
    for side in (-1, 1):
        edge = sorted((side * (x - 0.001), side * (x - t)))
        d.box("wood", (edge[0], -y + 0.001, 0.0), (edge[1], y - 0.001, d.h - t + 0.004), bevel=0.012)
    d.box("frame", (-x + t, -y + 0.03, d.h - t - 0.13), (x - t, y - 0.01, d.h - t + 0.001), bevel=0.003)
    for i in (-1, 1):
        span = sorted((i * 0.002, i * (x - t - 0.003)))
        drawer_front(d, (span[0], span[1]), (d.h - t - 0.128, d.h - t - 0.004), -y + 0.03)
        d.handle((span[0] + span[1]) / 2, -y + 0.012, d.h - t - 0.066, 0.12, upright=False)


def columns(d: Design) -> None:
    """A stone top on two fluted drums."""
    x, y = d.w / 2, d.d / 2
    d.box("stone", (-x, -y, d.h - 0.04), (x, y, d.h), bevel=0.014)
    r = y - 0.04
    for side in (-1, 1):
        at = side * (x - 0.28)
        d.turned("front", (at, 0.0, 0.0), [(0.9 * r, 0.0), (0.9 * r, d.h - 0.038)])
        for i in range(24):
            a = 2 * math.pi * (i + 0.5) / 24
            cx, cy = at + 0.92 * r * math.cos(a), 0.92 * r * math.sin(a)
            d.tube("front", [(cx, cy, 0.01), (cx, cy, d.h - 0.044)], 0.09 * r)


def trestle(d: Design) -> None:
    """A rough top on two crosses of beams that a bar joins, and a board low down."""
    x, y, t = d.w / 2, d.d / 2, 0.03
    d.box("wood", (-x, -y, d.h - 0.045), (x, y, d.h), bevel=0.01)
    for side in (-1, 1):
        at = side * (x - 0.16)
        for sign in (-1, 1):
            low, high = (
                (at - t + 0.002 * sign, sign * (y - 0.05) - t, 0.0),
                (at + t + 0.002 * sign, sign * (y - 0.05) + t, d.h - 0.043),
            )
            d.box("frame", low, high, bevel=0.007, lean=(0.0, -2 * sign * (y - 0.05)))
    d.box("frame", (-x + 0.17, -0.026, 0.36), (x - 0.17, 0.026, 0.42), bevel=0.007)
    d.box("wood", (-x + 0.06, -y + 0.07, 0.1), (x - 0.06, y - 0.07, 0.13), bevel=0.006)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "console_table", "demilune", (1.10, 0.44, 0.82), "half round {wood} {name} on turned legs", demilune, CLASSIC
    ),
    Shape(
        "console_table",
        "marble",
        (1.24, 0.38, 0.80),
        "{name} with a {stone} top and shelf in a {metal} frame",
        framed_top,
        GLAMOUR,
    ),
    Shape(
        "console_table",
        "glass",
        (1.16, 0.36, 0.78),
        "{name} with a {glass} top on crossed {metal} bars",
        partial(framed_top, top="glass", shelf=None, crossed=True),
        ("white", "graphite", "ivory", "mahogany"),
    ),
    Shape(
        "console_table",
        "pipes",
        (1.30, 0.36, 0.82),
        "{name} with a {wood} top and shelf in a crossed {metal} frame",
        partial(framed_top, top="wood", shelf="wood", crossed=True),
        LOFT,
    ),
    Shape(
        "console_table",
        "bent",
        (1.36, 0.38, 0.80),
        "{wood} {name} of one bent board with two drawers",
        bent,
        ("ash", "white", "oak", "graphite"),
    ),
    Shape(
        "console_table",
        "drums",
        (1.50, 0.42, 0.82),
        "{name} with a {stone} top on two fluted {wood} drums",
        columns,
        ("emerald", "ivory", "ash", "white"),
    ),
    Shape(
        "console_table", "trestle", (1.56, 0.44, 0.84), "rustic {wood} {name} on two crosses of beams", trestle, LOFT
    ),
    Shape(
        "console_table",
        "drawers",
        (1.22, 0.40, 0.84),
        "{wood} {name} with three drawers on tall turned legs",
        cased("drawer | drawer | drawer", base="turned", lift=0.62),
        CLASSIC,
    ),
    Shape(
        "console_table",
        "cane",
        (1.44, 0.42, 0.84),
        "{wood} {name} with two drawers above {cane} doors on peg legs",
        cased("drawer:0.4 / cane | drawer:0.4 / cane", base="pegs", lift=0.22),
        AIRY,
    ),
    Shape(
        "console_table",
        "sideboard",
        (1.72, 0.45, 0.84),
        "long {wood} sideboard {name} with three drawers and four doors",
        cased("door | drawer / drawer / drawer | door", base="tall", lift=0.18, pull="bar"),
        ("walnut", "oak", "graphite", "mint"),
    ),
    Shape(
        "console_table",
        "buffet",
        (1.60, 0.46, 0.90),
        "{wood} buffet {name} with panelled doors, three drawers and bracket feet",
        cased("drawer:0.45 / raised | drawer:0.45 / raised | drawer:0.45 / raised", base="bracket", lift=0.1),
        ("mahogany", "blue", "ivory", "walnut"),
    ),
    Shape(
        "console_table",
        "slim",
        (1.00, 0.34, 0.78),
        "slim {wood} {name} with one drawer above an open shelf on {metal} posts",
        cased("drawer:0.4 / open", base="posts", lift=0.2, pull="cup", body="metal", wall=0.014),
        ("black", "blue", "mint", "oak"),
    ),
)
