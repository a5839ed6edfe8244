"""Renders a contact sheet of the library: ``blender -b LIBRARY.blend -P starter_build/sheet.py -- --out DIR NAME…``."""

import argparse
import math
import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector


def main(arguments: list[str]) -> None:
    """One picture for each named object (all without a name) and ``sheet.png`` of them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, help="open this file first")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pixels", type=int, default=220)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--columns", type=int, default=7)
    parser.add_argument("names", nargs="*", help="beginnings of object names")
    options = parser.parse_args(arguments)
    if options.library:
        bpy.ops.wm.open_mainfile(filepath=str(options.library))
    begin = tuple(options.names) or ("",)
    assets = [obj for obj in bpy.data.objects if obj.asset_data]
    camera = _studio(options.pixels, options.samples)
    chosen = [obj for obj in assets if obj.name.startswith(begin)]
    tiles = [shoot(obj, assets, camera, options.out / f"{obj.name}.png") for obj in chosen]
    _save_sheet(tiles, options.columns, options.out / "sheet.png")


def _studio(pixels: int, samples: int) -> bpy.types.Object:
    """A floor, soft light and a camera."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = samples, True
    scene.render.resolution_x = scene.render.resolution_y = pixels
    scene.view_settings.view_transform = "AgX"
    scene.world = bpy.data.worlds.new("Studio")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.75, 0.8, 0.9, 1)
    scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.7
    sun = bpy.data.lights.new("Sun", "SUN")
    sun.energy, sun.angle = 2.6, 0.3
    light = bpy.data.objects.new("Sun", sun)
    light.rotation_euler = (math.radians(48), 0, math.radians(-38))
    floor = bpy.data.meshes.new("Floor")
    floor.from_pydata([(-50, -50, 0), (50, -50, 0), (50, 50, 0), (-50, 50, 0)], [], [(0, 1, 2, 3)])
    ground = bpy.data.objects.new("Floor", floor)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.lens = 60
    for obj in (light, ground, camera):
        scene.collection.objects.link(obj)
    scene.camera = camera
    return camera


def shoot(obj: bpy.types.Object, others: list[bpy.types.Object], camera: bpy.types.Object, path: Path) -> np.ndarray:
    """Renders one object alone, three quarters from the front; (pixels, pixels, 4), top row last."""
    for other in others:
        other.hide_render = other is not obj
    corners = [Vector(corner) for corner in obj.bound_box]
    low, high = Vector(map(min, zip(*corners, strict=True))), Vector(map(max, zip(*corners, strict=True)))
    obj.location = (0, 0, -low.z if low.z >= -1e-3 else 0.6 - low.z)
    hung = low.z < -1e-3
    view = Vector((0.55, -1.0, -0.1 if hung else 0.5))
    camera.rotation_euler = view.to_track_quat("Z", "Y").to_euler()
    bpy.context.view_layer.update()
    middle = obj.location + (low + high) / 2
    around = [c for corner in corners for c in middle + 1.12 * (obj.location + corner - middle)]
    camera.location, _ = camera.camera_fit_coords(bpy.context.evaluated_depsgraph_get(), around)
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    pixels = np.array(image.pixels[:], dtype=np.float32).reshape(image.size[1], image.size[0], 4)
    bpy.data.images.remove(image)
    return pixels


def _save_sheet(tiles: list[np.ndarray], columns: int, path: Path) -> None:
    height, width = tiles[0].shape[:2]
    rows = math.ceil(len(tiles) / columns)
    sheet = np.ones((rows * height, columns * width, 4), dtype=np.float32)
    for i, tile in enumerate(tiles):
        top = (rows - 1 - i // columns) * height
        sheet[top : top + height, i % columns * width : (i % columns + 1) * width] = tile
    image = bpy.data.images.new("Sheet", columns * width, rows * height)
    image.pixels.foreach_set(sheet.ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
