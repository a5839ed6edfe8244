"""Desks; a person sits at −y."""

from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from .cases import Case, case
from .joinery import drawer_front, top
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN, PLAYFUL, Role
from .parts import Design
from .shapes import Builder, Shape
from .surfaces import placed, plate, rounded


def desk_drawers(d: Design) -> None:
    """A top on a panel at the left and a chest of three drawers at the right."""
    x, y = d.w / 2, d.d / 2
    under = top(d, 0.03)
    d.solid = "panel"
    d.box("frame", (-x + 0.02, -y + 0.02, 0.0), (-x + 0.045, y - 0.02, under), bevel=0.004)
    d.solid = "back"
    d.box("frame", (-x + 0.045, y - 0.05, under - 0.32), (x - 0.42, y - 0.03, under), bevel=0.003)
    d.solid = "chest"
    left, right = x - 0.43, x - 0.02
    d.box("frame", (left, -y + 0.04, 0.04), (right, y - 0.02, under), bevel=0.004)
    d.box("metal", (left + 0.03, -y + 0.08, 0.0), (right - 0.03, y - 0.05, 0.04), bevel=0)
    height = (under - 0.06) / 3
    for i in range(3):
        low, high = 0.05 + i * height, 0.05 + (i + 1) * height - 0.008
        drawer_front(d, (left + 0.006, right - 0.006), (low, high), -y + 0.04)
        d.handle((left + right) / 2, -y + 0.022, high - 0.06, 0.16, upright=False)


def desk_legs(d: Design) -> None:
    """A writing desk: a thin top with a shallow drawer, on metal frames."""
    x, y = d.w / 2, d.d / 2
    under = top(d, 0.026)
    d.box("front", (-x + 0.16, -y + 0.035, under - 0.09), (x - 0.16, y - 0.1, under), bevel=0.004)
    for i in (-1, 1):
        centre = i * (d.w / 4 - 0.08)
        half = d.w / 4 - 0.09
        drawer_front(d, (centre - half, centre + half), (under - 0.084, under - 0.006), -y + 0.035)
        d.knob(centre, -y + 0.02, under - 0.045)
    for sx in (-1, 1):
        d.solid = f"legs {sx}"
        at = sx * (x - 0.05)
        for sy in (-1, 1):
            d.box(
                "metal",
                (at - 0.014, sy * (y - 0.05) - 0.014, 0.0),
                (at + 0.014, sy * (y - 0.05) + 0.014, under),
                bevel=0.003,
            )
        d.box("metal", (at - 0.014, -y + 0.064, 0.0), (at + 0.014, y - 0.064, 0.026), bevel=0.003)
        d.box("metal", (at - 0.014, -y + 0.064, under - 0.028), (at + 0.014, y - 0.064, under), bevel=0.003)


Side = Literal["chest", "cupboard", "shelves", "legs", "panel", "trestle", "frame", "lift", "columns"]


@dataclass(frozen=True)
class Desk:
    """A desk.

    Attributes:
        left, right: kinds of the supports of its top.
        top: material of the top.
        pad: material of a pad let into the top; None for none.
        thick: thickness of the top.
        tray: whether a shallow drawer hangs under the middle.
        back: whether a panel closes the back.
        hutch: layout of a low case on the back of the top, as of `cases.Case`; None for none.
        pull: of drawers and doors.
    """

    left: Side
    right: Side
    top: Role = "wood"
    pad: Role | None = None
    thick: float = 0.032
    tray: bool = False
    back: bool = False
    hutch: str | None = None
    pull: Literal["knob", "bar", "cup", "ring", "edge", "tab", "none"] = "knob"


_LEVEL: Final = 0.75
"""Height of the top of a desk with a hutch."""


