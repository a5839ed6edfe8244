"""Bookshelves and shelves, with what stands on them; open towards −y."""

import itertools
import math
from functools import partial
from typing import Final

from .cases import Case, case, cased
from .contents import Room, fill
from .joinery import basket, books, carcass, vase
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN, Role
from .parts import Design
from .shapes import Shape
from .surfaces import placed


def bookshelf_tall(d: Design) -> None:
    """Five tiers of books."""
    x, y, wall = d.w / 2, d.d / 2, 0.022
    carcass(d, 0.0, d.h, front=-y, wall=wall)
    d.box("frame", (-x + wall, -y + 0.012, wall), (x - wall, -y + 0.03, 0.08), bevel=0.002)
    step = (d.h - 0.08 - wall) / 5
    for i in range(5):
        z = 0.08 + i * step
        d.box("wood", (-x + wall, -y + 0.006, z - 0.02), (x - wall, y - 0.014, z), bevel=0.002)
        books(d, (-x + wall, x - wall), (-y + 0.02, y - 0.02), z, step - 0.03, 11 + i)
    vase(d, "accent", x - 0.14, 0.0, 0.08 + 2 * step, 0.2)
    vase(d, "toy2", x - 0.15, 0.0, 0.08 + 4 * step, 0.16)


def bookshelf_cubes(d: Design) -> None:
    """Nine square compartments with books, baskets and vases."""
    x, y, wall = d.w / 2, d.d / 2, 0.03
    carcass(d, 0.0, d.h, front=-y, wall=wall, role="wood")
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
                basket(d, (left + 0.03, -y + 0.02, low), (left + px - 0.06, y - 0.03, low + 0.62 * pz))
            elif (row, column) == (2, 0):
                vase(d, "accent", left + px / 2, 0.0, low, 0.22)
            else:
                books(d, (left, left + px - 0.03), (-y + 0.03, y - 0.02), low, pz - 0.06, 5 * row + column)


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
            books(d, (-x + 0.03, x - 0.1), (front + 0.03, y - 0.02), z, 0.28, 40 + i)
        else:
            vase(d, "accent", 0.06 * (2 - i), (front + y) / 2, z, 0.15)


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
    books(d, (-x + 0.05, x - 0.25), (-y + 0.03, y - 0.02), 0.1, 0.3, 61)
    vase(d, "accent", -x + 0.22, 0.0, 0.1 + (d.h - 0.16) / 2, 0.22)
    basket(d, (0.02, -y + 0.03, 0.1 + (d.h - 0.16) / 2), (x - 0.07, y - 0.03, 0.3 + (d.h - 0.16) / 2))


def rack(
    d: Design,
    tiers: int,
    *,
    post: Role = "metal",
    board: Role = "wood",
    brace: bool = False,
    slope: float = 0.0,
    kind: str = "open",
) -> None:
    """Boards between four upright posts.

    Args:
        d: the piece.
        tiers: number of boards.
        post: material of the posts.
        board: material of the boards.
        brace: whether rods cross at the back.
        slope: how far the front posts lean back at the top, as a share of the depth; the boards get narrower with them.
        kind: what stands on the boards, of `CONTENTS`.
    """  # fmt: skip
    x, y, t = d.w / 2, d.d / 2, 0.014
    lean = slope * d.d
    for side in (-1, 1):
        at = side * (x - t)
        d.box(post, (at - t, y - 2 * t, 0.0), (at + t, y, d.h), bevel=0.004)
        low, high = (at - t, -y + lean, 0.0), (at + t, -y + 2 * t + lean, d.h)
        d.box(post, low, high, bevel=0.004, lean=(0.0, -lean))
    step = (d.h - 0.12) / (tiers - 1)
    for i in range(tiers):
        z = 0.09 + i * step
        front = -y + lean * z / d.h
        d.box(board, (-x + 0.004, front + 0.004, z - 0.024), (x - 0.004, y - 0.004, z), bevel=0.004)
        if z + 0.28 < d.h:
            room = Room((-x + 0.04, x - 0.04), (front + 0.02, y - 0.03), (z, z + min(step, 0.36) - 0.03), 3 * tiers + i)
            fill(d, kind, room, board)
    if brace:
        for sign in (-1, 1):
            d.tube(post, [(-sign * (x - t), y - 0.006, 0.12), (sign * (x - t), y - 0.006, d.h - 0.1)], 0.005)


