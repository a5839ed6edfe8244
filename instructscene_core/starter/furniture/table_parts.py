"""Parts of tables: tops in many outlines and materials, and many kinds of legs."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from .joinery import drawer_front
from .palettes import Role
from .parts import Design
from .surfaces import loft, pebble, plate, rounded, superellipse

Top = Literal["rectangle", "soft", "round", "oval", "pebble", "boat", "octagon", "framed"]
Base = Literal[
    "square",
    "round",
    "splayed",
    "turned",
    "hairpin",
    "frames",
    "trestle",
    "crossed",
    "pedestal",
    "drum",
    "panels",
    "tripod",
    "star",
    "waterfall",
    "block",
    "columns",
    "cage",
    "hoops",
    "sculpted",
]


@dataclass(frozen=True)
class Table:
    """How a table is made.

    Attributes:
        top, base: their kinds.
        of: role of the top.
        legs: role of the base.
        thick: thickness of the top.
        shelf: height of a second board below; 0 for none.
        shelf_of: role of that board.
        drawers: how many, beside each other in the apron.
        over: overhang of the top beyond the legs.
    """

    top: Top = "rectangle"
    base: Base = "square"
    of: Role = "wood"
    legs: Role = "frame"
    thick: float = 0.03
    shelf: float = 0.0
    shelf_of: Role = "wood"
    drawers: int = 0
    over: float = 0.03


def table(d: Design, made: Table) -> None:
    """Adds a whole table, as wide, deep and high as the design."""
    d.solid = "top"
    _top(d, made)
    under = d.h - made.thick
    if made.drawers:
        _drawers(d, made, under)
    d.solid = "legs"
    _BASES[made.base](d, made, under + 0.002)
    if made.shelf:
        d.solid = "shelf"
        _board(d, made, made.shelf_of, made.shelf - 0.018, made.shelf, 0.02 + made.over)


def outline(d: Design, kind: Top, inset: float = 0.0) -> list[tuple[float, float]]:
    """Outline of a top, moved inwards."""
    x, y, count = d.w / 2 - inset, d.d / 2 - inset, 72 if d.fine else 36
    if kind in ("round", "oval"):
        return superellipse(x, y, 2.0 if kind == "round" else 2.35, count)
    if kind == "soft":
        return rounded(x, y, 0.28 * min(x, y), 8 if d.fine else 4)
    if kind == "pebble":
        return pebble(x, y, count)
    if kind == "boat":
        bend = np.linspace(-1, 1, 13 if d.fine else 7)
        side = [(x * t, -y * (1 - 0.16 * t * t)) for t in bend.tolist()]
        return [*side, *((-u, -v) for u, v in side)]
    if kind == "octagon":
        cut = 0.29 * min(2 * x, 2 * y)
        corners = (
            (x, y, 0, -1),
            (x, y, -1, 0),
            (-x, y, 1, 0),
            (-x, y, 0, -1),
            (-x, -y, 0, 1),
            (-x, -y, 1, 0),
            (x, -y, -1, 0),
            (x, -y, 0, 1),
        )
        return [(a + cut * p, b + cut * q) for a, b, p, q in corners]
    return rounded(x, y, min(0.012, 0.1 * min(x, y)), 6 if d.fine else 2)


def _top(d: Design, made: Table) -> None:
    low = d.h - made.thick
    if made.top == "framed":
        _framed(d, made, low)
        return
    edge = min(0.3 * made.thick, 0.004 if made.of in ("glass", "stone") else 0.009)
    plate(d, made.of, outline(d, made.top), low, d.h, edge=edge)


def _framed(d: Design, made: Table, low: float) -> None:
    """A top let into a rim of the legs' material."""
    x, y, rim = d.w / 2, d.d / 2, 0.03
    for sx in (-1, 1):
        edge = sorted((sx * x, sx * (x - rim)))
        d.box(made.legs, (edge[0], -y, low), (edge[1], y, d.h), bevel=0.003)
    for sy in (-1, 1):
        edge = sorted((sy * y, sy * (y - rim)))
        d.box(made.legs, (-x + rim, edge[0], low), (x - rim, edge[1], d.h), bevel=0.003)
    d.box(made.of, (-x + rim, -y + rim, d.h - 0.6 * made.thick), (x - rim, y - rim, d.h - 0.002), bevel=0.001)


