"""A room's own shell: floor, walls, doors, windows and daylight that stay in the file, as objects to edit.

It stands in a collection of its own in the room's, and hangs on the room's Empty. Whatever is architecture, ours or a
person's, carries `ARCHITECTURE_KEY`: it is never furniture and never moved. The shell follows the floor plan of the
room as long as nobody has edited it.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.scene import FloorPlan
from .records import ARCHITECTURE_KEY
from .shell_parts import Lamp, Part, Solid, look, shell_lamps, shell_parts

SHELL_KEY: Final = "instructscene_shell"
"""Custom property of a shell's collection: JSON of the floor plan it was built for; of its objects: their digest as
built; of its materials: what they are."""
NAME: Final = "Room Shell"
"""Of a shell's collection."""


def shell_of(room: bpy.types.Object) -> bpy.types.Collection | None:
    """The collection of a room's own shell; None where it has none."""
    for collection in room.users_collection:
        for child in collection.children:
            if SHELL_KEY in child:
                return child
    return None


def is_edited(shell: bpy.types.Collection) -> bool:
    """Whether a person has moved, changed, added or removed something of a shell since it was built."""
    plan = _record(shell)
    objects = list(shell.objects)
    return len(objects) != plan.get("objects") or any(obj.get(SHELL_KEY) != _digest(obj) for obj in objects)


def stays_behind(room: bpy.types.Object, floor: FloorPlan) -> bool:
    """Whether a room's shell is of another floor plan, since it was edited and thus kept."""
    shell = shell_of(room)
    return shell is not None and floor.polygon is not None and _record(shell).get("plan") != _plan(floor)


def _record(shell: bpy.types.Collection) -> dict[str, Any]:
    """What a shell's collection says of how it was built; empty where that cannot be read."""
    try:
        record = json.loads(shell[SHELL_KEY])
    except (ValueError, TypeError):
        return {}
    return record if isinstance(record, dict) else {}


def _plan(floor: FloorPlan) -> dict[str, Any]:
    """A floor plan as plain JSON types, to compare."""
    openings = [opening.to_json() for opening in floor.openings]
    return json.loads(json.dumps({"floor": floor.polygon, "height": floor.height, "openings": openings}))


@dataclass
class ShellBuilder:
    """Builds a room's shell piece by piece beside the one that is there, which goes at the end.

    Between two pieces only names are kept: pointers do not survive an undo.

    Args:
        room: name of the room's Empty.
        metres: in one Blender unit.
        undo: gets a callback for each new datablock, which removes it.
        colour: number of the walls' colour.
    """

    room: str
    metres: float
    undo: ExitStack
    colour: int = 0
    _shell: str = ""
    _old: str = ""
    _names: dict[str, str] = field(default_factory=dict)
    """Wanted names of the new objects, by the names they have."""

    def pieces(self, floor: FloorPlan, *, new: bool) -> list[Callable[[], None]]:
        """The work to do: none where the room has no floor plan, or its shell is right, edited, or was never built.

        Args:
            floor: what the shell is to be of.
            new: whether the room is a new one that wants a shell.
        """
        shell = shell_of(bpy.data.objects[self.room])
        if floor.polygon is None or (shell is None and not new):
            return []
        if shell is not None:
            if _record(shell).get("plan") == _plan(floor) or is_edited(shell):
                return []
            self._old = shell.name
        return [
            self._begin,
            *(partial(self._add_part, part) for part in shell_parts(floor)),
            *(partial(self._add_lamp, lamp) for lamp in shell_lamps(floor)),
            partial(self._seal, floor),
        ]

    def swap(self) -> None:
        """Removes the former shell, after all else; cannot fail."""
        old = bpy.data.collections.get(self._old) if self._old else None
        if old is None:
            return
        _remove_shell(old)
        bpy.data.collections[self._shell].name = NAME
        for name, wanted in self._names.items():
            bpy.data.objects[name].name = wanted

    def _begin(self) -> None:
        shell = bpy.data.collections.new(NAME)
        self._shell = shell.name
        self.undo.callback(_remove, bpy.data.collections, shell.name)
        bpy.data.objects[self.room].users_collection[0].children.link(shell)

    def _seal(self, floor: FloorPlan) -> None:
        """Writes down how the shell was built, once all of it stands."""
        shell = bpy.data.collections[self._shell]
        shell[SHELL_KEY] = json.dumps({"plan": _plan(floor), "objects": len(shell.objects)})
        for obj in shell.objects:
            obj[SHELL_KEY] = _digest(obj)

    def _add_part(self, part: Part) -> None:
        mesh = bpy.data.meshes.new(part.name)
        self.undo.callback(_remove, bpy.data.meshes, mesh.name)
        fill_mesh(mesh, part.surfaces.values(), 1 / self.metres)
        for name in part.surfaces:
            mesh.materials.append(self._material(name))
        obj = self._add(part.name, mesh, part.matrix, part.kind)
        if part.kind == "ceiling":
            obj.display_type = "WIRE"  # one looks into the room from above

    def _add_lamp(self, lamp: Lamp) -> None:
        data = bpy.data.lights.new(lamp.name, lamp.form)
        self.undo.callback(_remove, bpy.data.lights, data.name)
        set_lamp(data, lamp, 1 / self.metres, 1 / self.metres**2)
        self._add(lamp.name, data, lamp.matrix, "light").visible_camera = False

    def _add(self, name: str, data: bpy.types.ID, local: Matrix, kind: str) -> bpy.types.Object:
        obj = bpy.data.objects.new(name, data)
        self.undo.callback(_remove, bpy.data.objects, obj.name)
        self._names[obj.name] = name
        obj.parent = bpy.data.objects[self.room]
        obj.location, obj.rotation_euler = local.translation / self.metres, local.to_euler()
        obj[ARCHITECTURE_KEY] = kind
        bpy.data.collections[self._shell].objects.link(obj)
        return obj

    def _material(self, name: str) -> bpy.types.Material:
        """The material of a surface, shared by all shells: one that a person has changed stays changed."""
        key = f"{name} {self.colour}" if name == "Wall Paint" else f"{name} {self.metres:g}"
        for material in bpy.data.materials:
            if material.library is None and material.get(SHELL_KEY) == key:
                return material
        material = bpy.data.materials.new(name)
        self.undo.callback(_remove, bpy.data.materials, material.name)
        look(material, name, self.colour, self.metres)
        material[SHELL_KEY] = key
        return material


