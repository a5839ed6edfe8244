"""Turns the open .blend into a request: which objects take part, where they stand, and which of them may change."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, cast

import bpy

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Request, Scene, SceneObject, Task, Vector3, read_json
from .architecture.building import Building, BuildingError, read_building
from .deletions import without
from .guesses import guess_of
from .language import tr
from .participants import Participants, pose_of
from .pieces import room_of, why_fixed
from .poses import read_pose
from .records import (
    ARCHITECTURE_KEY,
    CATEGORY_KEY,
    FRONT_KEY,
    INPUTS_KEY,
    KEEP_KEY,
    OBJECT_KEY,
    is_ours,
    is_room,
    room_members,
    room_objects,
    room_parts,
    room_scene,
    rooms,
    scale_length,
)
from .selection import MAKE_LOCAL, Selection, sort_selection
from .session import preferences
from .shell import is_edited, shell_of
from .site import Site, feet_of
from .transforms import world_of

INPUTS: Final = ("instruction", "room_type", "seed", "variations", "finish", "make", "steps_prior", "steps_decoder")
"""Settings of the panel from which a room is made."""
_OF_OURS: Final = ("restyle", "replace")
"""Tasks that exchange meshes, and so leave a person's own alone."""
_FLAT: Final = 1e-4
"""Scale factors below which a room's Empty has no extent."""
_JOIN: Final = 0.5
"""Metres around a room's floor within which a selected object of a person's own makes that room the edited one."""


@dataclass(frozen=True)
class Reading:
    """A request read from the open .blend, and the objects it speaks of, by name: pointers do not survive an undo.

    Args:
        request: for the worker.
        room: name of the room's Empty; None makes a new room.
        foreign: names of the roots of the person's own pieces, by their id in the scene.
        ours: names of the furniture that the add-on placed, likewise.
        copies: new ids of furniture that a person has duplicated, by object name.
        location: of a new room's Empty, Blender units.
        yaw: of a new room's Empty, radians.
        parts: kinds of the parts of the building that the floor plan was read from, by object name; None where the
            room has none.
        notes: what a person should know of the reading.
        inputs: settings from which the same room can be made again; empty for edits.
        unseen: names of the roots of pieces that take part and were never recognised.
    """

    request: Request
    room: str | None = None
    foreign: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, str] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    location: Vector3 = (0.0, 0.0, 0.0)
    yaw: float = 0.0
    parts: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()
    inputs: Mapping[str, object] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()


def active_room(context: bpy.types.Context) -> bpy.types.Object | None:
    """The room of the active object, else the one that was last worked on."""
    active = context.active_object
    room = None if active is None else room_of(active)
    if room is None:
        room = bpy.data.objects.get(context.scene.instructscene.room)
    return room if room is not None and is_room(room) and room.users_collection else None


def read(context: bpy.types.Context, task: Task, selected: Sequence[bpy.types.Object] | None = None) -> Reading:
    """Reads what an edit needs from the open .blend, and changes nothing.

    Args:
        context: of the operator.
        task: what is to be done.
        selected: objects that count as selected; else those that are.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    if task == "generate":
        return _read_new(context)
    return _read_room(context, task, sort_selection(context.selected_objects if selected is None else selected))


def _read_new(context: bpy.types.Context) -> Reading:
    room_type = context.scene.instructscene.room_type
    location = cast("Vector3", tuple(context.scene.cursor.location))
    return Reading(_request(context, "generate", Scene(room_type)), location=location, inputs=inputs_of(context))


def inputs_of(context: bpy.types.Context) -> dict[str, object]:
    """The panel's settings from which a room is made."""
    settings = context.scene.instructscene
    return {name: getattr(settings, name) for name in INPUTS}


def read_again(context: bpy.types.Context, room: bpy.types.Object) -> Reading:
    """Reads a room to make it again from the settings that its Empty keeps; they become the panel's.

    Raises:
        InvalidInputError: it keeps none, or its building can no longer be read.
    """
    use_inputs(context, room)
    if _parts_around(room):
        return read_own_room(context, room)
    room_type = context.scene.instructscene.room_type
    return Reading(_request(context, "generate", Scene(room_type)), room=room.name, inputs=inputs_of(context))


