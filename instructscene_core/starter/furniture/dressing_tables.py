"""Dressing tables with their mirrors; a person sits at −y."""

import math
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from .cases import Case, case
from .joinery import drawer_front, ring, side_legs
from .palettes import AIRY, CLASSIC, GLAMOUR, PLAYFUL, Role
from .parts import Design
from .shapes import Builder, Shape
from .surfaces import placed, superellipse


def dressing_table_round(d: Design) -> None:
    """Two drawers under the top, a round mirror on a stand."""
    x, y = d.w / 2, d.d / 2
    table = 0.76
    d.solid = "top"
    d.box("wood", (-x, -y, table - 0.025), (x, y, table), bevel=0.007)
    d.box("frame", (-x + 0.03, -y + 0.04, table - 0.15), (x - 0.03, y - 0.02, table - 0.025), bevel=0.004)
    for i in (-1, 1):
        span = sorted((i * 0.006, i * (x - 0.04)))
        drawer_front(d, (span[0], span[1]), (table - 0.144, table - 0.032), -y + 0.04)
        d.knob(i * (x - 0.03) / 2, -y + 0.023, table - 0.09)
    side_legs(d, "frame", table - 0.025, 0.045, 0.03, 0.6)
    d.solid = "mirror"
    radius = (d.h - table - 0.05) / 2
    centre = d.h - radius
    count = 96 if d.fine else 40
    outer = [(u, centre + v) for u, v in ring(radius, count)]
    d.slab("metal", outer, 1, y - 0.05, y - 0.028)
    d.slab("mirror", [(u, centre + v) for u, v in ring(radius - 0.016, count)], 1, y - 0.054, y - 0.04)
    d.box("metal", (-0.02, y - 0.05, table), (0.02, y - 0.03, centre - radius + 0.02), bevel=0.003)
    d.box("metal", (-0.1, y - 0.09, table), (0.1, y - 0.01, table + 0.014), bevel=0.004)
    _toiletries(d, -x + 0.16, y - 0.14, table)


def dressing_table_tall(d: Design) -> None:
    """One long drawer, slim legs, and a tall framed mirror fixed to the back."""
    x, y = d.w / 2, d.d / 2
    table = 0.77
    d.solid = "top"
    d.box("wood", (-x, -y, table - 0.024), (x, y, table), bevel=0.007)
    d.box("frame", (-x + 0.025, -y + 0.04, table - 0.14), (x - 0.025, y - 0.02, table - 0.024), bevel=0.004)
    drawer_front(d, (-x + 0.034, x - 0.034), (table - 0.134, table - 0.03), -y + 0.04)
    for i in (-1, 1):
        d.knob(i * d.w / 4, -y + 0.023, table - 0.082)
    side_legs(d, "frame", table - 0.024, 0.036, 0.03, 0.6)
    d.solid = "mirror"
    half = 0.29 * d.w
    d.box("wood", (-half, y - 0.04, table), (half, y - 0.012, d.h), bevel=0.007)
    d.box("mirror", (-half + 0.035, y - 0.046, table + 0.045), (half - 0.035, y - 0.036, d.h - 0.035), bevel=0.002)
    d.solid = "top"
    d.box("wood", (x - 0.24, y - 0.24, table), (x - 0.04, y - 0.06, table + 0.1), bevel=0.004)
    drawer_front(d, (x - 0.234, x - 0.046), (table + 0.01, table + 0.09), y - 0.24)
    d.knob(x - 0.14, y - 0.254, table + 0.05)
    _toiletries(d, -x + 0.12, y - 0.16, table)


def _toiletries(d: Design, x: float, y: float, z: float) -> None:
    """Two small bottles on the table's top, a solid of their own."""
    d.solid = "bottles"
    d.turned("accent", (x, y, z), [(0.022, 0.0), (0.026, 0.01), (0.026, 0.06), (0.01, 0.075), (0.01, 0.1)])
    d.turned("glow", (x + 0.075, y + 0.02, z), [(0.03, 0.0), (0.032, 0.008), (0.032, 0.045), (0.03, 0.05)])


Mirror = Literal["arch", "oval", "wings", "bulbs", "side", "heart", "square"]


