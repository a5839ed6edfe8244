"""Nightstands, cabinets, wardrobes, bookshelves and stands; doors and drawers open towards −y."""

import math
import random
from collections.abc import Sequence

from .palettes import Role
from .parts import Design, Point

Span = tuple[float, float]

_BOOKS: tuple[Role, ...] = ("accent", "bedding", "fabric", "linen", "toy1", "toy2", "toy3")


def drawer_front(d: Design, x: Span, z: Span, y: float, *, role: Role = "front", thick: float = 0.018) -> None:
    """A front plate that stands out by ``thick`` from the plane at ``y``."""
    d.box(role, (x[0], y - thick, z[0]), (x[1], y + 0.002, z[1]), bevel=0.004)


def _panelled_door(d: Design, x: Span, z: Span, y: float, border: float = 0.07) -> None:
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


def _carcass(d: Design, low: float, high: float, *, front: float, wall: float = 0.02, role: Role = "frame") -> None:
    """Two sides, bottom, top and back; open at the plane ``front``."""
    x, y = d.w / 2, d.d / 2
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - wall)))
        d.box(role, (edge[0], front, low), (edge[1], y, high), bevel=0.003)
    d.box(role, (-x + wall, front, low), (x - wall, y - 0.01, low + wall), bevel=0.003)
    d.box(role, (-x + wall, front, high - wall), (x - wall, y - 0.01, high), bevel=0.003)
    d.box(role, (-x + wall, y - 0.014, low + wall), (x - wall, y - 0.004, high - wall), bevel=0)


def _books(d: Design, x: Span, y: Span, z: float, height: float, seed: int) -> None:
    """A row of upright books; they stand in front of the back and end where luck has it."""
    luck = random.Random(seed)
    at, end = x[0] + 0.004, x[1] - 0.02 - luck.random() * 0.45 * (x[1] - x[0])
    while at < end:
        thick, tall = 0.02 + 0.03 * luck.random(), height * (0.62 + 0.3 * luck.random())
        deep = (y[1] - y[0]) * (0.6 + 0.25 * luck.random())
        if at + thick > x[1]:
            return
        _book(d, _BOOKS[int(luck.random() * len(_BOOKS))], (at, y[1] - deep, z), (at + thick, y[1], z + tall))
        at += thick + 0.001


def _book(d: Design, role: Role, low: Point, high: Point) -> None:
    """An upright book with its spine to the front; seen close up it has covers around its pages, and a title."""
    if not d.fine:
        d.box(role, low, high, bevel=0)
        return
    for left in (low[0], high[0] - 0.0025):
        d.box(role, (left, low[1] + 0.002, low[2]), (left + 0.0025, high[1], high[2]), bevel=0)
    d.box(role, low, (high[0], low[1] + 0.004, high[2]), bevel=0.0015)
    d.box(
        "linen", (low[0] + 0.002, low[1] + 0.003, low[2] + 0.003), (high[0] - 0.002, high[1], high[2] - 0.004), bevel=0
    )
    title = low[2] + (0.62 + 0.1 * math.sin(900 * low[0])) * (high[2] - low[2])
    across = (low[0] + 0.003, high[0] - 0.003)
    d.box("metal", (across[0], low[1] - 0.0004, title), (across[1], low[1] + 0.001, title + 0.022), bevel=0)


def _basket(d: Design, low: Point, high: Point, bevel: float = 0.014) -> None:
    """A cloth box that stands on a board; seen close up it has a lid and a label."""
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


def _vase(d: Design, role: Role, x: float, y: float, z: float, height: float) -> None:
    profile = [(0.3, 0.0), (0.42, 0.12), (0.5, 0.4), (0.36, 0.72), (0.2, 0.86), (0.24, 1.0)]
    d.turned(role, (x, y, z), [(0.62 * r * height, h * height) for r, h in profile])