def shelf_corner(d: Design) -> None:
    """Quarter round boards on three posts, for a corner."""
    x, y, steps = d.w / 2, d.d / 2, 10
    reach = min(d.w, d.d) - 0.01
    turns = [math.pi + math.pi / 2 * i / steps for i in range(steps + 1)]
    for i in range(5):
        z = 0.08 + i * (d.h - 0.12) / 4
        arc = [(x - 0.005 + reach * math.cos(a), y - 0.005 + reach * math.sin(a)) for a in turns]
        d.slab("wood", [(x, y), *arc], 2, z - 0.022, z)
        if i in (1, 3):
            vase(d, "accent", x - 0.15, y - 0.15, z, 0.2)
        elif i < 4:
            books(d, (x - 0.3, x - 0.02), (y - 0.18, y - 0.02), z, 0.26, i)
    for cx, cy in ((x - 0.02, y - 0.02), (x - reach + 0.03, y - 0.02), (x - 0.02, y - reach + 0.03)):
        d.box("frame", (cx - 0.016, cy - 0.016, 0.0), (cx + 0.016, cy + 0.016, d.h), bevel=0.004)


def shelf_spine(d: Design) -> None:
    """A column on a foot with short boards, on which books lie in piles."""
    x, y = d.w / 2, d.d / 2
    d.box("metal", (-x, -y, 0.0), (x, y, 0.02), bevel=0.006)
    d.box("frame", (-0.04, y - 0.07, 0.018), (0.04, y - 0.03, d.h), bevel=0.005)
    count = max(4, round((d.h - 0.1) / 0.24))
    for i in range(count):
        z = 0.09 + i * (d.h - 0.14) / count
        d.box("metal", (-0.11, -y + 0.04, z), (0.11, y - 0.072, z + 0.008), bevel=0.002)
        for k in range(3 + i % 3):
            half = 0.12 + 0.012 * ((i + 2 * k) % 4)
            low = (-half, -y + 0.03 + 0.008 * (k % 3), z + 0.009 + 0.03 * k)
            roles: tuple[Role, ...] = ("accent", "fabric", "linen", "toy2", "bedding")
            d.box(roles[(i + k) % 5], low, (half, y - 0.08, low[2] + 0.028), bevel=0.002)


def shelf_trolley(d: Design) -> None:
    """Three trays with rims between tubes, on castors."""
    x, y = d.w / 2, d.d / 2
    for sx in (-1, 1):
        for sy in (-1, 1):
            cx, cy = sx * (x - 0.02), sy * (y - 0.02)
            d.tube("metal", [(cx, cy, 0.05), (cx, cy, d.h - 0.04)], 0.011)
            d.turned("frame", (cx - 0.01, cy, 0.028), [(0.028, 0.0), (0.028, 0.02)], axis=0)
        d.tube("metal", [(sx * (x - 0.02), -y + 0.02, d.h - 0.03), (sx * (x - 0.02), y - 0.02, d.h - 0.03)], 0.011)
    for i in range(3):
        z = 0.08 + i * (d.h - 0.26) / 2
        d.box("wood", (-x + 0.02, -y + 0.02, z), (x - 0.02, y - 0.02, z + 0.014), bevel=0.004)
        for side in (-1, 1):
            edge = sorted((side * (x - 0.012), side * (x - 0.02)))
            d.box("metal", (edge[0], -y + 0.03, z), (edge[1], y - 0.03, z + 0.07), bevel=0.003)
            edge = sorted((side * (y - 0.012), side * (y - 0.02)))
            d.box("metal", (-x + 0.03, edge[0], z), (x - 0.03, edge[1], z + 0.07), bevel=0.003)
        fill(
            d,
            ("books", "baskets", "empty")[i],
            Room((-x + 0.04, x - 0.04), (-y + 0.04, y - 0.04), (z + 0.014, z + 0.27), i),
            "wood",
        )


def bookshelf_stair(d: Design) -> None:
    """Cubes in steps that rise to the right."""
    x, columns, wall = d.w / 2, 4, 0.02
    pitch, height = d.w / columns, d.h / columns
    for i in range(columns):
        piece = Design(pitch - 0.001, d.d, (i + 1) * height, fine=d.fine)
        layout = " / ".join(("books", "open", "empty", "baskets")[(i + k) % 4] for k in range(i + 1))
        case(piece, Case(layout, base="floor", top="flush", body="wood", wall=wall))
        d.solid = f"column {i}"
        placed(d, piece, (-x + (i + 0.5) * pitch, 0.0, 0.0))


