"""Objects beyond what rooms of a type hold, such as a third single bed, or what a floor holds; they are left out.

Guidance makes a graph repeat the classes that its instruction mentions. Plain samples show that.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from ..geometry.obstacles import free_area
from ..instructions.brief import Brief
from ..instructions.report import wishes_met
from ..scene import FloorPlan, SceneObject
from ..vocabulary import BEDS, RoomType, hangs
from .kinds import CHAIRS, DESKS, SINGLE_SEATS, SOFAS

_LAMPS: Final = frozenset({"ceiling_lamp", "pendant_lamp"})
_BEDROOM_MOST: Final = {
    "armchair": 1, "bookshelf": 1, "cabinet": 2, "chair": 3, "children_cabinet": 2,
    "coffee_table": 1, "desk": 1, "double_bed": 1, "dressing_chair": 1, "dressing_table": 1, "kids_bed": 2,
    "nightstand": 2, "shelf": 1, "single_bed": 2, "sofa": 1, "stool": 2, "table": 2,
    "tv_stand": 1, "wardrobe": 1,
}  # fmt: skip
"""At most one in twenty bedrooms of 3D-FRONT that have the class have more of it; of lamps that hang, one in eight. Two
single or children's beds, and chairs around a table, are rarer there, but nothing odd. A second
armchair is not, but it mostly faced the side of the bed."""
_ONE: Final = (
    "coffee_table", "console_table", "desk", "dining_table", "multi_seat_sofa", "shelf", "tv_stand", "wine_cabinet",
)  # fmt: skip
_LIVING_MOST: Final = (
    *((frozenset({name}), 1) for name in _ONE),
    *((frozenset({name}), 2) for name in ("bookshelf", "cabinet", "corner_side_table", "round_end_table", "stool")),
    (frozenset({"armchair", "chinese_chair", "lazy_sofa"}), 2),
    (frozenset({"wardrobe"}), 0),
)
"""Likewise of living and dining rooms, as far as it is one or two; of those with a coffee table one in eleven has two,
of those with consoles or wine cabinets one in seven, and one in thirteen has more than two stools or bookshelves: one
more mostly stands where it means nothing. One room in 80 has a wardrobe."""
MOST: Final[dict[RoomType, tuple[tuple[frozenset[str], int], ...]]] = {
    "bedroom": (
        *((frozenset({name}), most) for name, most in _BEDROOM_MOST.items()),
        (frozenset(BEDS), 2),
        (_LAMPS, 1),
    ),
    "livingroom": _LIVING_MOST,
    "diningroom": _LIVING_MOST,
}
"""Largest number of objects of a group of classes in a room, unless more are asked for."""


def excess_objects(
    room_type: RoomType,
    objects: Sequence[SceneObject],
    new: Collection[str],
    brief: Brief,
    colliding: Sequence[tuple[str, str]] = (),
) -> list[SceneObject]:
    """New objects to leave out: beds of another class, desks without seats, more of a group than its most or asked for.

    Never one that a wish needs.

    Args:
        room_type: of the room.
        objects: all objects of the room.
        new: ids of the objects that may be left out.
        brief: the instruction; a number that it asks for is never too many.
        colliding: pairs of ids; of equal objects, those that collide most are left out first.
    """
    kept, gone = list(objects), list[SceneObject]()
    odd = (*_other_beds(objects, new, brief), *_seatless_desks(objects, new, brief)) if room_type == "bedroom" else ()
    for item in odd:
        if not wishes_lost(item, kept, brief):
            kept.remove(item)
            gone.append(item)
    pairs = Counter(name for pair in colliding for name in pair)
    there = {item.category for item in objects if item.id not in new}  # "two more" says nothing of how many there are
    told = [(piece.names, piece.count) for piece in brief.furniture if piece.told and not there & piece.names]
    for group, most in (*MOST[room_type], *told):
        asked = brief.asked(group)
        for _ in range(sum(item.category in group for item in kept) - max(most, asked)):
            least = min(
                (item for item in kept if item.category in group and item.id in new),
                key=lambda item: (wishes_lost(item, kept, brief), -pairs[item.id], -kept.index(item)),
                default=None,
            )
            if least is None or wishes_lost(least, kept, brief):
                break
            kept.remove(least)
            gone.append(least)
    return gone


def _other_beds(objects: Sequence[SceneObject], new: Collection[str], brief: Brief) -> list[SceneObject]:
    """New beds of another class than one that is there, or that is asked for, or else than the largest one."""
    asked = brief.spoken
    beds = [item for item in objects if item.category in BEDS]
    first = min(beds, key=lambda item: (item.id in new, item.category not in asked, -_ground(item)), default=None)
    others = [item for item in beds if first is not None and item.category != first.category and item.id in new]
    return [item for item in others if item.category not in asked]


def _seatless_desks(objects: Sequence[SceneObject], new: Collection[str], brief: Brief) -> list[SceneObject]:
    """New desks and dressing tables beyond those for which there are seats, the smallest first, but none asked for."""
    spare = DESKS - brief.spoken
    desks = sorted((item for item in objects if item.category in spare and item.id in new), key=_ground)
    there = sum(item.category in DESKS for item in objects)
    seats = sum(item.category in CHAIRS | SINGLE_SEATS for item in objects)
    return desks[: max(there - seats, 0)]


def wishes_lost(item: SceneObject, objects: Sequence[SceneObject], brief: Brief, floor: FloorPlan | None = None) -> int:
    """How many wishes are no longer met without an object."""
    others, floor = [other for other in objects if other is not item], floor or FloorPlan()
    with_it, without = (wishes_met(brief.of_layout, items, floor) for items in (objects, others))
    return sum(with_it) - sum(without)


def too_full(floor: FloorPlan, objects: Sequence[SceneObject], new: Collection[str], brief: Brief) -> list[SceneObject]:
    """New objects to leave out so that one can live between the others: never what a room is for or a text speaks of.

    Of 3,600 rooms made by rule nine in ten of each type cover less ground than 1.77 m times the root of their area, in
    small rooms and in large ones: furniture lines the walls.

    Args:
        floor: with an outline.
        objects: of the room, with their sizes; their places do not count.
        new: ids of the objects that may be left out.
        brief: the instruction.

    Returns:
        The smallest one that is enough, or where none is the largest first.
    """
    spoken = brief.spoken
    standing = [item for item in objects if not hangs(item.category or "")]
    spare = [item for item in standing if item.id in new and item.category not in spoken | _ESSENTIAL]
    for group in _ONE_OF:
        own = sorted((item for item in standing if item.category in group), key=_ground, reverse=True)
        spare += [item for item in own[1:] if item.id in new and item.category not in spoken]
    over = sum(_ground(item) for item in standing) - _FULL * math.sqrt(free_area(floor))
    gone: list[SceneObject] = []
    while over > 0 and spare:
        spare.sort(key=_ground)
        item = next((item for item in spare if _ground(item) >= over), spare[-1])
        spare.remove(item)
        gone.append(item)
        over -= _ground(item)
    return gone


def _ground(item: SceneObject) -> float:
    """Square metres that it stands on."""
    width, depth, _ = item.placed_size or item.size
    return width * depth


_FULL: Final = 1.77
"""Metres, see :func:`too_full`."""
_ONE_OF: Final = (SOFAS, frozenset({"coffee_table"}), frozenset({"tv_stand"}))
"""Of which a room needs one."""
_ESSENTIAL: Final = frozenset({*BEDS, "nightstand", "dining_table", "dining_chair"}).union(*_ONE_OF)
"""Without which a room is not what it is, or looks as if something had been taken away."""