def _peg_legs(d: Design, role: Role, height: float, inset: float = 0.06, radius: float = 0.018) -> None:
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (d.w / 2 - inset), sy * (d.d / 2 - inset)
            d.tube(role, [(x, y, height), (x + sx * 0.02, y + sy * 0.02, 0.0)], radius, 0.65 * radius)


def nightstand_drawers(d: Design) -> None:
    """A small chest of two drawers on a plinth."""
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x + 0.03, -y + 0.06, 0.0), (x - 0.03, y - 0.02, 0.05), bevel=0)
    d.box("frame", (-x + 0.008, -y + 0.04, 0.045), (x - 0.008, y, d.h - 0.02), bevel=0.004)
    d.box("wood", (-x, -y, d.h - 0.024), (x, y, d.h), bevel=0.007)
    half = (d.h - 0.08) / 2
    for i in range(2):
        low = 0.052 + i * half
        drawer_front(d, (-x + 0.014, x - 0.014), (low, low + half - 0.008), -y + 0.04)
        d.knob(0.0, -y + 0.023, low + half / 2)


def nightstand_open(d: Design) -> None:
    """A drawer above an open compartment, on tall tapered legs."""
    x, y = d.w / 2, d.d / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.028), sy * (y - 0.028)
            d.box("frame", (cx - 0.018, cy - 0.018, 0.0), (cx + 0.018, cy + 0.018, d.h - 0.02), taper=0.7, bevel=0.003)
    d.box("wood", (-x, -y, d.h - 0.022), (x, y, d.h), bevel=0.007)
    d.box("frame", (-x + 0.02, -y + 0.04, d.h - 0.17), (x - 0.02, y - 0.012, d.h - 0.022), bevel=0.003)
    drawer_front(d, (-x + 0.05, x - 0.05), (d.h - 0.16, d.h - 0.03), -y + 0.04)
    d.knob(0.0, -y + 0.023, d.h - 0.095)
    d.box("wood", (-x + 0.016, -y + 0.016, 0.19), (x - 0.016, y - 0.012, 0.21), bevel=0.004)
    d.box("accent", (-0.12, -0.1, 0.21), (0.05, 0.12, 0.235), bevel=0.002)
    d.box("linen", (-0.11, -0.08, 0.235), (0.04, 0.1, 0.255), bevel=0.002)


def nightstand_round(d: Design) -> None:
    """A drum with one drawer on three thin legs."""
    r = d.w / 2
    for i in range(3):
        angle = math.radians(90 + 120 * i)
        c, s = math.cos(angle), math.sin(angle)
        d.tube("metal", [(0.7 * r * c, 0.7 * r * s, 0.3), (0.94 * r * c, 0.94 * r * s, 0.0)], 0.012, 0.008)
    low = 0.29
    d.turned(
        "frame", (0, 0, 0), [(0.93 * r, low), (0.95 * r, low + 0.006), (0.95 * r, d.h - 0.02), (0.93 * r, d.h - 0.02)]
    )
    d.turned("wood", (0, 0, 0), [(0.97 * r, d.h - 0.022), (r, d.h - 0.017), (r, d.h - 0.006), (r - 0.006, d.h)])
    d.turned("frame", (0, 0, 0), [(0.955 * r, low + 0.1), (0.958 * r, low + 0.104), (0.955 * r, low + 0.108)])
    d.knob(0.0, -0.9 * r, low + 0.17)
    d.knob(0.0, -0.9 * r, low + 0.055)


def cabinet_drawers(d: Design) -> None:
    """A chest of drawers: three rows of two."""
    x, y = d.w / 2, d.d / 2
    d.box("frame", (-x + 0.012, -y + 0.04, 0.09), (x - 0.012, y, d.h - 0.02), bevel=0.004)
    d.box("wood", (-x, -y, d.h - 0.026), (x, y, d.h), bevel=0.007)
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.05), sy * (y - 0.06)
            d.box("frame", (cx - 0.028, cy - 0.028, 0.0), (cx + 0.028, cy + 0.028, 0.1), taper=0.7, bevel=0.004)
    height = (d.h - 0.13) / 3
    for row in range(3):
        low = 0.097 + row * height
        for i in (-1, 1):
            span = sorted((i * 0.004, i * (x - 0.022)))
            drawer_front(d, (span[0], span[1]), (low, low + height - 0.008), -y + 0.04)
            d.knob(i * x / 2, -y + 0.023, low + height / 2)


