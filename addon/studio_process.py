"""Renders a room's pictures in a second Blender, so that this one stays free; what that needs goes there in a copy.

The copy is a .blend with the room alone, written to a temporary folder, so that nothing of the open file changes and an
unsaved one will do.
"""

import dataclasses
import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import bpy

from .language import tr, tr_ui
from .pictures import PictureSettings, check_target, publish, temporary_folder
from .placing import PlacingError
from .rendering import RenderError
from .session import Progress, Steps, wheel_folders
from .studio import copy_for_pictures, copy_of_pieces

_CHILD: Final = Path(__file__).with_name("picture_child.py")
_SAMPLE: Final = re.compile(r"Sample (\d+)/(\d+)")
"""What Cycles says of its progress."""
_USER: Final = "user"
"""Name of the user folder of the other Blender, beside its job."""
_STARTED: Final = 0.04
"""Share of the progress bar for the start of the other Blender."""


def picture_steps(
    scene: bpy.types.Scene,
    room: bpy.types.Object,
    target: Path,
    settings: PictureSettings,
    pieces: Sequence[bpy.types.Object] = (),
) -> Steps[list[Path]]:
    """The steps that render a room in a second Blender; closing the generator ends that one, and nothing is left.

    Args:
        scene: holds the room.
        room: its Empty; for pieces, the camera.
        target: see `pictures.target_of`; its folder exists.
        settings: what to make.
        pieces: what a picture of the view "pieces" shows.

    Returns:
        The pictures' files.

    Raises:
        RenderError: the target cannot be written, or the other Blender cannot render.
    """
    return _steps(scene.name, room.name, target, settings, [piece.name for piece in pieces])


def _steps(
    scene_name: str, room_name: str, target: Path, settings: PictureSettings, pieces: Sequence[str]
) -> Steps[list[Path]]:
    check_target(target)
    with temporary_folder() as folder:
        yield Progress("Copying the room", 0.01)
        job = _pack(scene_name, room_name, folder, settings, pieces)
        yield Progress("Starting to render", 0.02)
        process = _start(job)
        try:
            pictures = yield from _follow(process, settings.count)
        finally:
            _end(process)
        yield Progress("Saving", 0.99)
        return publish(pictures, target)


def _pack(scene_name: str, room_name: str, folder: Path, settings: PictureSettings, pieces: Sequence[str]) -> Path:
    """Writes the copy of what is to be rendered, and the job for the other Blender; returns the job's file."""
    scene, room = bpy.data.scenes.get(scene_name), bpy.data.objects.get(room_name)
    gone = [name for name in pieces if name not in bpy.data.objects]
    if scene is None or room is None or gone:
        name = gone[0] if gone else room_name
        raise PlacingError(tr('"{name}" was removed or renamed meanwhile', name=name), tr("Try again"))
    blend, job = folder / "room.blend", folder / "job.json"
    try:
        job.with_name(_USER).mkdir()
        whole = settings.view == "camera"
        with copy_of_pieces(scene, pieces) if pieces else copy_for_pictures(scene, room, whole=whole) as copy:
            bpy.data.libraries.write(str(blend), {copy}, path_remap="ABSOLUTE")
            name = copy.name
        job.write_text(json.dumps(_job(scene, name, room_name, folder, settings)), encoding="utf-8")
    except (OSError, RuntimeError) as error:
        raise RenderError(
            tr("The room cannot be copied to {folder}: {reason}", folder=folder, reason=error),
            tr("Make room on the disk"),
        ) from error
    return job


def _job(scene: bpy.types.Scene, copy: str, room: str, folder: Path, settings: PictureSettings) -> dict[str, Any]:
    return {
        "blend": str(folder / "room.blend"),
        "scene": copy,
        "room": room,
        "folder": str(folder),
        "settings": dataclasses.asdict(settings),
        "extension": str(Path(__file__).parent.parent),
        "path": wheel_folders(),
        "devices": _devices() if scene.cycles.device == "GPU" else {},
    }