def bookshelf_arch(d: Design) -> None:
    """A tall niche with a round head."""
    x, y, wall = d.w / 2, d.d / 2, 0.035
    spring, steps = d.h - d.w / 2, 16
    turns = [math.pi * i / steps for i in range(steps + 1)]
    for a, b in itertools.pairwise(turns):
        outer = [(x * math.cos(u), spring + x * math.sin(u)) for u in (a, b)]
        inner = [((x - wall) * math.cos(u), spring + (x - wall) * math.sin(u)) for u in (b, a)]
        d.slab("wood", [outer[0], outer[1], inner[0], inner[1]], 1, -y, y)
    for side in (-1, 1):
        edge = sorted((side * x, side * (x - wall)))
        d.box("wood", (edge[0], -y, 0.0), (edge[1], y, spring), bevel=0.004)
    back = [
        (x - 0.01, 0.02),
        *(((x - 0.01) * math.cos(u), spring + (x - 0.01) * math.sin(u)) for u in turns),
        (-x + 0.01, 0.02),
    ]
    d.slab("frame", back, 1, y - 0.012, y - 0.002)
    tiers = 5
    for i in range(tiers):
        z = 0.05 + i * (spring - 0.05) / (tiers - 1)
        d.box("wood", (-x + wall - 0.002, -y + 0.004, z - 0.024), (x - wall + 0.002, y - 0.01, z), bevel=0.003)
        fill(d, "open", Room((-x + 0.05, x - 0.05), (-y + 0.02, y - 0.02), (z, z + 0.3), 2 * i + 5), "wood")


