"""Pictures of a room: a perspective one to show, and the top-down one that metrics read.

Each is rendered with Cycles in a scene of its own, which links the room, adds floor, walls, lights and camera, and is
removed with them afterwards. The person's scene, its render settings and its selection stay as they are.
"""

import math
import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..instructscene_core.errors import InstructSceneError
from .boxes import Box, bounds
from .language import tr
from .materials import planks
from .records import (
    room_collection,
    room_members,
    room_objects,
    wall_colour_of,
)
from .shell import shell_of
from .stage import build_room
from .studio import Studio, complete_set, studio_of
from .viewpoint import Viewpoint, choose_viewpoint

_SIDES: Final = re.compile(r"\b(left|right)", re.IGNORECASE)
_PNG_END: Final = b"\0\0\0\0IEND\xaeB`\x82"
"""Last bytes of a whole PNG: on a full disk Blender writes a part of it and reports no error."""
_NOTES: Final = (b"tEXt", b"zTXt", b"iTXt", b"tIME")
"""Kinds of chunks of a PNG that hold what Blender notes."""
_OFFICIAL_SAMPLES: Final = 32
_BACKDROP: Final = (0.80, 0.79, 0.77)
"""Colour of the sky, linear RGB."""


class RenderError(InstructSceneError):
    """A picture could not be made; the .blend is as it was."""


@dataclass(frozen=True)
class RenderSettings:
    """How a perspective picture is made.

    Args:
        resolution: its width in pixels.
        aspect: width over height.
        samples: of Cycles, a pixel.
    """

    resolution: int = 800
    aspect: float = 4 / 3
    samples: int = 12


def has_denoiser(scene: bpy.types.Scene) -> bool:
    """Whether this Blender was built with OpenImageDenoise; sets the scene to use it where it was."""
    with suppress(TypeError):
        scene.cycles.denoiser = "OPENIMAGEDENOISE"
        return True
    return False


def render_perspective(
    context: bpy.types.Context, room: bpy.types.Object, path: Path, settings: RenderSettings = RenderSettings()
) -> Path:
    """Renders a room at eye level, lit, with a wooden floor and painted walls; those before the camera are left out.

    Args:
        context: its scene has the unit and the Cycles device.
        room: the room's Empty.
        path: of the PNG; its folder exists.
        settings: size and quality.

    Returns:
        ``path``.

    Raises:
        RenderError: Cycles is not there, or the file cannot be written.
    """
    with perspective_set(context, room, settings) as studio:
        return write(studio.scene, path)


@contextmanager
def perspective_set(
    context: bpy.types.Context, room: bpy.types.Object, settings: RenderSettings = RenderSettings()
) -> Generator[Studio, None, None]:
    """What `render_perspective` renders, as long as it stands."""
    width = settings.resolution
    with studio_of(context, room) as studio:
        floor, walled = studio.floor, studio.walled
        options = {"sided": speaks_of_sides(room), "outside": not walled}
        view = choose_viewpoint(floor.polygon or (), studio.boxes, settings.aspect, **options)
        set_sky(studio)
        if walled:
            complete_set(studio, wall_colour_of(room))
        else:
            build_room(studio.stage, floor, view.eye, view.forward, wall_colour_of(room))
            _daylight(studio, view)
        set_camera(studio, view.matrix(), view.lens, shift=view.shift)
        set_cycles(studio.scene, (width, round(width / settings.aspect)), settings.samples)
        soften(studio)
        set_film(studio.scene, "AgX", ("AgX - Medium High Contrast", "Medium High Contrast"), exposure=0.2)
        yield studio