def desk(d: Design, made: Desk) -> None:
    """Puts a desk together."""
    x, y = d.w / 2, d.d / 2
    level = d.h if made.hutch is None else _LEVEL
    under = level - made.thick
    d.solid = "top"
    if made.top in ("glass", "stone"):
        plate(d, made.top, rounded(x, y, 0.06, 8), under, level)
    else:
        d.box(made.top, (-x, -y, under), (x, y, level), bevel=0.008)
    if made.pad is not None:
        d.box(made.pad, (-0.36, -y + 0.05, level - 0.002), (0.36, -y + 0.44, level + 0.004), bevel=0.002)
    for side, sign in ((made.left, -1), (made.right, 1)):
        d.solid = f"side {sign}"
        _side(d, made, side, sign, under)
    d.solid = "top"
    if made.tray:
        d.box("frame", (-0.3, -y + 0.07, under - 0.08), (0.3, y - 0.12, under), bevel=0.003)
        drawer_front(d, (-0.3, 0.3), (under - 0.08, under - 0.004), -y + 0.07)
        d.knob(0.0, -y + 0.052, under - 0.042)
    if made.back:
        d.solid = "back"
        d.box("frame", (-x + 0.05, y - 0.05, 0.2), (x - 0.05, y - 0.03, under), bevel=0.003)
    if made.hutch is not None:
        d.solid = "hutch"
        piece = Design(d.w - 0.02, 0.24, d.h - _LEVEL, fine=d.fine)
        case(piece, Case(made.hutch, base="floor", top="flush", body="wood", pull=made.pull, wall=0.016))
        placed(d, piece, (0.0, y - 0.13, level))


def _side(d: Design, made: Desk, name: str, sign: int, under: float) -> None:
    """Adds the support of the top at its left, ``sign`` −1, or its right, 1."""
    x, y = d.w / 2, d.d / 2
    layouts = {"chest": "drawer / drawer / drawer:1.4", "cupboard": "drawer:0.4 / framed", "shelves": "books"}
    if name in layouts:
        width = min(0.44, 0.3 * d.w)
        piece = Design(width, d.d - 0.04, under, fine=d.fine)
        case(piece, Case(layouts[name], base="plinth", top="flush", pull=made.pull, lift=0.05))
        placed(d, piece, (sign * (x - width / 2 - 0.01), 0.005, 0.0))
    elif name == "legs":
        for end in (-1, 1):
            cx, cy = sign * (x - 0.05), end * (y - 0.05)
            d.box("frame", (cx - 0.024, cy - 0.024, 0.0), (cx + 0.024, cy + 0.024, under), taper=0.65, bevel=0.007)
    elif name == "panel":
        edge = sorted((sign * (x - 0.001), sign * (x - 0.001 - made.thick)))
        d.box(made.top, (edge[0], -y + 0.001, 0.0), (edge[1], y - 0.001, under + 0.002), bevel=0.008)
    elif name == "trestle":
        for end in (-1, 1):
            for lean in (-0.14, 0.14):
                cx, cy = sign * (x - 0.24), end * (y - 0.1)
                low, high = (cx - 0.02, cy - 0.02, 0.0), (cx + 0.02, cy + 0.02, under)
                d.box("frame", low, high, bevel=0.004, lean=(lean, 0.0))
        for z in (0.2, under - 0.05):
            half = 0.14 * (1 - z / under)
            for lean in (-half, half):
                at = sign * (x - 0.24) + lean
                d.box("frame", (at - 0.016, -y + 0.1, z), (at + 0.016, y - 0.1, z + 0.04), bevel=0.004)
    else:
        _metal_side(d, name, sign, under)


