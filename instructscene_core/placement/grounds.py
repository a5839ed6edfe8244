"""The ground that furniture needs beside it to be used: before seats and cupboards, around beds, behind chairs."""

from typing import Final, NamedTuple

from ..geometry.clearances import AROUND_TABLE, BEHIND_CHAIR, BESIDE_BED, CUPBOARD, FOOT, FRONT, LEGROOM, SQUEEZE
from ..vocabulary import BEDS
from .kinds import (
    CHAIRS,
    CUPBOARDS,
    CUPBOARDS_AND_SHELVES,
    DESKS,
    DINING_CHAIRS,
    SEATS,
    SIDE_TABLES,
    SINGLE_SEATS,
    SOFAS,
    TABLES,
)

Side = tuple[int, int]
"""Own axis of a piece, and which end of it."""
_FRONT: Final[Side] = (1, -1)
_BACK: Final[Side] = (1, 1)
_LEFT: Final[Side] = (0, -1)
_RIGHT: Final[Side] = (0, 1)


def middle_of_seat(category: str, half: float) -> float:
    """How far beside the middle of a seat the middle of its coffee table may be, metres.

    Args:
        category: of the seat; before an L-shaped sofa a table stands within its corner.
        half: of its width, metres.
    """
    return max((_MIDDLE_OF_L if category == "l_shaped_sofa" else _MIDDLE) * half, _BESIDE_MIDDLE)


_MIDDLE_OF_L: Final = 0.6
_MIDDLE: Final = 0.5
"""Share of half the width of a seat, and"""
_BESIDE_MIDDLE: Final = 0.4
"""the least such way: before an armchair a table may stand anyhow."""


class Clearance(NamedTuple):
    """Ground at a side of pieces, as wide as they are.

    Attributes:
        owners: classes.
        side: at which it is.
        depth: metres.
        passing: classes of pieces that are not in the way.
        walls: whether walls are.
        shut: share of its width that must be taken until one sees that it is.
    """

    owners: frozenset[str]
    side: Side
    depth: float
    passing: frozenset[str]
    walls: bool = True
    shut: float = 0.15


_LOW: Final = frozenset({"coffee_table", "stool"})
"""What one steps round on the way to a seat."""
_SHELVES: Final = frozenset({"tv_stand", "bookshelf", "shelf"})
FRONTS: Final = (
    Clearance(SOFAS, _FRONT, FRONT, _LOW),
    Clearance(SINGLE_SEATS, _FRONT, FRONT, _LOW | TABLES),
    Clearance(CUPBOARDS, _FRONT, CUPBOARD, frozenset(), shut=0.05),
    Clearance(_SHELVES, _FRONT, SQUEEZE, frozenset()),
    Clearance(frozenset(BEDS), _FRONT, FOOT, frozenset({"stool"})),
)
"""Without which nobody gets there. What is low before a seat does not count: a coffee table stands there at 30 to 40
cm, a footstool nearer still, and one goes round it. Nor does a table count at which an armchair stands instead of a
chair, nor a bench at the foot of a bed."""
ROOMIER: Final = tuple(
    ground._replace(depth=ground.depth + 0.2)
    for ground in FRONTS
    if ground.owners in (CUPBOARDS, frozenset(BEDS), SINGLE_SEATS)
) + tuple(
    Clearance(frozenset({"dining_table"}), side, AROUND_TABLE + 0.15, CHAIRS | DINING_CHAIRS)
    for side in (_FRONT, _BACK, _LEFT, _RIGHT)
)
"""What one would rather have, where the room has it."""
SIDES: Final = tuple(
    Clearance(frozenset({"double_bed"}), side, BESIDE_BED, SIDE_TABLES | {"nightstand", "stool"}, shut=0.3)
    for side in (_LEFT, _RIGHT)
)
"""On which two people get up."""
LEGS: Final = (Clearance(SEATS - {"l_shaped_sofa"}, _FRONT, LEGROOM, TABLES | {"stool"}),)
"""Between a seat and its coffee table."""
BACKS: Final = (
    Clearance(frozenset({"dining_chair", "chair", "dressing_chair"}), _BACK, BEHIND_CHAIR, CHAIRS | TABLES),
)
"""Where a chair is pushed back; other chairs may stand there, and it may be far under its own table."""
TIGHT: Final = tuple(ground._replace(depth=SQUEEZE) for ground in BACKS)
"""Of that, what nobody can do without."""
ROUND_TABLES: Final = tuple(
    Clearance(frozenset({"dining_table"}), side, AROUND_TABLE, CHAIRS | DINING_CHAIRS, walls=False)
    for side in (_FRONT, _BACK, _LEFT, _RIGHT)
)
"""Where one passes between a dining table and the rest of the room; an end of it may be at a wall."""
AT_DESKS: Final = (Clearance(DESKS, _FRONT, AROUND_TABLE, CHAIRS | SINGLE_SEATS),)
"""Where one sits at a desk: along all of it, and not only where its chair is."""


class Apart(NamedTuple):
    """Classes of which pieces that are nearer to each other are crammed: nobody gets through.

    Attributes:
        owners: which stay.
        others: which should be elsewhere.
        gap: metres between them at least.
    """

    owners: frozenset[str]
    others: frozenset[str]
    gap: float = 0.25


_DINING_GROUP: Final = frozenset({"dining_table", "dining_chair"})
APART: Final = (
    Apart(_DINING_GROUP, SOFAS | CUPBOARDS_AND_SHELVES | {"coffee_table"}),
    Apart(_DINING_GROUP, frozenset({"armchair", "lazy_sofa"}), 0.4),
    Apart(frozenset({"coffee_table"}), CUPBOARDS_AND_SHELVES),
    Apart(frozenset({"nightstand", *BEDS}), CUPBOARDS),
)
"""Who sits down in an armchair turns away from a dining table; its back is no place for those who get up there."""