def render_top_down(
    context: bpy.types.Context, room: bpy.types.Object, path: Path, resolution: int = 256, samples: int = 32
) -> Path:
    """Renders a room from above, as the paper's metrics have it: eight lamps in a circle, no walls, one bounce.

    The official script scales the room to 1; here camera and lamps are scaled instead, which gives the same picture.

    Args:
        context: its scene has the unit and the Cycles device.
        room: the room's Empty.
        path: of the PNG; its folder exists.
        resolution: width and height in pixels.
        samples: of Cycles, a pixel; fewer than the official 32 are denoised more quickly.

    Returns:
        ``path``.

    Raises:
        RenderError: Cycles is not there, or the file cannot be written.
    """
    with top_down_set(context, room, resolution, samples) as studio:
        return write(studio.scene, path, notes=False)


@contextmanager
def top_down_set(
    context: bpy.types.Context, room: bpy.types.Object, resolution: int = 256, samples: int = 32
) -> Generator[Studio, None, None]:
    """What `render_top_down` renders, as long as it stands."""
    with studio_of(context, room) as studio:
        _leave_out_shell(studio, room)
        low, high = _extent(studio, room)
        centre, reach = (low + high) / 2, max(high - low)
        corners = [(low.x, low.y, 0), (high.x, low.y, 0), (high.x, high.y, 0), (low.x, high.y, 0)]
        studio.stage.mesh("Floor", [[Vector(corner) for corner in corners]], studio.stage.material("Floor", planks))
        for k in range(8):
            turn = Matrix.Rotation(k * math.tau / 8, 4, "Z")
            place = turn @ Vector((2 * math.sin(math.radians(60)), 0, 1.0))
            local = Matrix.Translation(centre + reach * place)
            studio.stage.light(f"Lamp {k}", "POINT", 50 * reach**2, local, shadow_soft_size=0.1 * reach)
        set_camera(studio, Matrix.Translation(centre + Vector((0, 0, 1.2 * reach))), lens=35, sensor=32)
        _world(studio, (0.05, 0.05, 0.05), 1.0)
        set_cycles(studio.scene, (resolution, resolution), samples)
        _official_bounces(studio.scene)
        if samples < _OFFICIAL_SAMPLES:  # else half the time of such a picture is the denoiser's
            studio.scene.cycles.denoising_prefilter = "FAST"
        set_film(studio.scene, "Filmic", ("None",), exposure=0.0)
        yield studio


def render_pieces(scene: bpy.types.Scene, path: Path, settings: RenderSettings) -> Path:
    """Renders what is in a scene of its own through its camera, in the light of an even sky and a soft sun.

    Args:
        scene: holds the pieces and the camera alone, in a copy of the file; gets light and settings.
        path: of the PNG; its folder exists.
        settings: size and quality.

    Raises:
        RenderError: Cycles is not there, or the file cannot be written.
    """
    scene.camera.data.dof.use_dof = False  # what is out of focus has no outline
    world = bpy.data.worlds.new("Sky")
    world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (*_BACKDROP, 1.0)
    background.inputs["Strength"].default_value = 0.7
    scene.world = world
    data = bpy.data.lights.new("Sun", "SUN")
    data.energy, data.angle = 2.0, math.radians(20)
    sun = bpy.data.objects.new("Sun", data)
    turn = scene.camera.matrix_world.to_euler().z
    sun.rotation_euler = (math.radians(40), 0.0, turn - math.radians(35))  # over the camera's left shoulder
    scene.collection.objects.link(sun)
    set_cycles(scene, (settings.resolution, round(settings.resolution / settings.aspect)), settings.samples)
    set_film(scene, "Standard", ("None",), exposure=0.0)
    scene.render.pixel_aspect_x = scene.render.pixel_aspect_y = 1.0
    return write(scene, path)


