"""The pictures that Render Room makes: from a corner at eye level, from above, all round, or as the person has set it.

`shoot` renders them into a folder, in Blender's own process or in one beside it (`studio_process`), and `publish` puts
the finished ones where they belong, all or none.
"""

import math
import shutil
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import bpy
from mathutils import Matrix, Vector

from .boxes import Box, bounds
from .language import tr, tr_later
from .records import wall_colour_of
from .rendering import (
    RenderError,
    RenderSettings,
    look_at,
    render_perspective,
    render_pieces,
    set_camera,
    set_cycles,
    set_film,
    set_sky,
    soften,
    write,
)
from .sides import THICKNESS, Side, counter_clockwise, edges
from .studio import Studio, complete_set, studio_of

View = Literal["corner", "above", "turntable", "camera", "pieces"]
_LENS: Final = 50.0
"""Millimetres, for a 36 mm sensor, of pictures from outside."""
_TILT: Final = math.radians(36)
"""Radians by which a turntable looks down."""
_UPRIGHT: Final = ("wall", "door", "window")
"""Kinds of architecture that may stand between a camera outside and the room."""
_IN_WALL: Final = 0.5
"""Metres from a side of the floor within which the middle of a thing is in the wall there."""
_ROUND: Final = 1.06
"""Of the room's size, how much a picture from outside shows."""
_MAKE_ROOM: Final = tr_later("Make room on the disk or choose another folder")


@dataclass(frozen=True)
class PictureSettings(RenderSettings):
    """What Render Room makes.

    Args:
        view: corner, at eye level; above; turntable, pictures all round; camera, the person's own with their settings;
            pieces, some objects alone as that camera sees them, in even light.
        frames: of a turntable.
    """

    view: View = "corner"
    frames: int = 24

    @property
    def count(self) -> int:
        """How many pictures there will be."""
        return self.frames if self.view == "turntable" else 1


def shoot(
    context: bpy.types.Context, room: bpy.types.Object, folder: Path, settings: PictureSettings
) -> Iterator[Path]:
    """Renders the pictures of a room one after the other; closing it early, or an error, leaves the .blend as it was.

    Args:
        context: its scene has the unit and the Cycles device.
        room: the room's Empty.
        folder: for the PNGs 0001.png and so on; exists.
        settings: what to make.

    Yields:
        The file of each picture, once it is there.

    Raises:
        RenderError: it cannot be rendered or written.
    """
    if settings.view == "corner":
        yield render_perspective(context, room, folder / "0001.png", settings)
    elif settings.view == "camera":
        yield _render_own(context.scene, folder / "0001.png")
    elif settings.view == "pieces":
        yield render_pieces(context.scene, folder / "0001.png", settings)
    else:
        yield from _from_outside(context, room, folder, settings)


def render_pictures(
    context: bpy.types.Context, room: bpy.types.Object, target: Path, settings: PictureSettings
) -> list[Path]:
    """Renders the pictures of a room at once, in this Blender, and puts them where they belong.

    Returns:
        Their files.

    Raises:
        RenderError: they cannot be rendered or written; what was at ``target`` is as it was.
    """
    check_target(target)
    with temporary_folder() as folder:
        return publish(list(shoot(context, room, folder, settings)), target)


@contextmanager
def temporary_folder() -> Generator[Path]:
    """A folder for pictures that are not yet published, removed at the end with all that is in it.

    Raises:
        RenderError: it cannot be made.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="picture-", dir=bpy.app.tempdir or None))
    except OSError as error:
        raise RenderError(
            tr("No temporary folder can be made: {reason}", reason=error.strerror), tr("Make room on the disk")
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _from_outside(
    context: bpy.types.Context, room: bpy.types.Object, folder: Path, settings: PictureSettings
) -> Iterator[Path]:
    """Renders a room as a doll's house: what stands between it and the camera is looked through."""
    size = settings.resolution, round(settings.resolution / settings.aspect)
    with studio_of(context, room) as studio:
        complete_set(studio, wall_colour_of(room))
        set_sky(studio)
        set_cycles(studio.scene, size, settings.samples)
        soften(studio)
        set_film(studio.scene, "AgX", ("AgX - Medium High Contrast", "Medium High Contrast"), exposure=0.25)
        for number, local in enumerate(_eyes(studio, settings), start=1):
            set_camera(studio, local, _LENS)
            with _open_towards(studio, local.translation):
                yield write(studio.scene, folder / f"{number:04d}.png")


def _eyes(studio: Studio, settings: PictureSettings) -> Iterator[Matrix]:
    """Cameras in the room's axes that see all of it: one from above, or some all round."""
    low, high = bounds([Box.flat(studio.floor.polygon or ())])
    middle, size = (low + high) / 2, high - low
    wall = Vector((THICKNESS, THICKNESS, 0.0))
    corners = [Vector(corner) for z in (0.0, studio.floor.height) for corner in _rectangle(low - wall, high + wall, z)]
    middle.z = studio.floor.height / 2
    if settings.view == "above":
        turn = Matrix.Rotation(math.pi / 2 if size.y > size.x else 0.0, 4, "Z")
        looks = [(turn.to_3x3() @ Vector((0, 0, 1)), turn.to_3x3())]
    else:
        angles = [math.tau * k / settings.frames - math.pi / 3 for k in range(settings.frames)]
        levels = [Vector((math.cos(angle), math.sin(angle), 0.0)) * math.cos(_TILT) for angle in angles]
        outwards = [level + Vector((0, 0, math.sin(_TILT))) for level in levels]
        looks = [(outward, look_at(outward, Vector()).to_3x3()) for outward in outwards]
    distance = max(_distance(turn, [corner - middle for corner in corners], settings.aspect) for _, turn in looks)
    for outward, turn in looks:
        yield Matrix.Translation(middle + distance * outward) @ turn.to_4x4()