def use_inputs(context: bpy.types.Context, room: bpy.types.Object) -> None:
    """Makes the settings that a room's Empty keeps the panel's.

    Raises:
        InvalidInputError: it keeps none.
    """
    kept = read_json(str(room.get(INPUTS_KEY, "null")), f'The settings of "{room.name}"')
    if not isinstance(kept, dict):
        raise InvalidInputError(tr('"{name}" keeps no settings', name=room.name), tr("Generate a room"))
    for name in INPUTS:
        if name in kept:
            with suppress(TypeError):  # what another version wrote
                setattr(context.scene.instructscene, name, kept[name])


def read_own_room(
    context: bpy.types.Context,
    room: bpy.types.Object | None = None,
    selected: Sequence[bpy.types.Object] | None = None,
) -> Reading:
    """Reads a person's own room, from the active object or the selected parts of a building, to furnish it.

    What stands in it stays as it is.

    Args:
        context: of the operator.
        room: whose building it is; else it is found.
        selected: objects that count as selected; else those that are.

    Raises:
        InvalidInputError: there is no floor that can be furnished.
    """
    context.view_layer.update()
    settings = context.scene.instructscene
    selection = sort_selection(context.selected_objects if selected is None else selected)
    room = room or _room_of_own(context, selection)
    building = _own_building(context, room, selection)
    site = Site(context, room, building)
    participants = Participants.of(site, [], list(selection.notes))
    scene = participants.scene(settings.room_type)
    everything = ("category", "feature", "relation", "pose")
    request = _request(context, "generate", scene)
    request = replace(request, keep=dict.fromkeys(participants.foreign, everything))
    return replace(_reading(participants, request), inputs=inputs_of(context))


def own_building(context: bpy.types.Context) -> Building:
    """The building around the selection or the active object, as it would be furnished.

    Raises:
        InvalidInputError: there is none.
    """
    context.view_layer.update()
    selection = sort_selection(context.selected_objects)
    return _own_building(context, _room_of_own(context, selection), selection)


def _room_of_own(context: bpy.types.Context, selection: Selection) -> bpy.types.Object | None:
    """The room whose building is selected, or to which the active object belongs."""
    active = context.active_object
    found = _room_of_building(selection.architecture, context.scene)
    if found is None and active is not None and not selection.architecture:
        found = room_of(active)
    return found


def _own_building(context: bpy.types.Context, room: bpy.types.Object | None, selection: Selection) -> Building:
    """The building of a room; without one that of the selected parts, else of the active object, else around pieces."""
    metres, active = scale_length(context.scene), context.active_object
    parts = _parts_around(room) if room is not None else {}
    if parts:
        return read_building(context, metres, chosen=parts, known=parts)
    chosen, point = list(selection.architecture), None
    if not chosen and selection.pieces and active not in selection.pieces[:1]:
        point = feet_of(selection.pieces, metres)
    elif not chosen and active is not None and not is_ours(active) and not is_room(active):
        chosen = [active]
    return read_building(context, metres, chosen=chosen, point=point)


def _read_room(context: bpy.types.Context, task: Task, selection: Selection) -> Reading:
    context.view_layer.update()
    settings = context.scene.instructscene
    room = _target(context, selection)
    if room is None:
        _refuse_without_furniture(selection)
    else:
        _check_room(room)
    site = Site(context, room, _building_of(context, room, selection))
    selection.pieces = [root for root in selection.pieces if not site.is_built_in(root)]
    participants = Participants.of(site, selection.pieces, list(selection.notes))
    chosen = _chosen(task, selection, participants)
    scene = participants.scene(settings.room_type)
    return _reading(participants, _request(context, task, scene, chosen))


def _building_of(context: bpy.types.Context, room: bpy.types.Object | None, selection: Selection) -> Building | None:
    """The building around what is edited; None where there is none, or none that can be read."""
    metres = scale_length(context.scene)
    if room is not None:
        parts = _parts_around(room)
        if not parts:
            return None
        try:
            return read_building(context, metres, chosen=parts, known=parts, point=_middle(room, metres))
        except BuildingError:
            return None  # what is left of it: the plan as it was read before counts
    chosen, point = selection.architecture, feet_of(selection.pieces, metres)
    try:
        return read_building(context, metres, chosen=chosen, point=point)
    except BuildingError:
        if chosen:
            raise
        return None


