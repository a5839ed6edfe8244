"""Floor, ceiling and walls around a room for one picture, built as temporary datablocks and removed after it.

All lengths are metres in the room's axes; the caller gives the matrix from there to the world.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import bpy
from mathutils import Matrix, Vector

from ..instructscene_core.scene import FloorPlan
from .materials import CEILING, WALL_COLOURS, WHITE, paint, planks
from .sides import counter_clockwise, standing_walls
from .walls import faces_of, walls_of

_STEP: Final = 0.001
"""Metres between grounds that overlap: in one plane they would render black."""


@dataclass
class Stage:
    """Adds temporary objects to a collection, and removes them with their data.

    Args:
        collection: where the objects go.
        frame: matrix from metres in the room's axes to the world.
        metres: in one Blender unit.
    """

    collection: bpy.types.Collection
    frame: Matrix
    metres: float
    _blocks: list[Any] = field(default_factory=list)

    def keep(self, block: Any) -> Any:  # noqa: ANN401  (any datablock)
        """Registers a datablock for removal and returns it."""
        self._blocks.append(block)
        return block

    def add(self, name: str, data: bpy.types.ID | None, local: Matrix) -> bpy.types.Object:
        """Adds an object; ``local`` is in metres in the room's axes."""
        obj = self.keep(bpy.data.objects.new(name, data))
        obj.matrix_world = self.frame @ local
        self.collection.objects.link(obj)
        return obj

    def material(self, name: str, look: Callable[[bpy.types.Material], None]) -> bpy.types.Material:
        """Adds a material, which ``look`` gives its nodes."""
        material = self.keep(bpy.data.materials.new(name))
        look(material)
        return material

    def mesh(
        self,
        name: str,
        faces: Iterable[Sequence[Vector]],
        material: bpy.types.Material,
        local: Matrix = Matrix.Identity(4),  # noqa: B008  (never changed)
    ) -> bpy.types.Object:
        """Adds a mesh made of separate polygons, metres in the axes of ``local``."""
        corners: list[Vector] = []
        polygons: list[list[int]] = []
        for face in faces:
            polygons.append(list(range(len(corners), len(corners) + len(face))))
            corners.extend(face)
        mesh = self.keep(bpy.data.meshes.new(name))
        mesh.from_pydata(corners, [], polygons)
        mesh.materials.append(material)
        return self.add(name, mesh, local)

    def light(self, name: str, kind: str, energy: float, local: Matrix, **settings: Any) -> bpy.types.Object:  # noqa: ANN401
        """Adds a light that the camera does not see; ``energy`` holds at one metre a unit, sizes are metres."""
        lamp = self.keep(bpy.data.lights.new(name, kind))
        lamp.energy = energy if kind == "SUN" else energy / self.metres**2
        for key, value in settings.items():
            setattr(lamp, key, value)
        obj = self.add(name, lamp, local)
        obj.visible_camera = False
        return obj

    def remove(self) -> None:
        """Removes all that was added, objects before their data."""
        for block in reversed(self._blocks):
            bpy.data.batch_remove([block])
        self._blocks.clear()


def build_room(stage: Stage, floor: FloorPlan, eye: Vector, forward: Vector, colour: int) -> None:
    """Adds floor, ceiling and walls; walls before or behind the camera are left out, and the room goes on beyond them.

    So nothing hangs in the air, no cut edge shows, and light comes in from the camera's side.

    Args:
        stage: gets them.
        floor: with a polygon.
        eye: the camera's position.
        forward: level direction in which it looks.
        colour: index into `materials.WALL_COLOURS`.
    """
    polygon = counter_clockwise(floor.polygon or ())
    wall_paint = stage.material("Wall", partial(paint, colour=WALL_COLOURS[colour % len(WALL_COLOURS)]))
    white = stage.material("Trim", partial(paint, colour=WHITE))
    ceiling = stage.material("Ceiling", partial(paint, colour=CEILING))
    walls = walls_of(floor)
    overhangs = standing_walls(walls, eye, forward)
    beyond = [wall.beyond() for wall, overhang in zip(walls, overhangs, strict=True) if overhang is None]
    grounds = [[Vector(corner).to_3d() for corner in polygon], *beyond]
    steps = [Vector((0, 0, k * _STEP)) for k in range(len(grounds))]
    lowered = [[corner - step for corner in ground] for ground, step in zip(grounds, steps, strict=True)]
    raised = [[corner + step for corner in reversed(ground)] for ground, step in zip(grounds, steps, strict=True)]
    stage.mesh("Floor", lowered, stage.material("Floor", planks))
    stage.mesh("Ceiling", [[corner + Vector((0, 0, floor.height)) for corner in face] for face in raised], ceiling)
    for wall, overhang in zip(walls, overhangs, strict=True):
        if overhang is not None:
            stage.mesh("Wall", wall.panels(overhang), wall_paint, wall.matrix)
            stage.mesh("Trim", [face for box in wall.trim(overhang) for face in faces_of(box)], white, wall.matrix)
