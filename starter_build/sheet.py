"""Renders contact sheets of the library, one for each class: ``python starter_build/sheet.py --out DIR [CLASS…]``.

Any Python with bpy does, or ``blender -b -P starter_build/sheet.py -- …``. A sheet shows each shape once, in changing
palettes.
"""

import argparse
import math
import sys
import tempfile
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

LIBRARY: Final = Path(__file__).resolve().parent.parent / "instructscene_core" / "starter" / "library"


def main(arguments: list[str]) -> None:
    """Writes ``CLASS.jpg`` for each class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, default=LIBRARY)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pixels", type=int, default=176, help="side of a tile")
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("classes", nargs="*", help="files of the library, such as nightstand; all without a name")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for path in sorted(options.library.glob("*.blend")):
        if options.classes and path.stem not in options.classes:
            continue
        bpy.ops.wm.open_mainfile(filepath=str(path))
        objects = _one_of_each_shape(list(bpy.context.scene.objects))
        camera = _studio(options.pixels, options.samples)
        for layer in bpy.context.view_layer.layer_collection.children:
            layer.exclude = True
        tiles = [shoot(obj, camera) for obj in objects]
        save_sheet(tiles, options.columns, options.out / f"{path.stem}.jpg")
        sys.stdout.write(f"{path.stem}: {len(tiles)}\n")
        sys.stdout.flush()


def _one_of_each_shape(objects: list[bpy.types.Object]) -> list[bpy.types.Object]:
    """Objects whose meshes differ, each in another of its palettes than the one before."""
    by_mesh: dict[str, list[bpy.types.Object]] = {}
    for obj in objects:
        by_mesh.setdefault(obj.data.name, []).append(obj)
    return [same[i % len(same)] for i, same in enumerate(by_mesh.values())]


def _studio(pixels: int, samples: int) -> bpy.types.Object:
    """A floor, soft light and a camera."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = samples, True
    scene.cycles.max_bounces = 6
    scene.render.use_persistent_data = False
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


def shoot(obj: bpy.types.Object, camera: bpy.types.Object) -> np.ndarray:
    """Renders one object alone, three quarters from the front; (pixels, pixels, 4), top row last."""
    scene = bpy.context.scene
    scene.collection.objects.link(obj)
    corners = [Vector(corner) for corner in obj.bound_box]
    low, high = Vector(map(min, zip(*corners, strict=True))), Vector(map(max, zip(*corners, strict=True)))
    hung = low.z < -1e-3
    obj.location = (0, 0, 0.6 - low.z if hung else -low.z)
    view = Vector((0.55, -1.0, -0.1 if hung else 0.5))
    camera.rotation_euler = view.to_track_quat("Z", "Y").to_euler()
    bpy.context.view_layer.update()
    middle = obj.location + (low + high) / 2
    around = [c for corner in corners for c in middle + 1.12 * (obj.location + corner - middle)]
    camera.location, _ = camera.camera_fit_coords(bpy.context.evaluated_depsgraph_get(), around)
    with tempfile.TemporaryDirectory() as folder:
        scene.render.filepath = f"{folder}/tile.png"
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(scene.render.filepath)
        pixels = np.array(image.pixels[:], dtype=np.float32).reshape(image.size[1], image.size[0], 4)
        bpy.data.images.remove(image)
    scene.collection.objects.unlink(obj)
    return pixels


def save_sheet(tiles: list[np.ndarray], columns: int, path: Path) -> None:
    """Writes tiles row by row as a JPEG."""
    height, width = tiles[0].shape[:2]
    rows = math.ceil(len(tiles) / columns)
    sheet = np.ones((rows * height, columns * width, 4), dtype=np.float32)
    for i, tile in enumerate(tiles):
        top = (rows - 1 - i // columns) * height
        sheet[top : top + height, i % columns * width : (i % columns + 1) * width] = tile
    image = bpy.data.images.new("Sheet", columns * width, rows * height)
    image.pixels.foreach_set(sheet.ravel())
    image.filepath_raw, image.file_format = str(path), "JPEG"
    image.save(quality=84)
    bpy.data.images.remove(image)


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
