"""What several tests of the add-on share."""

import importlib
import sys

import bpy
import numpy as np

NAME = "bl_ext.user_default.instructscene"


def module(name):
    """A module of the enabled add-on."""
    assert NAME in sys.modules, "the fixture `blend` enables it"
    return importlib.import_module(f"{NAME}.addon.{name}")


def box(name, size, location=(0.0, 0.0, 0.0), yaw=0.0):
    """A person's own mesh, its origin in the middle of its base."""
    w, d, h = size
    corners = [(x * w / 2, y * d / 2, z * h) for x in (-1, 1) for y in (-1, 1) for z in (0, 1)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
    obj = bpy.data.objects.new(name, mesh)
    obj.location, obj.rotation_euler = location, (0.0, 0.0, yaw)
    bpy.context.scene.collection.objects.link(obj)
    bpy.context.view_layer.update()
    return obj


def empty(name, location=(0.0, 0.0, 0.0), parent=None):
    """An Empty."""
    obj = bpy.data.objects.new(name, None)
    obj.location, obj.parent = location, parent
    bpy.context.scene.collection.objects.link(obj)
    return obj


def desk_of_parts(name="Desk", location=(0.0, 0.0, 0.0), unit=1.0):
    """A desk of five meshes under an Empty, as importers make it; gives the Empty."""
    root = empty(name, location)
    root.scale = (unit, unit, unit)
    boxes = (
        ((1.4, 0.7, 0.04), (0, 0, 0.71)),
        ((0.05, 0.6, 0.71), (-0.65, 0, 0)),
        ((0.05, 0.6, 0.71), (0.65, 0, 0)),
        ((0.4, 0.6, 0.2), (0.4, 0, 0.5)),
        ((0.4, 0.6, 0.2), (0.4, 0, 0.28)),
    )
    for number, (size, place) in enumerate(boxes):
        part = box(f"Object_{number + 1}", [v / unit for v in size], [v / unit for v in place])
        part.parent = root
    bpy.context.view_layer.update()
    return root


def select(*objects):
    """Selects these objects alone."""
    for obj in bpy.context.view_layer.objects:
        obj.select_set(state=False)
    for obj in objects:
        obj.select_set(state=True)
    bpy.context.view_layer.objects.active = objects[0] if objects else None


def room():
    """The one room of the file."""
    (found,) = [obj for obj in bpy.data.objects if "instructscene_scene" in obj]
    return found


def look(obj):
    """All of an object that a person could notice."""
    points = b""
    if obj.type == "MESH":
        corners = np.empty(3 * len(obj.data.vertices), dtype=np.float32)
        obj.data.vertices.foreach_get("co", corners)
        points = corners.tobytes()
    return {
        "matrix": [repr(tuple(row)) for row in (*obj.matrix_basis, *obj.matrix_parent_inverse)],
        "parent": obj.parent and obj.parent.name,
        "data": obj.data and (obj.data.name, points),
        "materials": [slot.material and slot.material.name for slot in obj.material_slots],
        "properties": {key: _plain(value) for key, value in obj.items()},
        "collections": sorted(collection.name for collection in obj.users_collection),
    }


def _plain(value):
    return value.to_list() if hasattr(value, "to_list") else value
