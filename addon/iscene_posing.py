"""Makes things stand where I-Scene saw them, which is no finer than centimetres: the exact stage has the last word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.geometry.frames import FloatArray
from ..instructscene_core.placer.placement import Item, Placement
from ..instructscene_core.placer.rule import NoPlaceError
from ..instructscene_core.placer.solid import Solid
from .aside import Tell
from .assets import PlacingError
from .language import tr
from .place_task import Mover, PlaceTask

REACH: Final = 0.25
"""Metres from where I-Scene saw a thing within which there must be a place for it; one of height counts as two."""
PLACING: Final = "placing"
"""The stage that is told meanwhile."""
_UNEVEN: Final = 0.03
"""Metres above its lowest point up to which what I-Scene has made counts as its base: half a cell of its grid."""


@dataclass(frozen=True)
class Seen:
    """Where a thing was seen.

    Args:
        yaw: radians by which it is turned about the task's Z axis, before it is moved.
        shift: (3,) metres.
    """

    yaw: float = 0.0
    shift: FloatArray = field(default_factory=lambda: np.zeros(3))

    @property
    def matrix(self) -> Matrix:
        """(4, 4) of the whole."""
        shift: Vector = Vector(self.shift.tolist())
        return Matrix.Translation(shift) @ Matrix.Rotation(self.yaw, 4, "Z")

    def apply(self, item: Item) -> Item:
        """An item as it was seen."""
        return Item(item.solid.turned(self.yaw).moved(self.shift), item.yaw + self.yaw)


@dataclass(frozen=True)
class Places:
    """Where things come to stand.

    Args:
        found: of each that has a place, what is moved, as it was seen, and its place.
        lost: names of those that have none near where they were seen, which stay.
    """

    found: tuple[tuple[Mover, Item, Placement], ...]
    lost: tuple[str, ...]


def find_places(task: PlaceTask, seen: Mapping[str, Seen], tell: Tell, reach: float = REACH) -> Places:
    """The free places nearest to where the objects of a task were seen, what carries others first; without bpy.

    Args:
        task: all of its movers have a place in ``seen``, by the name of their first root.
        seen: where.
        tell: called before each of them.
        reach: metres from there within which there must be a place.
    """
    lost = list[str]()
    while True:
        found, failed = _place(task, seen, lost, tell, reach)
        lost += failed
        if not failed:
            return Places(tuple(found), tuple(lost))


def stand(task: PlaceTask, seen: Mapping[str, Seen], places: Places) -> list[str]:
    """Moves the objects of a task to their places; a sentence for each.

    Raises:
        PlacingError: one is gone; then nothing has moved.
    """
    gone = [name for mover, _, _ in places.found for name in mover.roots if name not in bpy.data.objects]
    if gone:
        raise PlacingError(tr('"{name}" was removed or renamed meanwhile', name=gone[0]), tr("Try again"))
    movers = [replace(mover, posed=seen[mover.roots[0]].matrix, item=item) for mover, item, _ in places.found]
    sentences = [task.move_one(mover, placed) for mover, (_, _, placed) in zip(movers, places.found, strict=True)]
    return [
        *sentences,
        *(tr('"{name}" stays: there is no free place near where it was seen', name=name) for name in places.lost),
    ]


def _place(
    task: PlaceTask, seen: Mapping[str, Seen], lost: Sequence[str], tell: Tell, reach: float
) -> tuple[list[tuple[Mover, Item, Placement]], list[str]]:
    """Placements of the movers that are not lost, one after the other; and the names of others that are lost now."""
    staying = [*task.around.solids, *(mover.item.solid for mover in task.movers if mover.roots[0] in lost)]
    items = [(mover, seen[mover.roots[0]].apply(mover.item)) for mover in task.movers if mover.roots[0] not in lost]
    found, failed = list[tuple[Mover, Item, Placement]](), list[str]()
    for mover, item in sorted(items, key=lambda pair: float(pair[1].solid.low[2])):
        tell(PLACING)
        try:
            placed = task.find_nearest(item, replace(task.around, solids=tuple(staying)))
        except NoPlaceError:
            placed = None
        if placed is None or placed.score > reach:
            failed.append(mover.roots[0])
            continue
        found.append((mover, item, placed))
        staying.append(placed.solid)
    return found, failed


def on_even_bases(task: PlaceTask) -> PlaceTask:
    """The same, whose things count as having even bases: what comes from a grid of cells stands on no three points."""
    movers = [replace(mover, item=_even(mover.item)) for mover in task.movers]
    return replace(task, movers=tuple(movers))


def _even(item: Item) -> Item:
    corners, low = item.solid.corners.copy(), item.solid.low[2]
    corners[corners[:, 2] < low + min(_UNEVEN, item.solid.size[2] / 5), 2] = low
    return Item(Solid.of(item.solid.name, corners, item.solid.faces), item.yaw)
