"""The words with which an instruction describes each piece of furniture, and the room as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from ..words.common import BREAKS, COUNTS, MODIFIERS, PRONOUNS
from ..words.looks import COLOURS, MATERIALS, STYLES
from .clauses import prepared
from .items import Item, itemise, lexicon_of, sentences

_JOINING: Final = BREAKS | MODIFIERS | PRONOUNS | frozenset(COUNTS) | frozenset({"the", "of", "on", "in", "is", "are"})
_OF_ROOMS: Final = COLOURS | MATERIALS | STYLES | {"dark", "light", "pastel"}


class Said(NamedTuple):
    """What is said of a piece.

    Attributes:
        whole: words before its noun, which speak of all of it: "walnut".
        parts: words behind it, which speak of parts as well: "tapered", "legs", "brass".
    """

    whole: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SaidLooks:
    """The words for looks in a text.

    Args:
        of: of each class, what is said of pieces that may be of it, in the order of the text.
        room: words for the looks of all furniture: "a modern bedroom", "make everything black".
    """

    of: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    room: frozenset[str] = frozenset()


def said_looks(text: str, classes: Sequence[str]) -> SaidLooks:
    """Reads how pieces are described: "a walnut desk with brass legs", "Make the chairs red. One is green".

    Args:
        text: anything.
        classes: of the room type.
    """
    of: dict[str, list[Said]] = defaultdict(list)
    room: set[str] = set()
    last: Item | None = None
    for sentence in map(prepared, sentences(itemise(text, lexicon_of(tuple(classes))))):
        things = [at for at, item in enumerate(sentence) if item.wanted and item.role == "thing"]
        used: set[int] = set()
        for at, following in pairwise([*things, len(sentence)]):
            before, after = _led(sentence, at), _trailing(sentence, at, following)
            used |= {*before, *after}
            said = Said(_words(sentence, before), _words(sentence, after))
            for name in sentence[at].names if said != Said() else ():
                of[name].append(said)
        if not things and last is not None and any(item.kind == "pronoun" for item in sentence):
            said = Said(_words(sentence, range(len(sentence))) & _OF_ROOMS)  # "It is to be red."
            for name in last.names if said != Said() else ():
                of[name].append(said)
            used |= set(range(len(sentence)))
        refused = next((at for at, item in enumerate(sentence) if item.kind == "not"), len(sentence))
        room |= _words(sentence, [at for at in range(refused) if at not in used]) & _OF_ROOMS
        last = sentence[things[-1]] if things else last
    return SaidLooks({name: tuple(said) for name, said in of.items()}, frozenset(room))


def _led(sentence: Sequence[Item], noun: int) -> list[int]:
    """Positions of the words that lead up to a noun: "two dark oak"."""
    at = noun
    while at and sentence[at - 1].kind == "word":
        at -= 1
    return list(range(at, noun))


def _trailing(sentence: Sequence[Item], noun: int, following: int) -> list[int]:
    """Positions of what describes a noun behind it, up to the next relation or the words of the next noun."""
    stops = (at for at in range(noun + 1, following) if sentence[at].relates or sentence[at].kind == "not")
    end = next(stops, following)
    if end == following < len(sentence):
        end = min(_led(sentence, following), default=following)
    return list(range(noun + 1, end))


def _words(sentence: Sequence[Item], positions: Iterable[int]) -> frozenset[str]:
    return frozenset(word for at in positions for word in sentence[at].words if word not in _JOINING and word.isalpha())
