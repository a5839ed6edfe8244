"""Cabinets of children's rooms; open towards −y."""

import math
from typing import Final

from .cases import Case, case, cased
from .joinery import books, carcass, drawer_front
from .palettes import PLAYFUL, Role
from .parts import Design
from .shapes import Shape


def children_cabinet_bins(d: Design) -> None:
    """Three rows of fabric bins in a low rack."""
    x, y = d.w / 2, d.d / 2
    carcass(d, 0.0, d.h, front=-y + 0.01, wall=0.022, role="wood")
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
    carcass(d, 0.0, eaves, front=-y + 0.04, wall=wall, role="wood")
    middle = 0.42 * eaves
    d.box("wood", (-x + wall, -y + 0.042, middle - 0.01), (x - wall, y - 0.014, middle + 0.01), bevel=0.002)
    d.box("wood", (-0.01, -y + 0.042, middle), (0.01, y - 0.014, eaves - wall), bevel=0.002)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.006)))
        drawer_front(d, (span[0], span[1]), (0.008, middle - 0.002), -y + 0.04)
        d.knob(i * 0.05, -y + 0.023, middle / 2)
        inner = sorted((i * 0.012, i * (x - wall)))
        books(d, (inner[0], inner[1]), (-y + 0.05, y - 0.016), middle + 0.01, 0.3, 3 + i)
    d.solid = "roof"
    for i in (-1, 1):
        slope = [(0.0, d.h), (i * x, eaves + 0.012), (i * x, eaves - 0.016), (0.0, d.h - 0.03)]
        d.slab("front", slope[::-i], 1, -y, y)
    d.slab("wood", [(-x + 0.03, eaves), (x - 0.03, eaves), (0.0, d.h - 0.03)], 1, y - 0.03, y - 0.012)
    d.cushion("toy2", (-0.09, -0.06, eaves), (0.07, 0.08, eaves + 0.15), radius=0.06, bulge=0.012)
    d.cushion("toy2", (-0.055, -0.05, eaves + 0.13), (0.035, 0.05, eaves + 0.22), radius=0.04, bulge=0.006)


_TOYS: Final[tuple[Role, ...]] = ("toy1", "toy2", "toy3", "front")


def children_cabinet_display(d: Design) -> None:
    """Picture books that lean, their covers to the front, on five narrow ledges."""
    x, y = d.w / 2, d.d / 2
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - 0.02)))
        outline = [(-y, 0.0), (y, 0.0), (y, d.h), (y - 0.06, d.h), (-y, 0.3)]
        d.slab("wood", outline, 0, edge[0], edge[1])
    tiers = 5
    for i in range(tiers):
        z = 0.08 + i * (d.h - 0.3) / (tiers - 1)
        front = -y + 0.02 + (d.d - 0.14) * max(0.0, z - 0.2) / (d.h - 0.2)
        d.box("wood", (-x + 0.02, front, z - 0.016), (x - 0.02, front + 0.09, z), bevel=0.003)
        d.box("front", (-x + 0.02, front - 0.01, z - 0.016), (x - 0.02, front + 0.002, z + 0.06), bevel=0.003)
        count = max(2, int((d.w - 0.06) / 0.22))
        pitch = (d.w - 0.06) / count
        for k in range(count):
            left = -x + 0.03 + k * pitch
            low, high = (left + 0.012, front + 0.03, z), (left + pitch - 0.012, front + 0.044, z + 0.2)
            d.box(
                ("accent", "toy1", "toy2", "toy3", "fabric")[(2 * i + k) % 5],
                low,
                high,
                bevel=0.002,
                lean=(0.0, -0.018),
            )
    d.box("wood", (-x + 0.02, y - 0.014, 0.02), (x - 0.02, y - 0.002, d.h - 0.01), bevel=0)


def children_cabinet_castle(d: Design) -> None:
    """A cupboard under battlements."""
    x, y, wall = d.w / 2, d.d / 2, 0.05
    case(d, Case("open:0.7 / doorx2", tall=d.h - 0.12, top="flush", base="floor", body="wood"))
    for i in range(5):
        if i % 2 == 0:
            left = -x + i * d.w / 5
            d.box(
                "front",
                (left + 0.002, -y + 0.04, d.h - 0.121),
                (left + d.w / 5 - 0.002, -y + 0.04 + wall, d.h),
                bevel=0.006,
            )
            d.box("front", (left + 0.002, y - wall, d.h - 0.121), (left + d.w / 5 - 0.002, y, d.h), bevel=0.006)
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - wall)))
        middle = (-y + 0.04 + y) / 2
        d.box("front", (edge[0], middle - 0.05, d.h - 0.121), (edge[1], middle + 0.05, d.h), bevel=0.006)