def _parts_around(room: bpy.types.Object) -> dict[bpy.types.Object, str]:
    """The parts of the building around a room: a person's, or those of our own shell once a person has edited it."""
    parts, shell = room_parts(room), shell_of(room)
    if not parts and shell is not None and is_edited(shell):
        parts = {obj: str(obj.get(ARCHITECTURE_KEY)) for obj in shell.objects if obj.type == "MESH"}
    return parts


def _middle(room: bpy.types.Object, metres: float) -> Vector3:
    x, y, z = (v * metres for v in world_of(room).translation)
    return x, y, z


def _chosen(task: Task, selection: Selection, participants: Participants) -> tuple[str, ...]:
    """Ids that an edit may change.

    Raises:
        InvalidInputError: there are none.
    """
    if task == "complete":
        return ()
    members = participants.ours if task in _OF_OURS else participants.ours | participants.foreign
    selected = {*selection.ours, *selection.pieces}
    chosen = [key for key, obj in members.items() if obj in selected]
    if not chosen and selection.rooms and task != "replace":
        chosen = list(participants.ours)
    if not chosen:
        if task in _OF_OURS and selection.pieces:
            message = tr("The selection holds only your own meshes, whose shape is never changed")
            raise InvalidInputError(message, tr("Select furniture that InstructScene placed"))
        if selection.aside:
            raise InvalidInputError(selection.aside[0].sentence, selection.aside[0].remedy)
        raise InvalidInputError(tr("No furniture is selected"), tr("Select furniture of a room, or the room's Empty"))
    free = [key for key in chosen if (reason := _why_unchanged(task, members[key])) is None or not reason]
    fixed = [key for key in chosen if key not in free]
    if not free:
        first = members[fixed[0]]
        raise InvalidInputError(
            f'"{first.name}" {_why_unchanged(task, first)}',
            tr("Release it, or select other furniture"),
        )
    reasons = {members[key].name: _why_unchanged(task, members[key]) for key in fixed}
    participants.notes += [tr('"{name}" {reason}, and stays', name=name, reason=why) for name, why in reasons.items()]
    return tuple(free)


def _why_unchanged(task: Task, obj: bpy.types.Object) -> str | None:
    """Why an edit leaves an object as it is, as it follows its name; None where it may be changed."""
    if not obj.visible_get():
        return tr("is hidden")
    if task in _OF_OURS:
        return tr("is kept") if obj.get(KEEP_KEY) else None
    return why_fixed(obj)


def _target(context: bpy.types.Context, selection: Selection) -> bpy.types.Object | None:
    """The room to edit: the one the selection belongs to, else the one it stands in; the active one without pieces."""
    named = [room_of(obj) for obj in (*selection.rooms, *selection.ours, *selection.pieces)]
    found = {room.name: room for room in named if room is not None and is_room(room)}
    built = _room_of_building(selection.architecture, context.scene)
    if not found and built is not None:
        return built
    if len(found) > 1:
        names = '" and "'.join(sorted(found)[:2])
        raise InvalidInputError(tr('The selection belongs to "{names}"', names=names), tr("Select objects of one room"))
    if found:
        return next(iter(found.values()))
    if not selection.pieces:
        return None if selection.architecture else active_room(context)
    return next((r for r in rooms(context.scene) if any(_stands_in(obj, r) for obj in selection.pieces)), None)


