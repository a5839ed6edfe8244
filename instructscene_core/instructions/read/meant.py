"""Which relation and which classes are meant where both together leave less than each alone: "a lamp on the desk"."""

from collections.abc import Callable
from typing import Final

from ...vocabulary import BEDS, EXTRAS, hangs
from ..words.furniture import Names

_STANDING: Final = frozenset({
    "next to", "near", "left of", "right of", "behind", "in front of", "by", "in", "against", "on each side of", "at",
    "closely left of", "closely right of", "closely behind", "closely in front of", "between", "opposite",
    "at the head of", "at the foot of", "facing", "on the left side of", "on the right side of",
})  # fmt: skip


def narrowed(relation: str, subjects: Names, objects: Names) -> tuple[str, Names, Names]:
    """A relation and the classes at its ends, as far as these say something of each other.

    A lamp "above" something hangs, one "on" something is a table lamp, one "beside" something may be either that
    stands; what is "under" a lamp that hangs is below it in the paper's sense.
    """
    if relation == "at the foot of" and not objects & frozenset(BEDS):
        relation = "at"
    if relation == "above":
        subjects = _those(subjects, hangs) or subjects
    elif relation == "on":
        subjects = frozenset(subjects & {"table_lamp", "tv", "plant"}) or subjects
        if subjects and all(hangs(name) for name in subjects):
            relation = "above"
    elif relation in _STANDING and not all(hangs(name) for name in subjects):
        subjects = _those(subjects, _stands) or subjects
    if relation in ("under", "below") and any(hangs(name) for name in objects):
        relation, objects = "below", _those(objects, hangs)
    elif relation == "below" and subjects & frozenset(EXTRAS):
        relation = "under"
    return relation, subjects, objects


def _stands(name: str) -> bool:
    return not hangs(name)


def _those(names: Names, holds: Callable[[str], bool]) -> Names:
    return frozenset(name for name in names if holds(name))
