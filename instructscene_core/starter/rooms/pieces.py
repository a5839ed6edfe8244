"""The catalogue as the room generator needs it: half sizes and solid parts, tensor frame, by class and palette."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from ...vocabulary import CLASSES, is_lamp

CATALOGUE_FILE: Final = Path(__file__).parent.parent / "catalogue.json"
SIZE_JITTER: Final = 0.08
"""A piece may be this much larger or smaller than its catalogue entry, per axis."""


class Part(NamedTuple):
    """A solid box of a piece: centre and half extents, each as a fraction of the piece's HALF extents."""

    x: float
    y: float
    z: float
    hx: float
    hy: float
    hz: float


class Piece(NamedTuple):
    """A catalogue entry: its row there, class, natural half extents (x, y up, z), palette and solid parts."""

    row: int
    category: str
    half: tuple[float, float, float]
    palette: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Pieces:
    """All furniture, by class.

    Args:
        by_class: pieces of each bedroom class, in catalogue order.
        palettes: names of all palettes, sorted.
    """

    by_class: dict[str, tuple[Piece, ...]]
    palettes: tuple[str, ...]

    def pick(self, category: str, palette: str | None, rng: Random) -> Piece:
        """A random piece of a class, of the palette where the class comes in it."""
        choices = self.by_class[category]
        if palette is not None:
            choices = tuple(p for p in choices if p.palette == palette) or choices
        return choices[int(rng.random() * len(choices))]

    def all(self) -> tuple[Piece, ...]:
        """Every piece, in catalogue order."""
        return tuple(sorted((p for pieces in self.by_class.values() for p in pieces), key=lambda p: p.row))


def load_pieces(path: Path = CATALOGUE_FILE) -> Pieces:
    """Reads catalogue.json; every bedroom class must have an entry."""
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["entries"]
    pieces = [_piece(index, entry) for index, entry in enumerate(entries)]
    by_class = {c: tuple(p for p in pieces if p.category == c) for c in CLASSES["bedroom"]}
    return Pieces(by_class, tuple(sorted({p.palette for p in pieces if not is_lamp(p.category)})))


def _piece(index: int, entry: dict[str, Any]) -> Piece:
    width, depth, height = (float(v) for v in entry["size"])
    # The catalogue is in the product's frame: z up, front −y. Fractions of full size become fractions of half size.
    parts = tuple(Part(2 * cx, 2 * cz, -2 * cy, w, h, d) for cx, cy, cz, w, d, h in entry["parts"])
    return Piece(index, entry["category"], (width / 2, height / 2, depth / 2), entry["palette"], parts)
