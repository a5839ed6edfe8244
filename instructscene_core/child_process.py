"""Runs a program of the person's for as long as it may: its time, what it prints and writes, and all that it starts.

It is a generator, so that whoever waits can do something else meanwhile, or give it up, which ends the program.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from .errors import InstructSceneError

_GRACE: Final = 2.0
"""Seconds that a program has to end by itself."""
_LAST: Final = 300
"""Characters of its last words that are quoted."""


class ChildError(InstructSceneError):
    """A program could not be started, or had to be ended."""


@dataclass(frozen=True)
class Bounds:
    """What a program may take.

    Args:
        seconds: of time.
        printed: bytes on its two outputs.
        files: bytes of each of these files or folders.
    """

    seconds: float
    printed: int = 16 << 20
    files: Mapping[Path, int] = field(default_factory=dict[Path, int])


def run_child(
    words: Sequence[str], folder: Path, said: Path, bounds: Bounds, more: Mapping[str, str] | None = None
) -> Generator[None, None, int]:
    """Runs a program; yields again and again while it works.

    Args:
        words: the program and its arguments.
        folder: its current folder.
        said: gets what it prints, on either output.
        bounds: what it may take.
        more: of its environment, beside ours without what is meant for Blender and for our Python.

    Returns:
        Its exit code.

    Raises:
        ChildError: it cannot be started, or took more than it may.
    """
    name = Path(words[0]).name
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BLENDER_", "PYTHON"))}
    kind = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    with said.open("wb") as outputs:
        try:
            process = subprocess.Popen(  # noqa: S603 - the person names the program
                words,
                stdin=subprocess.DEVNULL,
                stdout=outputs,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment | dict(more or {}),
                start_new_session=True,
                creationflags=kind,
            )
        except OSError as error:
            raise ChildError(f"{name} cannot be started: {error.strerror}") from error
        begin = time.monotonic()
        try:
            while process.poll() is None:
                yield
                if time.monotonic() - begin > bounds.seconds:
                    raise ChildError(f"{name} took longer than {bounds.seconds:g} seconds")
                if size_of(said) > bounds.printed:
                    raise ChildError(f"{name} printed more than {bounds.printed >> 20} MB")
                for path, most in bounds.files.items():
                    if size_of(path) > most:
                        raise ChildError(f"{name} wrote more than {most >> 20} MB")
        finally:
            _end(process)
    return process.returncode


def size_of(path: Path) -> int:
    """Bytes of a file, or of what is in a folder; 0 where it is not there."""
    try:
        if path.is_dir():
            return sum(size_of(inner) for inner in path.iterdir())
        return path.stat().st_size
    except OSError:
        return 0


def last_words(said: Path) -> str:
    """The end of what a program printed, on one line."""
    with said.open("rb") as outputs:
        outputs.seek(max(size_of(said) - 4 * _LAST, 0))
        text = outputs.read().decode("utf-8", "replace")
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[-_LAST:]


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process with all that it has started."""
    if sys.platform == "win32":
        if process.poll() is None:
            tree = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(tree, check=False, capture_output=True)  # noqa: S603 - the system's
            process.kill()
        process.wait()
        return
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, kind)  # also those that outlive it
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
            if kind == signal.SIGKILL or not _group_lives(process.pid):
                break


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True
