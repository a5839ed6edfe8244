"""The jobs that operators start: ask the worker, place its answer, remember the variations."""

import hashlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import bpy

from ..instructscene_core.scene import Scene, Task
from .assets import PlacingError
from .deletions import without_deleted
from .folders import note_written
from .language import room_label, tr, tr_count, tr_ui
from .location import free_location
from .own_folders import own_folder
from .pictures import PictureSettings
from .placing import place_steps
from .reading import Reading, as_it_stands, read, read_again, read_own_room
from .recognising import recognise, refuse_wrong_scale
from .records import INPUTS_KEY, OBJECT_KEY, VARIATION_KEY, missing_models, room_members, scale_length
from .review import is_reviewable, open_review
from .session import SESSION, Progress, Steps, ask, exchange, furniture_paths, preferences, use_catalogue
from .shell import stays_behind
from .showing import show_picture
from .studio_process import picture_steps
from .summary import forget
from .variations import ahead, make_ahead, record_variations, shown_variation, variations_of


def edit(context: bpy.types.Context, task: Task, *, whole: bool = True) -> Steps[str]:
    """The job of one of the four tasks: reads the open .blend, asks the worker, and places the first variation.

    The selection is read at once, so that it is refused before a job starts.

    Args:
        context: of the operator.
        task: what to do.
        whole: make all variations before the first one is shown; else the others are left to `gather`.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    selected = [obj.name for obj in context.selected_objects]
    return _edit(context.scene.name, read(context, task), partial(_read, task, selected), whole=whole)


def _read(task: Task, selected: Sequence[str]) -> Reading:
    """Reads the file again, with what was selected when the job began."""
    return read(bpy.context, task, [obj for name in selected if (obj := bpy.data.objects.get(name)) is not None])


def furnish(context: bpy.types.Context, *, whole: bool = True) -> Steps[str]:
    """The job that furnishes a person's own room, as `edit`: what stands in it stays.

    Raises:
        InvalidInputError: there is no floor that can be furnished.
    """
    selected = [obj.name for obj in context.selected_objects]
    reading = read_own_room(context)
    return _edit(context.scene.name, reading, partial(_read_own, reading.room, selected), whole=whole)


def _read_own(room: str | None, selected: Sequence[str]) -> Reading:
    """Reads a person's own room again, with what was selected when the job began."""
    found = [obj for name in selected if (obj := bpy.data.objects.get(name)) is not None]
    return read_own_room(bpy.context, _object(room) if room else None, found)


def regenerate(context: bpy.types.Context, room: bpy.types.Object, *, whole: bool = True) -> Steps[str]:
    """The job that makes a room again from the settings that its Empty keeps, as `edit`.

    Raises:
        InvalidInputError: the Empty keeps none.
    """
    reading, name = read_again(context, room), room.name
    return _edit(context.scene.name, reading, lambda: read_again(bpy.context, _object(name)), whole=whole)


def _edit(scene_name: str, reading: Reading, again: Callable[[], Reading], *, whole: bool) -> Steps[str]:
    if reading.unseen:
        yield from recognise(reading.unseen)
        reading = again()
    refuse_wrong_scale([bpy.data.objects[name] for name in reading.foreign.values()])
    request = reading.request if whole else replace(reading.request, variations=1)
    results = yield from ask(request)
    if "replaced" in (results[0].provenance or {}):  # what was understood as replacing has one result
        reading = replace(reading, request=replace(reading.request, variations=len(results)))
    return (yield from show(scene_name, reading, results))


def show(scene_name: str, reading: Reading, answer: Sequence[Scene]) -> Steps[str]:
    """The end of a job: places the first of the scenes that the worker made, and records them all.

    Args:
        scene_name: of the .blend's scene.
        reading: what was asked for.
        answer: the scenes.

    Raises:
        InstructSceneError: they cannot be placed.
    """
    results = [_with_notes(scene, reading.notes) for scene in answer]
    blend_scene = _blend_scene(scene_name)
    room = _object(reading.room) if reading.room else None
    target = results[0]
    if room is not None:
        newcomers = {*reading.foreign, *reading.copies.values()}
        target = as_it_stands(target, reading.request.scene, room, scale_length(blend_scene), newcomers)
    location = reading.location
    if reading.request.task == "generate" and reading.parts is None:
        location = free_location(blend_scene, target.floor, location)
    options = {
        "room": room,
        "foreign": _objects(reading.foreign),
        "location": location,
        "yaw": reading.yaw,
        "parts": reading.parts,
        "with_shell": reading.request.task == "generate" and reading.parts is None and blend_scene.instructscene.shell,
    }
    room_name = yield from _place(blend_scene, target, reading.copies, options)
    if reading.inputs:
        _object(room_name)[INPUTS_KEY] = json.dumps(reading.inputs)
    make_ahead(_object(room_name), reading.request, reading.notes, results)
    return _record(blend_scene, room_name, results, 0)


