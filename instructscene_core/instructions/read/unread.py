"""The words of a sentence that nobody understood."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from ..words.common import AXES, FILLER, MOODS, PARTS
from ..words.fixtures import SIDES
from ..words.looks import SIZES
from ..words.rooms import purpose_phrases, room_phrases
from .clauses import is_vague, segments, until_joint
from .items import Item
from .tokens import MEASURE

_KNOWN: Final = (FILLER | PARTS | AXES.keys() | SIDES.keys()) - MOODS | {MEASURE, "", "center", "centre", "middle"}
_ARTICLES: Final = frozenset({"a", "an", "the", "some", "any"})
_PHRASES: Final = purpose_phrases().keys() | room_phrases().keys()


def fragments(
    sentence: Sequence[Item], used: Collection[int], vocabulary: AbstractSet[str] = frozenset()
) -> Iterator[tuple[int, int]]:
    """Where what was not understood begins and ends in the text: words, or what a relation leads to.

    Args:
        sentence: prepared items.
        used: where the items start that were read.
        vocabulary: further words that are understood, those by which the furniture at hand is described.
    """
    named = _in_phrases(sentence)
    for segment in segments(sentence):
        rows = range(segment.start, segment.start + len(segment.items))
        unread = [at for at in rows if at not in named and _is_unread(sentence, at, used, vocabulary)]
        while unread:
            first = last = unread.pop(0)
            while unread and all(_may_join(sentence[at]) for at in range(last + 1, unread[0])):
                last = unread.pop(0)
            if sentence[last].relates:  # what it leads to is part of what was not understood
                noun = next((at for at in rows if at > last and sentence[at].kind == "furniture"), last)
                last = noun if all(_may_join(sentence[at]) for at in range(last + 1, noun)) else last
                unread = [at for at in unread if at > last]
            adjective = last + 1 < len(sentence) and sentence[last + 1].kind in (
                "furniture",
                "word",
            )  # "a KALLAX shelf"
            while not adjective and first > segment.start and sentence[first - 1].words[0] in _ARTICLES:
                first -= 1
            yield sentence[first].start, sentence[last].end


def _is_unread(sentence: Sequence[Item], at: int, used: Collection[int], vocabulary: AbstractSet[str]) -> bool:
    """Whether an item says something that was not read."""
    item, word = sentence[at], sentence[at].words[0]
    if item.start in used or item.kind in ("pronoun", "break", "with", "end", "unwanted", "only"):
        return False
    if item.kind == "furniture":
        return item.role == "thing" and (not item.names or item.fixture)
    if item.relates:
        return not _describes(sentence, at, vocabulary)
    if item.kind == "not":
        return not any(other.start in used for other in until_joint(sentence, at + 1)) and not _led(sentence, at, used)
    if item.measure is not None or _is_loose_part(sentence, at) or _is_of_room(sentence, at):
        return True
    phrase = len(item.words) > 1 or bool(item.relation)  # one of ``CLAUSES``, or a relation between parts
    return not phrase and word not in _KNOWN and word not in vocabulary and not word.isdecimal()


def _describes(sentence: Sequence[Item], at: int, vocabulary: AbstractSet[str]) -> bool:
    """Whether a relation is one between parts of a piece: "on turned legs", "between two wings"."""
    led = until_joint(sentence, at + 1)
    words = [word for item in led for word in item.words]
    if any(item.names for item in led):
        return False
    known = bool(words) and all(word in vocabulary or word in _KNOWN for word in words)
    return (known and is_vague(sentence[at])) or any(word in PARTS or word in vocabulary - FILLER for word in words)


def _led(sentence: Sequence[Item], at: int, used: Collection[int]) -> bool:
    """Whether what a refusal reaches was read."""
    return any(item.refused and item.start in used for item in sentence[at:])


def _is_loose_part(sentence: Sequence[Item], at: int) -> bool:
    """Whether a word for a part is spoken of as if it were a thing: "a round mirror"; not "a bed with a headboard"."""
    if sentence[at].words[0] not in PARTS - FILLER:
        return False
    segment = next(s for s in segments(sentence) if s.start <= at < s.start + len(s.items))
    described = any(i.kind == "with" for i in sentence[:at]) and any(i.kind == "furniture" for i in sentence[:at])
    return not described and not any(item.kind == "furniture" for item in segment.items)


def _is_of_room(sentence: Sequence[Item], at: int) -> bool:
    """Whether a word says how large the room is to be, without a number: "a small bedroom"."""
    ahead = tuple(item.words[0] if item.kind == "word" else "" for item in sentence[at + 1 : at + 3])
    return sentence[at].words[0] in SIZES and (ahead[:1] in _ROOM_PHRASES or ahead in _ROOM_PHRASES)


_ROOM_PHRASES: Final = room_phrases().keys() | {("room",)}


def _may_join(item: Item) -> bool:
    return item.kind == "word" and all(word in _KNOWN or word.isdecimal() for word in item.words)


def _in_phrases(sentence: Sequence[Item]) -> set[int]:
    """Positions of words that a phrase of a room or of a purpose is made of."""
    found = set[int]()
    words = tuple(item.words[0] if item.kind == "word" else "" for item in sentence)
    for at in range(len(words)):
        for end in range(min(at + 4, len(words)), at, -1):
            if words[at:end] in _PHRASES:
                found |= set(range(at, end))
                break
    return found
