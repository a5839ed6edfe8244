"""Whose a measure is: a piece's, the room's, or the distance at which something is to stand."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from ...vocabulary import ALL_CLASSES, BEDS
from ..brief import Axis, Size
from ..words.common import AXES
from ..words.furniture import Names
from ..words.rooms import room_phrases
from .items import Item
from .measures import Measure

_AWAY: Final = frozenset({"away from", "far from"})
_DIRECTIONS: Final = frozenset({"left of", "right of", "in front of", "behind"})
_LEAST: Final = frozenset({"at least", "minimum", "min", "over", "no less than", "not less than"})
_MOST: Final = frozenset({"within", "at most", "no more than", "not more than", "maximum", "max", "up to", "under"})
_SLACK: Final = 0.25
"""Of a distance, as a share of it; a quarter of a metre at least."""
_ROOM_WORDS: Final = frozenset(phrase[0] for phrase in room_phrases()) | {
    "room",
    "space",
    "area",
    "ceiling",
    "ceilings",
}
_NEAR: Final = 4
"""Words between a measure and what it measures, at most."""


def with_distances(items: Sequence[Item]) -> list[Item]:
    """The items, with measures that are distances in the relations that they belong to: "2 m from the bed"."""
    found = list(items)
    for at, item in enumerate(items[:-1]):
        measure, following = item.measure, items[at + 1]
        if measure is None or measure.unit != "m" or len(measure.values) != 1:
            continue
        before = " ".join(items[at - 1].words) if at else ""
        plain = following.words == ("from",) or (following.words == ("of",) and before in _MOST)
        if plain or following.relation in _AWAY | _DIRECTIONS:
            directed = following.relation in _DIRECTIONS
            found[at] = replace(item, kind="word", measure=None)
            found[at + 1] = replace(
                following,
                kind="relation",
                relation=following.relation if directed else "at a distance from",
                distance=_span(measure.values[0], before),
            )
    return found


def _span(value: float, before: str) -> tuple[float, float]:
    """Metres that a distance may be."""
    if before in _LEAST:
        return value, math.inf
    slack = max(_SLACK, _SLACK * value)
    return (0.0, value) if before in _MOST else (max(value - slack, 0.0), value + slack)


def owner(sentence: Sequence[Item], at: int) -> Item | None:
    """The furniture that a measure is of; the word for the room or its ceiling, where it is of that; None of neither.

    A noun behind it that only words lead to, "a 2 m wide wardrobe", else the nearest before it, "a wardrobe 2 m wide".
    """
    for item in sentence[at + 1 : at + 2 + _NEAR]:
        if item.role == "part":
            break
        if item.kind == "furniture" or _of_room(item):
            return item
        if item.kind != "word":
            break
    if (spoken := _spoken_of(sentence, at)) is not None:
        return spoken
    for item in reversed(sentence[:at]):
        if item.kind == "furniture" or _of_room(item):
            return item
        if item.kind == "end" or item.relates:
            break
    return None


def _spoken_of(sentence: Sequence[Item], at: int) -> Item | None:
    """What a measure is of that stands between commas: "a wardrobe on the left wall, 2 m wide"."""
    start = max((k + 1 for k in range(at) if sentence[k].kind == "break"), default=0)
    alone = start > 0 and all(item.kind == "word" for item in sentence[start:at])
    things = [item for item in sentence[:start] if item.wanted and item.role == "thing"]
    return things[0] if alone and len(things) == 1 else None


def _of_room(item: Item) -> bool:
    return item.kind == "word" and item.words[0] in _ROOM_WORDS


def axis_word(sentence: Sequence[Item], at: int) -> Axis | None:
    """The axis that words beside a measure name: "2 m wide", "a height of 2 m"."""
    behind = [w for item in sentence[at + 1 : at + 3] for w in item.words]
    before = [w for item in sentence[max(0, at - 2) : at] for w in item.words]
    near = [*behind[:1], *reversed(before), *behind[1:]]
    return next((cast("Axis", AXES[word]) for word in near if word in AXES), None)


def sizes_of(measure: Measure, axis: Axis | None, item: Item) -> tuple[Size, ...]:
    """What a measure says of a piece: of a bed its width, of a screen across, of "140 x 200 cm" both sides."""
    value, *others = measure.values
    if measure.unit in ("seats", "drawers", "doors", "shelves"):
        return (Size(measure.unit, value),)
    if measure.unit != "m":
        return ()
    if others:
        return tuple(Size(axis, value) for axis, value in zip(_SIDES, measure.values, strict=False))
    if axis is None and measure.inches and item.names & {"tv", "tv_stand"}:
        axis = "diagonal" if "tv" in item.names else "width"
    if axis is None:
        axis = "any" if item.names & _EITHER_WAY else "width"
    if axis == "any" and item.names & frozenset(BEDS):
        axis = "depth"
    return (Size(axis, value),)


def beds_of(sizes: Sequence[Size]) -> Names:
    """Classes of beds that are so wide; all furniture where that says nothing."""
    wide = [size.value for size in sizes if size.axis == "width"]
    if not wide:
        return frozenset(ALL_CLASSES)
    others = frozenset(ALL_CLASSES).difference(BEDS)
    return others | ({"double_bed"} if wide[0] >= _DOUBLE else frozenset(BEDS) - {"double_bed"})


_DOUBLE: Final = 1.35
"""Metres from which on a bed is for two."""
_SIDES: Final[tuple[Axis, ...]] = ("width", "depth", "height")
_EITHER_WAY: Final = frozenset({"wardrobe", "bookshelf", "shelf", "cabinet", "floor_lamp", "plant", "wine_cabinet"})
"""Of which a single measure may be the width or the height."""
