"""Sofas: straight, in an L, curved, chaises longues and soft seats without a frame; they face −y."""

from functools import partial
from typing import Final

from .palettes import AIRY, CLASSIC, GLAMOUR, LOFT
from .shapes import Shape
from .sofa_forms import bean_bag, cocoon, floor_seat, in_l, recamier, rolls, round_corner
from .upholstery import Upholstery
from .upholstery import upholstered as straight

_U = Upholstery
_MULTI: Final = (
    (
        "classic",
        (2.34, 0.94, 0.86),
        "{fabric} {name} with three seats, padded arms and tapered {wood} legs",
        _U(),
        (),
    ),
    (
        "chesterfield",
        (2.26, 0.94, 0.78),
        "{leather} chesterfield {name} with a deep buttoned back, rolled arms and bun feet",
        _U(
            cover="leather",
            arms="rolled",
            arm=0.26,
            rise=0.74,
            legs="bun",
            lift=0.11,
            back="tufted",
            deep=0.26,
            pillows=0,
        ),
        CLASSIC,
    ),
    (
        "slim",
        (2.20, 0.86, 0.76),
        "low {fabric} {name} with slim arms, one long seat cushion and {metal} sled legs",
        _U(seats=1, arm=0.09, rise=0.58, legs="sled", lift=0.16, back="tight", pillows=3),
        (),
    ),
    (
        "wooden",
        (2.12, 0.88, 0.82),
        "{name} with an open {wood} frame, a slatted back and loose {fabric} cushions",
        _U(arms="open", arm=0.08, rise=0.60, legs="none", lift=0.2, back="slats", pillows=1),
        (),
    ),
    (
        "leather",
        (2.40, 0.96, 0.84),
        "{leather} {name} with three seats, broad box arms and slender {metal} feet",
        _U(cover="leather", arm=0.22, rise=0.6, legs="pins", lift=0.14, pillows=0),
        LOFT,
    ),
    (
        "skirted",
        (2.30, 0.98, 0.90),
        "{fabric} {name} with rolled arms, loose cushions and a pleated skirt",
        _U(arms="rolled", arm=0.22, rise=0.66, legs="skirt", lift=0.16, pillows=4),
        CLASSIC,
    ),
    (
        "camelback",
        (2.16, 0.90, 0.98),
        "{fabric} camelback {name} with rolled arms and turned {wood} feet",
        _U(seats=1, arms="rolled", arm=0.2, rise=0.68, legs="bun", lift=0.16, back="camel", pillows=2),
        CLASSIC,
    ),
    (
        "channelled",
        (2.28, 0.90, 0.80),
        "{fabric} {name} with a channel tufted back, rounded arms and a {wood} plinth",
        _U(seats=2, arms="round", arm=0.2, rise=0.64, legs="plinth", lift=0.09, back="channels", pillows=2),
        GLAMOUR,
    ),
    (
        "deep",
        (2.76, 1.08, 0.78),
        "wide low {fabric} {name} with four deep seats and a row of scatter pillows",
        _U(
            seats=4,
            arms="round",
            arm=0.24,
            rise=0.56,
            legs="none",
            lift=0.05,
            seat=0.4,
            back="scatter",
            deep=0.3,
            pillows=0,
        ),
        (),
    ),
    (
        "day",
        (2.06, 0.84, 0.74),
        "armless {fabric} {name} with round bolsters on {metal} hairpin legs",
        _U(seats=1, arms="none", legs="hairpin", lift=0.24, back="bolsters", pillows=0),
        (),
    ),
    (
        "shelves",
        (2.50, 0.92, 0.82),
        "{fabric} {name} with {wood} shelf arms for books and cups",
        _U(arms="shelf", arm=0.2, rise=0.56, legs="plinth", lift=0.1, pillows=2),
        (),
    ),
    (
        "sloped",
        (2.44, 0.94, 0.92),
        "{leather} {name} with sloping arms, a high padded back and {wood} blocks as feet",
        _U(cover="leather", arms="sloped", arm=0.15, rise=0.6, legs="blocks", lift=0.12, back="tight", pillows=0),
        (),
    ),
)
_LOVE: Final = (
    (
        "classic",
        (1.78, 0.90, 0.84),
        "{fabric} {name} with two seats, padded arms and {wood} block feet",
        _U(seats=2, legs="blocks", lift=0.1),
        (),
    ),
    (
        "tufted",
        (1.70, 0.86, 0.84),
        "{fabric} {name} with a deep buttoned back, rounded arms and {wood} peg legs",
        _U(seats=1, arms="round", arm=0.18, rise=0.64, back="tufted", lift=0.17, pillows=0),
        (),
    ),
    (
        "loop",
        (1.62, 0.82, 0.78),
        "{leather} {name} with two cushions in a {metal} frame and {wood} arm rests",
        _U(seats=2, cover="leather", arms="loop", arm=0.07, rise=0.58, legs="none", lift=0.2, back="loose", pillows=0),
        LOFT,
    ),
    (
        "skirted",
        (1.92, 0.94, 0.90),
        "{fabric} {name} with rolled arms and a pleated skirt",
        _U(seats=2, arms="rolled", arm=0.2, rise=0.66, legs="skirt", lift=0.16),
        CLASSIC,
    ),
    (
        "bench",
        (1.88, 0.88, 0.80),
        "{fabric} {name} with one long seat cushion, slim arms and {metal} pin feet",
        _U(seats=1, arm=0.1, rise=0.6, legs="pins", lift=0.18, back="loose", pillows=3),
        (),
    ),
    (
        "channelled",
        (1.66, 0.84, 0.78),
        "{fabric} {name} with upright channels in the back and round arms on a {wood} plinth",
        _U(seats=1, arms="round", arm=0.19, rise=0.78, legs="plinth", lift=0.08, back="channels", pillows=1),
        GLAMOUR,
    ),
    (
        "wooden",
        (1.56, 0.84, 0.80),
        "{name} with an open {wood} frame, slats in its back and {fabric} cushions",
        _U(seats=2, arms="open", arm=0.07, rise=0.6, legs="none", lift=0.2, back="slats", pillows=1),
        (),
    ),
    (
        "camelback",
        (1.68, 0.86, 0.96),
        "{fabric} camelback {name} with rolled arms on {wood} bun feet",
        _U(seats=1, arms="rolled", arm=0.18, rise=0.66, legs="bun", lift=0.15, back="camel", pillows=1),
        CLASSIC,
    ),
    (
        "deep",
        (2.10, 1.02, 0.76),
        "low {fabric} {name} with deep seats, fat arms and scatter pillows",
        _U(
            seats=2,
            arms="round",
            arm=0.26,
            rise=0.56,
            legs="none",
            lift=0.05,
            seat=0.4,
            back="scatter",
            deep=0.3,
            pillows=0,
        ),
        (),
    ),
    (
        "sloped",
        (1.84, 0.90, 0.90),
        "{leather} {name} with two seats, sloping arms and {wood} peg legs",
        _U(seats=2, cover="leather", arms="sloped", arm=0.13, rise=0.58, lift=0.16, pillows=0),
        (),
    ),
)
_L: Final = (
    (
        "chaise_right",
        (2.86, 1.62, 0.84),
        "{fabric} {name} with a chaise at the right, padded arms and {wood} peg legs",
        partial(in_l, made=_U(2)),
        (),
    ),
    (
        "chaise_left",
        (2.74, 1.58, 0.84),
        "{leather} {name} with a chaise at the left and slender {metal} feet",
        partial(in_l, made=_U(2, "leather", arm=0.2, legs="pins", lift=0.14), end=-1),
        LOFT,
    ),
    (
        "slim",
        (2.64, 1.54, 0.80),
        "low {fabric} {name} with slim arms and a tight back on {metal} sled legs",
        partial(in_l, made=_U(2, arm=0.1, rise=0.58, legs="sled", lift=0.15, back="tight"), armed=True),
        (),
    ),
    (
        "corner",
        (2.90, 2.20, 0.86),
        "{fabric} corner {name} with five seats and padded arms",
        partial(round_corner, made=_U(3, legs="blocks", lift=0.1)),
        (),
    ),
    (
        "lounge",
        (3.20, 1.80, 0.76),
        "wide low {fabric} {name} with scatter pillows and round arms",
        partial(
            in_l,
            made=_U(2, arms="round", arm=0.26, rise=0.56, legs="none", lift=0.05, seat=0.4, back="scatter", deep=0.3),
            end=-1,
            run=1.08,
            long=1.1,
        ),
        (),
    ),
    (
        "leather_corner",
        (2.80, 2.10, 0.84),
        "{leather} corner {name} with slim arms on {metal} pin feet",
        partial(round_corner, made=_U(3, "leather", arm=0.12, rise=0.6, legs="pins", lift=0.15), end=-1),
        (),
    ),
    (
        "tufted",
        (2.90, 1.66, 0.80),
        "{fabric} {name} with a deep buttoned back, rolled arms and a chaise at the left",
        partial(
            in_l,
            made=_U(1, arms="rolled", arm=0.22, rise=0.68, legs="bun", lift=0.12, back="tufted", pillows=2),
            end=-1,
        ),
        CLASSIC,
    ),
    (
        "channelled",
        (3.00, 1.70, 0.78),
        "{fabric} {name} with a channel tufted back and round arms on a {wood} plinth",
        partial(in_l, made=_U(2, arms="round", arm=0.2, rise=0.64, legs="plinth", lift=0.09, back="channels")),
        GLAMOUR,
    ),
    (
        "wooden",
        (2.60, 1.56, 0.82),
        "{name} with an open {wood} frame, slats in its back and {fabric} cushions",
        partial(in_l, made=_U(2, arms="open", arm=0.08, rise=0.6, legs="none", lift=0.2, back="slats")),
        AIRY,
    ),
    (
        "modular",
        (3.30, 2.40, 0.72),
        "large armless modular {fabric} corner {name} with low deep seats",
        partial(
            round_corner, made=_U(3, arms="none", legs="none", lift=0.05, seat=0.4, back="scatter", deep=0.3), run=1.05
        ),
        (),
    ),
    (
        "shelf",
        (2.96, 1.64, 0.82),
        "{fabric} {name} with a {wood} shelf arm and a chaise at the left",
        partial(in_l, made=_U(2, arms="shelf", arm=0.2, rise=0.56, legs="plinth", lift=0.1), end=-1),
        (),
    ),
    (
        "sloped",
        (2.70, 1.60, 0.88),
        "{leather} {name} with sloping arms and a chaise at the right on {wood} blocks",
        partial(in_l, made=_U(2, "leather", arms="sloped", arm=0.14, rise=0.58, legs="blocks", lift=0.12)),
        (),
    ),
)
_SOFA: Final = (
    (
        "slim",
        (1.86, 0.82, 0.78),
        "{fabric} {name} with slim arms and one long cushion on {metal} sled legs",
        _U(1, arm=0.09, rise=0.58, legs="sled", lift=0.16, pillows=2),
        (),
    ),
    (
        "chesterfield",
        (2.00, 0.90, 0.76),
        "{leather} chesterfield {name} with a deep buttoned back and rolled arms",
        _U(
            2, "leather", arms="rolled", arm=0.24, rise=0.72, legs="bun", lift=0.11, back="tufted", deep=0.26, pillows=0
        ),
        CLASSIC,
    ),
    (
        "wooden",
        (1.80, 0.84, 0.80),
        "{name} with an open {wood} frame and loose {fabric} cushions",
        _U(3, arms="open", arm=0.08, rise=0.6, legs="none", back="slats", pillows=1),
        (),
    ),
    (
        "channelled",
        (1.92, 0.86, 0.78),
        "{fabric} {name} with upright channels and round arms on a {wood} plinth",
        _U(1, arms="round", arm=0.18, rise=0.66, legs="plinth", lift=0.09, back="channels", pillows=2),
        GLAMOUR,
    ),
    (
        "day",
        (1.96, 0.84, 0.78),
        "armless {fabric} day bed {name} with bolsters on {metal} hairpin legs",
        _U(1, arms="none", legs="hairpin", lift=0.24, back="bolsters", pillows=0),
        (),
    ),
    (
        "skirted",
        (1.90, 0.92, 0.88),
        "{fabric} {name} with rolled arms and a pleated skirt",
        _U(2, arms="rolled", arm=0.2, rise=0.66, legs="skirt", lift=0.16),
        CLASSIC,
    ),
)
_CHAISE: Final = (
    (
        "recamier",
        (1.72, 0.76, 0.84),
        "{fabric} {name} with a buttoned head rest at the right and bun feet",
        partial(recamier, tufts=True),
        CLASSIC,
    ),
    (
        "modern",
        (1.66, 0.84, 0.80),
        "{leather} {name} with a sloping back at the left and {wood} peg legs",
        partial(recamier, side=-1, cover="leather", legs="pegs"),
        (),
    ),
    (
        "velvet",
        (1.80, 0.80, 0.86),
        "{fabric} {name} with a smooth head rest at the left on {wood} peg legs",
        partial(recamier, side=-1, legs="pegs"),
        (),
    ),
    (
        "one_arm",
        (1.60, 0.88, 0.80),
        "{fabric} {name} with one round arm at the right and loose cushions",
        partial(straight, made=_U(1, arms="round", arm=0.22, rise=0.6, sides=(1,), legs="blocks", lift=0.1, pillows=2)),
        (),
    ),
    (
        "rolled",
        (1.70, 0.82, 0.84),
        "{fabric} {name} with one rolled arm at the left and a buttoned back",
        partial(
            straight,
            made=_U(
                1, arms="rolled", arm=0.22, rise=0.74, sides=(-1,), legs="bun", lift=0.16, back="tufted", pillows=1
            ),
        ),
        CLASSIC,
    ),
    (
        "long",
        (0.82, 1.60, 0.80),
        "deep {fabric} {name} to lie along, with slim arms on {metal} pin feet",
        partial(straight, made=_U(1, arm=0.1, rise=0.58, legs="pins", lift=0.16, pillows=2)),
        (),
    ),
)
_LAZY: Final = (
    ("folded", (0.86, 0.92, 0.74), "frameless {fabric} {name} of two folded mattresses", floor_seat, ()),
    ("bean_bag", (0.92, 0.96, 0.70), "round {fabric} bean bag {name}", bean_bag, ()),
    (
        "drop",
        (0.84, 0.92, 0.96),
        "tall {leather} drop shaped bean bag {name} with a loop",
        partial(bean_bag, cover="leather", seams=6, tall=True),
        (),
    ),
    (
        "low",
        (0.90, 1.04, 0.56),
        "low {fabric} floor {name} of one mattress with a back cushion",
        partial(floor_seat, folds=1),
        (),
    ),
    ("rolls", (0.92, 0.96, 0.72), "{fabric} {name} of fat stacked rolls", rolls, ()),
    (
        "cloud",
        (1.04, 0.98, 0.70),
        "plump {fabric} cloud {name} with round arms to the floor",
        partial(
            straight,
            made=_U(
                1,
                arms="round",
                arm=0.28,
                rise=0.54,
                legs="none",
                lift=0.02,
                seat=0.38,
                back="scatter",
                deep=0.28,
                pillows=0,
            ),
        ),
        (),
    ),
)