def _rectangle(low: Vector, high: Vector, z: float) -> list[tuple[float, float, float]]:
    return [(low.x, low.y, z), (high.x, low.y, z), (high.x, high.y, z), (low.x, high.y, z)]


def _distance(turn: Matrix, corners: Sequence[Vector], aspect: float) -> float:
    """How far from the middle a camera that is turned so sees all corners, given from the middle, metres."""
    half = 18.0 / _LENS / _ROUND
    seen = [turn.transposed() @ corner for corner in corners]
    return max(max(abs(x), abs(y) * aspect) / half + z for x, y, z in seen)


@contextmanager
def _open_towards(studio: Studio, eye: Vector) -> Generator[None]:
    """Hides ceilings, and what is in walls of which the camera sees the back, from the camera alone."""
    sides = [Side(start, end) for start, end in edges(counter_clockwise(studio.floor.polygon or ()))]
    inverse = studio.stage.frame.inverted()
    hidden: list[str] = []
    for name, kind in studio.parts.items():
        obj = bpy.data.objects[name]
        centre = inverse @ obj.matrix_world @ (sum((Vector(c) for c in obj.bound_box), Vector()) / 8)
        behind = kind in _UPRIGHT and _seen_from_behind(centre, eye, sides)
        if obj.visible_camera and (behind or kind == "ceiling"):
            obj.visible_camera = False
            hidden.append(obj.name)
    try:
        yield
    finally:
        for name in hidden:
            bpy.data.objects[name].visible_camera = True


def _seen_from_behind(centre: Vector, eye: Vector, sides: Sequence[Side]) -> bool:
    """Whether something is in a side of the floor of which the eye sees the back."""
    side = min(sides, key=lambda side: side.distance(centre))
    return side.distance(centre) < _IN_WALL and side.inward.dot(eye.xy - Vector(side.start)) < 0


def _render_own(scene: bpy.types.Scene, path: Path) -> Path:
    """Renders a person's scene through its camera and with its settings, in a copy of the scene."""
    if scene.camera is None:
        raise RenderError(tr("The scene has no camera"), tr("Add one, or choose another View"))
    copy = scene.copy()
    try:
        copy.render.use_sequencer = False
        copy.render.image_settings.file_format = "PNG"
        copy.render.image_settings.color_mode = "RGBA" if copy.render.film_transparent else "RGB"
        copy.render.use_border = copy.render.use_border and copy.render.use_crop_to_border
        _without_file_outputs(copy)
        return write(copy, path)
    finally:
        bpy.data.scenes.remove(copy)


def _without_file_outputs(scene: bpy.types.Scene) -> None:
    """Mutes the nodes of a copied scene's compositor that write files of their own."""
    tree: Any = getattr(scene, "node_tree", None)
    if tree is not None:
        for node in tree.nodes:
            node.mute = node.mute or node.type == "OUTPUT_FILE"


def target_of(chosen: Path, settings: PictureSettings) -> Path:
    """Where the pictures go: a PNG; for a turntable a folder of that name."""
    return chosen.with_suffix("") if settings.view == "turntable" else chosen.with_suffix(".png")


def check_target(target: Path) -> None:
    """Refuses a place that cannot be written, before anything is rendered.

    Raises:
        RenderError: names the place.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        if target.is_dir() == (target.suffix == ".png") and target.exists():
            raise RenderError(tr("{target} is in the way", target=target), tr("Choose another file"))
        part.write_bytes(b"\0")
    except OSError as error:
        raise RenderError(
            tr("{target} cannot be written: {reason}", target=target, reason=error.strerror),
            tr("Choose another folder"),
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def publish(pictures: Sequence[Path], target: Path) -> list[Path]:
    """Puts finished pictures where they belong, in place of former ones: all of them, or none.

    Args:
        pictures: one; for a folder ``target`` as many as it gets.
        target: see `target_of`.

    Returns:
        Their new places.

    Raises:
        RenderError: the disk is full, or the place cannot be written.
    """
    single = target.suffix == ".png"
    part = target.with_name(f".{target.name}.part")
    try:
        if single:
            shutil.copyfile(pictures[0], part)
            part.replace(target)
            return [target]
        part.mkdir()
        for picture in pictures:
            shutil.copyfile(picture, part / picture.name)
        target.mkdir(exist_ok=True)
        return [(part / picture.name).replace(target / picture.name) for picture in pictures]
    except OSError as error:
        raise RenderError(
            tr("{target} cannot be written: {reason}", target=target, reason=error.strerror or error), tr(_MAKE_ROOM)
        ) from error
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            with suppress(OSError):
                part.unlink(missing_ok=True)
