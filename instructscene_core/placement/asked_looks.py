"""Which meshes have the looks that an instruction asks for: by the words of their captions, tags and sizes.

The graph prior turns looks into feature codes; some are lost on the way, and shapes and sizes hardly arrive. Where the
words of an instruction are those of captions, they decide which meshes come into question, and the codes choose among
them.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Final

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..instructions.brief import Brief, Piece, named
from ..instructions.read.described_looks import Described
from ..instructions.read.said_looks import Said
from ..instructions.words.looks import COLOURS, MATERIALS, SAME_LOOK, SHAPES, SIZES, STYLES, whole_of
from ..scene import SceneObject
from ..vocabulary import RoomType

_WORD: Final = re.compile(r"[a-z]+")
_OF_A_PART: Final = 0.5
"""What counts a word for the whole that the caption says of a part: "black" of "a white desk with black legs"."""
_OTHER_COLOUR: Final = 0.1
"""What a colour takes off that a caption names beside the one that is asked for: "black", and a green top."""
_EXTREME: Final = 0.3
"""Which share of the pieces of a class is "large", or "small"."""
_SAME: Final = 1e-9


class AskedLooks:
    """The entries of a catalogue that have the looks which an instruction asks for.

    Args:
        looks: what it says.
        catalogue: whose entries.
        room_type: where they are to stand.
    """

    def __init__(self, looks: Described, catalogue: Catalogue, room_type: RoomType) -> None:
        self._looks, self._catalogue = looks, catalogue
        self._room_type: RoomType = room_type
        self._best: dict[tuple[str, Said], frozenset[str]] = {}

    def suits(self, category: str, number: int) -> list[Callable[[CatalogueEntry], bool]]:
        """Whether an entry has as much of the asked look as any; nothing where nothing is asked.

        Args:
            category: class.
            number: of the piece among those of its class that get a mesh, from 0.
        """
        said = self._said(category, number)
        if said == Said():
            return []
        if (category, said) not in self._best:
            entries = self._catalogue.of_class(category, self._room_type)
            scores = _scores(entries, said)
            most = max(scores, default=0.0)
            best = {entry.id for entry, score in zip(entries, scores, strict=True) if score > most - _SAME}
            self._best[category, said] = frozenset(best) if most > 0 else frozenset()
        best = self._best[category, said]
        return [lambda entry: entry.id in best] if best else []

    def _said(self, category: str, number: int) -> Said:
        """The words for one piece; those for the room where nothing is said of its class."""
        pieces = [words for words, count in self._looks.groups.get(category, ()) for _ in range(max(count, 1))]
        if pieces:
            return Said(pieces[number % len(pieces)])
        said = self._looks.said.of.get(category, ())
        if not said:
            return Said(self._looks.said.room)
        return Said(frozenset().union(*(s.whole for s in said)), frozenset().union(*(s.parts for s in said)))


def _scores(entries: Sequence[CatalogueEntry], said: Said) -> list[float]:
    """How much of what is said each entry has; words that are true of few entries count more."""
    words = said.whole | said.parts
    meant = {word: {word, SAME_LOOK.get(word, word)} for word in words}
    whole = [set(_WORD.findall(whole_of(entry.caption))) for entry in entries]
    in_all = [set(_WORD.findall(" ".join((entry.caption.lower(), *entry.tags)))) for entry in entries]
    sized = {word: _extreme(entries, word) for word in said.whole if word in SIZES}
    has = [{word for word in words if meant[word] & of or entry.id in sized.get(word, ())}
           for entry, of in zip(entries, in_all, strict=True)]  # fmt: skip
    frequent = Counter(word for words_of_entry in has for word in words_of_entry)
    weight = {word: math.log(len(entries) / count) for word, count in frequent.items()}

    asked = frozenset().union(*meant.values()) & COLOURS

    def score(entry: CatalogueEntry, its_words: Collection[str], head: set[str], named: set[str]) -> float:
        direct = {w for w in its_words if w in said.parts or meant[w] & head or entry.id in sized.get(w, ())}
        other = named & COLOURS - asked if asked else ()
        return sum(weight[w] * (1.0 if w in direct else _OF_A_PART) for w in its_words) - _OTHER_COLOUR * len(other)

    rows = zip(entries, has, whole, in_all, strict=True)
    return [score(entry, its_words, head, named) for entry, its_words, head, named in rows]


def _extreme(entries: Sequence[CatalogueEntry], word: str) -> frozenset[str]:
    """Ids of the entries that a word for a size speaks of: "large" of those with the largest footprint."""
    axes, large = SIZES[word]
    order = sorted(entries, key=lambda entry: math.prod(entry.size[axis] for axis in axes), reverse=large)
    return frozenset(entry.id for entry in order[: math.ceil(_EXTREME * len(order))])


def looks_met(
    brief: Brief, looks: Described, objects: Sequence[SceneObject], catalogue: Catalogue
) -> list[tuple[str, bool]]:
    """What an instruction asks of looks, in words, and whether the pieces have them by their captions, tags and sizes.

    Args:
        brief: whose pieces.
        looks: what it says of them.
        objects: of the finished room.
        catalogue: knows their meshes; others are passed over.
    """
    known = [(item, entry) for item in objects if (entry := catalogue.get(item.asset)) is not None]
    lines: list[tuple[str, bool]] = []
    for piece in {piece.names: piece for piece in brief.pieces if not piece.fixture}.values():
        own, what = [entry for item, entry in known if item.category in piece.names], named(piece.names)
        groups = next((looks.groups[name] for name in sorted(piece.names) if name in looks.groups), None)
        if groups is None:
            words = _checked(looks, piece)
            met = bool(own) and all(_has(catalogue, entry, word) for entry in own for word in words)
            lines += [(_line(what, words), met)] if words else []
            continue
        for words, count in groups:
            number = max(count, 1)
            having = sum(all(_has(catalogue, entry, word) for word in words) for entry in own)
            lines.append((_line(f"{number} x {what}" if number > 1 else what, words), having >= number))
    of_room = [entry for _, entry in known]
    lines += [(_line("room", {word}), _is_common(catalogue, of_room, word)) for word in sorted(looks.said.room)]
    return lines


def _checked(looks: Described, piece: Piece) -> frozenset[str]:
    """The words for the look of a piece that can be looked up; "wide" of a measure says nothing more."""
    said = [words for name in piece.names for one in looks.said.of.get(name, ()) for words in one.whole]
    return frozenset(said) & (_CHECKED - SIZES.keys() if piece.sizes else _CHECKED)


_CHECKED: Final = COLOURS | MATERIALS | STYLES | SHAPES | SIZES.keys() | {"dark", "light", "pastel"}
_COMMON: Final = 0.6
"""Share of the pieces, of those that could, that look as the whole room is asked to."""


def _line(what: str, words: Collection[str]) -> str:
    return f"{what}: {' '.join(sorted(words))}"


def _has(catalogue: Catalogue, entry: CatalogueEntry, word: str) -> bool:
    """Whether a piece is as a word says: by its caption and tags, or of sizes beside the others of its class."""
    if word in SIZES and entry.id in _extreme(catalogue.of_class(entry.category), word):
        return True
    of = set(_WORD.findall(" ".join((entry.caption.lower(), *entry.tags))))
    return bool({word, SAME_LOOK.get(word, word)} & of)


def _is_common(catalogue: Catalogue, entries: Sequence[CatalogueEntry], word: str) -> bool:
    """Whether most of the pieces are as a word says, of those whose class has such."""
    able = [e for e in entries if any(_has(catalogue, other, word) for other in catalogue.of_class(e.category))]
    return bool(able) and sum(_has(catalogue, entry, word) for entry in able) >= _COMMON * len(able)
