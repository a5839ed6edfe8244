"""How much room what was asked to stand beside, before and behind each other needs along the axes of the room."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ..instructions.brief import Wish
from ..scene import SceneObject
from ..vocabulary import BEDS, hangs
from .energy.terms import DIRECTIONS
from .kinds import DINING, SOFAS

_BEFORE: Final = 0.6
"""Metres before a piece that stands at the wall at one side and faces the others."""
_SLACK: Final = 0.2
"""Metres in a row that belong to no piece."""
_STRAIGHT: Final = SOFAS | DINING | frozenset(BEDS)
"""What a row is asked around, which looks across it."""


def needed_by_rows(wishes: Iterable[Wish], objects: Sequence[SceneObject]) -> tuple[float, float]:
    """Metres along x and y that the longest row needs that was asked for; 0 where none was."""
    rows = list(wishes)
    return _needed(rows, objects, 0), _needed(rows, objects, 1)


def _needed(wishes: Sequence[Wish], objects: Sequence[SceneObject], axis: int) -> float:
    """The longest row along one axis."""
    lengths: dict[str, float] = {}
    for item in objects:
        name = item.category or ""
        lengths[name] = max(lengths.get(name, 0.0), _length(item, axis))
    before = {predicate for predicate, way in DIRECTIONS.items() if way[axis] < 0}
    after = {predicate for predicate, way in DIRECTIONS.items() if way[axis] > 0}
    following: dict[_Place, set[_Place]] = {}
    for wish in wishes:
        ways = wish.predicates
        names = _first(wish.subjects, lengths), _first(wish.objects, lengths)
        if names[0] is None or names[1] is None or not ways <= before | after:
            continue
        subject, other = (wish.subject, names[0]), (wish.others[0] if wish.others else -1, names[1])
        for place in (subject, other):
            following.setdefault(place, set())
        for first, second, known in ((subject, other, before), (other, subject, after)):
            if ways & known and first not in _behind(second, following):  # what contradicts itself makes no row
                following[first].add(second)
    longest: dict[_Place, float] = {}
    for place in sorted(following, key=lambda place: len(_behind(place, following))):
        longest[place] = lengths[place[1]] + max((longest[other] for other in following[place]), default=0.0)
    return max((longest[place] + _SLACK for place, others in following.items() if others), default=0.0)


_Place = tuple[int, str]
"""Which piece of the brief stands in a row, and its class."""


def _behind(place: _Place, following: Mapping[_Place, set[_Place]]) -> set[_Place]:
    """A piece and all that comes after it in a row."""
    found, rest = {place}, [place]
    while rest:
        new = following[rest.pop()] - found
        found |= new
        rest += new
    return found


def _first(names: Iterable[str], there: Mapping[str, float]) -> str | None:
    """The first of some classes that stands in the room."""
    return next((name for name in sorted(names) if name in there and not hangs(name)), None)


def _length(item: SceneObject, axis: int) -> float:
    """Metres that a piece takes along an axis, and what it needs before it where it stands at the wall at its end."""
    width, depth = (item.placed_size or item.size)[:2]
    if item.category in _STRAIGHT:
        return (width, depth)[axis]
    return min(width, depth + _BEFORE)