def _board(d: Design, made: Table, role: Role, low: float, high: float, inset: float) -> None:
    kind = "rectangle" if made.top in ("framed", "octagon") else made.top
    plate(d, role, outline(d, kind, inset), low, high, edge=0.004)


def _drawers(d: Design, made: Table, under: float) -> None:
    x, y, tall = d.w / 2 - made.over - 0.03, d.d / 2 - made.over - 0.02, min(0.12, 0.28 * under)
    d.box("frame", (-x, -y + 0.01, under - tall), (x, y, under), bevel=0.003)
    pitch = 2 * x / made.drawers
    for i in range(made.drawers):
        left = -x + i * pitch
        drawer_front(d, (left + 0.004, left + pitch - 0.004), (under - tall + 0.005, under - 0.006), -y + 0.01)
        d.knob(left + pitch / 2, -y - 0.005, under - tall / 2)


def _corners(d: Design, inset: float) -> list[tuple[int, int, float, float]]:
    """(sign of x, sign of y, x, y) of the four legs."""
    return [(sx, sy, sx * (d.w / 2 - inset), sy * (d.d / 2 - inset)) for sx in (-1, 1) for sy in (-1, 1)]


def _girth(d: Design) -> float:
    """Half thickness of a wooden leg that suits the height and the span."""
    return 0.012 + 0.02 * d.h + 0.003 * max(d.w, d.d)


def _square(d: Design, made: Table, under: float) -> None:
    """Square legs at the corners under an apron."""
    t = _girth(d)
    inset = made.over + t
    x, y, tall = d.w / 2 - inset, d.d / 2 - inset, min(0.09, 0.16 * under)
    d.solid = "top"
    for s in (-1, 1):
        d.box(made.legs, (-x + t, s * y - 0.011, under - tall), (x - t, s * y + 0.011, under), bevel=0.002)
        d.box(made.legs, (s * x - 0.011, -y + t, under - tall), (s * x + 0.011, y - t, under), bevel=0.002)
    for sx, sy, cx, cy in _corners(d, inset):
        d.solid = f"leg {sx} {sy}"
        d.box(made.legs, (cx - t, cy - t, 0.0), (cx + t, cy + t, under), taper=0.68, bevel=0.005)


def _round(d: Design, made: Table, under: float) -> None:
    """Round tapered legs, splayed a little, on a frame under the top."""
    t = 0.9 * _girth(d)
    drawn = 0.16 if made.top in ("round", "oval", "pebble") else 0.03
    inset = made.over + t + drawn * min(d.w, d.d)
    for sx, sy, cx, cy in _corners(d, inset):
        d.solid = f"leg {sx} {sy}"
        out = 0.09 * under
        d.tube(made.legs, [(cx, cy, under), (cx + sx * out, cy + sy * out, 0.0)], t, 0.55 * t)
    d.solid = "top"
    x, y = d.w / 2 - inset, d.d / 2 - inset
    for s in (-1, 1):
        d.box(made.legs, (-x, s * y - 0.01, under - 0.045), (x, s * y + 0.01, under), bevel=0.002)
        d.box(made.legs, (s * x - 0.01, -y, under - 0.045), (s * x + 0.01, y, under), bevel=0.002)


def _splayed(d: Design, made: Table, under: float) -> None:
    """Legs that slant outwards from the middle to the corners."""
    t = 1.1 * _girth(d)
    for sx, sy, cx, cy in _corners(d, made.over + t):
        d.solid = f"leg {sx} {sy}"
        round_top = 0.72 if made.top in ("round", "oval", "pebble") else 0.98
        d.tube(made.legs, [(0.45 * cx, 0.45 * cy, under), (round_top * cx, round_top * cy, 0.0)], t, 0.55 * t)
    d.solid = "top"
    d.box(made.legs, (-0.3 * d.w, -0.022, under - 0.03), (0.3 * d.w, 0.022, under), bevel=0.003)


