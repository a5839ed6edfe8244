"""What a picture shows, pixel by pixel: depth, normals and masks of the furniture, and its camera (docs/outputs.md).

They are Blender's own passes, of a render of their own: one sample in the middle of each pixel, 3 to 5 % of the time of
a picture with 32. The picture's own render gives the same depth and the same objects, as its first sample lies in the
middle too, but normals that are averaged over all samples, and so mixed at edges. With a render of their own the passes
that a broken-off batch lacks are made without the picture, and the picture is the same with passes and without.

The passes come back through an OpenEXR file of several layers, which every Blender writes in the same way without a
compositor, and `read_exr` reads. Nodes that write a file for each pass were the other way: they are set up differently
in Blender 5 than before it, and name their files by frame.
"""

import json
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
import numpy.typing as npt

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.ground_truth.camera import Camera
from ..instructscene_core.ground_truth.coco import check_number, coco
from ..instructscene_core.ground_truth.coding import depth_in_millimetres, normals_as_colours
from ..instructscene_core.ground_truth.exr import read_exr
from ..instructscene_core.png import png
from ..instructscene_core.scene import Scene
from .bodies import body_of
from .language import tr
from .records import room_members, room_objects
from .rendering import RenderError
from .studio import Studio

_CENTRED: Final = 0.01
"""Width of the pixel filter: what is seen through the middle of a pixel alone."""
_DEPTH, _NORMAL, _INDEX = ("Depth",), ("Normal",), ("IndexOB", "Object Index")
"""Names of the passes; the last one is called otherwise from Blender 5 on."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Passes:
    """What a picture shows.

    Args:
        depth: (h, w) metres along the camera's axis; 1e10 where nothing is.
        normals: (h, w, 3) unit normals in the camera's axes, towards the camera; 0 where nothing is.
        labels: (h, w) k where the k-th object of the scene is seen, from 1 on, else 0.
        camera: of the picture.
    """

    depth: npt.NDArray[np.float64]
    normals: npt.NDArray[np.float64]
    labels: npt.NDArray[np.uint16]
    camera: Camera

    def file(self, ending: str, picture: str, scene: Scene) -> bytes:
        """The content of one of the files beside a picture.

        Args:
            ending: how its name goes on behind the picture's, such as ``_depth.png``.
            picture: name of the picture's file.
            scene: that it shows.
        """
        make: dict[str, Callable[[], Any]] = {
            "_depth.png": lambda: png(depth_in_millimetres(self.depth)),
            "_normals.png": lambda: png(normals_as_colours(self.normals)),
            "_masks.png": lambda: png(self.labels),
            "_camera.json": lambda: _json(self.camera.to_json(picture)),
            "_coco.json": lambda: _json(coco(picture, self.labels, [item.category for item in scene.objects])),
        }
        return make[ending]()


def render_passes(studio: Studio, room: bpy.types.Object, scene: Scene, path: Path) -> Passes:
    """Renders what the picture of a studio shows. The studio's scene renders no picture afterwards.

    Args:
        studio: as the picture is made of it.
        room: the room's Empty.
        scene: of the room; its objects have the numbers of their places.
        path: of a file that is written meanwhile.

    Raises:
        RenderError: the file cannot be written.
        InvalidInputError: the scene has too many objects.
    """
    check_number(len(scene.objects))
    _set_passes(studio.scene, path)
    try:
        with _numbered(studio, room, scene):
            bpy.ops.render.render(write_still=True, scene=studio.scene.name)
        channels = read_exr(path.read_bytes())
        (depth,), normals, (labels,) = (_layers(channels, names) for names in (_DEPTH, _NORMAL, _INDEX))
    except (RuntimeError, OSError, InvalidInputError) as error:
        raise RenderError(
            tr("{path} cannot be rendered: {reason}", path=path, reason=getattr(error, "message", error)),
            tr("Make room on the disk or choose another folder"),
        ) from error
    finally:
        path.unlink(missing_ok=True)
    camera, metre = _camera(studio)
    world = np.array(studio.stage.frame.to_quaternion().to_matrix())
    towards = camera.turned(np.stack(normals, axis=-1) @ world)
    return Passes(depth.astype(np.float64) / metre, towards, np.rint(labels).astype(np.uint16), camera)


def _layers(channels: dict[str, Floats], names: tuple[str, ...]) -> list[Floats]:
    """The channels of a pass, which has one of these names, in the order of their letters."""
    found = sorted(key for key in channels if key.rpartition(".")[0].rpartition(".")[2] in names)
    if not found:
        raise RuntimeError(f"there is no pass {names[0]}")
    return [channels[key] for key in found]


def _camera(studio: Studio) -> tuple[Camera, float]:
    """The camera of a studio, and Blender units of a metre of the room's."""
    scene, camera = studio.scene, studio.scene.camera
    data: Any = camera.data
    size = scene.render.resolution_x, scene.render.resolution_y
    local = np.array(studio.stage.frame.inverted() @ camera.matrix_world)
    longer = max(size) / size[0]  # the sensor's width is that of the longer side
    return (
        Camera.of_lens(size, data.lens / data.sensor_width * longer, data.shift_y * longer, local),
        studio.stage.frame.to_scale().x,
    )


