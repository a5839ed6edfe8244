"""Which objects of a settled room are better left out than shown where they stand, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..catalogue.entries import Catalogue
from ..geometry.solids import colliding_pairs
from ..instructions.brief import Brief
from ..scene import FloorPlan, Request, Scene, SceneObject
from ..vocabulary import display_name, with_article
from .flaws import misplaced
from .misfits import misfits
from .settle import Settled
from .too_many import wishes_lost


class LeftOut(NamedTuple):
    """A new object that is left out.

    Attributes:
        item: the object.
        why: a clause; empty where it is inside another piece.
        astray: whether it stands free, but not where it belongs.
    """

    item: SceneObject
    why: str = ""
    astray: bool = False

    def __str__(self) -> str:
        """As a note says it."""
        note = f"There was no free place for {with_article(display_name(self.item.category or 'object'))}"
        return f"{note} where it belongs" if self.astray else f"{note}: {self.why}" if self.why else note


def without_left_out(
    settled: Settled, request: Request, brief: Brief, floor: FloorPlan, catalogue: Catalogue, *, fixed: bool
) -> tuple[Settled, list[LeftOut]]:
    """A settled room without the new objects that have no place in it, and these.

    Args:
        settled: the room.
        request: says which objects are old ones; these stay.
        brief: what the instruction asks for.
        floor: of the room.
        catalogue: knows the solid parts.
        fixed: whether the floor's walls are where they are, whatever stands there.
    """
    gone = list[LeftOut]()
    if fixed:
        settled, gone = _without_misfits(settled, request, floor, catalogue)
    if request.add is not None:  # as many as were asked for, if they are anywhere in the room
        return settled, gone
    settled, crowd = _without_crowd(settled, request)
    if request.like is not None:
        return settled, [*gone, *crowd]
    strays = list[LeftOut]()
    if fixed:
        settled, strays = _without_strays(settled, request, brief, floor, catalogue)
    return settled, [*gone, *crowd, *strays]


def _less(settled: Settled, gone: Sequence[LeftOut]) -> Settled:
    names = {left.item.id for left in gone}
    return Settled(
        tuple(item for item in settled.objects if item.id not in names),
        tuple(move for move in settled.moves if move.id not in names),
        tuple(pair for pair in settled.colliding if not names & set(pair)),
    )


def _without_misfits(
    settled: Settled, request: Request, floor: FloorPlan, catalogue: Catalogue
) -> tuple[Settled, list[LeftOut]]:
    """Leaves out new objects that are not on the floor, whatever needs them; old ones go back to where they were."""
    old = {item.id: item for item in request.scene.objects}
    room_type = request.scene.room_type
    found = misfits(room_type, settled.objects, floor, catalogue)
    gone = [LeftOut(item, found[item.id]) for item in settled.objects if item.id in found and item.id not in old]
    settled = _less(settled, gone)
    if found.keys() & old.keys():
        before = misfits(room_type, request.scene.objects, floor, catalogue)
        settled = _moved_back(
            settled, {name: old[name] for name in found if name in old.keys() - before.keys()}, catalogue
        )
    return settled, gone


def _moved_back(settled: Settled, back: Mapping[str, SceneObject], catalogue: Catalogue) -> Settled:
    """With some objects at the poses that they had."""
    if not back:
        return settled
    objects = tuple(
        replace(item, position=back[item.id].position, yaw=back[item.id].yaw) if item.id in back else item
        for item in settled.objects
    )
    pairs = tuple((objects[i].id, objects[j].id) for i, j in colliding_pairs(objects, catalogue))
    return Settled(objects, tuple(move for move in settled.moves if move.id not in back), pairs)


def _without_crowd(settled: Settled, request: Request) -> tuple[Settled, list[LeftOut]]:
    """Leaves out new objects that collide, the smaller of a pair first."""
    old = {item.id for item in request.scene.objects}
    objects = {item.id: item for item in settled.objects}
    pairs, crowd = list(settled.colliding), list[LeftOut]()
    while new := [objects[name] for pair in pairs for name in pair if name not in old]:
        smallest = min(new, key=lambda item: item.size[0] * item.size[1])
        crowd.append(LeftOut(objects.pop(smallest.id)))
        pairs = [pair for pair in pairs if smallest.id not in pair]
    return _less(settled, crowd), crowd


def _without_strays(
    settled: Settled, request: Request, brief: Brief, floor: FloorPlan, catalogue: Catalogue
) -> tuple[Settled, list[LeftOut]]:
    """Leaves out new objects that found no place where they belong, one at a time, unless a wish needs them."""
    old = {item.id for item in request.scene.objects}
    kept, strays = {item.id: item for item in settled.objects}, list[LeftOut]()

    def stray() -> str | None:
        here = list(kept.values())
        new = [item for item in here if item.id not in old]
        asked = {item.id for item in new if _asked_for(item, new, brief)}
        found = misplaced(Scene(request.scene.room_type, tuple(here), floor), catalogue, asked)
        free = (name for name in found if name not in old and not wishes_lost(kept[name], here, brief, floor))
        return next(free, None)

    while (name := stray()) is not None:
        strays.append(LeftOut(kept.pop(name), astray=True))
    return _less(settled, strays), strays


def _asked_for(item: SceneObject, objects: Sequence[SceneObject], brief: Brief) -> bool:
    """Whether a sentence counts one of some new objects, and there is none to spare."""
    own = [piece for piece in brief.furniture if item.category in piece.names]
    return any(sum(other.category in piece.names for other in objects) <= brief.asked(piece.names) for piece in own)
