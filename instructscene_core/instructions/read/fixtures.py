"""What leads to a part of the room: "in the corner", "under the window", "2 m from the door", "on the left side"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ..words.fixtures import RELATIONS, SIDES
from .items import Item

_ROOMS: Final = frozenset({"room", "bedroom", "livingroom", "diningroom", "space", "lounge"})
_LEADING: Final = frozenset({"in", "into", "inside", "to", "towards", "toward"})
_ADJECTIVES: Final = frozenset({"corner", "wall", "window", "door"})
"""Parts of a room that may stand before another noun: "a corner desk", "a wall mirror"."""
_NEVER: Final = frozenset({"between", "around", "on each side of", "at each end of"})
"""Relations that do not lead to parts of the room."""
_BETWEEN: Final = 5
"""Words at most between a relation and the part of the room that it leads to."""


def lead_to_fixtures(items: Sequence[Item]) -> list[Item]:
    """The items, with the relations that lead to parts of the room."""
    found = [_plain(items, at) for at in range(len(items))]
    for at, item in enumerate(found):
        if item.fixture and (lead := _lead(found, at)) is not None:
            name = next(iter(item.names))
            relation = found[lead].relation or "in"
            meant = RELATIONS[name].get(relation, relation)
            known = name != "room" or meant != relation
            if known and meant not in _NEVER and (name == "corner" or not item.each):
                found[lead] = replace(found[lead], kind="relation", relation=meant)
    return found


def _plain(items: Sequence[Item], at: int) -> Item:
    """An item; "room" behind a relation as a part of the room, and "corner" before another noun as a word."""
    item = items[at]
    following = items[at + 1] if at + 1 < len(items) else None
    adjective = item.words[0] in _ADJECTIVES and following is not None and following.kind == "furniture"
    of = [item.words[0] for item in items[at + 1 : at + 3]]
    adjective = adjective or (of[:1] == ["of"] and of[1:] != [] and of[1] not in _OWN)  # "a wall of five doors"
    if item.fixture and (adjective or _of_piece(items, at)):
        return replace(item, kind="word", names=frozenset())
    led = at and (items[at - 1].relates or (items[at - 1].words == ("the",) and at > 1 and items[at - 2].relates))
    if item.words == ("opposite",) and led and following is not None and following.fixture:
        return replace(item, kind="word", relation="", words=("other",))  # "on opposite walls", "at the opposite wall"
    if item.kind == "word" and item.words[0] in _ROOMS:
        lead = _lead(items, at)
        if lead is not None and items[lead].relation in RELATIONS["room"]:
            return replace(item, kind="furniture", names=frozenset({"room"}), definite=True)
    return item


_OWN: Final = ("the", "my", "our", "this", "that", "your")


def _of_piece(items: Sequence[Item], at: int) -> bool:
    """Whether doors are those of a piece: "a wardrobe with two sliding doors"."""
    if items[at].words[0] not in ("door", "doors") or (
        at and items[at].words == ("door",) and items[at - 1].words == ("the",)
    ):
        return False  # "a bed with the door opposite"
    lead = next((n for n in range(at - 1, -1, -1) if items[n].kind != "word"), -1)
    described = any(word not in _BEFORE_DOORS for item in items[lead + 1 : at] for word in item.words)
    if described and (lead < 0 or items[lead].kind != "with"):
        return True  # "above two doors", "a framed door"
    for number in range(at - 1, 0, -1):
        if items[number].kind == "with":
            return any(item.kind == "furniture" for item in items[max(0, number - 2) : number])
        if items[number].kind not in ("word", "break"):
            return False
    return False


_BEFORE_DOORS: Final = frozenset(
    {"the", "a", "any", "each", "my", "this", "main", "front", "other", "opposite", "in", "to", *SIDES}
)


def _lead(items: Sequence[Item], at: int) -> int | None:
    """The position of the relation or preposition that leads to a noun; None where something else stands between."""
    for number in range(at - 1, max(-1, at - 2 - _BETWEEN), -1):
        item = items[number]
        if item.relates:
            return number
        if item.kind == "word" and item.words[0] in _LEADING:
            return number
        if item.kind != "word":
            return None
    return None
