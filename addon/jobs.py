"""The jobs that operators start: ask the worker, place its answer, remember the variations."""

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import bpy

from ..instructscene_core.errors import InvalidInputError
from ..instructscene_core.scene import Scene, Task
from .assets import PlacingError
from .placing import OBJECT_KEY, missing_models, place_steps, room_members, scale_length
from .reading import Reading, as_it_stands, free_location, read
from .session import ROOT_PACKAGE, SESSION, Progress, Steps, ask, catalogue_path, exchange, preferences

VARIATIONS_KEY: Final = "instructscene_variations"
"""Custom property of a room's Empty: JSON list of all its scenes."""
VARIATION_KEY: Final = "instructscene_variation"
"""Custom property of a room's Empty: index of the scene that is shown."""


def edit(context: bpy.types.Context, task: Task) -> Steps[str]:
    """The job of one of the four tasks: reads the open .blend, asks the worker, and places the first variation.

    The selection is read at once, so that it is refused before a job starts.

    Raises:
        InvalidInputError: the selection cannot be worked on.
    """
    reading = read(context, task)
    return _edit(context.scene.name, reading)


def _edit(scene_name: str, reading: Reading) -> Steps[str]:
    results = yield from ask(reading.request)
    blend_scene = _blend_scene(scene_name)
    room = _object(reading.room) if reading.room else None
    target = results[0]
    if room is not None:
        target = as_it_stands(target, reading.request.scene, room, scale_length(blend_scene))
    location = reading.location
    if reading.request.task == "generate":
        location = free_location(blend_scene, target.floor, location)
    options = {"room": room, "foreign": _objects(reading.foreign), "location": location}
    room_name = yield from _place(blend_scene, target, reading.copies, options)
    return _record(blend_scene, room_name, results, 0)


def vary(context: bpy.types.Context, room: bpy.types.Object, step: int) -> Steps[str]:
    """The job that shows another of a room's variations; objects that both share stay where they stand.

    Args:
        context: only its scene is used.
        room: the room's Empty.
        step: 1 for the next, -1 for the previous.
    """
    return _vary(context.scene.name, room.name, step)


def _vary(scene_name: str, room_name: str, step: int) -> Steps[str]:
    blend_scene, room = _blend_scene(scene_name), _object(room_name)
    variations = _variations(room)
    present = room.get(VARIATION_KEY, 0) % len(variations)
    index = (present + step) % len(variations)
    target = as_it_stands(variations[index], variations[present], room, scale_length(blend_scene))
    options = {"room": room, "foreign": room_members(room)}
    room_name = yield from _place(blend_scene, target, {}, options)
    return _record(blend_scene, room_name, variations, index)


def _variations(room: bpy.types.Object) -> list[Scene]:
    try:
        return [Scene.from_json(data) for data in json.loads(room[VARIATIONS_KEY])]
    except (InvalidInputError, json.JSONDecodeError, TypeError) as error:
        raise PlacingError(f'The variations of "{room.name}" cannot be read', "Generate the room again") from error


def check_worker() -> Steps[str]:
    """The job of Self-Check: starts the worker anew and has it run one step; ``SESSION.self_check`` gets the report."""
    SESSION.release()
    SESSION.self_check = None
    answer = yield from exchange({"type": "self_check", "id": SESSION.new_id("check")})
    client = SESSION.worker()
    SESSION.self_check = {**(client.hello or {}), **answer.get("report", {}), "seconds": answer.get("seconds")}
    return "The generator works"


def import_official(folder: Path) -> Steps[str]:
    """The job that makes models from a folder of official checkpoints, and sets the preferences to use them.

    Args:
        folder: with the checkpoints, `objfeat_bounds.pkl` and `dataset_stats.txt` somewhere in it.
    """
    out = Path(bpy.utils.extension_path_user(ROOT_PACKAGE, path="models", create=True)) / "official"
    message = {"type": "import", "id": SESSION.new_id("import"), "folder": str(folder), "out": str(out)}
    answer = yield from exchange(message)
    preferences().model_folder = str(out)
    rooms = ", ".join(answer["imported"])
    return f"Imported the models of {rooms}. They read instructions with CLIP, whose weights the preferences name"


def index_models(folder: Path) -> Steps[str]:
    """The job that makes a catalogue of a folder of 3D-FUTURE models, and sets the preferences to use it.

    Args:
        folder: in the layout of 3D-FUTURE-model. Its catalogue has a place of its own, so that an interrupted run, or
            one after some models changed, reads only what is new.
    """
    home = Path(bpy.utils.extension_path_user(ROOT_PACKAGE, path="catalogues", create=True))
    digest = hashlib.sha256(str(folder.resolve()).encode("utf-8", "replace")).hexdigest()[:8]
    out = home / f"{bpy.path.clean_name(folder.name) or 'models'}_{digest}"
    message = {"type": "index", "id": SESSION.new_id("index"), "folder": str(folder), "out": str(out)}
    answer = yield from exchange(message)
    preferences().catalogue = answer["report"]["catalogue"]
    return answer["report"]["text"]


def _place(
    blend_scene: bpy.types.Scene, target: Scene, copies: Mapping[str, str], options: dict[str, Any]
) -> Steps[str]:
    """Places a scene piece by piece; returns the name of its room's Empty."""
    with _copies_named(copies):
        steps = place_steps(bpy.context, target, catalogue=catalogue_path(preferences()), **options)
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
    room[VARIATIONS_KEY] = json.dumps([scene.to_json() for scene in variations])
    room[VARIATION_KEY] = index
    blend_scene.instructscene.room = room_name
    chosen = variations[index]
    number = f", variation {index + 1} of {len(variations)}" if len(variations) > 1 else ""
    return f'"{room_name}" has {len(chosen.objects)} objects{number}{_missing_sentence(room)}'


def _missing_sentence(room: bpy.types.Object) -> str:
    """A sentence on the models that could not be imported; empty where there are none."""
    missing = missing_models(room)
    if not missing:
        return ""
    first = next(iter(missing.values()))
    return f". Boxes stand for {len(missing)} models that could not be imported, such as: {first}"


def _objects(names: Mapping[str, str]) -> dict[str, bpy.types.Object]:
    return {key: _object(name) for key, name in names.items()}


def _object(name: str) -> bpy.types.Object:
    obj = bpy.data.objects.get(name)
    if obj is None:
        raise PlacingError(f'"{name}" was removed or renamed meanwhile', "Try again")
    return obj


def _blend_scene(name: str) -> bpy.types.Scene:
    scene = bpy.data.scenes.get(name)
    if scene is None:
        raise PlacingError(f'The scene "{name}" was removed or renamed meanwhile', "Try again")
    return scene
