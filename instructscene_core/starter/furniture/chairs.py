"""Dining chairs, chairs and lounge chairs; they face −y."""

from functools import partial
from typing import Final

from .chair_parts import Chair, chair
from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT
from .shapes import Shape
from .shells import bucket, parsons, shell
from .turning_chairs import office, petal

_C = Chair
_DINING: Final = (
    (
        "slatted",
        (0.46, 0.54, 0.86),
        "{wood} {name} with a slatted back and a {fabric} seat",
        partial(chair, made=_C()),
        (),
    ),
    (
        "ladder",
        (0.46, 0.52, 1.00),
        "tall {wood} {name} with a ladder back and a {cane} seat",
        partial(chair, made=_C(seat="cane", back="ladder", lean=0.08)),
        (),
    ),
    (
        "spindle",
        (0.50, 0.54, 0.84),
        "{wood} {name} with a fan of spindles, a saddle seat and splayed legs",
        partial(chair, made=_C(legs="splayed", seat="saddle", back="spindles", lean=0.16)),
        (),
    ),
    (
        "bistro",
        (0.46, 0.52, 0.88),
        "{wood} bistro {name} with a crossed back and a round {fabric} seat",
        partial(chair, made=_C(legs="sabre", seat="round", back="cross", lean=0.1)),
        AIRY,
    ),
    (
        "wishbone",
        (0.56, 0.54, 0.76),
        "{wood} {name} with a wishbone back and a {cane} seat",
        partial(chair, made=_C(legs="round", seat="cane", back="wishbone", lean=0.05)),
        (),
    ),
    (
        "cantilever",
        (0.48, 0.58, 0.82),
        "cantilever {name} of bent {metal} tube with a {cane} back and seat",
        partial(chair, made=_C(legs="cantilever", seat="cane", back="cane", frame="metal")),
        (),
    ),
    (
        "padded",
        (0.50, 0.58, 0.88),
        "{fabric} {name} with a padded panel back and slanting {metal} legs",
        partial(chair, made=_C(legs="tubes", back="panel")),
        (),
    ),
    (
        "tufted",
        (0.54, 0.60, 0.98),
        "{fabric} {name} with a deep buttoned back and turned {wood} legs",
        partial(chair, made=_C(legs="turned", back="tufted")),
        CLASSIC,
    ),
    ("shell", (0.52, 0.54, 0.82), "moulded {name} with a one piece shell and splayed {wood} legs", shell, ()),
    (
        "channelled",
        (0.56, 0.58, 0.82),
        "{fabric} {name} with a channel tufted back and {metal} sled legs",
        partial(chair, made=_C(legs="sled", back="channels")),
        GLAMOUR,
    ),
    (
        "parsons",
        (0.48, 0.60, 1.02),
        "{leather} {name} with a high smooth back and short square {wood} legs",
        partial(parsons, cover="leather"),
        (),
    ),
    (
        "rail",
        (0.50, 0.52, 0.78),
        "{wood} {name} with one broad bent back rail and round legs",
        partial(chair, made=_C(legs="round", seat="board", back="rail")),
        (),
    ),
    (
        "curved",
        (0.58, 0.56, 0.78),
        "{name} with a low {fabric} back that curves round the seat on {wood} legs",
        partial(chair, made=_C(legs="round", back="curved", lean=0.04)),
        (),
    ),
    (
        "splat",
        (0.50, 0.54, 1.00),
        "{wood} {name} with a vase shaped splat, {fabric} seat and curved legs",
        partial(chair, made=_C(legs="sabre", seat="slip", back="splat")),
        CLASSIC,
    ),
    (
        "oval",
        (0.50, 0.54, 0.96),
        "{wood} {name} with an oval {fabric} back and turned legs",
        partial(chair, made=_C(legs="turned", seat="slip", back="oval")),
        CLASSIC,
    ),
    (
        "pedestal",
        (0.50, 0.54, 0.80),
        "moulded {name} on a {metal} trumpet foot with a {fabric} seat pad",
        partial(shell, legs="pedestal", padded="fabric"),
        GLAMOUR,
    ),
)