def cabinet_doors(d: Design) -> None:
    """A sideboard with two panelled doors on slim legs."""
    x, y = d.w / 2, d.d / 2
    _peg_legs(d, "metal", 0.2, inset=0.1)
    d.box("frame", (-x + 0.01, -y + 0.04, 0.18), (x - 0.01, y, d.h - 0.02), bevel=0.004)
    d.box("wood", (-x, -y + 0.01, d.h - 0.024), (x, y, d.h), bevel=0.007)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.022)))
        _panelled_door(d, (span[0], span[1]), (0.19, d.h - 0.032), -y + 0.04)
        d.handle(i * 0.04, -y + 0.024, 0.5, 0.14, upright=True)
    if not d.fine:
        _vase(d, "accent", -x + 0.25, 0.0, d.h - 0.001, 0.001)


def children_cabinet_bins(d: Design) -> None:
    """Three rows of fabric bins in a low rack."""
    x, y = d.w / 2, d.d / 2
    _carcass(d, 0.0, d.h, front=-y + 0.01, wall=0.022, role="wood")
    colours: tuple[Role, ...] = ("toy1", "toy2", "toy3", "bedding")
    columns = 4
    pitch, height = (d.w - 0.044) / columns, (d.h - 0.044) / 3
    for c in range(1, columns):
        at = -x + 0.022 + c * pitch
        d.box("wood", (at - 0.008, -y + 0.012, 0.022), (at + 0.008, y - 0.014, d.h - 0.022), bevel=0.002)
    for row in range(3):
        low = 0.022 + row * height
        if row:
            d.box("wood", (-x + 0.022, -y + 0.014, low - 0.008), (x - 0.022, y - 0.014, low + 0.008), bevel=0)
        for c in range(columns):
            left = -x + 0.022 + c * pitch
            role = colours[(c + 2 * row) % 4]
            front = -y + 0.004 if d.fine else -y  # one plane for bin and label in the plain design
            d.box(
                role, (left + 0.02, front, low + 0.01), (left + pitch - 0.02, y - 0.04, low + 0.72 * height),
                bevel=0.012,
            )  # fmt: skip
            d.box(
                "linen",
                (left + pitch / 2 - 0.03, -y, low + 0.5 * height),
                (left + pitch / 2 + 0.03, -y + 0.02, low + 0.6 * height),
                bevel=0,
            )


def children_cabinet_house(d: Design) -> None:
    """Open compartments under a pitched roof, a cupboard with a small door below."""
    x, y, wall = d.w / 2, d.d / 2, 0.02
    eaves = 0.7 * d.h
    d.solid = "house"
    _carcass(d, 0.0, eaves, front=-y + 0.04, wall=wall, role="wood")
    middle = 0.42 * eaves
    d.box("wood", (-x + wall, -y + 0.042, middle - 0.01), (x - wall, y - 0.014, middle + 0.01), bevel=0.002)
    d.box("wood", (-0.01, -y + 0.042, middle), (0.01, y - 0.014, eaves - wall), bevel=0.002)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.006)))
        drawer_front(d, (span[0], span[1]), (0.008, middle - 0.002), -y + 0.04)
        d.knob(i * 0.05, -y + 0.023, middle / 2)
        inner = sorted((i * 0.012, i * (x - wall)))
        _books(d, (inner[0], inner[1]), (-y + 0.05, y - 0.016), middle + 0.01, 0.3, 3 + i)
    d.solid = "roof"
    for i in (-1, 1):
        slope = [(0.0, d.h), (i * x, eaves + 0.012), (i * x, eaves - 0.016), (0.0, d.h - 0.03)]
        d.slab("front", slope[::-i], 1, -y, y)
    d.slab("wood", [(-x + 0.03, eaves), (x - 0.03, eaves), (0.0, d.h - 0.03)], 1, y - 0.03, y - 0.012)
    d.cushion("toy2", (-0.09, -0.06, eaves), (0.07, 0.08, eaves + 0.15), radius=0.06, bulge=0.012)
    d.cushion("toy2", (-0.055, -0.05, eaves + 0.13), (0.035, 0.05, eaves + 0.22), radius=0.04, bulge=0.006)


