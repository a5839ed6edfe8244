"""Renders a room's pictures in a Blender of its own: ``blender -b --factory-startup -P picture_child.py -- JOB``.

JOB is a JSON file that `studio_process` has written: the .blend, its scene, the room's Empty, the view and where the
pictures go. It writes one JSON object a line to standard output, among what Blender itself says there, and ends when
its standard input closes. With Blender's Python module: ``python picture_child.py -- JOB``.
"""

import contextlib
import importlib
import importlib.util
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, Final

import bpy

_PACKAGE: Final = "instructscene_picture"


def _load_extension(folder: Path) -> Any:  # noqa: ANN401  (its module of pictures)
    """Imports the extension's pictures without enabling it, whatever its folder is named."""
    spec = importlib.util.spec_from_file_location(
        _PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{folder} is no extension")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = module
    spec.loader.exec_module(module)
    return importlib.import_module(f"{_PACKAGE}.addon.pictures")


def _open(job: dict[str, Any]) -> bpy.types.Object | None:
    """Brings the packed scene into an empty file and makes it the active one; returns the room's Empty."""
    bpy.ops.wm.read_homefile(use_empty=True)  # preferences as they are: reading them anew makes Blender sort its wheels
    libraries: Any = bpy.data.libraries  # the type stubs lack how load() is used
    with libraries.load(job["blend"], link=False) as (_, wanted):
        wanted.scenes = [job["scene"]]
    scene = wanted.scenes[0]
    bpy.context.window.scene = scene
    for obj in scene.objects:
        obj.update_tag()  # nothing has a world matrix yet
    scene.view_layers[0].update()
    return bpy.data.objects.get(job["room"])


def _use_devices(devices: dict[str, Any]) -> None:
    """Has Cycles compute where the person's preferences say."""
    cycles = bpy.context.preferences.addons.get("cycles")
    if cycles is None or not devices:
        return
    with contextlib.suppress(TypeError):  # a kind of device that this Blender does not know
        cycles.preferences.compute_device_type = devices["type"]
        cycles.preferences.get_devices()
        for device in cycles.preferences.devices:
            device.use = device.id in devices["ids"]


def _say(**message: object) -> None:
    sys.stdout.write(f"\n{json.dumps(message)}\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main(path: str) -> int:
    """Does the job; returns the exit code."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    sys.path.extend(job["path"])
    pictures = _load_extension(Path(job["extension"]))
    room = _open(job)
    if room is None:
        _say(error=f'"{job["room"]}" is not in the copy of the scene', remedy="Try again")
        return 1
    _use_devices(job["devices"])
    settings = pictures.PictureSettings(**job["settings"])
    try:
        for picture in pictures.shoot(bpy.context, room, Path(job["folder"]), settings):
            _say(picture=str(picture))
    except pictures.RenderError as error:
        _say(error=error.message, remedy=error.remedy)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[-1]))