def _devices() -> dict[str, Any]:
    """On what Cycles computes by the person's preferences; empty where they name nothing but the processor."""
    cycles = bpy.context.preferences.addons.get("cycles")
    if cycles is None or cycles.preferences.compute_device_type == "NONE":
        return {}
    ids = [device.id for device in cycles.preferences.devices if device.use]
    return {"type": cycles.preferences.compute_device_type, "ids": ids}


@dataclasses.dataclass(frozen=True)
class _Process:
    """A running Blender and the lines that it has said; None says that there will be no more."""

    process: subprocess.Popen[str]
    lines: "queue.SimpleQueue[str | None]"


def _start(job: Path) -> _Process:
    """Starts the other Blender: this program again, or Python where Blender is a module of it."""
    binary = bpy.app.binary_path
    command = [sys.executable, "-I", "-u", str(_CHILD), "--", str(job)]
    if binary:
        trust = bpy.context.preferences.filepaths.use_scripts_auto_execute
        options = ["--background", "--factory-startup", "--enable-autoexec" if trust else "--disable-autoexec"]
        command = [binary, *options, "--python-exit-code", "1", "--python", str(_CHILD), "--", str(job)]
    flags = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    # In the person's user folder a Blender without their add-ons may delete the wheels of these.
    user = {"BLENDER_USER_RESOURCES": str(job.with_name(_USER))}
    others = {name: value for name, value in os.environ.items() if not name.startswith("BLENDER_USER_")}
    try:
        process = subprocess.Popen(  # noqa: S603  (Blender itself)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=others | user,
            creationflags=flags,
        )
    except OSError as error:
        raise RenderError(
            tr("{program} cannot be started: {reason}", program=command[0], reason=error.strerror),
            tr("Reinstall Blender"),
        ) from error
    started = _Process(process, queue.SimpleQueue())
    threading.Thread(target=_listen, args=(process.stdout, started.lines), daemon=True).start()
    return started


def _listen(pipe: IO[str], lines: "queue.SimpleQueue[str | None]") -> None:
    for line in pipe:
        lines.put(line.strip())
    lines.put(None)
    pipe.close()


def _follow(started: _Process, count: int) -> Steps[list[Path]]:
    """Waits for the pictures and tells how far they are."""
    pictures: list[Path] = []
    progress = Progress("Starting to render", _STARTED, waiting=True)
    last = ""
    while True:
        yield progress
        while not started.lines.empty():
            line = started.lines.get_nowait()
            if line is None:
                return _complete(pictures, count, started.process.wait(), last)
            last = line or last
            message = _message(line)
            if "error" in message:
                raise RenderError(message["error"], message["remedy"])
            if "picture" in message:
                pictures.append(Path(message["picture"]))
            progress = _progress(line, len(pictures), count) or progress


def _message(line: str) -> dict[str, Any]:
    """What the other Blender's script says in a line; empty where Blender itself speaks."""
    try:
        message = json.loads(line) if line.startswith("{") else None
    except ValueError:
        message = None
    return message if isinstance(message, dict) else {}


def _progress(line: str, done: int, count: int) -> Progress | None:
    found = _SAMPLE.search(line)
    if found is None:
        return None
    sample, samples = int(found[1]), max(int(found[2]), 1)
    share = (min(done, count - 1) + sample / samples) / count
    if count > 1:
        label = tr_ui("Picture {number} of {count}", number=min(done + 1, count), count=count)
    else:
        label = tr_ui("Rendering, {sample} of {samples}", sample=sample, samples=samples)
    return Progress(label, _STARTED + (0.98 - _STARTED) * share, waiting=True)


def _complete(pictures: list[Path], count: int, code: int, last: str) -> list[Path]:
    if len(pictures) < count:
        said = f" ({last[:160]})" if last else ""
        raise RenderError(
            tr("The render ended too early, code {code}{said}", code=code, said=said),
            tr("Try a smaller Width or fewer Samples"),
        )
    return pictures


def _end(started: _Process) -> None:
    """Ends the other Blender where it is still at work."""
    if started.process.poll() is None:
        started.process.kill()
    started.process.wait()
    if started.process.stdin is not None:
        started.process.stdin.close()
