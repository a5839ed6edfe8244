"""Has I-Scene look at the selected objects, and places them, or what it has made of them, where it saw them.

Nothing of the open file changes before its answer is there and has been checked.
"""

import json
import math
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
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
from ..instructscene_core.iscene.poses import Box, Similarity, calibrate, levelled
from ..instructscene_core.iscene.registration import Registration, register
from ..instructscene_core.iscene.similarity import solve
from ..instructscene_core.placer.placement import Item
from ..instructscene_core.placer.solid import Solid
from .aside import Tell, aside
from .camera_labels import Eye, eye_of, label_steps
from .iscene_picture import AT_WORK, Shot, as_shown, picture_of
from .iscene_posing import PLACING, Places, Seen, find_places, on_even_bases, stand
from .iscene_settings import installation, is_set_up, known_convention, remember
from .iscene_theirs import MadeObjects, read_pieces
from .iscene_trial import trial_scene
from .language import tr, tr_later
from .pictures import temporary_folder
from .place_task import PlaceTask, read_placing
from .session import Progress, Steps

_SHORTER: Final = 768
"""Pixels of the shorter side of a picture: I-Scene crops it to what is labelled, and wants 518 of that."""
_POINTS: Final = 1000
"""Points of a surface by which a mesh is registered."""
_FEWEST: Final = 3
"""Objects that show how I-Scene's cube lies, without what a former run has shown."""
_PACKED: Final = 2
"""Steps of a picture after which what is rendered lies in a file of its own."""
_POLL: Final = 0.05
"""Seconds between two looks at I-Scene."""
_SHOWN: Final = {
    "": (AT_WORK, 0.2),
    "Generating scene": (AT_WORK, 0.4),
    PLACING: (tr_later("Placing"), 0.95),
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
    with temporary_folder() as folder:
        with trial_scene() as (scene, items):  # within one step, so that nobody ever sees it
            eye = eye_of(scene, Matrix(), _SHORTER)
            shot = Shot(scene.name, dict(enumerate(items, start=1)), dict(enumerate(items.values(), start=1)), eye)
            picture = picture_of(shot, None, folder)
            for _ in range(_PACKED):
                next(picture)
        with closing(picture):
            labels = yield from label_steps(eye, [item.solid for item in items.values()], ())
            values = yield from picture
        _, found = yield from _asked(installed, shot, labels.pixels, values, folder, trial=True)
        remember(calibrate(found, eye.rotation))
    return tr("I-Scene works: {seconds:.0f} s for four boxes", seconds=time.monotonic() - begin)


def _by_rule(task: PlaceTask) -> Steps[str]:
    seen = {mover.roots[0]: Seen() for mover in task.movers}
    work = partial(find_places, task, seen, reach=math.inf)
    places = yield from aside(work, lambda _: Progress("Placing by rule", 0.5))
    notice = tr("I-Scene is not set up in the preferences, so this was placed by rule")
    return ". ".join((notice, *stand(task, seen, places), *task.notes))


def _steps(
    scene_name: str, names: Sequence[str], task: PlaceTask, eye: Eye, installed: Installation, wanted: Wanted
) -> Steps[str]:
    items = {number: mover.item for number, mover in enumerate(task.movers, start=1)}
    labels = yield from label_steps(eye, [item.solid for item in items.values()], _seen_solids(task))
    reasons = check_masks(labels.pixels, labels.whole)
    reasons |= {n: tr("it is not rendered") for n in items if not _is_rendered(names[n - 1])}
    unseen = [tr('"{name}" is left out: {why}', name=names[n - 1], why=why) for n, why in reasons.items()]
    shown = {number: item for number, item in items.items() if number not in reasons}
    if not shown:
        raise InvalidInputError(". ".join(unseen), tr("Move the camera nearer, or turn it to the selection"))
    if not wanted.theirs and len(shown) < _FEWEST:
        message = ". ".join((*unseen, tr("Of fewer than three objects nobody can tell where they were seen")))
        raise InvalidInputError(message, tr("Select three or more, or choose Use Theirs"))
    pixels = np.where(np.isin(labels.pixels, list(reasons)), 0, labels.pixels).astype(np.uint8)
    with temporary_folder() as folder:
        shot = Shot(scene_name, {number: names[number - 1] for number in shown}, shown, eye)
        values = yield from picture_of(shot, wanted.picture, folder)
        answer, similarity = yield from _asked(installed, shot, pixels, values, folder, seed=wanted.seed)
        if len(answer.meshes) >= _FEWEST:
            with suppress(InstructSceneError):  # turned as no convention has it: nothing to learn for other runs
                remember(calibrate(similarity, eye.rotation))
        if bpy.context.scene.name != scene_name:
            raise InvalidInputError(tr("Another scene is open by now"), tr("Go back to it, and try again"))
        missing = [tr('"{name}" is left out: {why}', name=names[n - 1], why=why) for n, why in answer.missing.items()]
        there = {names[n - 1]: n for n in answer.meshes if names[n - 1] in bpy.data.objects}
        gone = [names[n - 1] for n in answer.meshes if names[n - 1] not in there]
        missing += [tr('"{name}" was removed or renamed meanwhile', name=name) for name in gone]
        if wanted.theirs:
            pieces = yield from read_pieces(answer, folder)
            sentences = yield from _use_theirs(there, similarity, pieces, shot, task, wanted)
        else:
            sentences = yield from _keep_mine(there, similarity, answer, wanted)
    return ". ".join((*sentences, *unseen, *missing, *task.notes))


def _is_rendered(name: str) -> bool:
    obj = bpy.data.objects.get(name)
    return obj is not None and not obj.hide_render and obj.visible_camera


def _seen_solids(task: PlaceTask) -> list[Solid]:
    """What may hide the objects of a task from the camera."""
    return [solid for solid in task.around.solids if _is_rendered(solid.name)]


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


def _asked(
    installed: Installation,
    shot: Shot,
    pixels: NDArray[Any],
    values: NDArray[np.float32],
    folder: Path,
    *,
    seed: int = 0,
    trial: bool = False,
) -> Steps[tuple[Answer, Similarity]]:
    """I-Scene's answer, and how its cube lies in the task's axes; closing the generator ends it.

    Raises:
        InstructSceneError: it fails, or what it made does not fit the boxes that were shown to it.
    """
    convention = None if trial else known_convention()

    def work(tell: Tell) -> tuple[Answer, Similarity]:
        boxes = {label: _box(item) for label, item in shot.items.items()}
        rgb = as_shown(values, shot.eye.size)
        job = Job(rgb, pixels.astype(np.uint8), shot.names, boxes, _told(shot.eye), 0.0, seed)
        answer = _waited(run(installed, job, folder / "answer"), tell)
        tell(PLACING)
        numbers = sorted(answer.meshes)
        shapes = [answer.meshes[number].vertices for number in numbers]
        known, camera = [boxes[number] for number in numbers], shot.eye.rotation
        found = solve(known, shapes, convention, camera, trial=trial)
        return answer, levelled(found, camera, np.mean([box.centre for box in known], axis=0))

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
    objects = [bpy.data.objects[name] for name in there]
    bare = {mover.roots[0]: mover.item for mover in read_placing(bpy.context, objects, carry=False).movers}
    task = read_placing(bpy.context, objects, carry=wanted.carry)

    def work(tell: Tell) -> tuple[dict[str, Registration], dict[str, Seen], Places]:
        fits = dict[str, Registration]()
        for name, item in bare.items():
            tell(PLACING)
            cloud = surface_points(answer.meshes[there[name]], _POINTS, 0)
            fits[name] = register(_points(item), similarity.apply(cloud))
        seen = {name: Seen(fit.yaw, fit.shift) for name, fit in fits.items()}
        return fits, seen, find_places(task, seen, tell)

    fits, seen, places = yield from aside(work, lambda _: Progress(*_SHOWN[PLACING]))
    notes = [
        tr('"{name}" does not look like what was made of it: only its middle counts', name=name)
        for name, fit in fits.items()
        if not fit.accepted
    ]
    return [*stand(task, seen, places), *notes]


def _points(item: Item) -> FloatArray:
    return surface_points(Mesh(item.solid.corners, item.solid.faces), _POINTS, 0)


def _use_theirs(
    there: Mapping[str, int],
    similarity: Similarity,
    pieces: MadeObjects,
    shot: Shot,
    before: PlaceTask,
    wanted: Wanted,
) -> Steps[list[str]]:
    """Puts what was made in the place of the objects, which are hidden."""
    try:
        made, notes = _made(there, similarity, pieces, shot, before, wanted)
        bpy.context.view_layer.update()
        task = on_even_bases(read_placing(bpy.context, made, carry=False))
        seen = {mover.roots[0]: Seen() for mover in task.movers}
        places = yield from aside(partial(find_places, task, seen), lambda _: Progress(*_SHOWN[PLACING]))
        sentences = stand(task, seen, places)
    except BaseException:
        pieces.undo.close()
        raise
    pieces.undo.pop_all()
    return [*sentences, tr("What was there is hidden"), *notes]


def _made(
    there: Mapping[str, int],
    similarity: Similarity,
    pieces: MadeObjects,
    shot: Shot,
    before: PlaceTask,
    wanted: Wanted,
) -> tuple[list[bpy.types.Object], list[str]]:
    """The objects of what was made, and why others are none.

    Raises:
        InvalidInputError: none is one.
    """
    made, notes = list[bpy.types.Object](), [*pieces.notes]
    for name, number in there.items():
        if number not in pieces.files:
            continue
        about = json.dumps({"seed": wanted.seed, "made_of": name})
        root, yaw = bpy.data.objects.get(name), shot.items[number].yaw
        if root is None:
            notes.append(tr('"{name}" was removed or renamed meanwhile', name=name))
            continue
        try:
            made.append(pieces.place(number, root, similarity, before.axes, yaw, about))
        except InvalidInputError as error:
            notes.append(tr('"{name}" is left out: {why}', name=name, why=error.message))
    if not made:
        raise InvalidInputError(". ".join(notes), tr("Run it again with another seed"))
    return made, notes