def _with_notes(scene: Scene, notes: Sequence[str]) -> Scene:
    """A scene whose report also tells what was noted while the file was read."""
    if not notes:
        return scene
    report = dict(scene.report or {})
    report["notes"] = [*report.get("notes", ()), *notes]
    return replace(scene, report=report)


def gather(room: bpy.types.Object) -> Steps[str]:
    """The quiet job that makes a room's other variations, one after the other, while the first one is shown."""
    return _gather(room.name)


def _gather(room_name: str) -> Steps[str]:
    made = ahead(_object(room_name))
    while made is not None and (request := made.next_request()) is not None:
        number, count = len(made.scenes) + 1, made.request.variations
        asked = ask(request)
        try:
            while True:
                label = tr_ui("Making variation {number} of {count}", number=number, count=count)
                yield next(asked)._replace(label=label)
        except StopIteration as stop:
            made.scenes += [_with_notes(scene, made.notes) for scene in stop.value]
        finally:
            asked.close()
        room = bpy.data.objects.get(room_name)
        if room is None or ahead(room) is not made:  # undone, or another room by now
            break
        record_variations(room, made.scenes)
    return ""


def vary(context: bpy.types.Context, room: bpy.types.Object, *, step: int = 0, index: int | None = None) -> Steps[str]:
    """The job that shows another of a room's variations; objects that both share stay where they stand.

    Args:
        context: only its scene is used.
        room: the room's Empty.
        step: 1 for the next, -1 for the previous.
        index: of the one to show; else it is found by ``step``.
    """
    return _vary(context.scene.name, room.name, step, index)


def _vary(scene_name: str, room_name: str, step: int, index: int | None) -> Steps[str]:
    blend_scene, room = _blend_scene(scene_name), _object(room_name)
    scenes = variations_of(room)
    present = shown_variation(room, len(scenes))
    scenes = without_deleted(room, scenes, present)
    index = (present + step if index is None else index) % len(scenes)
    target = as_it_stands(scenes[index], scenes[present], room, scale_length(blend_scene))
    options = {"room": room, "foreign": room_members(room)}
    room_name = yield from _place(blend_scene, target, {}, options)
    return _record(blend_scene, room_name, scenes, index)


def look_at(names: Sequence[str]) -> Steps[str]:
    """The job that recognises pieces, by the names of their roots; returns what to report."""
    count = yield from recognise(names)
    forget()
    return tr_count(count, "Looked at {count} object", "Looked at {count} objects")


def check_worker() -> Steps[str]:
    """The job of Self-Check: starts the worker anew and has it run one step; ``SESSION.self_check`` gets the report."""
    SESSION.release()
    SESSION.self_check = None
    answer = yield from exchange({"type": "self_check", "id": SESSION.new_id("check")})
    client = SESSION.worker()
    SESSION.self_check = {**(client.hello or {}), **answer.get("report", {}), "seconds": answer.get("seconds")}
    return tr("The generator works")


def import_official(folder: Path) -> Steps[str]:
    """The job that makes models from a folder of official checkpoints, and sets the preferences to use them.

    Args:
        folder: with the checkpoints, `objfeat_bounds.pkl` and `dataset_stats.txt` somewhere in it.
    """
    out = own_folder("models") / "official"
    message = {"type": "import", "id": SESSION.new_id("import"), "folder": str(folder), "out": str(out)}
    answer = yield from exchange(message)
    preferences().model_folder = str(out)
    rooms = ", ".join(map(room_label, answer["imported"]))
    if not answer["reads_clip"]:
        return tr("Imported the models of {rooms}. They read no instructions", rooms=rooms)
    return tr(
        "Imported the models of {rooms}. They read instructions with CLIP, whose weights the preferences name",
        rooms=rooms,
    )


def index_models(folder: Path) -> Steps[str]:
    """The job that makes a catalogue of a folder of models, and sets the preferences to use it.

    Models are read by this Blender's own program, without a window, which knows nothing of the open file.

    Args:
        folder: in the layout of 3D-FUTURE-model, or with models of any formats. Its catalogue has a place of its own,
            see `catalogue_of`, so that an interrupted run, or one after some models changed, reads only what is new.
    """
    out = catalogue_of(folder)
    message = {"type": "index", "id": SESSION.new_id("index"), "folder": str(folder), "out": str(out)}
    answer = yield from exchange({**message, "blender": bpy.app.binary_path or None})
    catalogue = Path(answer["report"]["catalogue"])
    use_catalogue(preferences(), catalogue)
    if is_reviewable(catalogue):
        yield from open_review(catalogue)
    return answer["report"]["text"]


