"""Which meshes have the looks that an instruction asks for: by the words of their captions, tags and sizes.

The graph prior turns looks into feature codes; some are lost on the way, and shapes and sizes hardly arrive. Where the
words of an instruction are those of captions, they decide which meshes come into question, and the codes choose among
them.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Final

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..instructions.brief import Brief, Piece, named
from ..instructions.read.described_looks import Described
from ..instructions.read.said_looks import Said
from ..instructions.words.looks import COLOURS, MATERIALS, SAME_LOOK, SHAPES, SIZES, STYLES, broader, look_of, whole_of
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
        self._scored: dict[tuple[str, Said], dict[str, float]] = {}

    def suits(self, category: str, number: int) -> list[Callable[[CatalogueEntry], bool]]:
        """Whether an entry has as much of the asked look as any; nothing where nothing is asked.

        Args:
            category: class.
            number: of the piece among those of its class that get a mesh, from 0.
        """
        scores = self.scores(category, number)
        most = max(scores.values(), default=0.0)
        best = (
            frozenset(name for name, score in scores.items() if score > most - _SAME) if most > 0 else frozenset[str]()
        )
        return [lambda entry: entry.id in best] if best else []

    def scores(self, category: str, number: int) -> dict[str, float]:
        """How much of the asked look each entry of a class has, by id, words that are true of few counting more.

        Args:
            category: class.
            number: as of :meth:`suits`.

        Returns:
            Empty where nothing is asked.
        """
        said = self._said(category, number)
        if said == Said():
            return {}
        if (category, said) not in self._scored:
            entries = self._catalogue.of_class(category, self._room_type)
            ids = (entry.id for entry in entries)
            self._scored[category, said] = dict(zip(ids, _scores(entries, said), strict=True))
        return self._scored[category, said]

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
        direct |= {w for w in its_words if meant[w] & COLOURS and _is_coloured(entry, meant[w])}
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
    brief: Brief, looks: Described, objects: Sequence[SceneObject], catalogue: Catalogue, *, whole: str = "room"
) -> list[tuple[str, bool]]:
    """What an instruction asks of looks, in words, and whether the pieces have them by their captions, tags and sizes.

    What no piece of a class has says so.

    Args:
        brief: whose pieces.
        looks: what it says of them.
        objects: of the finished room, or those of it that are meant.
        catalogue: knows their meshes; others are passed over.
        whole: what all of them are called, of which words for no piece in particular speak.
    """
    known = [(item, entry) for item in objects if (entry := catalogue.get(item.asset)) is not None]
    lines: list[tuple[str, bool]] = []
    for piece in {piece.names: piece for piece in brief.pieces if not piece.fixture}.values():
        own, what = [entry for item, entry in known if item.category in piece.names], named(piece.names)
        groups = next((looks.groups[name] for name in sorted(piece.names) if name in looks.groups), None)
        if groups is None:
            words = _checked(looks, piece)
            met = bool(own) and all(_has(catalogue, entry, word) for entry in own for word in words)
            lines += [(_line(what, words) + ("" if met else _none(catalogue, own, words)), met)] if words else []
            continue
        for words, count in groups:
            number = max(count, 1)
            having = sum(all(_has(catalogue, entry, word, whole=False) for word in words) for entry in own)
            lines.append((_line(f"{number} x {what}" if number > 1 else what, words), having >= number))
    entries = [entry for _, entry in known]
    for word in sorted(looks.said.room):
        met = _is_common(catalogue, entries, word, _COMMON if whole == "room" else 1.0)
        lines.append((_line(whole, {word}) + ("" if met else _none(catalogue, entries, {word})), met))
    return lines


NONE: Final = "the catalogue has none"
"""Why a look is not met that no other try could bring."""


def _none(catalogue: Catalogue, own: Sequence[CatalogueEntry], words: Collection[str]) -> str:
    """That nothing of the classes of some pieces is as words say, where that is so."""
    others = [other for name in {entry.category for entry in own} for other in catalogue.of_class(name)]
    some = any(all(_has(catalogue, other, word) for word in words) for other in others)
    return "" if some or not own else f" ({NONE})"


def _checked(looks: Described, piece: Piece) -> frozenset[str]:
    """The words for the look of a piece that can be looked up; "wide" of a measure says nothing more."""
    said = [words for name in piece.names for one in looks.said.of.get(name, ()) for words in one.whole]
    return frozenset(said) & (_CHECKED - SIZES.keys() if piece.sizes else _CHECKED)


_CHECKED: Final = COLOURS | MATERIALS | STYLES | SHAPES | SIZES.keys() | {"dark", "light", "pastel"}
_COMMON: Final = 0.6
"""Share of the pieces, of those that could, that look as the whole room is asked to."""


def _line(what: str, words: Collection[str]) -> str:
    return f"{what}: {' '.join(sorted(words))}"


def _has(catalogue: Catalogue, entry: CatalogueEntry, word: str, *, whole: bool = True) -> bool:
    """Whether a piece is as a word says: by its caption and tags, or of sizes beside the others of its class.

    Args:
        catalogue: of the piece.
        entry: the piece.
        word: for a look.
        whole: whether a colour has to be that of the whole: a yellow sofa is not white for a white cushion.
    """
    if word in SIZES and entry.id in _extreme(catalogue.of_class(entry.category), word):
        return True
    meant = {word, SAME_LOOK.get(word, word)}
    if whole and meant & COLOURS:
        return _is_coloured(entry, meant)
    return bool(meant & set(_WORD.findall(" ".join((entry.caption.lower(), *entry.tags)))))


def _is_coloured(entry: CatalogueEntry, colours: Collection[str]) -> bool:
    """Whether a piece as a whole has one of some colours: its caption says which, else its tags do."""
    main = _main_colours(entry.caption)
    return not (main or frozenset(entry.tags)).isdisjoint(colours)


@cache
def _main_colours(caption: str) -> frozenset[str]:
    """The colours of the whole that a caption names, with what people say for them: burgundy is red."""
    words = look_of(caption).words
    named = {part for phrase in words for word in (phrase, *broader(phrase)) for part in word.split()}
    return frozenset(named) & COLOURS


def _is_common(catalogue: Catalogue, entries: Sequence[CatalogueEntry], word: str, share: float) -> bool:
    """Whether a share of the pieces is as a word says, of those whose class has such."""
    able = [e for e in entries if any(_has(catalogue, other, word) for other in catalogue.of_class(e.category))]
    return bool(able) and sum(_has(catalogue, entry, word) for entry in able) >= share * len(able)