def _metal_side(d: Design, name: str, sign: int, under: float) -> None:
    x, y, t = d.w / 2, d.d / 2, 0.018
    at = sign * (x - 0.09)
    if name == "frame":
        for end in (-1, 1):
            cy = end * (y - 0.06)
            d.box("metal", (at - t, cy - t, 0.0), (at + t, cy + t, under), bevel=0.004)
        for z in (0.0, under - 2 * t):
            d.box("metal", (at - t, -y + 0.06 + t, z), (at + t, y - 0.06 - t, z + 2 * t), bevel=0.004)
    elif name == "lift":
        d.box("metal", (at - 0.035, -y + 0.05, 0.0), (at + 0.035, y - 0.05, 0.03), bevel=0.008)
        d.box("metal", (at - 0.04, -0.05, 0.028), (at + 0.04, 0.05, 0.4), bevel=0.006)
        d.box("metal", (at - 0.03, -0.04, 0.398), (at + 0.03, 0.04, under - 0.03), bevel=0.006)
        d.box("metal", (at - 0.03, -y + 0.08, under - 0.032), (at + 0.03, y - 0.08, under), bevel=0.004)
    else:
        for end in (-1, 1):
            d.tube("metal", [(at, end * (y - 0.09), 0.0), (at, end * (y - 0.09), under)], 0.026)
        d.tube("metal", [(at, -y + 0.09, 0.12), (at, y - 0.09, 0.12)], 0.012)


def desk_corner(d: Design) -> None:
    """Two tops in an L: the person sits in its inner corner, with drawers at the right."""
    x, y = d.w / 2, d.d / 2
    wing = 0.55
    under = d.h - 0.03
    d.solid = "top"
    d.box("wood", (-x, y - 0.6, under), (x, y, d.h), bevel=0.007)
    d.solid = "wing"
    d.box("wood", (-x, -y, under + 0.0005), (-x + wing, y - 0.598, d.h - 0.0005), bevel=0.007)
    for sx, sy in ((-1, -1), (-1, 1)):
        cx, cy = sx * (x - 0.04), sy * (y - 0.04)
        d.box("metal", (cx - 0.02, cy - 0.02, 0.0), (cx + 0.02, cy + 0.02, under), bevel=0.004)
    d.box("metal", (-x + wing - 0.06, -y + 0.02, 0.0), (-x + wing - 0.02, -y + 0.06, under), bevel=0.004)
    d.box("metal", (-x + 0.06, -y + 0.024, under - 0.05), (-x + wing - 0.06, -y + 0.056, under), bevel=0.004)
    d.solid = "chest"
    piece = Design(0.42, 0.56, under, fine=d.fine)
    case(piece, Case("drawer / drawer / drawer:1.4", top="flush", pull="bar", lift=0.05))
    placed(d, piece, (x - 0.22, y - 0.3, 0.0))


def desk_secretary(d: Design) -> None:
    """A chest of drawers with a flap let down in front of pigeonholes."""
    x, y = d.w / 2, d.d / 2
    deep = 0.42
    back = Design(d.w, deep, d.h, fine=d.fine)
    layout = "empty:0.1 / empty:0.55 / drawer:0.5 / drawer:0.7 / drawer:0.7"
    case(back, Case(layout, base="bracket", lift=0.09, pull="ring", body="wood"))
    holes = Design(d.w - 0.06, 0.2, 0.3, fine=d.fine)
    case(
        holes,
        Case("books | empty / empty | drawer / drawer | empty / empty | books", base="floor", top="flush", wall=0.01),
    )
    d.solid = "chest"
    placed(d, back, (0.0, y - deep / 2, 0.0))
    level = 0.735
    placed(d, holes, (0.0, y - 0.13, level + 0.02))
    d.solid = "flap"
    d.box("wood", (-x + 0.02, -y, level - 0.014), (x - 0.02, y - deep + 0.06, level + 0.01), bevel=0.005)
    d.box("leather", (-x + 0.08, -y + 0.04, level + 0.008), (x - 0.08, y - deep + 0.02, level + 0.013), bevel=0.001)
    for side in (-1, 1):
        d.tube(
            "metal",
            [(side * (x - 0.03), -y + 0.06, level + 0.01), (side * (x - 0.03), y - deep + 0.05, level + 0.3)],
            0.004,
        )


def desked(left: Side, right: Side, **options: object) -> Builder:
    """A builder for `Shape.build` that makes a `Desk` with these supports and attributes."""
    return partial(desk, made=Desk(left, right, **options))  # pyright: ignore[reportArgumentType]