def bookshelf_revolving(d: Design) -> None:
    """Four stacks of books back to back on a round foot."""
    x, y = d.w / 2, d.d / 2
    d.turned("frame", (0, 0, 0), [(0.8 * x, 0.0), (0.8 * x, 0.03), (0.2 * x, 0.05), (0.2 * x, 0.1)])
    tiers, low = 4, 0.1
    step = (d.h - low - 0.02) / tiers
    for i in range(tiers + 1):
        z = low + i * step
        d.box("wood", (-x, -y, z - 0.02), (x, y, z), bevel=0.006)
    for quarter in range(4):
        for i in range(tiers):
            piece = Design(d.w, d.d, d.h, fine=d.fine)
            books(piece, (-x + 0.02, 0.3 * x), (-y + 0.012, -y + 0.17), low + i * step, step - 0.02, 5 * i + quarter)
            for side in (-x + 0.006, 0.3 * x):
                piece.box(
                    "wood",
                    (side, -y + 0.02, low + i * step),
                    (side + 0.012, -y + 0.18, low + (i + 1) * step - 0.02),
                    bevel=0,
                )
            d.solid = "body"
            placed(d, piece, (0.0, 0.0, 0.0), quarter * math.pi / 2)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "bookshelf", "tall", (0.92, 0.33, 1.96), "tall {wood} {name} with five open tiers full of books", bookshelf_tall
    ),
    Shape(
        "bookshelf", "cubes", (1.34, 0.36, 1.42), "wide {wood} {name} with nine square compartments", bookshelf_cubes
    ),
    Shape("shelf", "ladder", (0.58, 0.40, 1.74), "narrow {wood} ladder {name} with four open steps", shelf_ladder),
    Shape(
        "shelf", "rack", (0.88, 0.32, 1.02), "low open {name} with three {wood} boards in a {metal} frame", shelf_rack
    ),
    Shape(
        "bookshelf",
        "cupboard",
        (0.92, 0.37, 2.06),
        "{wood} {name} with four tiers of books above two doors and a cornice",
        cased("books:2.7 / framedx2", base="bracket", lift=0.09, top="cornice", body="wood"),
        CLASSIC,
    ),
    Shape(
        "bookshelf",
        "library",
        (2.36, 0.38, 2.40),
        "wide {wood} library {name} with three columns of books above panelled doors",
        cased("books:3 / raised | books:3 / raised | books:3 / raised", top="cornice", body="wood"),
        CLASSIC,
    ),
    Shape(
        "bookshelf",
        "loft",
        (1.10, 0.36, 1.84),
        "{name} with five {wood} boards in a braced {metal} frame",
        partial(rack, tiers=5, brace=True, kind="books"),
        LOFT,
    ),
    Shape(
        "bookshelf",
        "glazed",
        (0.94, 0.36, 1.96),
        "{wood} {name} with two tall {glass} doors and a drawer",
        cased("glassx2:5 / drawer", base="block", lift=0.08, behind="books"),
        ("walnut", "mahogany", "white", "blue"),
    ),
    Shape(
        "bookshelf",
        "low",
        (1.30, 0.30, 0.86),
        "long low {wood} {name} with two rows of books",
        cased("books | books | books", base="block", lift=0.08, body="wood"),
        ("oak", "white", "mint", "ash"),
    ),
    Shape(
        "bookshelf",
        "uneven",
        (1.48, 0.34, 1.80),
        "{wood} {name} with compartments of uneven sizes for books, vases and baskets",
        cased(
            "open:1.6 / books / baskets:0.8 | (1.5)books:0.8 / open:1.3 / books | books:1.4 / open:1.2 / drawer:0.5",
            base="pegs",
            lift=0.14,
            body="wood",
            pull="none",
        ),
        ("walnut", "ash", "graphite", "oak"),
    ),
    Shape(
        "bookshelf",
        "stair",
        (1.44, 0.34, 1.42),
        "stepped {wood} {name} of ten cubes that rises to one side",
        bookshelf_stair,
        ("mint", "white", "blue", "oak"),
    ),
    Shape(
        "bookshelf",
        "arch",
        (0.86, 0.33, 2.00),
        "arched {wood} {name} with a round head and five boards",
        bookshelf_arch,
        ("ivory", "ash", "emerald", "white"),
    ),
    Shape(
        "bookshelf",
        "cane",
        (0.94, 0.36, 1.86),
        "{wood} {name} with open boards above two {cane} doors on peg legs",
        cased("books:1.2 / open:1.1 / canex2:1.1", base="pegs", lift=0.16, body="wood"),
        AIRY,
    ),
    Shape(
        "bookshelf",
        "drawers",
        (0.82, 0.36, 1.92),
        "{wood} {name} with four tiers of books above two drawers",
        cased("books:4 / drawer / drawer", top="flush", pull="bar", body="wood"),
        ("graphite", "white", "walnut", "emerald"),
    ),
    Shape(
        "bookshelf",
        "wall",
        (2.84, 0.36, 2.26),
        "wall of {wood} {name} with many compartments around an open middle",
        cased("(1)books | (1.7)books:1.1 / empty:2 / drawerx2:0.7 | (1)books", top="flush", body="wood", pull="none"),
        PLAIN,
    ),
    Shape(
        "bookshelf",
        "narrow",
        (0.62, 0.30, 2.02),
        "narrow tall {wood} {name} full of books",
        cased("books", top="cap", body="wood"),
        ("black", "blue", "mahogany", "oak"),
    ),
    Shape(
        "bookshelf",
        "revolving",
        (0.50, 0.50, 1.36),
        "revolving {wood} {name} with books on all four sides",
        bookshelf_revolving,
        ("walnut", "mahogany", "ivory", "mint"),
    ),
    Shape(
        "shelf",
        "tower",
        (0.38, 0.36, 1.70),
        "narrow {wood} {name} tower with five open compartments",
        cased("open", base="floor", top="flush", body="wood"),
        ("oak", "white", "graphite", "mint"),
    ),
    Shape(
        "shelf",
        "corner",
        (0.44, 0.44, 1.72),
        "{wood} corner {name} with five quarter round boards",
        shelf_corner,
        ("white", "oak", "ivory", "blue"),
    ),
    Shape(
        "shelf",
        "etagere",
        (0.52, 0.38, 1.66),
        "{name} with four {glass} boards in a {metal} frame",
        partial(rack, tiers=4, board="glass", kind="open"),
        GLAMOUR,
    ),
    Shape(
        "shelf",
        "marble",
        (0.60, 0.36, 1.40),
        "{metal} {name} with four {stone} boards",
        partial(rack, tiers=4, board="stone", kind="open"),
        ("emerald", "white", "ivory", "graphite"),
    ),
    Shape(
        "shelf",
        "leaning",
        (0.66, 0.44, 1.80),
        "leaning {wood} {name} whose five boards get deeper downwards",
        partial(rack, tiers=5, post="frame", slope=0.72),
        ("ash", "oak", "walnut", "black"),
    ),
    Shape(
        "shelf",
        "baskets",
        (0.46, 0.38, 1.18),
        "{wood} {name} with four baskets",
        cased("baskets / baskets / baskets / baskets", base="block", lift=0.08, body="wood"),
        ("blue", "white", "ash", "mint"),
    ),
    Shape(
        "shelf",
        "pipes",
        (0.92, 0.30, 1.76),
        "{name} with four rough {wood} boards between {metal} pipes",
        partial(rack, tiers=4, brace=False, kind="books"),
        LOFT,
    ),
    Shape(
        "shelf",
        "low",
        (0.90, 0.32, 0.58),
        "low {wood} {name} with two boards",
        partial(rack, tiers=2, post="wood", kind="baskets"),
        ("mint", "ash", "oak", "blue"),
    ),
    Shape(
        "shelf",
        "spine",
        (0.34, 0.34, 1.58),
        "book tower {name} with piles of lying books on a {wood} spine",
        shelf_spine,
        ("graphite", "white", "walnut", "black"),
    ),
    Shape(
        "shelf",
        "trolley",
        (0.46, 0.36, 0.82),
        "{metal} trolley {name} with three {wood} trays on castors",
        shelf_trolley,
        ("black", "mint", "white", "emerald"),
    ),
    Shape(
        "shelf",
        "plinth",
        (0.48, 0.40, 1.60),
        "{wood} {name} with a carved frame, three open tiers and a drawer on bracket feet",
        cased("open:3.4 / drawer:0.7", base="bracket", lift=0.1, top="cornice", body="wood", pull="ring"),
        CLASSIC,
    ),
)
