"""Has I-Scene look at the selected objects, and places them, or what it has made of them, where it saw them.

Nothing of the open file changes before its answer is there and has been checked.
"""

import json
import math
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ..instructscene_core.errors import InstructSceneError, InvalidInputError
from ..instructscene_core.geometry.frames import FloatArray
from ..instructscene_core.iscene.backend import Answer, Installation, Job, run
from ..instructscene_core.iscene.glb import Mesh, surface_points
from ..instructscene_core.iscene.masks import check_masks
from ..instructscene_core.iscene.poses import Box, Similarity, calibrate
from ..instructscene_core.iscene.registration import Registration, register
from ..instructscene_core.iscene.similarity import solve
from ..instructscene_core.placer.placement import Item
from .aside import Tell, aside
from .camera_labels import Eye, eye_of, label_steps
from .iscene_posing import Places, Seen, find_places, stand
from .iscene_settings import installation, is_set_up, known_convention, remember
from .iscene_theirs import MadeObjects, read_pieces
from .iscene_trial import trial_scene
from .language import tr, tr_later
from .pictures import PictureSettings, temporary_folder
from .place_task import PlaceTask, read_placing
from .session import Progress, Steps
from .studio_process import picture_steps

_SHORTER: Final = 768
"""Pixels of the shorter side of a picture: I-Scene crops it to what is labelled, and wants 518 of that."""
_SAMPLES: Final = 16
_POINTS: Final = 1000
"""Points of a surface by which a mesh is registered."""
_PROPORTIONS: Final = 0.01
"""Share by which those of a person's picture may differ from the camera's."""
_POLL: Final = 0.05
"""Seconds between two looks at I-Scene."""
_PLACING: Final = "placing"
_SHOWN: Final = {
    "": (tr_later("I-Scene is at work"), 0.2),
    "Generating scene": (tr_later("I-Scene is at work"), 0.4),
    _PLACING: (tr_later("Placing"), 0.95),
}
"""Label and share of the progress bar at the stages that I-Scene and its reading tell."""


@dataclass(frozen=True)
class Wanted:
    """What is wanted of I-Scene.

    Args:
        theirs: its meshes come in the place of the selected ones; else these go where it saw them.
        picture: of what the camera sees; None: it is rendered.
        seed: of its sampling.
        carry: whether what stands on the selected objects goes along.
    """

    theirs: bool = False
    picture: Path | None = None
    seed: int = 0
    carry: bool = True


def place_by_iscene(context: bpy.types.Context, wanted: Wanted) -> Steps[str]:
    """The job that places the selected objects by I-Scene; without one it places them by rule, where they are.

    Raises:
        InstructSceneError: an object cannot be placed, the camera does not see it, or I-Scene lacks a part.
    """
    objects = list(context.selected_objects)
    if not is_set_up():
        return _by_rule(read_placing(context, objects, carry=wanted.carry))
    installed = installation()
    task = read_placing(context, objects, carry=False)
    eye = eye_of(context.scene, task.axes, _SHORTER)
    return _steps(context.scene.name, [mover.roots[0] for mover in task.movers], task, eye, installed, wanted)


def try_iscene() -> Steps[str]:
    """The job that shows four boxes to I-Scene, and learns from its answer how its scenes are turned.

    Raises:
        InstructSceneError: I-Scene lacks a part, fails, or its answer does not fit the boxes.
    """
    return _try(installation())


def _try(installed: Installation) -> Steps[str]:
    begin = time.monotonic()
    with trial_scene() as (scene, items), temporary_folder() as folder:
        eye = eye_of(scene, Matrix(), _SHORTER)
        labels = yield from label_steps(eye, [item.solid for item in items.values()], ())
        shot = _Shot(scene.name, dict(enumerate(items, start=1)), dict(enumerate(items.values(), start=1)), eye)
        _, found = yield from _asked(installed, shot, labels.pixels, folder, Wanted(), trial=True)
        remember(calibrate(found, eye.rotation))
    return tr("I-Scene works: {seconds:.0f} s for four boxes", seconds=time.monotonic() - begin)


def _by_rule(task: PlaceTask) -> Steps[str]:
    seen = {mover.roots[0]: Seen() for mover in task.movers}
    places = yield from aside(lambda _: find_places(task, seen, math.inf), lambda _: Progress("Placing by rule", 0.5))
    notice = tr("I-Scene is not set up in the preferences, so this was placed by rule")
    return ". ".join((notice, *stand(task, seen, places), *task.notes))