def _room_of_building(architecture: Sequence[bpy.types.Object], scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The room whose floor plan was read from one of some parts of a building."""
    return next((r for r in rooms(scene) if any(part in architecture for part in room_parts(r))), None)


def _stands_in(obj: bpy.types.Object, room: bpy.types.Object) -> bool:
    """Whether an object's centre is over a room's floor or near it, see ``_JOIN``."""
    scene = room_scene(room)
    box = None if scene is None else scene.floor.bounding_box()
    if box is None or abs(room.matrix_world.determinant()) < _FLAT:
        return False
    x, y, _ = read_pose(obj, room, scale_length(bpy.context.scene)).position
    return box[0] - _JOIN < x < box[2] + _JOIN and box[1] - _JOIN < y < box[3] + _JOIN


def _check_room(room: bpy.types.Object) -> None:
    if room.library is not None:
        raise InvalidInputError(tr('"{name}" is linked from a library', name=room.name), tr(MAKE_LOCAL))
    matrix = room.matrix_world
    if matrix.to_3x3().determinant() < 0:
        raise InvalidInputError(
            tr('"{name}" has a negative scale', name=room.name), tr("Apply it with Object > Apply > Scale")
        )
    if abs(matrix.to_3x3().determinant()) < _FLAT**3:
        raise InvalidInputError(tr('"{name}" has a scale of zero', name=room.name), tr("Set its scale to 1"))


def _refuse_without_furniture(selection: Selection) -> None:
    if selection.pieces or selection.architecture:
        return
    if selection.aside:
        raise InvalidInputError(selection.aside[0].sentence, selection.aside[0].remedy)
    raise InvalidInputError(
        tr("No furniture is selected and there is no room"), tr("Select furniture, or generate a room")
    )


def _reading(participants: Participants, request: Request) -> Reading:
    """With what is needed to place the answer."""
    location, yaw = participants.site.frame(participants.foreign.values())
    return Reading(
        request,
        room=participants.site.room.name if participants.site.room else None,
        foreign={key: obj.name for key, obj in participants.foreign.items()},
        ours={key: obj.name for key, obj in participants.ours.items()},
        copies={obj.name: key for key, obj in participants.ours.items() if obj.get(OBJECT_KEY) != key},
        location=location,
        yaw=yaw,
        parts=None if participants.site.building is None else participants.site.building.parts,
        notes=tuple(dict.fromkeys(participants.notes)),
        unseen=tuple(root.name for root in participants.pieces if not _is_known(root)),
    )


def _is_known(root: bpy.types.Object) -> bool:
    """Whether class and front of a piece have been said, or it was looked at."""
    return (CATEGORY_KEY in root and FRONT_KEY in root) or guess_of(root) is not None


def _request(context: bpy.types.Context, task: Task, scene: Scene, selected: tuple[str, ...] = ()) -> Request:
    settings = context.scene.instructscene
    steps = (settings.steps_prior, settings.steps_decoder)
    request = Request(
        task=task,
        scene=scene,
        instruction=settings.instruction,
        selected=selected,
        add=(settings.add or None) if task == "complete" else None,
        variations=settings.variations,
        seed=settings.seed,
        steps=steps if all(steps) else None,
        finish=settings.finish,
        make=settings.make and bool(preferences().maker_command) and task in ("generate", "complete", "restyle"),
    )
    try:
        return Request.from_json(request.to_json())
    except InvalidInputError as error:
        raise InvalidInputError(
            str(error.message).replace("request.scene.floor", tr("The floor")), error.remedy
        ) from error


def as_it_stands(
    target: Scene, before: Scene, room: bpy.types.Object, metres: float, newcomers: Collection[str] = ()
) -> Scene:
    """``target``, but objects that are the same in ``before`` get the pose that they have in the .blend now.

    So an object that an edit does not change stays where a person has moved it meanwhile, and does not come back where
    it was deleted.

    Args:
        target: what is to be placed.
        before: what it was made from.
        room: the room's Empty.
        metres: in one Blender unit.
        newcomers: ids of objects that belong to the room from now on.
    """
    known = {item.id: item for item in before.objects}
    present = room_objects(room) | room_members(room)
    deleted = {
        item.id
        for item in target.objects
        if item.id not in present and item.id not in newcomers and _is_unchanged(item, known)
    }
    kept = without(target, deleted)
    return replace(kept, objects=tuple(_standing(item, known, present, room, metres) for item in kept.objects))


def _is_unchanged(item: SceneObject, known: Mapping[str, SceneObject]) -> bool:
    before = known.get(item.id)
    return before is not None and pose_of(before) == pose_of(item) and before.asset == item.asset


def _standing(
    item: SceneObject,
    known: Mapping[str, SceneObject],
    present: Mapping[str, bpy.types.Object],
    room: bpy.types.Object,
    metres: float,
) -> SceneObject:
    before, obj = known.get(item.id), present.get(item.id)
    if before is None or obj is None or pose_of(before) != pose_of(item) or before.asset != item.asset:
        return item
    pose = read_pose(obj, room, metres)
    if (pose.position, pose.size, pose.yaw) == pose_of(item):
        return item
    return replace(item, position=pose.position, size=pose.size, yaw=pose.yaw, placed_size=None)