def fill_mesh(mesh: bpy.types.Mesh, surfaces: Iterable[list[Solid]], scale: float) -> None:
    """Gives a new mesh its faces, those of each surface with a material of its own.

    Args:
        mesh: without geometry.
        surfaces: solids of each material, in order.
        scale: Blender units in a unit of the solids.
    """
    corners: list[Vector] = []
    polygons: list[list[int]] = []
    slots: list[int] = []
    for slot, solids in enumerate(surfaces):
        for solid in solids:
            numbers: dict[tuple[float, ...], int] = {}
            for face in solid:
                keys = [tuple(round(value, 6) for value in corner) for corner in face]
                for key in keys:
                    if key not in numbers:
                        numbers[key] = len(corners)
                        corners.append(Vector(key) * scale)
                polygons.append([numbers[key] for key in keys])
                slots.append(slot)
    mesh.from_pydata(corners, [], polygons)
    mesh.polygons.foreach_set("material_index", slots)


def set_lamp(data: Any, lamp: Lamp, scale: float, power: float) -> None:  # noqa: ANN401  (AreaLight or SpotLight)
    """Gives a new light what a lamp says.

    Args:
        data: a light of the lamp's form.
        lamp: in metres.
        scale: units of the light's object in a metre.
        power: by which its watts are multiplied.
    """
    data.energy, data.color = lamp.watts * power, lamp.colour
    if lamp.form == "AREA":
        data.shape, data.size, data.size_y = "RECTANGLE", lamp.size[0] * scale, lamp.size[1] * scale
    else:
        data.shadow_soft_size, data.spot_size, data.spot_blend = lamp.size[0] * scale, lamp.size[1], 0.15


def _digest(obj: bpy.types.Object) -> str:
    """What a person may have changed of an object of a shell: where it stands, its form, its materials or light."""
    state = hashlib.sha1(usedforsecurity=False)
    for matrix in (obj.matrix_basis, obj.matrix_parent_inverse):
        state.update(np.array(matrix, np.float32).tobytes())
    state.update(repr((obj.parent and obj.parent.type, len(obj.modifiers), len(obj.constraints))).encode())
    if obj.type == "MESH":
        points = np.empty(3 * len(obj.data.vertices), np.float32)
        obj.data.vertices.foreach_get("co", points)
        state.update(points.tobytes())
        names = [slot.material.get(SHELL_KEY, "other") if slot.material else "" for slot in obj.material_slots]
        state.update(repr((names, len(obj.data.polygons))).encode())
    elif obj.type == "LIGHT":
        state.update(struct.pack("4f", obj.data.energy, *obj.data.color))
    return state.hexdigest()


def _remove_shell(shell: bpy.types.Collection) -> None:
    """Removes a shell's collection, its objects, their data, and materials that no other shell uses."""
    for obj in list(shell.objects):
        data, kind = obj.data, obj.type
        bpy.data.objects.remove(obj)
        if data is not None and not data.users:
            (bpy.data.meshes if kind == "MESH" else bpy.data.lights).remove(data)
    bpy.data.collections.remove(shell)
    for material in [material for material in bpy.data.materials if SHELL_KEY in material and not material.users]:
        bpy.data.materials.remove(material)


def _remove(collection: Any, name: str) -> None:  # noqa: ANN401
    block = collection.get(name)
    if block is not None:
        collection.remove(block)