_PLAIN: Final = (("multi_seat_sofa", _MULTI), ("loveseat_sofa", _LOVE), ("sofa", _SOFA))
_BUILT: Final = (("l_shaped_sofa", _L), ("chaise_longue_sofa", _CHAISE), ("lazy_sofa", _LAZY))

SHAPES: Final[tuple[Shape, ...]] = (
    *(
        Shape(c, n, size, words, partial(straight, made=made), p)
        for c, rows in _PLAIN
        for n, size, words, made, p in rows
    ),
    *(Shape(category, *row) for category, rows in _BUILT for row in rows),
    Shape(
        "multi_seat_sofa",
        "curved",
        (2.30, 1.02, 0.76),
        "curved {fabric} {name} whose back embraces one long seat",
        partial(cocoon, legs="plinth"),
        GLAMOUR,
    ),
    Shape(
        "loveseat_sofa",
        "shell",
        (1.64, 0.88, 0.80),
        "{fabric} {name} with a ribbed shell back on slender {metal} legs",
        partial(cocoon, legs="pins", ribs=16, rise=0.75),
        GLAMOUR,
    ),
    Shape(
        "loveseat_sofa",
        "chesterfield",
        (1.72, 0.92, 0.76),
        "{leather} chesterfield {name} with a deep buttoned back and rolled arms",
        partial(
            straight,
            made=_U(
                2,
                "leather",
                arms="rolled",
                arm=0.24,
                rise=0.72,
                legs="bun",
                lift=0.11,
                back="tufted",
                deep=0.26,
                pillows=0,
            ),
        ),
        CLASSIC,
    ),
)
