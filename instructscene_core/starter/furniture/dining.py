"""Dining tables, coffee tables, side tables and end tables."""

from functools import partial
from typing import Final

from .palettes import CLASSIC, GLAMOUR, LOFT
from .shapes import Shape
from .table_parts import Table, table

_T = Table
_DINING: Final = (
    ("legs", (1.60, 0.90, 0.75), "rectangular {wood} {name} with four tapered legs", _T(), ()),
    ("trestle", (2.10, 0.96, 0.76), "long {wood} trestle {name} with a beam", _T(base="trestle", thick=0.045), LOFT),
    ("frames", (1.80, 0.90, 0.75), "{wood} {name} on two {metal} frames", _T(base="frames", thick=0.04), LOFT),
    (
        "tulip",
        (1.20, 1.20, 0.75),
        "round {stone} {name} on a {metal} trumpet pedestal",
        _T(top="round", base="pedestal", of="stone", legs="metal", thick=0.024),
        GLAMOUR,
    ),
    ("oval", (1.90, 1.00, 0.75), "oval {wood} {name} with round splayed legs", _T(top="oval", base="round"), ()),
    (
        "glass",
        (1.50, 0.86, 0.74),
        "{glass} {name} with slanting {wood} legs",
        _T(top="soft", base="splayed", of="glass", thick=0.014),
        (),
    ),
    (
        "farmhouse",
        (1.80, 0.94, 0.77),
        "{wood} farmhouse {name} with turned legs",
        _T(base="turned", thick=0.04),
        CLASSIC,
    ),
    (
        "drum",
        (1.36, 1.36, 0.75),
        "round {wood} {name} on a fluted drum",
        _T(top="round", base="drum", thick=0.04, legs="wood"),
        (),
    ),
    (
        "boat",
        (2.40, 1.06, 0.75),
        "large boat shaped {wood} {name} on two panels",
        _T(top="boat", base="panels", thick=0.04),
        (),
    ),
    ("crossed", (1.50, 0.88, 0.76), "{wood} {name} with crossed legs at each end", _T(base="crossed"), ()),
    (
        "marble",
        (1.80, 0.90, 0.75),
        "{stone} {name} with rounded corners on four blades of {metal}",
        _T(top="soft", base="star", of="stone", legs="metal", thick=0.024),
        GLAMOUR,
    ),
    (
        "columns",
        (2.20, 1.00, 0.75),
        "oval {stone} {name} on two stout cylinders",
        _T(top="oval", base="columns", of="stone", legs="stone", thick=0.03),
        GLAMOUR,
    ),
    ("square", (1.10, 1.10, 0.75), "square {wood} {name} with sturdy legs", _T(thick=0.035), ()),
    ("hairpin", (1.40, 0.80, 0.74), "{wood} {name} on {metal} hairpin legs", _T(base="hairpin", thick=0.035), LOFT),
)
_CORNER: Final = (
    ("shelf", (0.50, 0.50, 0.55), "square {wood} {name} with a lower shelf", _T(thick=0.022, shelf=0.16), ()),
    (
        "marble",
        (0.46, 0.46, 0.54),
        "round {stone} {name} on a {metal} pedestal",
        _T("round", "pedestal", "stone", "metal", 0.018),
        GLAMOUR,
    ),
    (
        "glass",
        (0.55, 0.52, 0.52),
        "{glass} {name} in a slim {metal} frame with a shelf",
        _T("framed", "frames", "glass", "metal", 0.018, shelf=0.14, shelf_of="glass", over=0.0),
        (),
    ),
    ("drawer", (0.50, 0.44, 0.58), "{wood} {name} with one drawer and tapered legs", _T(drawers=1, thick=0.02), ()),
    (
        "pebble",
        (0.60, 0.46, 0.50),
        "pebble shaped {wood} {name} with round splayed legs",
        _T("pebble", "round", thick=0.022),
        (),
    ),
    (
        "hairpin",
        (0.48, 0.48, 0.53),
        "round {wood} {name} on {metal} hairpin legs",
        _T("round", "hairpin", thick=0.03),
        LOFT,
    ),
    (
        "crossed",
        (0.52, 0.46, 0.55),
        "{wood} {name} with crossed legs at each end",
        _T("rectangle", "crossed", thick=0.022),
        (),
    ),
    (
        "waterfall",
        (0.45, 0.40, 0.48),
        "{wood} {name} whose top runs down to the floor",
        _T("rectangle", "waterfall", thick=0.03),
        (),
    ),
    (
        "octagon",
        (0.50, 0.50, 0.56),
        "octagonal {wood} {name} with turned legs and a shelf",
        _T("octagon", "turned", thick=0.024, shelf=0.14, over=0.08),
        CLASSIC,
    ),
    (
        "block",
        (0.46, 0.46, 0.46),
        "{stone} block {name} with rounded corners",
        _T("soft", "block", "stone", "stone", 0.02, over=0.0),
        GLAMOUR,
    ),
    (
        "hoops",
        (0.52, 0.52, 0.54),
        "round {glass} {name} on two crossed {metal} hoops",
        _T("round", "hoops", "glass", "metal", 0.012),
        (),
    ),
    ("tray", (0.54, 0.42, 0.56), "oval {wood} {name} with slanting legs", _T("oval", "splayed", thick=0.02), ()),
)
_END: Final = (
    ("drum", (0.44, 0.44, 0.52), "{wood} {name} on a fluted drum", _T("round", "drum", legs="wood", thick=0.025), ()),
    (
        "tripod",
        (0.42, 0.42, 0.70),
        "{wood} {name} on a turned column with three feet",
        _T("round", "tripod", thick=0.02),
        CLASSIC,
    ),
    (
        "cage",
        (0.46, 0.46, 0.56),
        "{stone} {name} on a cage of {metal} rods",
        _T("round", "cage", "stone", thick=0.018),
        GLAMOUR,
    ),
    (
        "tulip",
        (0.40, 0.40, 0.60),
        "white {name} with a {metal} trumpet pedestal",
        _T("round", "pedestal", "linen", "metal", 0.018),
        (),
    ),
    ("legs", (0.48, 0.48, 0.55), "{wood} {name} with round splayed legs", _T("round", "round", thick=0.022), ()),
    (
        "glass",
        (0.45, 0.45, 0.52),
        "{glass} {name} on two crossed {metal} hoops",
        _T("round", "hoops", "glass", "metal", 0.012),
        (),
    ),
    (
        "columns",
        (0.42, 0.42, 0.50),
        "{stone} {name} on three stout cylinders",
        _T("round", "columns", "stone", "stone", 0.024),
        GLAMOUR,
    ),
    ("tall", (0.40, 0.40, 0.86), "tall {wood} {name} with crossed legs", _T("round", "crossed", thick=0.024), ()),
    ("hairpin", (0.46, 0.46, 0.50), "{wood} {name} on {metal} hairpin legs", _T("round", "hairpin", thick=0.028), LOFT),
)
_COFFEE: Final = (
    ("oval", (1.20, 0.68, 0.40), "oval {wood} {name} with round splayed legs", _T("oval", "round"), ()),
    (
        "pebble",
        (1.16, 0.80, 0.36),
        "pebble shaped {wood} {name} on three stout cylinders",
        _T("pebble", "columns", legs="wood"),
        (),
    ),
    (
        "marble",
        (0.90, 0.90, 0.38),
        "round {stone} {name} on a cage of {metal} rods",
        _T("round", "cage", "stone", thick=0.022),
        GLAMOUR,
    ),
    (
        "glass",
        (1.24, 0.72, 0.40),
        "{glass} {name} on two bent pieces of {wood}",
        _T("soft", "sculpted", "glass", "wood", 0.014),
        (),
    ),
    (
        "frame",
        (1.10, 0.60, 0.42),
        "{glass} {name} in a {metal} frame with a lower shelf",
        _T("framed", "frames", "glass", "metal", 0.022, shelf=0.13, shelf_of="glass", over=0.0),
        (),
    ),
    ("trestle", (1.20, 0.64, 0.44), "rustic {wood} trestle {name} with a beam", _T(base="trestle", thick=0.045), LOFT),
    (
        "drum",
        (0.84, 0.84, 0.38),
        "round {wood} {name} on a fluted drum",
        _T("round", "drum", legs="wood", thick=0.03),
        (),
    ),
    (
        "waterfall",
        (1.10, 0.60, 0.38),
        "{wood} {name} whose top runs down to the floor",
        _T(base="waterfall", thick=0.04),
        (),
    ),
    (
        "block",
        (1.00, 1.00, 0.34),
        "square {stone} block {name} with rounded corners",
        _T("soft", "block", "stone", "stone", 0.03, over=0.0),
        GLAMOUR,
    ),
    ("hairpin", (1.14, 0.56, 0.42), "{wood} {name} on {metal} hairpin legs", _T(base="hairpin", thick=0.032), LOFT),
    (
        "drawers",
        (1.16, 0.62, 0.44),
        "{wood} {name} with two drawers and a lower shelf",
        _T(drawers=2, thick=0.024, shelf=0.12),
        (),
    ),
    ("classic", (1.18, 0.70, 0.46), "{wood} {name} with turned legs", _T("soft", "turned", thick=0.028), CLASSIC),
)
_TABLE: Final = (
    ("trestle", (1.30, 0.72, 0.75), "{wood} trestle {name} with a beam", _T(base="trestle"), LOFT),
    ("frames", (1.20, 0.70, 0.74), "{wood} {name} on two {metal} frames", _T(base="frames"), LOFT),
    ("oval", (1.30, 0.80, 0.75), "oval {wood} {name} with slanting legs", _T("oval", "splayed"), ()),
    ("square", (0.80, 0.80, 0.74), "square {wood} {name} with turned legs", _T(base="turned"), CLASSIC),
    (
        "tulip",
        (0.90, 0.90, 0.74),
        "round {stone} {name} on a {metal} trumpet pedestal",
        _T("round", "pedestal", "stone", "metal", 0.022),
        GLAMOUR,
    ),
    ("crossed", (0.80, 0.80, 0.75), "round {wood} {name} with crossed legs", _T("round", "crossed"), ()),
)

_CLASSES: Final = (
    ("dining_table", _DINING),
    ("corner_side_table", _CORNER),
    ("round_end_table", _END),
    ("coffee_table", _COFFEE),
    ("table", _TABLE),
)
SHAPES: Final[tuple[Shape, ...]] = tuple(
    Shape(category, name, size, words, partial(table, made=made), palettes)
    for category, rows in _CLASSES
    for name, size, words, made, palettes in rows
)
