"""Cabinets, sideboards of the bedroom and wine cabinets; doors and drawers open towards −y."""

from typing import Final

from .cases import cased
from .joinery import drawer_front, panelled_door, peg_legs, vase
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT, PLAIN
from .parts import Design
from .shapes import Shape


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
    peg_legs(d, "metal", 0.2, inset=0.1)
    d.box("frame", (-x + 0.01, -y + 0.04, 0.18), (x - 0.01, y, d.h - 0.02), bevel=0.004)
    d.box("wood", (-x, -y + 0.01, d.h - 0.024), (x, y, d.h), bevel=0.007)
    for i in (-1, 1):
        span = sorted((i * 0.003, i * (x - 0.022)))
        panelled_door(d, (span[0], span[1]), (0.19, d.h - 0.032), -y + 0.04)
        d.handle(i * 0.04, -y + 0.024, 0.5, 0.14, upright=True)
    if not d.fine:
        vase(d, "accent", -x + 0.25, 0.0, d.h - 0.001, 0.001)


SHAPES: Final[tuple[Shape, ...]] = (
    Shape(
        "cabinet", "drawers", (1.08, 0.46, 0.86), "{wood} {name} with six drawers and {metal} knobs", cabinet_drawers
    ),
    Shape(
        "cabinet", "doors", (1.30, 0.43, 0.82), "low {wood} {name} with two panelled doors and slim legs", cabinet_doors
    ),
    Shape(
        "cabinet",
        "cane",
        (1.40, 0.42, 0.80),
        "{wood} sideboard {name} with four {cane} doors on peg legs",
        cased("cane | cane | cane | cane", base="pegs", lift=0.2),
        AIRY,
    ),
    Shape(
        "cabinet",
        "display",
        (0.92, 0.40, 1.38),
        "{wood} display {name} with two {glass} doors above two drawers",
        cased("glassx2:2.4 / drawerx2", base="tall", lift=0.2),
        ("walnut", "oak", "ivory", "blue"),
    ),
    Shape(
        "cabinet",
        "louver",
        (0.80, 0.38, 0.92),
        "small {wood} {name} with two louvred doors",
        cased("louverx2", base="block", lift=0.1),
        ("blue", "white", "ash", "mint"),
    ),
    Shape(
        "cabinet",
        "fluted",
        (1.60, 0.45, 0.82),
        "{wood} {name} with four fluted doors under a {stone} top",
        cased("fluted | fluted | fluted | fluted", top="stone", pull="none"),
        GLAMOUR,
    ),
    Shape(
        "cabinet",
        "tallboy",
        (0.80, 0.46, 1.22),
        "{wood} tallboy {name} with five drawers, {metal} ring pulls and bracket feet",
        cased("drawer / drawer / drawer / drawer / drawer", base="bracket", lift=0.09, pull="ring"),
        CLASSIC,
    ),
    Shape(
        "cabinet",
        "slim",
        (0.76, 0.30, 1.06),
        "slim {wood} shoe {name} with three tilting fronts and {leather} tabs",
        cased("drawer / drawer / drawer", base="floor", top="cap", pull="tab"),
        PLAIN,
    ),
    Shape(
        "cabinet",
        "apothecary",
        (1.02, 0.40, 0.98),
        "{wood} apothecary {name} with sixteen small drawers and {metal} cup pulls",
        cased(" | ".join(["drawer / drawer / drawer / drawer"] * 4), base="block", lift=0.12, pull="cup"),
        LOFT,
    ),
    Shape(
        "cabinet",
        "mixed",
        (1.24, 0.40, 0.90),
        "{wood} {name} with two drawers and doors beside open shelves with books",
        cased("(2)drawerx2:0.5 / doorx2 | (1)books", base="pegs", lift=0.16, body="wood"),
        ("walnut", "oak", "ash", "mint"),
    ),
    Shape(
        "cabinet",
        "barn",
        (1.12, 0.42, 0.84),
        "rustic {wood} {name} with two plank doors on a {metal} sled base",
        cased("planksx2", base="sled", lift=0.1, pull="bar"),
        ("black", "oak", "walnut", "blue"),
    ),
    Shape(
        "cabinet",
        "mirrored",
        (0.94, 0.42, 0.86),
        "{name} with two mirror doors framed in {wood} on turned legs",
        cased("mirrorx2", base="turned", lift=0.2),
        ("ivory", "emerald", "white", "mahogany"),
    ),
    Shape(
        "cabinet",
        "locker",
        (0.88, 0.40, 1.34),
        "{metal} locker {name} with six louvred doors",
        cased(
            "louver / louver | louver / louver | louver / louver",
            base="posts",
            lift=0.14,
            top="flush",
            pull="cup",
            body="metal",
            fronts=("metal",),
            wall=0.014,
        ),
        ("black", "blue", "mint", "graphite"),
    ),
    Shape(
        "cabinet",
        "commode",
        (1.12, 0.50, 0.90),
        "{wood} commode {name} with three wide drawers and a {stone} top on turned legs",
        cased("drawer / drawer / drawer", base="turned", lift=0.22, top="stone", pull="ring"),
        CLASSIC,
    ),
    Shape(
        "wine_cabinet",
        "tall",
        (0.90, 0.42, 1.92),
        "tall {wood} {name} with two {glass} doors above rows of lying bottles",
        cased("glassx2:1.5 / bottles", base="block", lift=0.1),
        ("walnut", "oak", "graphite", "mahogany"),
    ),
    Shape(
        "wine_cabinet",
        "cross",
        (1.04, 0.38, 1.10),
        "{wood} {name} with crossed bottle racks above two doors",
        cased("rack / door | rack / door", base="block", lift=0.08),
        ("walnut", "black", "mahogany", "oak"),
    ),
    Shape(
        "wine_cabinet",
        "bar",
        (1.22, 0.44, 2.10),
        "{wood} bar {name} with {glass} doors, an open shelf of bottles and panelled doors",
        cased("glassx2:1.4 / bottles:0.5 / framedx2", base="bracket", lift=0.1, top="cornice"),
        CLASSIC,
    ),
    Shape(
        "wine_cabinet",
        "buffet",
        (1.52, 0.43, 0.94),
        "low {wood} {name} with lying bottles between two fluted doors and a {stone} top",
        cased("fluted | bottles | fluted", base="sled", lift=0.14, top="stone", pull="none", body="wood"),
        GLAMOUR,
    ),
    Shape(
        "wine_cabinet",
        "loft",
        (1.00, 0.40, 1.86),
        "open {metal} {name} with {wood} boards, bottles, glasses and two doors",
        cased("dishes:0.9 / bottles:0.9 / doorx2:0.8", base="posts", lift=0.12, body="metal", wall=0.016),
        LOFT,
    ),
    Shape(
        "wine_cabinet",
        "wall",
        (1.82, 0.42, 2.34),
        "wall {name} of {wood} with {glass} doors beside a column of bottles",
        cased("glass:2.2 / door | bottles:2.2 / drawer / drawer | glass:2.2 / door", top="flush", pull="long"),
        ("graphite", "walnut", "emerald", "white"),
    ),
    Shape(
        "wine_cabinet",
        "cooler",
        (0.62, 0.58, 1.44),
        "{metal} wine cooler {name} with one {glass} door in front of lying bottles",
        cased("glass", base="plinth", top="flush", pull="long", body="metal", fronts=("metal",), behind="bottles"),
        ("black", "graphite", "white", "emerald"),
    ),
    Shape(
        "wine_cabinet",
        "cane",
        (1.10, 0.42, 1.70),
        "{wood} {name} with {cane} doors below and open bottle shelves above on peg legs",
        cased("dishes:0.8 / bottles:0.7 / canex2", base="pegs", lift=0.16, body="wood"),
        AIRY,
    ),
    Shape(
        "wine_cabinet",
        "tower",
        (0.56, 0.38, 1.88),
        "narrow {wood} {name} tower with two bottle racks, a niche and a door",
        cased("open:0.7 / rack / rack / door", top="cap", body="wood"),
        ("ash", "blue", "ivory", "mint"),
    ),
)