@dataclass(frozen=True)
class Dresser:
    """A dressing table.

    Attributes:
        mirror: kind of the mirror: an arched, oval or square mirror, one with wings or bulbs, a round one at the side,
            or a heart.
        layout: fronts under the top, as of `cases.Case`.
        base: kind of the base.
        level: height of the table's top.
        low: height of the underside of the case under the top.
        top: material of the top.
        frame: material of the mirror's frame.
    """

    mirror: Mirror
    layout: str
    base: Literal["tall", "turned", "pegs", "sled", "hairpin", "posts", "plinth"] = "tall"
    level: float = 0.76
    low: float = 0.6
    top: Literal["slab", "stone", "glass"] = "slab"
    frame: Role = "wood"


def dresser(d: Design, made: Dresser) -> None:
    """Puts a dressing table together."""
    x, y = d.w / 2, d.d / 2
    d.solid = "top"
    case(d, Case(made.layout, base=made.base, lift=made.low, top=made.top, tall=made.level))
    d.solid = "mirror"
    if made.mirror == "wings":
        for i, (left, right) in enumerate(((-0.9, -0.46), (-0.45, 0.45), (0.46, 0.9))):
            outline = _box(left * x, right * x, made.level + 0.02, d.h - (0.0 if i == 1 else 0.06))
            _pane(d, made, outline, y - (0.02 if i == 1 else 0.05))
    elif made.mirror == "bulbs":
        _pane(d, made, _box(-0.8 * x, 0.8 * x, made.level + 0.02, d.h), y - 0.02, border=0.06)
        _bulbs(d, made, 0.8 * x)
    else:
        outline = _outline(d, made)
        _pane(d, made, outline, y - 0.02)
        low = min(v for _, v in outline)
        middle = (min(u for u, _ in outline) + max(u for u, _ in outline)) / 2
        d.box("metal", (middle - 0.012, y - 0.04, made.level), (middle + 0.012, y - 0.024, low + 0.03), bevel=0.002)
        d.box(
            "metal",
            (middle - 0.1, y - 0.1, made.level - 0.002),
            (middle + 0.1, y - 0.01, made.level + 0.014),
            bevel=0.004,
        )
    _toiletries(d, -x + 0.12, y - 0.24, made.level)


def _box(left: float, right: float, low: float, high: float) -> list[tuple[float, float]]:
    return [(left, low), (right, low), (right, high), (left, high)]


def _outline(d: Design, made: Dresser) -> list[tuple[float, float]]:
    """Outline of a mirror in one piece, counter-clockwise in x and z."""
    x, low = d.w / 2, made.level + 0.04
    tall = d.h - low
    if made.mirror == "arch":
        half = min(0.32 * d.w, 0.5 * tall)
        turns = [math.pi * i / 20 for i in range(21)]
        return [(-half, low), (half, low), *((half * math.cos(a), d.h - half + half * math.sin(a)) for a in turns)]
    if made.mirror == "square":
        return _box(-0.3 * d.w, 0.3 * d.w, low, d.h)
    if made.mirror == "side":
        r = tall / 2
        return [(x - r - 0.06 + u, low + r + v) for u, v in ring(r, 48)]
    if made.mirror == "heart":
        turns = (-2 * math.pi * i / 40 for i in range(40))
        raw = [
            (math.sin(a), 13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a) - math.cos(4 * a)) for a in turns
        ]
        return [(0.52 * tall * u**3, low + tall * (v / 14.5 + 1.17) / 2.0) for u, v in raw]
    return [(u, low + tall / 2 + v) for u, v in superellipse(0.36 * tall, tall / 2, 2.0, 48)]


def _pane(d: Design, made: Dresser, outline: list[tuple[float, float]], back: float, border: float = 0.018) -> None:
    """A mirror in a frame; smaller by ``border`` about its middle."""
    us, vs = [u for u, _ in outline], [v for _, v in outline]
    cu, cv = (min(us) + max(us)) / 2, (min(vs) + max(vs)) / 2
    ku, kv = 1 - 2 * border / (max(us) - min(us)), 1 - 2 * border / (max(vs) - min(vs))
    inner = [(cu + ku * (u - cu), cv + kv * (v - cv)) for u, v in outline]
    d.slab(made.frame, outline, 1, back - 0.022, back)
    d.slab("mirror", inner, 1, back - 0.026, back - 0.016)