def _set_passes(scene: bpy.types.Scene, path: Path) -> None:
    """Has a temporary scene rendered as passes alone."""
    cycles: Any = scene.cycles
    cycles.samples, cycles.use_denoising, cycles.use_adaptive_sampling = 1, False, False
    cycles.pixel_filter_type, cycles.filter_width = "BOX", _CENTRED
    cycles.max_bounces, cycles.use_light_tree, cycles.use_fast_gi = 0, False, False
    layer: Any = scene.view_layers[0]
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_object_index = True
    image: Any = scene.render.image_settings
    if hasattr(image, "media_type"):  # from Blender 5 on
        image.media_type = "MULTI_LAYER_IMAGE"
    image.file_format, image.color_depth, image.exr_codec = "OPEN_EXR_MULTILAYER", "32", "NONE"
    if hasattr(image, "use_exr_interleave"):
        image.use_exr_interleave = True  # one part, as before Blender 5
    scene.render.filepath, scene.render.use_file_extension = str(path), False


@contextmanager
def _numbered(studio: Studio, room: bpy.types.Object, scene: Scene) -> Generator[None, None, None]:
    """Gives all parts of a scene's k-th object the pass index k, from 1 on, and all else 0, for a render."""
    roots = room_objects(room) | room_members(room)
    with ExitStack() as undo:
        for obj in studio.scene.collection.all_objects:
            _set(undo, obj, pass_index=0)
        for number, item in enumerate(scene.objects, start=1):
            root = roots.get(item.id)
            for obj in (root, *root.children_recursive) if root else ():
                _set(undo, obj, pass_index=number)
                if obj.instance_type == "COLLECTION" and not obj.hide_render:
                    _show_copies(studio, obj, number)
                    _set(undo, obj, hide_render=True)
        studio.scene.view_layers[0].update()
        yield


def _show_copies(studio: Studio, shown: bpy.types.Object, number: int) -> None:
    """Adds copies of what a collection instance shows: instances have the index of what they are instances of."""
    for part, matrix in body_of(shown):
        if not part.hide_render:
            copy = studio.stage.keep(part.copy())
            copy.parent, copy.pass_index = None, number
            copy.constraints.clear()
            copy.matrix_world = matrix
            studio.scene.collection.objects.link(copy)


def _set(undo: ExitStack, obj: bpy.types.Object, **values: Any) -> None:  # noqa: ANN401
    for key, value in values.items():
        undo.callback(partial(setattr, obj, key, getattr(obj, key)))
        setattr(obj, key, value)


def _json(data: Any) -> bytes:  # noqa: ANN401
    return (json.dumps(data, allow_nan=False) + "\n").encode()
