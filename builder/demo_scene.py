"""The part of ``demo`` that runs in Blender: presses the extension's buttons, and leaves the picture.

Progress goes to standard error; a line that begins with ``Error:`` tells why there is no picture.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import bpy

_ADDON: Final = "bl_ext.user_default.instructscene"


def main() -> int:
    """Makes the picture; returns the exit code."""
    options = _parser().parse_args()
    try:
        bpy.ops.preferences.addon_enable(module=_ADDON)
        if _ADDON not in bpy.context.preferences.addons:
            return _fail("The extension cannot be enabled")
        bpy.ops.wm.read_homefile(use_empty=True)
        _step("Generating the room", lambda: generate(options))
        write_report()
        if options.save_blend is not None:
            bpy.ops.wm.save_as_mainfile(filepath=str(options.save_blend), compress=True)
        _step("Rendering", lambda: render(options))
    except RuntimeError as error:  # an operator's report
        return _fail(str(error).removeprefix("Error: "))
    return 0 if options.out.is_file() else _fail(f"The picture {options.out} was not written")


def _fail(reason: str) -> int:
    sys.stderr.write(f"Error: {' '.join(reason.split())}\n")
    return 1


def _step(name: str, work: Any) -> None:  # noqa: ANN401
    start = time.monotonic()
    work()
    sys.stderr.write(f"{name}: {time.monotonic() - start:.1f} s\n")
    sys.stderr.flush()


def _buttons() -> Any:  # noqa: ANN401
    """The extension's operators."""
    return bpy.ops.instructscene  # pyright: ignore[reportAttributeAccessIssue] - the extension adds it


def generate(options: argparse.Namespace) -> None:
    """Presses Generate Room, with this Python as the worker's."""
    bpy.context.preferences.addons[_ADDON].preferences.worker_python = sys.executable
    settings: Any = bpy.context.scene.instructscene
    settings.instruction = options.instruction
    settings.room_type = options.room
    settings.seed = options.seed
    _buttons().generate_room()


def write_report() -> None:
    """Writes the room's report to standard error: which wishes of the instruction are met, as the panel shows."""
    room = bpy.data.objects[bpy.context.scene.instructscene.room]  # pyright: ignore[reportAttributeAccessIssue]
    report = json.loads(room["instructscene_variations"])[0].get("report") or {}
    for key, lines in report.items():
        for line in lines:
            sys.stderr.write(f"{key.replace('_', ' ').capitalize()}: {line}\n")


def render(options: argparse.Namespace) -> None:
    """Presses Render Room."""
    settings: Any = bpy.context.scene.instructscene
    settings.render_path = str(options.out)
    settings.render_resolution = options.resolution or settings.render_resolution
    settings.render_samples = options.samples or settings.render_samples
    _buttons().render()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instruction", required=True)
    parser.add_argument("--room", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resolution", type=int)
    parser.add_argument("--samples", type=int)
    parser.add_argument("--save-blend", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