def _extent(studio: Studio, room: bpy.types.Object) -> tuple[Vector, Vector]:
    """Lowest and highest corner, room's axes, of all vertices with the floor that they span at height 0.

    Of a person's own pieces the boxes count; of an empty room, its floor plan.
    """
    inverse = studio.stage.frame.inverted()
    corners: list[Vector] = []
    for obj in room_objects(room).values():
        points = np.empty(3 * len(obj.data.vertices), np.float32)
        obj.data.vertices.foreach_get("co", points)
        matrix = np.array(inverse @ obj.matrix_world)
        if points.size:
            seen = points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
            corners += [Vector(seen.min(0)), Vector(seen.max(0))]
    if room_members(room) or not corners:
        boxes = studio.boxes or [Box.flat(studio.floor.polygon or ())]
        corners += bounds(boxes)
    xs, ys, zs = zip(*corners, strict=True)
    return Vector((min(xs), min(ys), min(*zs, 0.0))), Vector((max(xs), max(ys), max(*zs, 0.0)))


def _leave_out_shell(studio: Studio, room: bpy.types.Object) -> None:
    """Hides a room's own shell in the temporary scene: pictures for metrics show a floor alone."""
    shell = shell_of(room)
    if shell is not None:
        layers = studio.scene.view_layers[0].layer_collection.children[room_collection(room).name]
        layers.children[shell.name].exclude = True


def speaks_of_sides(room: bpy.types.Object) -> bool:
    """Whether the room's instruction says left or right."""
    return bool(_SIDES.search(str(room.get("instructscene_instruction", ""))))


def set_camera(studio: Studio, local: Matrix, lens: float, sensor: float = 36.0, shift: float = 0.0) -> None:
    """Adds a camera at a place in the room's axes; lens and sensor are millimetres, shift widths of the picture."""
    data = studio.stage.keep(bpy.data.cameras.new("Camera"))
    data.lens, data.sensor_width, data.shift_y = lens, sensor, shift
    data.clip_start, data.clip_end = 0.05 / studio.stage.metres, 500 / studio.stage.metres
    camera = studio.stage.add("Camera", data, local)
    camera.matrix_world = camera.matrix_world.normalized()
    studio.scene.camera = camera


def _daylight(studio: Studio, view: Viewpoint) -> None:
    """Before the walls that are left out a soft fill light, and a warmer key light at its left."""
    low, high = bounds([Box.flat(studio.floor.polygon or ())])
    size, height = max(high - low), studio.floor.height
    middle, distance = (low + high) / 2, 0.5 * size + 1.6
    front = middle - view.forward * distance
    key = front - view.right * (0.45 * size) + Vector((0, 0, 0.75 * height))
    aim = look_at(key, middle + Vector((0, 0, 0.3 * height)))
    studio.stage.light("Key", "AREA", 37.0 * distance**2, aim, size=1.4, color=(1.0, 0.95, 0.88))
    fill = look_at(front + Vector((0, 0, 0.55 * height)), middle + Vector((0, 0, 0.5 * height)))
    studio.stage.light("Fill", "AREA", 11.0 * distance**2, fill, shape="RECTANGLE", size=size, size_y=height)


def set_sky(studio: Studio) -> None:
    """An overcast sky, brighter where the camera sees it, as through a window, than the light that it gives."""
    tree = _world(studio, _BACKDROP, 1.0).node_tree
    rays = tree.nodes.new("ShaderNodeLightPath")
    brighter = tree.nodes.new("ShaderNodeMath")
    brighter.operation = "ADD"
    brighter.inputs[1].default_value = 1.0
    tree.links.new(rays.outputs["Is Camera Ray"], brighter.inputs[0])
    tree.links.new(brighter.outputs[0], tree.nodes["Background"].inputs["Strength"])


def look_at(eye: Vector, target: Vector) -> Matrix:
    """Matrix of a camera or light at ``eye`` whose −Z points at ``target``."""
    return Matrix.Translation(eye) @ (target - eye).to_track_quat("-Z", "Y").to_matrix().to_4x4()


def _world(studio: Studio, colour: tuple[float, float, float], strength: float) -> bpy.types.World:
    """Gives the scene a world of one colour, linear RGB."""
    world = studio.stage.keep(bpy.data.worlds.new("Sky"))
    world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (*colour, 1.0)
    background.inputs["Strength"].default_value = strength
    studio.scene.world = world
    return world