def _turned(d: Design, made: Table, under: float) -> None:
    """Turned legs of a farmhouse under an apron."""
    t = 1.25 * _girth(d)
    inset = made.over + t
    x, y, tall = d.w / 2 - inset, d.d / 2 - inset, min(0.1, 0.18 * under)
    d.solid = "top"
    for s in (-1, 1):
        d.box(made.legs, (-x, s * y - 0.012, under - tall), (x, s * y + 0.012, under), bevel=0.002)
        d.box(made.legs, (s * x - 0.012, -y, under - tall), (s * x + 0.012, y, under), bevel=0.002)
    shape = [
        (0.55, 0.0),
        (0.75, 0.03),
        (0.5, 0.07),
        (0.72, 0.16),
        (0.95, 0.42),
        (0.98, 0.5),
        (0.6, 0.58),
        (0.92, 0.62),
        (0.92, 0.66),
        (0.6, 0.69),
        (0.85, 0.74),
    ]
    for sx, sy, cx, cy in _corners(d, inset):
        d.solid = f"leg {sx} {sy}"
        d.turned(made.legs, (cx, cy, 0.0), [(r * t, h * under) for r, h in shape])
        d.box(
            made.legs, (cx - 0.85 * t, cy - 0.85 * t, 0.735 * under), (cx + 0.85 * t, cy + 0.85 * t, under), bevel=0.004
        )


def _hairpin(d: Design, made: Table, under: float) -> None:
    """Three thin rods at each corner that meet at the foot."""
    inset = made.over + 0.05 + (0.13 * min(d.w, d.d) if made.top in ("round", "oval", "pebble") else 0.0)
    for sx, sy, cx, cy in _corners(d, inset):
        d.solid = f"leg {sx} {sy}"
        foot = (cx + sx * 0.02, cy + sy * 0.02, 0.006)
        for ax, ay in ((-0.06 * sx, 0.0), (0.0, -0.06 * sy)):
            d.tube("metal", [(cx + ax, cy + ay, under), foot], 0.006)
        d.turned("metal", (foot[0], foot[1], 0.0), [(0.0, 0.0), (0.012, 0.002), (0.012, 0.008), (0.0, 0.012)])
        plate_low = under - 0.006
        d.box("metal", (cx - 0.07, cy - 0.012, plate_low), (cx + 0.07, cy + 0.012, under), bevel=0.001)


def _frames(d: Design, made: Table, under: float) -> None:
    """A closed metal frame at each end."""
    t = 0.014 + 0.012 * d.h
    x, y = d.w / 2 - made.over - t - 0.05 * d.w, d.d / 2 - made.over - t
    for s in (-1, 1):
        d.solid = f"legs {s}"
        for end in (-y, y):
            d.box("metal", (s * x - t, end - t, 0.0), (s * x + t, end + t, under), bevel=0.003)
        for low in (0.0, under - 2 * t):
            d.box("metal", (s * x - t, -y + t, low), (s * x + t, y - t, low + 2 * t), bevel=0.003)


def _trestle(d: Design, made: Table, under: float) -> None:
    """Two pairs of legs like an A, joined by a beam."""
    t, x, y = 1.1 * _girth(d), 0.32 * d.w, d.d / 2 - made.over - 0.05
    for s in (-1, 1):
        d.solid = f"legs {s}"
        for end in (-1, 1):
            d.box(
                made.legs,
                (s * x - t, end * 0.25 * y - t, 0.0),
                (s * x + t, end * 0.25 * y + t, under - 0.05),
                lean=(0.0, end * 0.7 * y),
                bevel=0.004,
            )
        d.box(made.legs, (s * x - 1.1 * t, -0.7 * y, under - 0.06), (s * x + 1.1 * t, 0.7 * y, under), bevel=0.005)
        d.box(
            made.legs,
            (s * x - 0.6 * t, -0.66 * y, 0.3 * under),
            (s * x + 0.6 * t, 0.66 * y, 0.3 * under + 0.06),
            bevel=0.003,
        )
    d.solid = "beam"
    d.box(made.legs, (-x, -0.8 * t, 0.3 * under), (x, 0.8 * t, 0.3 * under + 0.06), bevel=0.003)


