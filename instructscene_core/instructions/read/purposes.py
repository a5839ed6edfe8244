"""Rooms that a text names, how large they are, and the furniture that words of purpose stand for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from ...vocabulary import BEDS, RoomType
from ..brief import RoomBrief
from ..words.common import COUNTS
from ..words.furniture import Names
from ..words.rooms import purpose_phrases, room_phrases, sleepers
from .items import Item
from .sizes import axis_word, owner

_PURPOSES: Final = purpose_phrases()
_SLEEPERS: Final = sleepers()
_DINING: Final = frozenset({"dining_table", "table", "dining_chair"})
_FOR: Final = 5
"""Words after "for" among which somebody is named."""


class Implied(NamedTuple):
    """What a phrase stands for.

    Attributes:
        sentence: that says it.
        start: of the phrase in the text.
        end: behind it.
    """

    sentence: str
    start: int
    end: int


def read_rooms(items: Sequence[Item]) -> RoomBrief:
    """What a text says of the room: its type, its size, its height."""
    found = RoomBrief()
    words = tuple(item.words[0] if item.kind == "word" else "" for item in items)
    at = 0
    while at < len(items):
        match = _room_at(words, at)
        if match is None:
            at += 1
            continue
        room, end = match
        known = found.room_type is not None or found.unknown
        if not known and not _aside(items, at):
            found = replace(found, room_type=room) if room else replace(found, unknown=" ".join(words[at:end]))
        at = end
    for number, item in enumerate(items):
        found = _measured(found, items, number) if item.measure is not None else found
    return found


def _room_at(words: tuple[str, ...], at: int) -> tuple[RoomType | None, int] | None:
    """The room that a phrase names, and where it ends."""
    for end in range(min(at + 3, len(words)), at, -1):
        phrase = words[at:end]
        if phrase in _ROOM_PHRASES:
            return _ROOM_PHRASES[phrase], end
    return None


_ROOM_PHRASES: Final = room_phrases()


def _aside(items: Sequence[Item], at: int) -> bool:
    """Whether another room is spoken of: "not a kitchen", "next to the kitchen"."""
    before = items[max(0, at - 3) : at]
    return any(item.kind == "not" or item.relates for item in before)


def _measured(found: RoomBrief, items: Sequence[Item], at: int) -> RoomBrief:
    """What a measure adds to what is known of the room."""
    measure = items[at].measure
    if measure is None or items[at].relates:
        return found
    whose = owner(items, at)
    of_room = whose is not None and whose.kind == "word"
    if measure.unit == "m2":
        return replace(found, area=measure.values[0])
    if measure.unit != "m" or not of_room or whose is None:
        return found
    if whose.words[0] in ("ceiling", "ceilings") or (len(measure.values) == 1 and axis_word(items, at) == "height"):
        return replace(found, height=measure.values[0])
    if len(measure.values) > 1:
        first, second, *rest = measure.values
        found = replace(found, sides=(first, second))
        return replace(found, height=rest[0]) if rest else found
    return found


def implied(
    sentences: Sequence[Sequence[Item]], spoken: Names, refused: Names, vague: Names, room_type: RoomType
) -> Iterator[Implied]:
    """What the phrases of a text stand for, as far as nothing of that is spoken of.

    Args:
        sentences: prepared.
        spoken: classes that the text wants.
        refused: those that it refuses.
        vague: those of which it does not say how many.
        room_type: of the room.
    """
    for sentence in sentences:
        for at, item in enumerate(sentence):
            whole = room_type == "diningroom" and "dining_table" in item.names  # "a dining area with …" is the room
            if item.kind == "furniture" and item.words in _PURPOSES and not item.refused and not whole:
                yield Implied(_PURPOSES[item.words], item.start, item.end)
            if item.measure is not None and item.measure.unit in ("people", "seats"):
                yield from _diners(sentence, at, spoken - refused, vague, room_type)
        if room_type == "bedroom" and not (spoken | refused).intersection(BEDS):
            yield from _beds(sentence)


def _diners(sentence: Sequence[Item], at: int, spoken: Names, vague: Names, room_type: RoomType) -> Iterator[Implied]:
    """Chairs for as many as a table is for, where no chairs are spoken of, or not how many."""
    measure, whose = sentence[at].measure, owner(sentence, at)
    if measure is None or ("dining_chair" in spoken and "dining_chair" not in vague):
        return
    if whose is None:  # "we are to seat eight"
        meant = measure.unit == "people" and (room_type == "diningroom" or "dining_table" in spoken)
    else:
        meant = bool(whose.names & _DINING) or (whose.kind == "word" and room_type == "diningroom")
    if not meant:
        return
    the = "the " if "dining_chair" in vague else ""
    number = f"{the}{round(measure.values[0])}"
    yield Implied(f"{number} dining chairs around the dining table", sentence[at].start, sentence[at].end)


def _beds(sentence: Sequence[Item]) -> Iterator[Implied]:
    """Beds for who sleeps in a room where no bed is spoken of: "for two children", "a kids room"."""
    for at, item in enumerate(sentence):
        if item.kind != "word":
            continue
        word = item.words[0]
        following = sentence[at + 1].words[0] if at + 1 < len(sentence) else ""
        if word == "nursery" or (word in _OF_A_CHILD and following in ("room", "bedroom")):
            yield Implied("a kids bed", item.start, item.end)
            return
        if word == "for":
            ahead = sentence[at + 1 : at + 1 + _FOR]
            who = next((other for other in ahead if other.words[0] in _SLEEPERS), None)
            if who is not None and all(other.kind == "word" for other in ahead[: ahead.index(who)]):
                number = next((n for other in ahead[: ahead.index(who)] if (n := _number(other.words[0]))), 1)
                bed = _SLEEPERS[who.words[0]].replace("_", " ")
                number = 1 if bed == "double bed" else number
                yield Implied(f"{number} {bed}s" if number > 1 else f"a {bed}", item.start, who.end)
                return


_OF_A_CHILD: Final = frozenset({"kids", "kid", "children", "childrens", "child", "girls", "boys", "toddler"})


def _number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) <= 2 else COUNTS.get(word, 0)
