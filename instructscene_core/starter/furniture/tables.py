"""Tables; a person sits at −y."""

import math
from typing import Final

from .joinery import disc, top
from .parts import Design
from .shapes import Shape


def coffee_table_round(d: Design) -> None:
    """A round top on three slanted legs."""
    r = d.w / 2
    d.solid = "top"
    disc(d, "wood", r, d.h - 0.034, d.h)
    d.solid = "legs"
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        c, s = math.cos(angle), math.sin(angle)
        d.tube("frame", [(0.5 * r * c, 0.5 * r * s, d.h - 0.03), (0.86 * r * c, 0.86 * r * s, 0.0)], 0.03, 0.018)
    d.tube("frame", [(0.0, 0.0, d.h - 0.06), (0.0, 0.0, d.h - 0.03)], 0.1)
    d.solid = "top"
    _bowl(d, 0.12, 0.05)


def _bowl(d: Design, x: float, y: float) -> None:
    """A shallow bowl on the top, a solid of its own."""
    d.solid = "bowl"
    outer, inner = [(0.04, 0.0), (0.075, 0.014), (0.1, 0.04)], [(0.095, 0.041), (0.07, 0.018), (0.0, 0.01)]
    d.turned("accent", (x, y, d.h - 0.041), [(0.0, 0.0), *outer, *inner])


def coffee_table_tray(d: Design) -> None:
    """A top and a lower tray between four metal posts."""
    x, y = d.w / 2, d.d / 2
    under = top(d, 0.032)
    d.solid = "tray"
    d.box("wood", (-x + 0.04, -y + 0.04, 0.12), (x - 0.04, y - 0.04, 0.14), bevel=0.004)
    d.box("accent", (-0.32, -0.12, 0.14), (-0.06, 0.1, 0.165), bevel=0.002)
    d.box("linen", (-0.3, -0.11, 0.165), (-0.08, 0.08, 0.182), bevel=0.002)
    for sx in (-1, 1):
        d.solid = f"legs {sx}"
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.025), sy * (y - 0.025)
            d.box("metal", (cx - 0.014, cy - 0.014, 0.0), (cx + 0.014, cy + 0.014, under), bevel=0.003)
        at = sx * (x - 0.025)
        d.box("metal", (at - 0.01, -y + 0.039, 0.1), (at + 0.01, y - 0.039, 0.12), bevel=0.003)


def table_legs(d: Design) -> None:
    """A rectangular table with an apron and four sturdy legs."""
    x, y = d.w / 2, d.d / 2
    under = top(d, 0.035)
    for sy in (-1, 1):
        edge = sorted((sy * (y - 0.06), sy * (y - 0.085)))
        d.box("frame", (-x + 0.1, edge[0], under - 0.09), (x - 0.1, edge[1], under), bevel=0.003)
    for sx in (-1, 1):
        edge = sorted((sx * (x - 0.06), sx * (x - 0.085)))
        d.box("frame", (edge[0], -y + 0.1, under - 0.09), (edge[1], y - 0.1, under), bevel=0.003)
        for sy in (-1, 1):
            d.solid = f"leg {sx} {sy}"
            cx, cy = sx * (x - 0.075), sy * (y - 0.075)
            d.box("frame", (cx - 0.037, cy - 0.037, 0.0), (cx + 0.037, cy + 0.037, under), taper=0.72, bevel=0.007)
        d.solid = "top"


def table_pedestal(d: Design) -> None:
    """A round top on one turned column with a broad foot."""
    r = d.w / 2
    d.solid = "top"
    disc(d, "wood", r, d.h - 0.036, d.h)
    d.solid = "column"
    d.turned(
        "metal",
        (0, 0, 0),
        [(0.1, 0.028), (0.06, 0.06), (0.042, 0.16), (0.04, 0.5), (0.06, d.h - 0.1), (0.16, d.h - 0.036)],
    )
    d.solid = "foot"
    foot = 0.56 * r
    d.turned("metal", (0, 0, 0), [(foot, 0.0), (foot, 0.012), (0.8 * foot, 0.02), (0.1, 0.03)])


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("coffee_table", "round", (0.82, 0.82, 0.40), "round {wood} {name} on three legs", coffee_table_round),
    Shape(
        "coffee_table",
        "tray",
        (1.06, 0.58, 0.43),
        "rectangular {wood} {name} with a lower tray and {metal} legs",
        coffee_table_tray,
    ),
    Shape("table", "legs", (1.32, 0.80, 0.75), "rectangular {wood} {name} with four sturdy legs", table_legs),
    Shape("table", "pedestal", (0.98, 0.98, 0.75), "round {wood} {name} on a central {metal} pedestal", table_pedestal),
)
