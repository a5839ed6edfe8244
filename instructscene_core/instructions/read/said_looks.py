"""The words with which an instruction describes each piece of furniture, and the room as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from ..words.common import BREAKS, COUNTS, MODIFIERS, PRONOUNS
from ..words.looks import COLOURS, MATERIALS, SHAPES, SIZES, STYLES
from .clauses import of_parts, prepared, until_joint
from .items import Item, itemise, lexicon_of, sentences

_JOINING: Final = BREAKS | MODIFIERS | PRONOUNS | frozenset(COUNTS) | frozenset({"the", "of", "on", "in", "is", "are"})
_OF_ROOMS: Final = COLOURS | MATERIALS | STYLES | {"dark", "light", "pastel"}
ONES: Final = frozenset({"one", "ones"})
"""Words that stand for furniture spoken of before: "a white one"."""
_ENUMERATED: Final = _OF_ROOMS | SHAPES | SIZES.keys()


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
        nouns = (at for at, item in enumerate(sentence) if item.kind == "furniture" or item.words[0] in ONES)
        used = {at for noun in nouns for at in _led(sentence, noun)}  # of other rooms' furniture, too
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
        of_room = [at for at in range(refused) if at not in used and not _of_a_part(sentence, at)]
        room |= _words(sentence, of_room) & _OF_ROOMS
        last = sentence[things[-1]] if things else last
    return SaidLooks({name: tuple(said) for name, said in of.items()}, frozenset(room))


def _led(sentence: Sequence[Item], noun: int) -> list[int]:
    """Positions of the words that lead up to a noun: "two dark oak", "a black and white", "two red and two white"."""
    at = _run(sentence, noun)
    counted = any(_counts(item) for item in sentence[at:noun])
    while at > 1 and sentence[at - 1].kind == "break":
        start = _run(sentence, at - 1)
        words = sentence[start : at - 1]
        apart = start > 0 and sentence[start - 1].kind == "furniture"  # "the sofa black and the desk white"
        looks = [item.words[0] in _ENUMERATED for item in words if not _counts(item)]
        if apart or not looks or not all(looks) or (counted and len(looks) == len(words)):
            break
        at = start
    return list(range(at, noun))


def _of_a_part(sentence: Sequence[Item], at: int) -> bool:
    """Whether a word describes a part of a piece, "between two wings and champagne bedding", or is in its noun."""
    nouns = (k for k in range(at, -1, -1) if sentence[k].kind == "furniture")
    noun = next(nouns, None)
    return noun is not None and (noun == at or any(item.relates for item in sentence[noun + 1 : at]))


def _run(sentence: Sequence[Item], end: int) -> int:
    """Where the words begin that end at a position."""
    while end and sentence[end - 1].kind == "word":
        end -= 1
    return end


def _counts(item: Item) -> bool:
    return item.words[0] in COUNTS or item.words[0] == "the" or item.words[0].isdecimal()


def _trailing(sentence: Sequence[Item], noun: int, following: int) -> list[int]:
    """Positions of what describes a noun behind it, up to the next relation or the words of the next noun."""
    stops = (at for at in range(noun + 1, following) if _leads_away(sentence, at) or sentence[at].kind == "not")
    end = next(stops, following)
    if end == following < len(sentence):
        end = max(noun + 1, min(_led(sentence, following), default=following))
    return list(range(noun + 1, end))


def _leads_away(sentence: Sequence[Item], at: int) -> bool:
    """Whether a relation leads to other furniture, and not to parts: "on slim brass legs"."""
    item = sentence[at]
    return item.relates and not (item.words == ("on",) and of_parts(until_joint(sentence, at + 1)))


def _words(sentence: Sequence[Item], positions: Iterable[int]) -> frozenset[str]:
    return frozenset(word for at in positions for word in sentence[at].words if word not in _JOINING and word.isalpha())