def children_cabinet_cloud(d: Design) -> None:
    """Compartments of bins before a back that ends in a cloud."""
    x, y = d.w / 2, d.d / 2
    high = 0.74 * d.h
    case(d, Case("bins / bins | books / bins", tall=high, top="flush", base="block", lift=0.06, body="wood"))
    for cx, r, bottom in ((-0.52, 0.3, 0.0), (0.0, 0.42, 0.0), (0.55, 0.28, 0.0)):
        radius = r * (d.h - high) / 0.42 * 0.62
        at = cx * (x - radius)
        centre = min(high + bottom + 0.35 * radius, d.h - radius)
        outline = [
            (at + radius * math.cos(2 * math.pi * k / 28), centre + radius * math.sin(2 * math.pi * k / 28))
            for k in range(28)
        ]
        shift = 0.003 * (1 + round(2 * cx))
        d.slab("front", outline, 1, y - 0.03 - shift, y - 0.012 - shift)
    d.slab(
        "front",
        [(-x + 0.02, high - 0.01), (x - 0.02, high - 0.01), (x - 0.06, high + 0.07), (-x + 0.06, high + 0.07)],
        1,
        y - 0.026,
        y - 0.011,
    )


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "children_cabinet",
        "bins",
        (1.14, 0.36, 0.92),
        "low {wood} {name} with rows of colourful toy bins",
        children_cabinet_bins,
    ),
    Shape(
        "children_cabinet",
        "house",
        (0.84, 0.35, 1.36),
        "{wood} {name} shaped like a little house with a roof",
        children_cabinet_house,
    ),
    Shape(
        "children_cabinet",
        "cubbies",
        (1.46, 0.38, 1.16),
        "{wood} {name} with two rows of cloth bins beside books",
        cased("bins / bins | bins / bins | books", base="floor", top="flush", body="wood"),
        PLAYFUL,
    ),
    Shape(
        "children_cabinet",
        "patchwork",
        (1.08, 0.40, 1.20),
        "{name} with nine doors in three colours framed in {wood}",
        cased(
            "door / door / door | door / door / door | door / door / door",
            base="block",
            lift=0.08,
            body="wood",
            fronts=_TOYS[:3],
        ),
        ("mint", "oak", "white", "ash"),
    ),
    Shape(
        "children_cabinet",
        "display",
        (0.76, 0.38, 1.06),
        "{wood} {name} that shows picture books on five ledges",
        children_cabinet_display,
        ("mint", "blue", "oak", "ivory"),
    ),
    Shape(
        "children_cabinet",
        "clothes",
        (1.24, 0.50, 1.62),
        "{wood} {name} with a small clothes rail, open bins and two drawers",
        cased("clothes:2 / drawer:0.7 | bins / bins / drawer:0.7", base="block", lift=0.08, body="wood"),
        PLAYFUL,
    ),
    Shape(
        "children_cabinet",
        "castle",
        (0.94, 0.40, 1.40),
        "{wood} castle {name} with battlements above two doors",
        children_cabinet_castle,
        ("mint", "blue", "graphite", "ivory"),
    ),
    Shape(
        "children_cabinet",
        "cloud",
        (1.20, 0.38, 1.36),
        "{wood} {name} with colourful bins under a cloud",
        children_cabinet_cloud,
        ("mint", "blue", "white", "ivory"),
    ),
    Shape(
        "children_cabinet",
        "chest",
        (1.00, 0.46, 0.92),
        "{wood} {name} with six drawers in changing colours on peg legs",
        cased("drawer / drawer / drawer | drawer / drawer / drawer", base="pegs", lift=0.14, fronts=_TOYS),
        ("mint", "oak", "white", "walnut"),
    ),
    Shape(
        "children_cabinet",
        "wheels",
        (0.92, 0.38, 0.66),
        "low {wood} toy {name} on castors with open bins",
        cased("bins | bins", base="castors", lift=0.06, top="flush", body="wood"),
        ("mint", "blue", "ash", "mahogany"),
    ),
    Shape(
        "children_cabinet",
        "tall",
        (0.84, 0.40, 1.78),
        "tall {wood} {name} with books, bins and two doors",
        cased("books:1.6 / bins:1 / doorx2:1.4", base="floor", top="cap", body="wood"),
        ("emerald", "black", "oak", "mint"),
    ),
)