def _steps(
    scene_name: str, names: Sequence[str], task: PlaceTask, eye: Eye, installed: Installation, wanted: Wanted
) -> Steps[str]:
    items = {number: mover.item for number, mover in enumerate(task.movers, start=1)}
    labels = yield from label_steps(eye, [item.solid for item in items.values()], task.around.solids)
    reasons = check_masks(labels.pixels, labels.whole)
    unseen = [tr('"{name}" is left out: {why}', name=names[n - 1], why=why) for n, why in reasons.items()]
    if len(reasons) == len(items):
        raise InvalidInputError(". ".join(unseen), tr("Move the camera nearer, or turn it to the selection"))
    pixels = np.where(np.isin(labels.pixels, list(reasons)), 0, labels.pixels).astype(np.uint8)
    shown = {number: item for number, item in items.items() if number not in reasons}
    with temporary_folder() as folder:
        shot = _Shot(scene_name, {number: names[number - 1] for number in shown}, shown, eye)
        answer, similarity = yield from _asked(installed, shot, pixels, folder, wanted)
        if len(answer.meshes) > 2:  # fewer do not show how its scenes are turned
            with suppress(InstructSceneError):  # turned as no convention has it: nothing to learn for other runs
                remember(calibrate(similarity, eye.rotation))
        missing = [tr('"{name}" is left out: {why}', name=names[n - 1], why=why) for n, why in answer.missing.items()]
        there = {names[n - 1]: n for n in answer.meshes}
        if wanted.theirs:
            pieces = yield from read_pieces(answer, folder)
            sentences = _use_theirs(there, similarity, pieces, task, wanted)
        else:
            sentences = yield from _keep_mine(there, similarity, answer, wanted)
    return ". ".join((*sentences, *unseen, *missing, *task.notes))


@dataclass(frozen=True)
class _Shot:
    """What I-Scene is shown.

    Args:
        scene: name of the .blend's scene.
        names: of the objects, by label.
        items: the same, by label.
        eye: sees them.
    """

    scene: str
    names: Mapping[int, str]
    items: Mapping[int, Item]
    eye: Eye


def _told(eye: Eye) -> dict[str, Any]:
    """The camera as job.json has it."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = eye.rotation, eye.place
    return {
        "matrix": matrix.tolist(),
        "frame": eye.frame.tolist(),
        "parallel": eye.flat,
        "resolution": list(eye.size),
    }


def _box(item: Item) -> Box:
    """The upright box around an item that is turned as its front is."""
    corners = item.solid.turned(-item.yaw).corners
    low, high = corners.min(axis=0), corners.max(axis=0)
    cosine, sine = np.cos(item.yaw), np.sin(item.yaw)
    x, y, z = (low + high) / 2
    return Box(np.array([cosine * x - sine * y, sine * x + cosine * y, z]), high - low, item.yaw)


def _picture(shot: _Shot, own: Path | None, folder: Path) -> Steps[NDArray[np.float32]]:
    """What the camera sees, as `read_picture` has it: a person's picture, or a render of the objects alone."""
    width, height = shot.eye.size
    if own is None:
        scene = bpy.data.scenes[shot.scene]
        pieces = [bpy.data.objects[name] for name in shot.names.values()]
        settings = PictureSettings(width, width / height, _SAMPLES, view="pieces")
        for_camera = picture_steps(scene, scene.camera, folder / "rgb.png", settings, pieces)
        (own,) = yield from _between(for_camera, 0.05, 0.2)
    yield Progress(*_SHOWN[""])
    return read_picture(own, shot.eye.size)


def _between(steps: Steps[list[Path]], low: float, high: float) -> Steps[list[Path]]:
    """The same steps with their progress within a part of the bar."""
    try:
        while True:
            progress = next(steps)
            yield progress._replace(share=low + (high - low) * progress.share)
    except StopIteration as stop:
        return stop.value
    finally:
        steps.close()


def read_picture(path: Path, size: tuple[int, int]) -> NDArray[np.float32]:
    """(H · W · 4) a picture's values as Blender has them, from below, scaled to a size of equal proportions.

    Args:
        path: of any format that Blender reads.
        size: width and height.

    Raises:
        InvalidInputError: it cannot be read, or has other proportions.
    """
    try:
        image = bpy.data.images.load(str(path))
    except RuntimeError as error:
        raise InvalidInputError(
            tr("The picture {path} cannot be read", path=path), tr("Choose a PNG or a JPEG")
        ) from error
    try:
        sides: Any = image.size
        width, height = sides
        if not width or not height or image.is_float:
            raise InvalidInputError(tr("The picture {path} cannot be read", path=path), tr("Choose a PNG or a JPEG"))
        if abs(width / height * size[1] / size[0] - 1) > _PROPORTIONS:
            raise InvalidInputError(
                tr(
                    "The picture is {a} by {b} pixels, the camera's {c} by {d}", a=width, b=height, c=size[0], d=size[1]
                ),
                tr("Set the resolution in Output Properties to that of the picture"),
            )
        if (width, height) != size:
            image.scale(*size)
        pixels = np.empty(4 * size[0] * size[1], np.float32)
        image.pixels.foreach_get(pixels)
    finally:
        bpy.data.images.remove(image)
    return pixels


