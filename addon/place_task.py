"""Places selected objects on anything: reads what there is, asks the placer, moves them and says where they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.cues import Cue, Hang, Near, View
from ..instructscene_core.errors import InstructSceneError, InvalidInputError
from ..instructscene_core.floor_plan import FloorPlan
from ..instructscene_core.geometry.walls import Walls
from ..instructscene_core.placer.placement import Item, Placement, PlacerSettings, Surroundings
from ..instructscene_core.placer.riders import riders
from ..instructscene_core.placer.rule import NoPlaceError, RulePlacer
from ..instructscene_core.placer.solid import Solid
from .architecture.parts import is_by_shape, kind_of
from .bodies import has_body, world_corners
from .language import tr
from .pieces import root_of, why_fixed
from .poses import read_pose
from .reading import active_room
from .records import is_ours, is_room, room_scene, scale_length
from .selection import require_piece, sort_selection, why_not
from .solids import axes_of, solid_of
from .transforms import set_world, world_of

_SHELL: Final = ("floor", "wall", "ceiling", "door", "window", "opening", "room", "light")
"""Kinds of parts of a building for which a floor plan stands."""
_THICKEST: Final = 0.5
"""Metres of a wall along one axis at least; what is thicker along both is the walls of a whole room."""
_INSIDE: Final = 0.3
"""Metres from the outline of a floor from which a wall stands free in it."""


_PLACER: Final = RulePlacer()
"""Keeps which cells solids fill, from press to press."""


@dataclass(frozen=True)
class Mover:
    """What is to be placed.

    Args:
        item: with all that stands on it.
        roots: names of the objects that are moved, the selected one first.
        posed: how the item was moved, turned and scaled already, in the task's axes; the objects were not.
    """

    item: Item
    roots: tuple[str, ...]
    posed: Matrix = field(default_factory=Matrix)


@dataclass(frozen=True)
class PlaceTask:
    """The selected objects, and all that they may stand on or be inside.

    Args:
        axes: from the world in Blender units to the axes of the solids, in metres.
        movers: in the order in which they are placed.
        around: what stays.
        notes: what a person should know of the reading.
        aside: by its name, why an object is left out of what things can stand on.
    """

    axes: Matrix
    movers: tuple[Mover, ...]
    around: Surroundings
    notes: tuple[str, ...] = ()
    aside: Mapping[str, InvalidInputError] = field(default_factory=dict[str, InvalidInputError])

    def find(self, cues: Sequence[Cue], settings: PlacerSettings) -> list[list[Placement]]:
        """Placements of each mover by the same cues, see :class:`RulePlacer`.

        Raises:
            InstructSceneError: one has none.
        """
        items = [mover.item for mover in self.movers]
        try:
            return _PLACER.place(items, self.around, [cues] * len(items), settings)
        except NoPlaceError as error:
            raise _told(error) from error

    @staticmethod
    def find_nearest(item: Item, around: Surroundings) -> Placement:
        """The free place that is nearest to where an item is.

        Raises:
            NoPlaceError: there is none.
        """
        x, y, z = item.middle.tolist()
        return _PLACER.place([item], around, [[Near((x, y, z))]], PlacerSettings())[0][0]

    def move(self, answers: Sequence[Placement]) -> str:
        """Moves the objects to their placements; a sentence for each."""
        sentences = [self.move_one(mover, placed) for mover, placed in zip(self.movers, answers, strict=True)]
        return ". ".join((*sentences, *self.notes))

    def move_one(self, mover: Mover, placed: Placement) -> str:
        """Moves the objects of one mover; a sentence."""
        place = Matrix.Translation(Vector(placed.position)) @ Matrix.Rotation(placed.turn, 4, "Z")
        place @= Matrix.Scale(placed.scale, 4)
        middle = Matrix.Translation(-Vector(mover.item.middle))
        move = self.axes.inverted() @ place @ middle @ mover.posed @ self.axes
        for name in mover.roots:
            root = bpy.data.objects[name]
            set_world(root, move @ world_of(root))
        return _sentence(mover, placed)

    def hang(self, place: Vector, out: Vector) -> Hang:
        """The cue of a place on a wall and of where it faces, both in the world."""
        x, y, z = self.axes @ place
        return Hang((x, y, z), self._way(out))

    def near(self, place: Vector, host: str | None, out: Vector, *, floor: bool) -> Near:
        """The cue of a place in the world, of what was clicked there, and of where that faces if it is a wall."""
        x, y, z = self.axes @ place
        return Near((x, y, z), host, floor, self._way(out) if any(out) else None)

    def _way(self, out: Vector) -> tuple[float, float]:
        """A direction on the ground plan of the world, in the task's axes."""
        way = (self.axes.to_3x3() @ out.to_3d()).xy.normalized()
        return way.x, way.y

    def number_of(self, obj: bpy.types.Object | None) -> int | None:
        """Of the solid that an object in the world is a part of.

        Raises:
            InvalidInputError: it was left aside.
        """
        if obj is None:
            return None
        name = _root_of(obj).name
        if name in self.aside:
            raise self.aside[name]
        return next((n for n, solid in enumerate(self.around.solids) if solid.name == name), None)


def _told(error: NoPlaceError) -> InstructSceneError:
    """That there is no place, in the person's language."""
    if error.on_wall:
        message = tr('"{name}": no free place on the wall there', name=error.item)
        return InstructSceneError(message, tr("Choose another place on a wall"))
    if not error.hosts:
        message = tr('"{name}": no free place', name=error.item)
    elif error.hosts == (None,):
        message = tr('"{name}": no free place on the floor', name=error.item)
    else:
        hosts = ", ".join(tr("the floor") if host is None else f'"{host}"' for host in error.hosts)
        message = tr('"{name}": no free place on {hosts}', name=error.item, hosts=hosts)
    return InstructSceneError(message, tr("Make room there, or choose another place"))