_CHAIRS: Final = (
    ("spindles", (0.60, 0.56, 0.90), "{wood} {name} with spindles, arm rests and splayed legs",
     partial(chair, made=_C("splayed", "saddle", "spindles", arms=0.66, lean=0.14)), ()),
    ("ladder", (0.46, 0.52, 0.92), "{wood} {name} with a ladder back and a {fabric} seat",
     partial(chair, made=_C(back="ladder", lean=0.1)), ()),
    ("bucket", (0.60, 0.58, 0.80), "{fabric} bucket {name} on splayed {wood} legs", bucket, ()),
    ("swivel", (0.58, 0.58, 0.84), "{leather} swivel {name} on a {metal} cross",
     partial(bucket, legs="cross", cover="leather", rise=0.35), ()),
    ("cantilever", (0.52, 0.58, 0.84), "cantilever {name} of bent {metal} tube with {leather} pads and arms",
     partial(chair, made=_C("cantilever", "pad", "panel", "leather", arms=0.64, frame="metal")), LOFT),
    ("tufted", (0.56, 0.60, 0.94), "{fabric} {name} with a deep buttoned back and turned {wood} legs",
     partial(chair, made=_C("turned", "pad", "tufted")), CLASSIC),
    ("moulded", (0.48, 0.52, 0.82), "moulded {name} with a one piece shell on a {metal} sled",
     partial(shell, legs="sled"), ()),
    ("cane", (0.52, 0.56, 0.84), "{wood} {name} with a {cane} back and a {fabric} seat",
     partial(chair, made=_C("square", "slip", "cane")), AIRY),
    ("desk", (0.60, 0.60, 0.90), "desk {name} with a padded {fabric} back on castors and a {metal} star",
     office, ()),
    ("rail", (0.54, 0.54, 0.76), "{wood} {name} with one bent back rail and a round {fabric} seat",
     partial(chair, made=_C("round", "round", "rail", arms=0.62, lean=0.1)), ()),
)  # fmt: skip
_DRESSING: Final = (
    ("petal", (0.56, 0.54, 0.78), "{fabric} {name} with a shell shaped back and {metal} legs", petal, GLAMOUR),
    ("ribbed", (0.54, 0.54, 0.70), "small round {fabric} {name} with a ribbed back on {metal} legs",
     partial(bucket, legs="tubes", ribs=11, rise=0.6), GLAMOUR),
    ("bow", (0.46, 0.48, 0.84), "{wood} {name} with a bow back and a round {fabric} seat",
     partial(chair, made=_C("sabre", "round", "cross", lean=0.1)), ()),
    ("tufted", (0.50, 0.54, 0.84), "{fabric} {name} with a buttoned back and turned {wood} legs",
     partial(chair, made=_C("turned", "round", "tufted")), CLASSIC),
)  # fmt: skip
_LOUNGE: Final = (
    ("bucket", (0.72, 0.68, 0.76), "low {leather} bucket {name} on splayed {wood} legs",
     partial(bucket, legs="splayed", cover="leather", level=0.4, rise=0.5), ()),
    ("curved", (0.68, 0.68, 0.74), "low {name} with a {fabric} back that curves round the seat on {wood} legs",
     partial(chair, made=_C("round", back="curved", lean=0.04, level=0.42)), ()),
)  # fmt: skip
_CLASSES: Final = (
    ("chair", _CHAIRS), ("dining_chair", _DINING), ("dressing_chair", _DRESSING), ("lounge_chair", _LOUNGE),
)  # fmt: skip

SHAPES: Final[tuple[Shape, ...]] = tuple(Shape(category, *row) for category, rows in _CLASSES for row in rows)