def _as_shown(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) pixels, row 0 at the top, of what `read_picture` gives."""
    rows = values.reshape(size[1], size[0], 4)[::-1, :, :3]
    return np.rint(255 * np.clip(rows, 0, 1)).astype(np.uint8)


def _asked(
    installed: Installation,
    shot: _Shot,
    pixels: NDArray[np.uint8],
    folder: Path,
    wanted: Wanted,
    *,
    trial: bool = False,
) -> Steps[tuple[Answer, Similarity]]:
    """I-Scene's answer, and how its cube lies in the task's axes; closing the generator ends it.

    Raises:
        InstructSceneError: it fails, or what it made does not fit the boxes that were shown to it.
    """
    values = yield from _picture(shot, wanted.picture, folder)
    convention = None if trial else known_convention()

    def work(tell: Tell) -> tuple[Answer, Similarity]:
        boxes = {label: _box(item) for label, item in shot.items.items()}
        rgb = _as_shown(values, shot.eye.size)
        job = Job(rgb, pixels, shot.names, boxes, _told(shot.eye), 0.0, wanted.seed)
        answer = _waited(run(installed, job, folder / "answer"), tell)
        tell(_PLACING)
        numbers = sorted(answer.meshes)
        shapes = [answer.meshes[number].vertices for number in numbers]
        return answer, solve([boxes[number] for number in numbers], shapes, convention, shot.eye.rotation, trial=trial)

    return (yield from aside(work, lambda stage: Progress(*_SHOWN.get(stage, _SHOWN[""]))))


def _waited(running: Generator[str, None, Answer], tell: Tell) -> Answer:
    with closing(running):
        while True:
            try:
                tell(next(running))
            except StopIteration as stop:
                return stop.value
            time.sleep(_POLL)


def _keep_mine(there: Mapping[str, int], similarity: Similarity, answer: Answer, wanted: Wanted) -> Steps[list[str]]:
    """Moves the objects to where their shapes fit those that were made."""
    objects = [bpy.data.objects[name] for name in there if name in bpy.data.objects]
    bare = {mover.roots[0]: mover.item for mover in read_placing(bpy.context, objects, carry=False).movers}
    task = read_placing(bpy.context, objects, carry=wanted.carry)

    def work(_: Tell) -> tuple[dict[str, Registration], dict[str, Seen], Places]:
        clouds = {name: surface_points(answer.meshes[there[name]], _POINTS, 0) for name in bare}
        fits = {name: register(_points(item), similarity.apply(clouds[name])) for name, item in bare.items()}
        seen = {name: Seen(fit.yaw, fit.shift, fit.scale) for name, fit in fits.items()}
        return fits, seen, find_places(task, seen)

    fits, seen, places = yield from aside(work, lambda _: Progress(*_SHOWN[_PLACING]))
    notes = [
        tr('"{name}" does not look like what was made of it: only its middle counts', name=name)
        for name, fit in fits.items()
        if not fit.accepted
    ]
    return [*stand(task, seen, places), *notes]


def _points(item: Item) -> FloatArray:
    return surface_points(Mesh(item.solid.corners, item.solid.faces), _POINTS, 0)


def _use_theirs(
    there: Mapping[str, int], similarity: Similarity, pieces: MadeObjects, before: PlaceTask, wanted: Wanted
) -> list[str]:
    """Puts what was made in the place of the objects, which are hidden."""
    made = list[bpy.types.Object]()
    try:
        for name, number in there.items():
            root = bpy.data.objects.get(name)
            if root is not None and number in pieces.files:
                about = {"seed": wanted.seed, "made_of": name}
                made.append(pieces.place(number, root, similarity, before.axes, json.dumps(about)))
        bpy.context.view_layer.update()
        task = read_placing(bpy.context, made, carry=False)
        seen = {mover.roots[0]: Seen() for mover in task.movers}
        sentences = stand(task, seen, find_places(task, seen))
    except BaseException:
        pieces.undo.close()
        raise
    pieces.undo.pop_all()
    return [*sentences, tr("What was there is hidden"), *pieces.notes]
