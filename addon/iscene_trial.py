"""Four boxes and a camera by which I-Scene shows whether it works, and how its scenes are turned to what it sees."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.placer.placement import Item
from ..instructscene_core.placer.solid import Solid

_BOXES: Final = (
    ("Table", (1.2, 0.8, 0.7), (-0.9, 0.4), 0.3, (0.55, 0.35, 0.2)),
    ("Cabinet", (0.8, 0.4, 1.1), (1.1, 0.9), -0.4, (0.75, 0.75, 0.7)),
    ("Stool", (0.45, 0.35, 0.4), (0.2, -0.9), 0.8, (0.2, 0.35, 0.6)),
    ("Chest", (0.9, 0.5, 0.5), (1.4, -0.5), 0.1, (0.6, 0.15, 0.12)),
)
"""Name, metres of the sides, metres of the place, radians about Z, linear RGB."""
_EYE: Final = Vector((-1.5, -5.5, 3.0))
"""Metres; it looks down by about 25 degrees, so that what follows its pitch is told from what does not."""
_FACES: Final = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


@contextmanager
def trial_scene() -> Generator[tuple[bpy.types.Scene, dict[str, Item]], None, None]:
    """A scene beside the person's with the boxes and a camera, removed at the end; and the boxes by object's name."""
    scene = bpy.data.scenes.new("I-Scene Trial")
    made = list[Any]()
    try:
        scene.render.resolution_x, scene.render.resolution_y = 1024, 768
        items = dict[str, Item]()
        for name, size, place, yaw, colour in _BOXES:
            world = Matrix.Translation((*place, 0)) @ Matrix.Rotation(yaw, 4, "Z")
            obj, solid = _box(name, size, world, colour)
            made += [obj, obj.data, obj.data.materials[0]]
            scene.collection.objects.link(obj)
            items[obj.name] = Item(solid, yaw)
        camera = bpy.data.objects.new("I-Scene Trial", bpy.data.cameras.new("I-Scene Trial"))
        made += [camera, camera.data]
        scene.collection.objects.link(camera)
        turn = (Vector((0.3, 0.1, 0.3)) - _EYE).to_track_quat("-Z", "Y").to_matrix().to_4x4()
        camera.matrix_world = Matrix.Translation(_EYE) @ turn
        scene.camera = camera
        yield scene, items
    finally:
        bpy.data.scenes.remove(scene)
        bpy.data.batch_remove(made)


def _box(
    name: str, size: tuple[float, ...], world: Matrix, colour: tuple[float, ...]
) -> tuple[bpy.types.Object, Solid]:
    """A box that stands there, and its solid in the world."""
    corners = [(a * size[0] / 2, b * size[1] / 2, c * size[2]) for a in (-1, 1) for b in (-1, 1) for c in (0, 1)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], _FACES)
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    mesh.materials.append(material)
    obj = bpy.data.objects.new(name, mesh)
    obj.matrix_world = world
    triangles = np.array(_FACES)[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
    places = np.array([tuple(world @ Vector(corner)) for corner in corners])
    return obj, Solid.of(name, places, triangles)