def bookshelf_tall(d: Design) -> None:
    """Five tiers of books."""
    x, y, wall = d.w / 2, d.d / 2, 0.022
    _carcass(d, 0.0, d.h, front=-y, wall=wall)
    d.box("frame", (-x + wall, -y + 0.012, wall), (x - wall, -y + 0.03, 0.08), bevel=0.002)
    step = (d.h - 0.08 - wall) / 5
    for i in range(5):
        z = 0.08 + i * step
        d.box("wood", (-x + wall, -y + 0.006, z - 0.02), (x - wall, y - 0.014, z), bevel=0.002)
        _books(d, (-x + wall, x - wall), (-y + 0.02, y - 0.02), z, step - 0.03, 11 + i)
    _vase(d, "accent", x - 0.14, 0.0, 0.08 + 2 * step, 0.2)
    _vase(d, "toy2", x - 0.15, 0.0, 0.08 + 4 * step, 0.16)


def bookshelf_cubes(d: Design) -> None:
    """Nine square compartments with books, baskets and vases."""
    x, y, wall = d.w / 2, d.d / 2, 0.03
    _carcass(d, 0.0, d.h, front=-y, wall=wall, role="wood")
    px, pz = (d.w - wall) / 3, (d.h - wall) / 3
    for i in (1, 2):
        at = -x + wall / 2 + i * px
        d.box("wood", (at - 0.012, -y + 0.004, wall), (at + 0.012, y - 0.014, d.h - wall), bevel=0.002)
        z = wall / 2 + i * pz
        d.box("wood", (-x + wall, -y + 0.006, z - 0.012), (x - wall, y - 0.014, z + 0.012), bevel=0.002)
    for row in range(3):
        for column in range(3):
            left, low = -x + wall / 2 + column * px + 0.015, wall / 2 + row * pz + 0.012
            if (row + column) % 3 == 0:
                _basket(d, (left + 0.03, -y + 0.02, low), (left + px - 0.06, y - 0.03, low + 0.62 * pz))
            elif (row, column) == (2, 0):
                _vase(d, "accent", left + px / 2, 0.0, low, 0.22)
            else:
                _books(d, (left, left + px - 0.03), (-y + 0.03, y - 0.02), low, pz - 0.06, 5 * row + column)


def shelf_ladder(d: Design) -> None:
    """Two leaning ladders with steps that grow deeper downwards."""
    x, y, bar = d.w / 2, d.d / 2, 0.03
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.024)))
        d.box("frame", (edge[0], y - bar, 0.0), (edge[1], y, d.h), bevel=0.004)
        lean = (0.0, -(d.d - bar - 0.08))
        d.box("frame", (edge[0], y - bar - 0.08, 0.0), (edge[1], y - 0.08, d.h - 0.05), lean=lean, bevel=0.004)
    for i in range(4):
        z = 0.16 + i * (d.h - 0.34) / 3
        front = y - 0.1 - (d.d - 0.12) * (1 - z / (d.h - 0.05))
        d.box("wood", (-x + 0.024, front, z - 0.022), (x - 0.024, y - 0.004, z), bevel=0.004)
        if i % 2 == 0:
            _books(d, (-x + 0.03, x - 0.1), (front + 0.03, y - 0.02), z, 0.28, 40 + i)
        else:
            _vase(d, "accent", 0.06 * (2 - i), (front + y) / 2, z, 0.15)


