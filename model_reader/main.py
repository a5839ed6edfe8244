"""Reads a list of files: ``blender -b -P main.py -- JOB.json``, or with the Python that has ``bpy``.

The job names the person's folder, where pieces go, the files, and the file for the answers. To that file goes a line of
JSON for each event: ``{"begin": path}``, ``{"piece": path}`` after each piece, and ``{"done": path, …}`` with what
was read and why the rest was not; ``{"unwritable": reason}`` is the last where the disk is full, which is no file's
fault. Who started this watches that file, and stops a process that is silent for too long.
With ``folder``, a temporary one, in the job, the process keeps all its temporary files there, and removes that folder
and ends when its standard input closes: who started it is gone.
"""

import errno
import json
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import bpy

if not __package__:  # run as a script: its package and the core are where it lies
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from model_reader.candidates import open_file
from model_reader.limits import Limits, RefusedError
from model_reader.materials import Cleaner
from model_reader.pieces import stem_of, write_piece
from model_reader.preparing import PREPARERS
from model_reader.side_files import SideFiles

_LOGGER: Final = logging.getLogger(__name__)

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""Errors of a full disk, quota or file system, and of one that cannot be written."""
_LEAST_FREE: Final = 16 << 20
"""Bytes of free space below which what goes wrong is the disk's fault."""

Tell = Callable[[dict[str, Any]], None]


class _UnwritableError(Exception):
    """Nothing can be written any more."""


def run(job: dict[str, Any]) -> None:
    """Reads the files of a job, one after the other.

    Args:
        job: ``root``, ``out``, ``answers`` (paths), ``files`` (paths in the root) and ``limits`` (see `Limits`).
    """
    limits = Limits(**job.get("limits", {}))
    _limit_memory(limits.memory_bytes)
    root, out = Path(job["root"]).resolve(), Path(job["out"])
    with Path(job["answers"]).open("a", encoding="utf-8", buffering=1) as answers:

        def tell(event: dict[str, Any]) -> None:
            answers.write(json.dumps(event) + "\n")

        for file in job["files"]:
            tell({"begin": file})
            try:
                tell({"done": file, **_read(root, out, file, limits, tell)})
            except _UnwritableError as error:
                tell({"unwritable": str(error)})
                return


def _end_with_parent(folder: Path) -> None:
    """Waits until standard input closes, then removes the temporary folder and ends the process, busy or not."""
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _read(root: Path, out: Path, file: str, limits: Limits, tell: Tell) -> dict[str, Any]:
    """What was read of a file; whatever goes wrong with it is its reason."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    with tempfile.TemporaryDirectory(prefix="instructscene-") as name:
        sides = SideFiles(root / file, root, Path(name), limits)
        found: dict[str, Any] = {"pieces": [], "skipped": []}
        try:
            _check(root, sides.model, limits)
            found |= _pieces(sides, file, out, lambda: tell({"piece": file}))
        except RefusedError as error:
            found["refused"] = str(error)
        except MemoryError:
            found["refused"] = "needs too much memory"
        except Exception as error:  # importers fail on bad files with anything at all
            _LOGGER.exception("%s", file)
            _check_space((out, Path(name)), error)
            found["refused"] = f"cannot be read ({type(error).__name__}: {str(error).strip()[:160]})"
        sides_used = [path.relative_to(root).as_posix() for path in sides.used]
        return {**found, "notes": sides.notes, "sides": sides_used}


def _check_space(folders: Sequence[Path], error: Exception) -> None:
    """Raises where an error was surely that of a full disk; Blender's own writing does not say so."""
    if isinstance(error, OSError) and error.errno in _FULL:
        raise _UnwritableError(error.strerror) from error
    for folder in folders:
        if shutil.disk_usage(folder).free < _LEAST_FREE:
            raise _UnwritableError(f"No space left in {folder}") from error


def _check(root: Path, path: Path, limits: Limits) -> None:
    if not path.resolve().is_relative_to(root):
        raise RefusedError("is a link to a place outside the folder")
    if not path.is_file():
        raise RefusedError("is missing")
    if path.stat().st_size > limits.file_bytes:
        raise RefusedError(f"is larger than the {limits.file_bytes >> 20} MB that a file may have")


def _pieces(sides: SideFiles, file: str, out: Path, beat: Callable[[], None]) -> dict[str, Any]:
    """The pieces of a file, and (name, reason) of those in it that could not be made."""
    prepared = PREPARERS[sides.model.suffix.lower()](sides)
    opened = open_file(prepared, sides.model, sides.root, sides.limits)
    cleaner = Cleaner((sides.root, sides.folder.resolve()), sides.limits, sides.notes)
    pieces: list[dict[str, Any]] = []
    skipped: list[tuple[str, str]] = []
    for candidate in opened.candidates:
        stem = stem_of(file, candidate.key, candidate.name)
        try:
            pieces.append(write_piece(candidate, out, stem, opened.metres, cleaner, sides.limits))
        except RefusedError as error:
            skipped.append((candidate.name, str(error)))
        beat()
    if not pieces:
        raise RefusedError(skipped[0][1])
    return {"pieces": pieces, "skipped": skipped}


def _limit_memory(most: int) -> None:
    """Keeps this process from taking all of the machine's memory, where the system knows such limits."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


def main() -> None:
    """Runs the job that the command line names behind ``--``."""
    logging.basicConfig(level=logging.WARNING)
    job = json.loads(Path(sys.argv[sys.argv.index("--") + 1]).read_text(encoding="utf-8"))
    if "folder" in job:
        tempfile.tempdir = job["folder"]
        threading.Thread(target=_end_with_parent, args=(Path(job["folder"]),), daemon=True).start()
    run(job)
    os._exit(0)  # Blender as a module sometimes waits for ever for a thread of its own when it ends


if __name__ == "__main__":
    main()