def catalogue_of(folder: Path) -> Path:
    """Where the catalogue of a folder of models is, whether it was made or not."""
    digest = hashlib.sha256(str(folder.resolve()).encode("utf-8", "replace")).hexdigest()[:8]
    return own_folder("catalogues") / f"{bpy.path.clean_name(folder.name) or 'models'}_{digest}"


def picture(context: bpy.types.Context, room: bpy.types.Object, target: Path, settings: PictureSettings) -> Steps[str]:
    """The job that renders a room in a second Blender and shows the picture, the first where there are more.

    Args:
        context: only its scene is used.
        room: the room's Empty.
        target: see `pictures.target_of`.
        settings: what to make.
    """
    return _picture(picture_steps(context.scene, room, target, settings), target)


def _picture(steps: Steps[list[Path]], target: Path) -> Steps[str]:
    pictures = yield from steps
    note_written(pictures)
    if not bpy.app.background:
        show_picture(pictures[0])
    return saved_sentence(pictures, target)


def saved_sentence(pictures: Sequence[Path], target: Path) -> str:
    """What to report of finished pictures."""
    return tr_count(len(pictures), "Saved {target}", "Saved {count} pictures in {target}", target=target)


def _place(
    blend_scene: bpy.types.Scene, target: Scene, copies: Mapping[str, str], options: dict[str, Any]
) -> Steps[str]:
    """Places a scene piece by piece; returns the name of its room's Empty."""
    with _copies_named(copies):
        chosen = preferences()
        linked = chosen.link_models
        steps = place_steps(bpy.context, target, catalogues=furniture_paths(chosen), linked=linked, **options)
        with bpy.context.temp_override(scene=blend_scene):
            share = next(steps)  # the scene counts for the first piece only
        try:
            while True:
                yield Progress("Placing furniture", 0.9 + 0.1 * share)
                share = next(steps)
        except StopIteration as stop:
            return stop.value.name
        finally:
            steps.close()


@contextmanager
def _copies_named(copies: Mapping[str, str]) -> Generator[None]:
    """Gives furniture that a person has duplicated ids of its own, for good if all goes well."""
    before = {name: _object(name)[OBJECT_KEY] for name in copies}
    for name, key in copies.items():
        _object(name)[OBJECT_KEY] = key
    try:
        yield
    except BaseException:
        for name, key in before.items():
            if (obj := bpy.data.objects.get(name)) is not None:
                obj[OBJECT_KEY] = key
        raise


def _record(blend_scene: bpy.types.Scene, room_name: str, variations: Sequence[Scene], index: int) -> str:
    """Stores a room's variations in its Empty; returns what to report of the one that is shown."""
    room = _object(room_name)
    record_variations(room, variations)
    room[VARIATION_KEY] = index
    blend_scene.instructscene.room = room_name
    chosen = variations[index]
    sentences = [_count_sentence(room_name, len(chosen.objects))]
    if len(variations) > 1:
        sentences.append(tr("Variation {number} of {count}", number=index + 1, count=len(variations)))
    sentences += [_missing_sentence(room), _shell_sentence(room, chosen)]
    return ". ".join(filter(None, sentences))


def _count_sentence(room_name: str, count: int) -> str:
    return tr_count(count, '"{name}" has {count} object', '"{name}" has {count} objects', name=room_name)


def _shell_sentence(room: bpy.types.Object, scene: Scene) -> str:
    """A sentence on walls that were edited and thus do not follow another floor; empty where they do."""
    return tr("Its walls stay as you edited them") if stays_behind(room, scene.floor) else ""


def _missing_sentence(room: bpy.types.Object) -> str:
    """A sentence on the models that could not be imported; empty where there are none."""
    missing = missing_models(room)
    if not missing:
        return ""
    return tr_count(
        len(missing),
        "A box stands for {count} model that could not be imported: {first}",
        "Boxes stand for {count} models that could not be imported, such as: {first}",
        first=next(iter(missing.values())),
    )


def _objects(names: Mapping[str, str]) -> dict[str, bpy.types.Object]:
    return {key: _object(name) for key, name in names.items()}


def _object(name: str) -> bpy.types.Object:
    obj = bpy.data.objects.get(name)
    if obj is None:
        raise PlacingError(tr('"{name}" was removed or renamed meanwhile', name=name), tr("Try again"))
    return obj


def _blend_scene(name: str) -> bpy.types.Scene:
    scene = bpy.data.scenes.get(name)
    if scene is None:
        raise PlacingError(tr('The scene "{name}" was removed or renamed meanwhile', name=name), tr("Try again"))
    return scene
