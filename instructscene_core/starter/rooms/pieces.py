"""The catalogue as rooms need it: half extents and solid parts in the tensor frame, by class and palette."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from ...vocabulary import ALL_CLASSES, hangs

CATALOGUE_FILE: Final = Path(__file__).parent.parent / "catalogue.json"
SIZE_JITTER: Final = 0.08
"""A piece whose real sizes are not known may be this much larger or smaller than its catalogue entry, per axis."""
STRETCH: Final = 1.24
"""The others may be larger or smaller by this factor, per axis: as far as retrieval stretches a mesh (1.25)."""
LOOSE: Final = {
    **dict.fromkeys(("pendant_lamp", "ceiling_lamp"), 2.2),
    **dict.fromkeys(("coffee_table", "console_table", "round_end_table", "stool", "table"), 1.8),
    **dict.fromkeys(("bookshelf", "cabinet", "dining_table", "tv_stand", "wine_cabinet"), 1.5),
    **dict.fromkeys(("corner_side_table", "desk", "nightstand"), 1.4),
}
"""Classes whose boxes may differ by a larger factor, since their real sizes differ more than our shapes do. Beyond what
an entry may be stretched, its mesh is smaller than its box along some axes."""
_FREE: Final = math.log(STRETCH)
"""Log-ratio of sizes up to which a piece can be of a wanted size."""
_ANY: Final = 0.04
"""Chance of taking any piece, whether or not it can be of the wanted size, so that all of them occur."""


class Part(NamedTuple):
    """A solid box of a piece: centre and half extents, each as a fraction of the piece's HALF extents."""

    x: float
    y: float
    z: float
    hx: float
    hy: float
    hz: float


Half = tuple[float, float, float]
"""Half extents x, y up and z of a piece, metres."""


class Piece(NamedTuple):
    """A catalogue entry: its row there, class, half extents (x, y up, z) and their logarithms, palette, solid parts."""

    row: int
    category: str
    half: Half
    logs: Half
    palette: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Pieces:
    """All furniture, by class.

    Args:
        by_class: pieces of each class, in catalogue order.
        by_palette: the same by palette.
        palettes: number of pieces in each palette, without lamps, which come in few palettes.
    """

    by_class: dict[str, tuple[Piece, ...]]
    by_palette: dict[str, dict[str, tuple[Piece, ...]]]
    palettes: dict[str, int]

    def draw_palettes(self, rng: Random) -> tuple[str, ...]:
        """All palettes in a random order in which those with many pieces tend to come first."""
        return tuple(sorted(self.palettes, key=lambda name: rng.random() ** (1 / self.palettes[name]), reverse=True))

    def pick(self, category: str, palettes: Sequence[str], rng: Random) -> tuple[Piece, Half]:
        """A random piece of a class, in the first palette that has one, and its half extents with some jitter."""
        choices = self._choices(category, palettes)
        piece = choices[int(rng.random() * len(choices))]
        whole = 1 + rng.uniform(-0.5, 0.5) * SIZE_JITTER
        x, y, z = (h * (whole + rng.uniform(-0.5, 0.5) * SIZE_JITTER) for h in piece.half)
        return piece, (x, y, z)

    def sized(self, category: str, palettes: Sequence[str], wanted: Half, rng: Random) -> tuple[Piece, Half]:
        """Likewise a piece that can have the wanted half extents, or else the nearest; and those that it gets."""
        choices = self._choices(category, palettes)
        a, b, c = (math.log(w) for w in wanted)
        stretches = [max(abs(a - p.logs[0]), abs(b - p.logs[1]), abs(c - p.logs[2])) for p in choices]
        fitting = [piece for piece, stretch in zip(choices, stretches, strict=True) if stretch <= _FREE]
        if rng.random() < _ANY:
            piece = choices[int(rng.random() * len(choices))]
        elif fitting:
            piece = fitting[int(rng.random() * len(fitting))]
        else:
            piece = choices[min(range(len(choices)), key=stretches.__getitem__)]
        most = LOOSE.get(category, STRETCH)
        x, y, z = (min(max(w, h / most), h * most) for w, h in zip(wanted, piece.half, strict=True))
        return piece, (x, y, z)

    def _choices(self, category: str, palettes: Sequence[str]) -> tuple[Piece, ...]:
        """Pieces of a class in the first of the palettes that has some, else all of the class."""
        by_palette = self.by_palette[category]
        return next((by_palette[name] for name in palettes if name in by_palette), self.by_class[category])


def load_pieces(path: Path = CATALOGUE_FILE) -> Pieces:
    """Reads catalogue.json; every class that a room is to hold must have an entry."""
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["entries"]
    pieces = [_piece(index, entry) for index, entry in enumerate(entries)]
    by_class = {c: tuple(p for p in pieces if p.category == c) for c in ALL_CLASSES}
    by_palette = {c: _by_palette(found) for c, found in by_class.items()}
    return Pieces(
        by_class, by_palette, dict(sorted(Counter(p.palette for p in pieces if not hangs(p.category)).items()))
    )


def _by_palette(pieces: tuple[Piece, ...]) -> dict[str, tuple[Piece, ...]]:
    names = dict.fromkeys(piece.palette for piece in pieces)
    return {name: tuple(piece for piece in pieces if piece.palette == name) for name in names}


def _piece(index: int, entry: dict[str, Any]) -> Piece:
    width, depth, height = (float(v) for v in entry["size"])
    # The catalogue is in the product's frame: z up, front −y. Fractions of full size become fractions of half size.
    parts = tuple(Part(2 * cx, 2 * cz, -2 * cy, w, h, d) for cx, cy, cz, w, d, h in entry["parts"])
    half = width / 2, height / 2, depth / 2
    logs = math.log(half[0]), math.log(half[1]), math.log(half[2])
    return Piece(index, entry["category"], half, logs, entry["palette"], parts)