def shelf_rack(d: Design) -> None:
    """Three boards between metal frames."""
    x, y = d.w / 2, d.d / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.012), sy * (y - 0.012)
            d.box("metal", (cx - 0.012, cy - 0.012, 0.0), (cx + 0.012, cy + 0.012, d.h), bevel=0.003)
        edge = sorted((sx * x, sx * (x - 0.02)))
        for z in (0.06, d.h - 0.03):
            d.box("metal", (edge[0], -y + 0.024, z), (edge[1], y - 0.024, z + 0.02), bevel=0.003)
    for i in range(3):
        z = 0.1 + i * (d.h - 0.16) / 2
        d.box("wood", (-x + 0.02, -y + 0.006, z - 0.024), (x - 0.02, y - 0.006, z), bevel=0.004)
    _books(d, (-x + 0.05, x - 0.25), (-y + 0.03, y - 0.02), 0.1, 0.3, 61)
    _vase(d, "accent", -x + 0.22, 0.0, 0.1 + (d.h - 0.16) / 2, 0.22)
    _basket(d, (0.02, -y + 0.03, 0.1 + (d.h - 0.16) / 2), (x - 0.07, y - 0.03, 0.3 + (d.h - 0.16) / 2))


def tv_stand_drawers(d: Design) -> None:
    """A long low chest of four drawers."""
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x + 0.1, -y + 0.08, 0.0), (x - 0.1, y - 0.04, 0.06), bevel=0)
    d.box("frame", (-x + 0.01, -y + 0.043, 0.055), (x - 0.01, y, d.h - 0.018), bevel=0.004)
    d.box("wood", (-x, -y, d.h - 0.024), (x, y, d.h), bevel=0.007)
    pitch = (d.w - 0.04) / 4
    for i in range(4):
        left = -x + 0.02 + i * pitch
        drawer_front(d, (left + 0.004, left + pitch - 0.004), (0.064, d.h - 0.032), -y + 0.043)
        d.handle(left + pitch / 2, -y + 0.025, d.h - 0.11, 0.18, upright=False)


def tv_stand_open(d: Design) -> None:
    """Open compartments with a few things in them, on metal legs."""
    x, y = d.w / 2, d.d / 2
    _peg_legs(d, "metal", 0.2, inset=0.12)
    _carcass(d, 0.18, d.h, front=-y, wall=0.024, role="wood")
    third = d.w / 3
    for i in (-1, 1):
        at = i * third / 2
        d.box("wood", (at - 0.01, -y + 0.008, 0.2), (at + 0.01, y - 0.014, d.h - 0.022), bevel=0.002)
    d.box("metal", (-0.17, -y + 0.06, 0.204), (0.17, y - 0.06, 0.26), bevel=0.005)
    _books(d, (-x + 0.03, -third / 2 - 0.02), (-y + 0.04, y - 0.02), 0.204, 0.26, 77)
    _basket(d, (third / 2 + 0.06, -y + 0.03, 0.204), (x - 0.07, y - 0.04, d.h - 0.12))


def _wardrobe_body(d: Design, front: float, plinth: float = 0.07) -> None:
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x + 0.03, -y + 0.07, 0.0), (x - 0.03, y - 0.02, plinth), bevel=0)
    d.box("frame", (-x + 0.006, front, plinth - 0.01), (x - 0.006, y, d.h - 0.03), bevel=0.004)
    d.box("wood", (-x, -y, d.h - 0.04), (x, y, d.h), bevel=0.008)


def wardrobe_two_doors(d: Design) -> None:
    """Two tall doors with bar handles."""
    x, front = d.w / 2, -d.d / 2 + 0.045
    _wardrobe_body(d, front)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.012)))
        drawer_front(d, (span[0], span[1]), (0.075, d.h - 0.048), front, thick=0.02)
        d.handle(i * 0.045, front - 0.018, 1.02, 0.34, upright=True)