def _crossed(d: Design, made: Table, under: float) -> None:
    """Legs that cross in an X at each end, or in the middle under a round top."""
    t, y = _girth(d), d.d / 2 - made.over - 0.04
    if made.top in ("round", "octagon"):
        for i in range(2):
            d.solid = f"legs {i}"
            reach = 0.31 * d.w
            a, b = (reach, reach) if i else (reach, -reach)
            d.tube(made.legs, [(-a, -b, 0.0), (0.0, 0.0, under / 2), (a, b, under)], t, t)
            d.tube(made.legs, [(a, b, 0.0), (0.0, 0.0, under / 2), (-a, -b, under)], t, t)
        return
    x = d.w / 2 - made.over - 0.06 * d.w
    for s in (-1, 1):
        d.solid = f"legs {s}"
        for end in (-1, 1):
            off = s * x + 0.3 * t * end
            d.box(
                made.legs,
                (off - 0.7 * t, end * (y - t) - t, 0.0),
                (off + 0.7 * t, end * (y - t) + t, under - 0.02),
                lean=(0.0, -2 * end * (y - t)),
                bevel=0.003,
            )
        d.box(made.legs, (s * x - 0.8 * t, -y, under - 0.022), (s * x + 0.8 * t, y, under), bevel=0.003)
    d.solid = "beam"
    d.box("metal", (-x, -0.01, under / 2 - 0.01), (x, 0.01, under / 2 + 0.01), bevel=0.002)


def _pedestal(d: Design, made: Table, under: float) -> None:
    """A trumpet that swells to foot and top."""
    r = 0.3 * min(d.w, d.d)
    profile = [
        (r, 0.0),
        (r, 0.008),
        (0.8 * r, 0.02),
        (0.42 * r, 0.07 * under + 0.02),
        (0.2 * r, 0.25 * under),
        (0.16 * r, 0.6 * under),
        (0.22 * r, 0.85 * under),
        (0.6 * r, under),
    ]
    d.turned(made.legs, (0.0, 0.0, 0.0), profile)


def _drum(d: Design, made: Table, under: float) -> None:
    """A fluted drum."""
    ribs, steps = 28, 4 if d.fine else 2
    turn = np.arange(ribs * steps) * (2 * math.pi / (ribs * steps))
    flute = 1 - 0.028 * np.abs(np.cos(ribs * turn / 2)) ** 3
    x, y = 0.66 * d.w / 2, 0.66 * d.d / 2
    side = np.stack([x * flute * np.cos(turn), y * flute * np.sin(turn)], axis=1)
    loft(d, made.legs, [np.insert(side, 2, z, axis=1) for z in (0.0, under)])


def _panels(d: Design, made: Table, under: float) -> None:
    """Two thick upright boards with a beam between them."""
    x, y, t = 0.32 * d.w, 0.38 * d.d, 0.03
    for s in (-1, 1):
        d.solid = f"legs {s}"
        d.box(made.legs, (s * x - t, -y, 0.0), (s * x + t, y, under), bevel=0.008)
    d.solid = "beam"
    d.box(made.legs, (-x + t, -0.02, 0.4 * under), (x - t, 0.02, 0.4 * under + 0.09), bevel=0.004)


def _tripod(d: Design, made: Table, under: float) -> None:
    """A turned column on three curved feet."""
    thin = 0.018 + 0.01 * d.h
    profile = [
        (0.6 * thin, 0.1 * under),
        (1.5 * thin, 0.2 * under),
        (thin, 0.32 * under),
        (0.8 * thin, 0.6 * under),
        (1.4 * thin, 0.68 * under),
        (0.9 * thin, 0.74 * under),
        (thin, 0.92 * under),
        (3.0 * thin, under),
    ]
    d.turned(made.legs, (0.0, 0.0, 0.0), profile)
    reach = 0.42 * min(d.w, d.d)
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        path = [
            (reach * t * math.cos(angle), reach * t * math.sin(angle), z)
            for t, z in ((0.0, 0.2 * under), (0.3, 0.19 * under), (0.6, 0.1 * under), (0.85, 0.02), (1.0, 0.012))
        ]
        d.tube(made.legs, path, thin, 0.6 * thin)


def _star(d: Design, made: Table, under: float) -> None:
    """Four blades that meet in the middle and widen to foot and top."""
    for i, (x, y) in enumerate(((0.4 * d.w, 0.0), (0.0, 0.3 * d.d))):
        d.solid = f"legs {i}"
        rings = []
        for z, share in ((0.0, 1.0), (0.15, 0.82), (0.4, 0.42), (0.6, 0.36), (0.85, 0.6), (1.0, 0.8)):
            half = np.array([max(x * share, 0.018), max(y * share, 0.018)])
            corners = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * half
            rings.append(np.insert(corners, 2, z * under, axis=1))
        loft(d, made.legs, rings)


