"""``starter``: makes the embedded default anew: furniture library, then rooms and networks."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .common import ROOT, BuildError, say
from .environment import install, make_environment, make_venv, program

PARTS: Final = ("library", "training")
_LIBRARY: Final = ROOT / "starter_build" / "library.py"
_REPACK: Final = ROOT / "starter_build" / "repack.py"
_LIBRARY_FOLDER: Final = ROOT / "instructscene_core" / "starter" / "library"
_LIBRARY_VENV: Final = ROOT / ".venv-library"
_LIBRARY_BPY: Final = "bpy==4.2.23"
"""The library is written by the oldest Blender that has to open it."""
_RUN_AND_EXIT: Final = (
    "import os, runpy, sys; del sys.argv[0]; runpy.run_path(sys.argv[0], run_name='__main__'); os._exit(0)"
)
"""Runs a script, then ends the process without Python's clean-up, in which this version of bpy crashes."""


def make_starter(parts: Sequence[str], blender: Path | None, minutes: float | None, options: Sequence[str]) -> None:
    """Makes the parts in their order; each is written into the source tree.

    Args:
        parts: of ``PARTS``.
        blender: a Blender 4.2 that writes the library; None has pip install one as a module.
        minutes: time budget of the training; None is its default.
        options: passed on to the training, which makes its rooms itself and keeps them for the next time.

    Raises:
        BuildError: a part fails.
    """
    if "library" in parts:
        _run("furniture library", _library_command(blender))
        _run("packing of the library", [str(make_environment()), str(_REPACK), str(_LIBRARY_FOLDER)])
    if "training" in parts:
        command = [str(make_environment()), "-m", "instructscene_core", "train", "starter", "all", *options]
        _run("rooms and training", command + ([] if minutes is None else ["--minutes", str(minutes)]))


def _library_command(blender: Path | None) -> list[str]:
    if blender is not None:
        if not blender.is_file():
            raise BuildError(f"There is no Blender at {blender}", "Correct --blender, or leave it out")
        return [str(blender), "--background", "--factory-startup", "--python", str(_LIBRARY), "--"]
    python, stamp = program("python", _LIBRARY_VENV), _LIBRARY_VENV / "stamp"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != _LIBRARY_BPY:
        say(f"Making the environment {_LIBRARY_VENV} (a minute, about 1 GB)")
        make_venv(_LIBRARY_VENV)
        install(_LIBRARY_VENV, _LIBRARY_BPY)
        stamp.write_text(_LIBRARY_BPY, encoding="utf-8")
    return [str(python), "-c", _RUN_AND_EXIT, str(_LIBRARY)]


def _run(name: str, command: Sequence[str]) -> None:
    """Runs a long program that shows its own progress."""
    say(f"== {name}")
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        raise BuildError(f"The {name} ended with code {code}", "Its own words stand above", code=1)
