"""Which pieces of a catalogue may come in the place of one: the nearest, or those of a class, or as a text says."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..catalogue.retrieval import choose
from ..instructions.brief import Brief, Piece
from ..instructions.read.described_looks import Described, described
from ..instructions.read.exchanges import Comparison, compared, naming
from ..reading.reader import Reader
from ..scene import SceneObject, Vector3
from ..vocabulary import CATEGORIES, CLASSES, RoomType, display_name
from .asked_looks import AskedLooks
from .asked_sizes import AskedSizes
from .kinds import SOFAS

_MORE: Final = 1.03
"""By which a piece is larger at least that is asked to be larger, as a ratio."""
_MISFIT: Final = 0.1
"""Cosine similarity that a unit of log-ratio outweighs, summed over the axes, of a piece of the same class."""
_OVER: Final = 0.3
"""The same of what a piece of another class is wider or deeper than the one that was there."""


@dataclass(frozen=True)
class Wanted:
    """What is to come in a piece's place.

    Args:
        categories: classes that it may have, the likeliest first.
        count: how many pieces.
        brief: what the text says of it.
        looks: how it is to look.
        comparisons: how large it is to be beside what was there.
        named: whether the text or the caller named a class.
        notes: what a person should know of how the text was read.
    """

    categories: tuple[str, ...]
    count: int
    brief: Brief
    looks: Described
    comparisons: tuple[Comparison, ...] = ()
    named: bool = False
    notes: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        """Whether anything of the text was."""
        said = {word for of in self.looks.said.of.values() for one in of for word in one.whole | one.parts}
        unread = {word for part in self.brief.not_understood for word in part.lower().split()}
        sized = any(piece.sizes for piece in self.brief.pieces)
        return self.named or bool(self.comparisons) or sized or not said | self.looks.said.room <= unread


def wanted(
    text: str, category: str | None, before: SceneObject, room_type: RoomType, reader: Reader, catalogue: Catalogue
) -> Wanted:
    """Reads what is to come in a piece's place.

    Args:
        text: "an armchair", "a larger oak desk", "in blue velvet"; may be empty.
        category: class that it is to have, whatever the text says; None: what that says, else the piece's own.
        before: the piece.
        room_type: where.
        reader: reads the text.
        catalogue: has the pieces.
    """
    plain, comparisons = compared(text)
    reading = reader.read(plain, room_type, catalogue.vocabulary)
    told = _first_piece(reading.brief)
    if category is not None or told is None:
        name = category or before.category or ""
        noun = display_name(name)
        plain = naming(plain, noun) if told is None else plain
        reading = reader.read(plain, room_type, catalogue.vocabulary) if told is None else reading
        categories = (name,)
    else:
        categories = _likeliest(told, before)
    count = told.count if told is not None and told.told else 1  # "velvet chairs" says nothing of how many
    brief = _counting(reading.brief, count)
    classes = tuple(dict.fromkeys((*CLASSES[room_type], *categories)))
    looks = described(brief.english or plain, classes)
    notes = (f"The text was read as {brief.language}",) if brief.language else ()
    named = category is not None or told is not None
    return Wanted(categories, count, brief, looks, comparisons, named, (*reading.notes, *notes))


def _first_piece(brief: Brief) -> Piece | None:
    """The first piece of furniture, or finishing touch, that a text wants; what it is placed by comes later."""
    placed = [wish.subject for wish in brief.wishes if wish.subject >= 0]
    rows = [*placed, *range(len(brief.pieces))]
    return next((brief.pieces[k] for k in rows if not brief.pieces[k].fixture), None)


def _counting(brief: Brief, count: int) -> Brief:
    """A brief whose first piece is asked for so often."""
    first = _first_piece(brief)
    return replace(brief, pieces=tuple(replace(p, count=count) if p is first else p for p in brief.pieces))


def _likeliest(piece: Piece, before: SceneObject) -> tuple[str, ...]:
    """The classes that a noun may mean: that of what was there, else of sofas those for more than one."""
    if before.category in piece.names:
        return (before.category or "",)
    names = piece.names & SOFAS or piece.names
    return tuple(name for name in CATEGORIES if name in names)


@dataclass(frozen=True)
class Alternatives:
    """The pieces that may come in the place of one.

    Args:
        before: that one.
        what: is wanted.
        room_type: where.
        catalogue: has the pieces.
    """

    before: SceneObject
    what: Wanted
    room_type: RoomType
    catalogue: Catalogue

    @cached_property
    def ranked(self) -> list[CatalogueEntry]:
        """All that have a class that is wanted, the best first, without the one that was there.

        Words come first, as far as any piece has them, then likeness of features and size.
        """
        found = [
            (self._missed(entry, suits), -round(looks.get(entry.id, 0.0), 6), -self._worth(entry), entry)
            for category in self.what.categories
            for suits, looks in [(self._suits(category), self._looks.scores(category, 0))]
            for entry in self._of_class(category)
            if entry.id != self.before.asset
        ]
        return [entry for *_, entry in sorted(found, key=lambda row: row[:3])]

    def compares(self, comparison: Comparison, entry: CatalogueEntry) -> bool:
        """Whether a piece is larger, or smaller, than the one that was there."""
        ratio = math.prod(
            a / b for k, (a, b) in enumerate(zip(entry.size, self._size, strict=True)) if k in comparison.axes
        )
        return ratio > _MORE if comparison.larger else ratio < 1 / _MORE

    def size_of(self, entry: CatalogueEntry) -> Vector3:
        """A piece's own size, stretched to what the text asks as far as it may be."""
        return self._sizes.fitted(entry, entry.category, 0)

    def _of_class(self, category: str) -> Sequence[CatalogueEntry]:
        return self.catalogue.of_class(category, self.room_type) or self.catalogue.of_class(category)

    def _suits(self, category: str) -> list[Callable[[CatalogueEntry], bool]]:
        compared_to = [partial(self.compares, comparison) for comparison in self.what.comparisons]
        return [*compared_to, *self._sizes.suits(category, 0)]

    @staticmethod
    def _missed(entry: CatalogueEntry, suits: Sequence[Callable[[CatalogueEntry], bool]]) -> tuple[bool, ...]:
        return tuple(not suiting(entry) for suiting in suits)

    def _worth(self, entry: CatalogueEntry) -> float:
        """How like the piece an entry is, less what its size differs."""
        like, alike = self._like, 0.0
        if like is not None and like.feature is not None and entry.feature is not None:
            same_space = like.feature.shape == entry.feature.shape
            alike = float(like.feature @ entry.feature) if same_space else 0.0
        ratios = [math.log(a / b) for a, b in zip(entry.size, self._size, strict=True)]
        if entry.category == self.before.category:
            return alike - _MISFIT * sum(abs(ratio) for ratio in ratios)
        return alike - _OVER * sum(max(ratio, 0.0) for ratio in ratios[:2])

    @cached_property
    def _like(self) -> CatalogueEntry | None:
        """The entry that looks like the piece: its own, else the one of its class nearest in codes and size."""
        own = self.catalogue.get(self.before.asset)
        if own is not None:
            return own
        box, codes = self.before, self.before.codes
        return choose(self.catalogue, box.category or "", box.size, None, codes, self.room_type) if codes else None

    @property
    def _size(self) -> Vector3:
        return self.before.placed_size or self.before.size

    @cached_property
    def _looks(self) -> AskedLooks:
        return AskedLooks(self.what.looks, self.catalogue, self.room_type)

    @cached_property
    def _sizes(self) -> AskedSizes:
        own = {*self.what.categories}
        pieces = tuple(replace(piece, count=1) for piece in self.what.brief.pieces if piece.names & own)
        return AskedSizes(replace(self.what.brief, pieces=pieces), self.catalogue)