def _waterfall(d: Design, made: Table, under: float) -> None:
    """The top runs down to the floor at both ends."""
    for s in (-1, 1):
        d.solid = f"legs {s}"
        edge = sorted((s * d.w / 2, s * (d.w / 2 - made.thick)))
        d.box(made.of, (edge[0], -d.d / 2, 0.0), (edge[1], d.d / 2, under), bevel=0.004)


def _block(d: Design, made: Table, under: float) -> None:
    """A closed body on a recessed plinth."""
    x, y = d.w / 2 - made.over, d.d / 2 - made.over
    kind = "rectangle" if made.top == "framed" else made.top
    plate(d, made.legs, outline(d, kind, made.over), 0.03, under, edge=0.006)
    plate(d, "metal", outline(d, kind, min(x, y) * 0.2 + made.over), 0.0, 0.035, edge=0.002)


def _columns(d: Design, made: Table, under: float) -> None:
    """Three or four stout cylinders."""
    r = 0.12 * min(d.w, d.d) + 0.01
    spots = [(-0.24 * d.w, -0.16 * d.d), (0.22 * d.w, -0.2 * d.d), (0.02 * d.w, 0.22 * d.d)]
    if d.w > 1.5 * d.d:
        spots = [(-0.33 * d.w, 0.0), (0.33 * d.w, 0.0)]
        r = 0.2 * d.d
    for i, (x, y) in enumerate(spots):
        d.solid = f"leg {i}"
        d.turned(made.legs, (x, y, 0.0), [(0.96 * r, 0.0), (r, 0.006), (r, under - 0.004), (0.97 * r, under)])


def _cage(d: Design, made: Table, under: float) -> None:
    """Thin metal rods all round between two rings."""
    shape = superellipse(d.w / 2 - made.over - 0.02, d.d / 2 - made.over - 0.02, 2, 16)
    for z in (0.008, under - 0.008):
        ring = [(0.92 * a, 0.92 * b, z) if z < 0.1 else (a, b, z) for a, b in shape]
        d.tube("metal", [*ring, ring[0]], 0.007)
    for a, b in shape:
        d.tube("metal", [(0.92 * a, 0.92 * b, 0.006), (0.6 * a, 0.6 * b, 0.45 * under), (a, b, under - 0.006)], 0.005)


def _hoops(d: Design, _made: Table, under: float) -> None:
    """Two upright metal loops that cross."""
    for i in range(2):
        d.solid = f"legs {i}"
        x, y = (0.4 * d.w, 0.0) if i else (0.0, 0.4 * d.d)
        path = [(x, y, under - 0.01), (x, y, 0.012), (-x, -y, 0.012), (-x, -y, under - 0.01), (x, y, under - 0.01)]
        d.tube("metal", path, 0.011)


def _sculpted(d: Design, made: Table, under: float) -> None:
    """Two bent pieces of wood that lean on each other under a glass top."""
    t = 0.03
    for s in (-1, 1):
        d.solid = f"legs {s}"
        path = [
            (s * 0.38 * d.w, s * 0.3 * d.d, under - 0.004),
            (s * 0.34 * d.w, s * 0.26 * d.d, 0.5 * under),
            (s * 0.22 * d.w, s * 0.14 * d.d, 0.05),
            (-s * 0.05 * d.w, -s * 0.08 * d.d, 0.03),
            (-s * 0.28 * d.w, -s * 0.24 * d.d, 0.06),
            (-s * 0.34 * d.w, s * 0.02 * d.d, 0.6 * under),
            (-s * 0.28 * d.w, s * 0.2 * d.d, under - 0.004),
        ]
        d.tube(made.legs, path, t, 0.8 * t)


_BASES: Final[dict[Base, Callable[[Design, Table, float], None]]] = {
    "square": _square,
    "round": _round,
    "splayed": _splayed,
    "turned": _turned,
    "hairpin": _hairpin,
    "frames": _frames,
    "trestle": _trestle,
    "crossed": _crossed,
    "pedestal": _pedestal,
    "drum": _drum,
    "panels": _panels,
    "tripod": _tripod,
    "star": _star,
    "waterfall": _waterfall,
    "block": _block,
    "columns": _columns,
    "cage": _cage,
    "hoops": _hoops,
    "sculpted": _sculpted,
}