def _sentence(mover: Mover, placed: Placement) -> str:
    name, gap = mover.roots[0], f"{placed.gap * 1000:.1f}"
    if placed.hangs:
        if placed.host is None:
            return tr('"{name}" hangs on the wall, gap {gap} mm', name=name, gap=gap)
        return tr('"{name}" hangs on "{host}", gap {gap} mm', name=name, host=placed.host, gap=gap)
    if placed.host is None:
        return tr('"{name}" stands on the floor, gap {gap} mm', name=name, gap=gap)
    return tr('"{name}" stands on "{host}", gap {gap} mm', name=name, host=placed.host, gap=gap)


def read_placing(context: bpy.types.Context, objects: Iterable[bpy.types.Object], *, carry: bool) -> PlaceTask:
    """Reads the selected objects and what there is around them; changes nothing.

    Args:
        context: of the operator.
        objects: to place; of a piece, any part.
        carry: whether what stands on them goes along.

    Raises:
        InvalidInputError: an object cannot be placed, or none is selected.
    """
    context.view_layer.update()
    metres = scale_length(context.scene)
    chosen = _roots_to_place(objects)
    room = active_room(context)
    plan = FloorPlan() if room is None else _plan_of(room)
    if plan.polygon is None:
        room = None
    axes = axes_of(room, metres)
    aside = dict[str, InvalidInputError]()
    others, solids = _others(context, chosen, Walls.of(plan), axes, aside)
    own = [solid_of(root, axes) for root in chosen]
    everything = [*own, *solids]
    movers, gone = list[Mover](), set[int]()
    for number, root in enumerate(chosen):
        along = riders([number], everything) if carry else []
        along = [n for n in along if n >= len(chosen) and n not in gone and why_fixed(others[n - len(chosen)]) is None]
        gone |= set(along)
        solid = Solid.joined(root.name, [own[number], *(everything[n] for n in along)])
        yaw = read_pose(root, room, metres).yaw
        movers.append(Mover(Item(solid, yaw), (root.name, *(others[n - len(chosen)].name for n in along))))
    staying = tuple(solid for n, solid in enumerate(everything) if n >= len(chosen) and n not in gone)
    notes = tuple(tr("Left aside: {what}", what=error.message) for error in aside.values())
    return PlaceTask(axes, tuple(movers), Surroundings(staying, plan), notes, aside)


def _roots_to_place(objects: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    """Pieces among selected objects, ours and the person's own.

    Raises:
        InvalidInputError: there is none, or one may not be moved.
    """
    selection = sort_selection(objects)
    if selection.aside:
        raise InvalidInputError(selection.aside[0].sentence, selection.aside[0].remedy)
    chosen = [*selection.ours, *selection.pieces]
    chosen = chosen or [obj for obj in selection.architecture if is_by_shape(obj)]
    if not chosen:
        raise InvalidInputError(tr("Nothing is selected that can be placed"), tr("Select objects with a surface"))
    for root in chosen:
        require_piece(root)
        reason = why_fixed(root)
        if reason is not None:
            raise InvalidInputError(
                tr('"{name}" {reason}, and stays', name=root.name, reason=reason), tr("Deselect it, or set it free")
            )
    return chosen


def _plan_of(room: bpy.types.Object) -> FloorPlan:
    made = room_scene(room)
    return FloorPlan() if made is None else made.floor


def _root_of(obj: bpy.types.Object) -> bpy.types.Object:
    """What an object counts as a part of among the surroundings."""
    return obj if is_ours(obj) or kind_of(obj, scale_length(bpy.context.scene)) is not None else root_of(obj)


def _others(
    context: bpy.types.Context,
    chosen: Sequence[bpy.types.Object],
    walls: Walls | None,
    axes: Matrix,
    aside: dict[str, InvalidInputError],
) -> tuple[list[bpy.types.Object], list[Solid]]:
    """All visible things but the chosen ones, and their solids; a floor plan's walls stand for those along it."""
    metres = scale_length(context.scene)
    found: dict[str, bpy.types.Object] = {}
    for obj in context.scene.objects:
        kind = None if walls is None else kind_of(obj, metres)
        if is_room(obj) or not obj.visible_get() or (kind in _SHELL and kind != "wall"):
            continue
        root = _root_of(obj)
        if kind == "wall" and walls is not None and not _stands_inside(root, axes, walls):
            continue
        if root not in chosen and has_body(root):
            found.setdefault(root.name_full, root)
    roots, solids = list[bpy.types.Object](), list[Solid]()
    for root in found.values():
        try:
            solid = solid_of(root, axes)
        except InvalidInputError as error:
            if why_not(root) is None:
                aside[root.name] = error
            continue
        roots.append(root)
        solids.append(solid)
    return roots, solids


def _stands_inside(wall: bpy.types.Object, axes: Matrix, walls: Walls) -> bool:
    """Whether a wall stands free in a room, as a partition does, and not along its outline."""
    corners = np.array([tuple((axes @ corner).xy) for corner in world_corners(wall)]).reshape(-1, 2)
    if not len(corners):
        return False
    low, high = corners.min(axis=0), corners.max(axis=0)
    return bool((high - low).min() <= _THICKEST and walls.depth((low + high)[None] / 2)[0] > _INSIDE)


def camera_of(task: PlaceTask, perspective: Matrix) -> View:
    """(4, 4) rows from a task's axes to the clip coordinates of a view whose perspective matrix is given."""
    return tuple(tuple(row) for row in perspective @ task.axes.inverted())
