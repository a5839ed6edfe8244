"""Runs a program of the person's for as long as it may: its time, what it prints and writes, and all that it starts.

It is a generator, so that whoever waits can do something else meanwhile, or give it up, which ends the program. A small
process of ours stands between (`child_supervisor`), so that the program ends too where we are killed.
"""

import contextlib
import os
import shlex
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, NamedTuple

from .child_supervisor import GRACE, NOT_STARTED
from .errors import InstructSceneError

_SUPERVISOR: Final = Path(__file__).with_name("child_supervisor.py")
_LAST: Final = 300
"""Characters of a program's last words that are quoted."""
_MOST_ENTRIES: Final = 10_000
"""Of a folder that are looked at."""


class ChildError(InstructSceneError):
    """A program could not be started, or had to be ended."""


class Ended(NamedTuple):
    """How a program ended.

    Attributes:
        code: its exit code.
        words: the last that it printed, on one line.
    """

    code: int
    words: str


@dataclass(frozen=True)
class Bounds:
    """What a program may take.

    Args:
        seconds: of time.
        printed: bytes on its two outputs.
        files: bytes of each of these files, or of the files in these folders.
    """

    seconds: float
    printed: int = 16 << 20
    files: Mapping[Path, int] = field(default_factory=dict[Path, int])


def run_child(
    words: Sequence[str], folder: Path, bounds: Bounds, more: Mapping[str, str] | None = None
) -> Generator[str, None, Ended]:
    """Runs a program; yields the last that it printed, again and again while it works (nothing on Windows).

    Args:
        words: the program and its arguments.
        folder: its current folder.
        bounds: what it may take.
        more: of its environment, beside ours without what is meant for Blender and for our Python.

    Raises:
        ChildError: it cannot be started, or took more than it may.
    """
    name = Path(words[0]).name
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BLENDER_", "PYTHON"))}
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - the person names the program
                supervised(words),
                stdin=subprocess.PIPE,  # never written to: it closes when this process ends, however that happens
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment | dict(more or {}),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as error:
            raise ChildError(f"{name} cannot be started: {getattr(error, 'strerror', None) or error}") from error
        begin = time.monotonic()
        try:
            while process.poll() is None:
                yield _last_words(said)
                if time.monotonic() - begin > bounds.seconds:
                    raise ChildError(f"{name} took longer than {bounds.seconds:g} seconds")
                if os.fstat(said.fileno()).st_size > bounds.printed:
                    raise ChildError(f"{name} printed more than {bounds.printed >> 20} MB")
                for path, most in bounds.files.items():
                    if size_of(path) > most:
                        raise ChildError(f"{name} wrote more than {most >> 20} MB")
        finally:
            end_child(process)
        last = _last_words(said, ended=True)
    if process.returncode == NOT_STARTED:
        raise ChildError(f"{name} cannot be started: {last}")
    return Ended(process.returncode, last)


def size_of(path: Path) -> int:
    """Bytes of a file, or of the files right in a folder; links count as nothing, and as little what is not there."""
    try:
        about = path.lstat()
        if stat.S_ISREG(about.st_mode):
            return about.st_size
        if not stat.S_ISDIR(about.st_mode):
            return 0
        with os.scandir(path) as entries:
            files = (entry for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False))
            return sum(entry.stat(follow_symlinks=False).st_size for entry in files)
    except OSError:
        return 0


def _last_words(said: IO[bytes], *, ended: bool = False) -> str:
    """What stands at the end of what was printed.

    The file's place is the program's too, so nothing may move it while that prints. Windows has no way round this.
    """
    begin = max(os.fstat(said.fileno()).st_size - 4 * _LAST, 0)
    if sys.platform != "win32":
        data = os.pread(said.fileno(), 4 * _LAST, begin)
    else:
        data = said.read() if ended and said.seek(begin) is not None else b""
    text = data.decode("utf-8", "replace")
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[-_LAST:]


def split_command(text: str) -> list[str]:
    """The words of a command line; a path with blanks stands in quotation marks, and Windows' paths keep their slashes.

    Raises:
        ValueError: a quotation mark is not closed.
    """
    if os.name == "posix":
        return shlex.split(text)
    return [word.strip('"') for word in shlex.split(text, posix=False)]


def supervised(words: Sequence[str]) -> list[str]:
    """The command line of a program that ends with us: its process is to be started with a pipe as standard input."""
    return [sys.executable, "-I", str(_SUPERVISOR), *words]


def end_child(process: "subprocess.Popen[bytes]") -> None:
    """Has the process between us and the program, see :func:`supervised`, end that, and waits for it."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(3 * GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