SHAPES: Final[tuple[Shape, ...]] = (
    Shape("desk", "drawers", (1.34, 0.62, 0.76), "{wood} {name} with a column of three drawers", desk_drawers),
    Shape(
        "desk",
        "legs",
        (1.22, 0.60, 0.75),
        "light writing {name} with a {wood} top on slim {metal} legs",
        desk_legs,
    ),
    Shape(
        "desk",
        "pedestals",
        (1.52, 0.72, 0.77),
        "{wood} {name} with two columns of drawers and a {leather} writing pad",
        desked("chest", "chest", pad="leather", back=True, pull="ring"),
        CLASSIC,
    ),
    Shape(
        "desk",
        "trestle",
        (1.46, 0.70, 0.74),
        "{name} with a plain {wood} top on two trestles",
        desked("trestle", "trestle"),
        ("ash", "oak", "white", "black"),
    ),
    Shape(
        "desk",
        "hutch",
        (1.24, 0.60, 1.16),
        "{wood} {name} with open compartments on its top and a cupboard below",
        desked("cupboard", "legs", hutch="books | empty | open"),
        PLAYFUL,
    ),
    Shape(
        "desk",
        "glass",
        (1.40, 0.68, 0.74),
        "{name} with a {glass} top on two {metal} frames",
        desked("frame", "frame", top="glass", thick=0.014),
        GLAMOUR,
    ),
    Shape(
        "desk",
        "corner",
        (1.62, 1.30, 0.75),
        "L-shaped {wood} corner {name} with three drawers",
        desk_corner,
        ("white", "graphite", "oak", "black"),
    ),
    Shape(
        "desk",
        "loft",
        (1.36, 0.62, 0.76),
        "{wood} {name} with a {metal} frame at one side and open shelves at the other",
        desked("frame", "shelves"),
        LOFT,
    ),
    Shape(
        "desk",
        "standing",
        (1.56, 0.78, 0.98),
        "height adjustable standing {name} with a {wood} top on two {metal} columns",
        desked("lift", "lift", thick=0.028),
        PLAIN,
    ),
    Shape(
        "desk",
        "child",
        (1.06, 0.54, 0.70),
        "small {wood} {name} with a shallow drawer on tapered legs",
        desked("legs", "legs", tray=True),
        ("mint", "blue", "ash", "ivory"),
    ),
    Shape(
        "desk",
        "waterfall",
        (1.64, 0.72, 0.76),
        "{wood} {name} whose thick top bends down into its sides",
        desked("panel", "panel", thick=0.055, tray=True),
        PLAIN,
    ),
    Shape(
        "desk",
        "executive",
        (1.96, 0.92, 0.78),
        "large executive {wood} {name} with cupboards and a {leather} writing pad",
        desked("cupboard", "chest", pad="leather", back=True, pull="ring", thick=0.045),
        ("mahogany", "walnut", "emerald", "graphite"),
    ),
    Shape(
        "desk",
        "cubby",
        (1.20, 0.58, 0.96),
        "mid-height {wood} {name} with small drawers and niches on its top",
        desked("legs", "legs", hutch="drawer | empty | empty | drawer", tray=True),
        ("walnut", "oak", "mint", "ivory"),
    ),
    Shape(
        "desk",
        "marble",
        (1.50, 0.66, 0.75),
        "{name} with a {stone} top on {metal} columns",
        desked("columns", "columns", top="stone", thick=0.026),
        ("emerald", "white", "ivory", "graphite"),
    ),
    Shape(
        "desk",
        "secretary",
        (1.02, 0.78, 1.10),
        "{wood} secretary {name} with a let-down flap in front of pigeonholes",
        desk_secretary,
        CLASSIC,
    ),
    Shape(
        "desk",
        "tabs",
        (1.30, 0.60, 0.75),
        "{wood} {name} with a cupboard, drawers and {leather} pull tabs",
        desked("legs", "chest", pull="tab"),
        AIRY,
    ),
)