def _bulbs(d: Design, made: Dresser, half: float) -> None:
    """Round bulbs around a mirror, as in a theatre."""
    y = d.d / 2 - 0.042
    tall = d.h - made.level - 0.02
    places = [(u * half, d.h - 0.03) for u in (-0.9, -0.45, 0.0, 0.45, 0.9)]
    places += [(s * (half - 0.03), made.level + 0.02 + share * tall) for s in (-1, 1) for share in (0.2, 0.45, 0.7)]
    for u, v in places:
        turns = [(0.0, -0.044), (0.016, -0.038), (0.022, -0.022), (0.016, -0.006), (0.01, 0.0)]
        d.turned("glow", (u, y, v), turns, axis=1)


def dressing_table_island(d: Design) -> None:
    """Two chests of drawers, a board between them, and a mirror that stands behind it."""
    x, y, level = d.w / 2, d.d / 2, 0.76
    d.solid = "top"
    d.box("wood", (-x, -y, level - 0.03), (x, y, level), bevel=0.008)
    for side in (-1, 1):
        d.solid = f"chest {side}"
        piece = Design(0.36, d.d - 0.02, level - 0.03, fine=d.fine)
        case(piece, Case("drawer / drawer / drawer / drawer", top="flush", pull="ring", lift=0.05))
        placed(d, piece, (side * (x - 0.19), 0.0, 0.0))
    d.solid = "mirror"
    tall = d.h - level
    outline = [(u, level + tall / 2 + v) for u, v in superellipse(0.36 * d.w, tall / 2, 4.0, 48)]
    _pane(d, Dresser("oval", "drawer", frame="metal"), outline, y - 0.02)
    _toiletries(d, -x + 0.14, y - 0.2, level)


def dressed(mirror: Mirror, layout: str, **options: object) -> Builder:
    """A builder for `Shape.build` that makes a `Dresser` with this mirror, layout and attributes."""
    return partial(dresser, made=Dresser(mirror, layout, **options))  # pyright: ignore[reportArgumentType]


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "dressing_table",
        "round",
        (1.06, 0.45, 1.34),
        "{wood} {name} with a round mirror and two drawers",
        dressing_table_round,
    ),
    Shape(
        "dressing_table",
        "tall",
        (0.94, 0.42, 1.46),
        "{wood} {name} with a tall rectangular mirror and slim legs",
        dressing_table_tall,
    ),
    Shape(
        "dressing_table",
        "arch",
        (1.10, 0.46, 1.52),
        "{wood} {name} with an arched mirror and three drawers on turned legs",
        dressed("arch", "drawer | drawer | drawer", base="turned"),
        CLASSIC,
    ),
    Shape(
        "dressing_table",
        "wings",
        (1.24, 0.46, 1.36),
        "{wood} {name} with a three-part mirror and two drawers",
        dressed("wings", "drawer | drawer"),
        ("ivory", "mahogany", "blue", "oak"),
    ),
    Shape(
        "dressing_table",
        "bulbs",
        (1.20, 0.48, 1.48),
        "{wood} theatre {name} with round bulbs around its mirror",
        dressed("bulbs", "drawer / drawer | empty | drawer / drawer", base="plinth", low=0.06),
        ("white", "graphite", "ivory", "mint"),
    ),
    Shape(
        "dressing_table",
        "island",
        (1.36, 0.52, 1.34),
        "{wood} {name} with two columns of drawers and an oval {metal} mirror",
        dressing_table_island,
        GLAMOUR,
    ),
    Shape(
        "dressing_table",
        "side",
        (1.18, 0.44, 1.24),
        "{wood} {name} on peg legs with a round mirror at one side",
        dressed("side", "(1.3)drawer | (1)drawer", base="pegs", low=0.56),
        AIRY,
    ),
    Shape(
        "dressing_table",
        "marble",
        (1.06, 0.44, 1.42),
        "{name} with a {stone} top, an oval mirror and {metal} legs",
        dressed("oval", "drawer | drawer", base="posts", top="stone", frame="metal"),
        ("emerald", "white", "graphite", "black"),
    ),
    Shape(
        "dressing_table",
        "hairpin",
        (0.98, 0.42, 1.28),
        "{wood} {name} with a square mirror and a drawer on hairpin legs",
        dressed("square", "(2)drawer | (1)empty", base="hairpin", low=0.58),
        ("walnut", "black", "oak", "ash"),
    ),
    Shape(
        "dressing_table",
        "heart",
        (0.82, 0.40, 1.10),
        "small {wood} {name} with a heart-shaped mirror and one drawer",
        dressed("heart", "drawer", level=0.62, low=0.5),
        PLAYFUL,
    ),
)