def wardrobe_four_doors(d: Design) -> None:
    """Four panelled doors above two drawers."""
    x, front = d.w / 2, -d.d / 2 + 0.045
    _wardrobe_body(d, front)
    pitch = (d.w - 0.024) / 4
    for i in range(4):
        left = -x + 0.012 + i * pitch
        _panelled_door(d, (left + 0.003, left + pitch - 0.003), (0.37, d.h - 0.048), front, border=0.06)
        hinge = left + (pitch - 0.035 if i % 2 == 0 else 0.035)
        d.handle(hinge, front - 0.018, 1.15, 0.22, upright=True)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.015)))
        drawer_front(d, (span[0], span[1]), (0.075, 0.362), front)
        for k in (-1, 1):
            d.knob(i * x / 2 + k * 0.22, front - 0.016, 0.22)


def wardrobe_sliding(d: Design) -> None:
    """Two sliding doors in rails; the right one is a mirror."""
    x, front = d.w / 2, -d.d / 2 + 0.06
    _wardrobe_body(d, front)
    for z in (0.06, d.h - 0.06):
        d.box("metal", (-x + 0.01, front - 0.055, z), (x - 0.01, front + 0.002, z + 0.022), bevel=0.002)
    low, high = 0.082, d.h - 0.06
    d.box("front", (-x + 0.014, front - 0.022, low), (0.03, front - 0.002, high), bevel=0.003)
    for i in range(1, 4):
        z = low + i * (high - low) / 4
        d.box("metal", (-x + 0.016, front - 0.025, z - 0.004), (0.028, front - 0.02, z + 0.004), bevel=0)
    d.box("metal", (-0.03, front - 0.05, low), (x - 0.014, front - 0.026, high), bevel=0.004)
    d.box("mirror", (-0.005, front - 0.053, low + 0.025), (x - 0.04, front - 0.045, high - 0.025), bevel=0)


def wardrobe_open(d: Design) -> None:
    """Clothes on a rail between two sides, boards above and drawers below."""
    x, y, wall = d.w / 2, d.d / 2, 0.024
    _carcass(d, 0.0, d.h, front=-y, wall=wall)
    d.box("wood", (-x + wall, -y + 0.01, d.h - 0.3), (x - wall, y - 0.014, d.h - 0.28), bevel=0.003)
    d.box("frame", (-x + wall, -y + 0.04, wall), (x - wall, y - 0.014, 0.36), bevel=0.003)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - wall - 0.004)))
        drawer_front(d, (span[0], span[1]), (wall + 0.008, 0.352), -y + 0.04)
        d.handle(i * x / 2, -y + 0.022, 0.28, 0.16, upright=False)
        _basket(d, (i * x / 2 - 0.17, -y + 0.06, d.h - 0.28), (i * x / 2 + 0.17, y - 0.06, d.h - 0.1), 0.016)
    rail = d.h - 0.36
    d.tube("metal", [(-x + wall, 0.0, rail), (x - wall, 0.0, rail)], 0.014)
    _clothes(d, (-x + 0.1, x - 0.14), rail)


def _clothes(d: Design, x: Span, rail: float) -> None:
    """Garments that hang from a rail."""
    luck = random.Random(5)
    roles: Sequence[Role] = (
        "fabric",
        "bedding",
        "accent",
        "linen",
        "toy2",
        "fabric",
        "toy3",
        "bedding",
        "linen",
        "accent",
    )
    pitch = (x[1] - x[0]) / len(roles)
    deep = 0.36 * d.d
    for i, role in enumerate(roles):
        at, length = x[0] + i * pitch, 0.62 + 0.32 * luck.random()
        d.tube("metal", [(at + 0.03, 0.0, rail), (at + 0.03, 0.0, rail - 0.07)], 0.004)
        low, high = (at, -deep, rail - length), (at + 0.062, deep, rail - 0.06)
        d.cushion(role, low, high, radius=0.03, bulge=0.004, folds=0.007)