def set_cycles(scene: bpy.types.Scene, size: tuple[int, int], samples: int) -> None:
    """Sets a scene to render with Cycles, denoised where this Blender can.

    Raises:
        RenderError: Cycles is not there.
    """
    try:
        scene.render.engine = "CYCLES"
    except TypeError as error:
        raise RenderError(tr("Cycles is switched off"), tr("Enable the add-on Cycles Render Engine")) from error
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.cycles.samples = samples
    scene.cycles.use_denoising = has_denoiser(scene)
    scene.cycles.max_bounces, scene.cycles.diffuse_bounces, scene.cycles.glossy_bounces = 6, 3, 2
    scene.cycles.transmission_bounces = scene.cycles.transparent_max_bounces = 4
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.sample_clamp_indirect = 4.0


def soften(studio: Studio) -> None:
    """Cycles' Fast GI, ambient occlusion after one bounce: a third of the time of full bounces, and less noise."""
    scene = studio.scene
    scene.cycles.use_light_tree = False
    scene.cycles.use_fast_gi, scene.cycles.fast_gi_method, scene.cycles.ao_bounces_render = True, "REPLACE", 1
    studio.scene.world.light_settings.distance = 1.5 / studio.stage.metres
    scene.cycles.use_adaptive_sampling, scene.cycles.adaptive_threshold = True, 0.03
    scene.cycles.denoising_prefilter = "FAST"


def _official_bounces(scene: bpy.types.Scene) -> None:
    """As officially (docs/official-behaviour.md, Rendering for the metrics): diffuse and glossy 1, the others 3.

    What the official script leaves alone is as Blender 3.3 has it: caustics, and no light tree, which came later.
    """
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = True
    scene.cycles.use_light_tree = False
    scene.cycles.max_bounces = 12
    scene.cycles.diffuse_bounces = scene.cycles.glossy_bounces = 1
    scene.cycles.transmission_bounces = scene.cycles.transparent_max_bounces = 3
    scene.cycles.filter_width = 0.1
    scene.cycles.sample_clamp_indirect = 10.0


def set_film(scene: bpy.types.Scene, transform: str, looks: tuple[str, ...], exposure: float) -> None:
    """View transform, first look that exists, exposure and PNG; names that this Blender lacks stay at their default."""
    with suppress(TypeError):
        scene.view_settings.view_transform = transform
    for look in looks:
        with suppress(TypeError):
            scene.view_settings.look = look
            break
    scene.view_settings.exposure = exposure
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.color_depth = "8"


def write(scene: bpy.types.Scene, path: Path, *, notes: bool = True) -> Path:
    """Renders to a file beside ``path`` and renames it, so that no incomplete picture is ever seen.

    Args:
        scene: what to render.
        path: of the PNG.
        notes: whether Blender's notes stay in it, as date and duration; without them equal pictures are equal files.
    """
    part = path.with_name(f"{path.stem}.part.png")
    scene.render.filepath = str(part)
    scene.render.use_file_extension = False
    try:
        bpy.ops.render.render(write_still=True, scene=scene.name)
        if not part.is_file() or not part.read_bytes().endswith(_PNG_END):
            raise RenderError(
                tr("{path} was not written", path=path), tr("Make room on the disk or choose another folder")
            )
        if not notes:
            part.write_bytes(_without_notes(part.read_bytes()))
        part.replace(path)
    except (RuntimeError, OSError) as error:
        raise RenderError(
            tr("{path} cannot be rendered: {reason}", path=path, reason=error),
            tr("Make room on the disk or choose another folder"),
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _without_notes(png: bytes) -> bytes:
    """A PNG without its chunks of text: each chunk is its length, its kind, that many bytes and a checksum of four."""
    kept, place = [png[:8]], 8
    while place < len(png):
        end = place + 12 + int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] not in _NOTES:
            kept.append(png[place:end])
        place = end
    return b"".join(kept)
