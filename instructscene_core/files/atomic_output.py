"""Result files: all of a run appear at once, or the folder stays as it was."""

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ..errors import InstructSceneError, InvalidInputError
from ..scene import Scene

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Errors of a full disk, quota or file system."""
_STAGE: Final = ".instructscene-"
"""Begins the names of folders for unfinished files."""
_LEFT: Final = 3600.0
"""Seconds after which nobody works in such a folder any more."""


def check_folder(folder: Path) -> None:
    """Checks that a folder can be written to or created, before any work is done for it.

    Raises:
        InvalidInputError: it is a file, or cannot be created or written.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise InvalidInputError(f"{there} is not a folder", "Choose another folder for --out")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InvalidInputError(f"{there} cannot be written to", "Choose another folder for --out")


def write_scenes(folder: Path, scenes: Mapping[str, Scene]) -> list[Path]:
    """Writes ``folder/<name>.json`` for every scene.

    Args:
        folder: created where it is missing.
        scenes: by name.

    Returns:
        The paths, in the order of the scenes.

    Raises:
        InstructSceneError: the disk is full or does not allow it; nothing was changed.
    """
    targets = [folder / f"{name}.json" for name in scenes]
    blocked = next((path for path in targets if path.is_dir()), None)
    if blocked is not None:
        raise InvalidInputError(f"{blocked} is a folder", "Choose another folder for --out")
    with staging(folder) as stage:
        for path, scene in zip(targets, scenes.values(), strict=True):
            text = json.dumps(scene.to_json(), allow_nan=False, ensure_ascii=False)
            (stage / path.name).write_text(text + "\n", encoding="utf-8", errors="replace")
        for path in targets:
            (stage / path.name).replace(path)
    return targets


@contextmanager
def writing(folder: Path) -> Generator[None]:
    """Turns errors of writing into one line that names the folder; what was written by then stays.

    Raises:
        InstructSceneError: names the folder.
    """
    try:
        yield
    except OSError as error:
        message = f"Cannot write to {folder}: {error.strerror or error}"
        raise InstructSceneError(message, "Free some space, or choose another folder") from error


@contextmanager
def stage_in(folder: Path) -> Generator[Path]:
    """A folder for unfinished files inside another; what processes that were killed have left of theirs is removed."""
    for left in folder.glob(f"{_STAGE}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _LEFT:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_STAGE, dir=folder) as name:
        yield Path(name)


@contextmanager
def staging(folder: Path) -> Generator[Path]:
    """A folder for unfinished files inside ``folder``; where the block fails, all that was created is removed."""
    created = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with stage_in(folder) as stage:
            yield stage
        created = []
    except OSError as error:
        full = error.errno in _FULL
        message = f"Cannot write to {folder}: {'no space left' if full else error.strerror}; nothing was written"
        raise InstructSceneError(
            message, f"{'Free some space or choose' if full else 'Choose'} another folder"
        ) from error
    finally:
        for path in created:  # innermost first
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
