"""Runs a program that makes a model from words: its command line, its time, what it leaves behind.

The program is the person's own; what it says and writes is not trusted. It ends when its time is up or the work is
cancelled, with all that it has started. Its command line is told in docs/made-models.md.
"""

import contextlib
import hashlib
import json
import os
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from ..errors import InstructSceneError, InvalidInputError
from ..scene import Vector3

SECONDS: Final = 600.0
"""That one model may take."""
MOST_BYTES: Final = 200 << 20
"""Of a model."""
_MOST_SAID: Final = 16 << 20
"""Bytes that a program may print."""
_LAST: Final = 300
"""Characters of its last words that a message quotes."""
_POLL: Final = 0.1
"""Seconds between two looks at it."""
_GRACE: Final = 2.0
"""Seconds that it has to end by itself."""
_HEAD: Final = struct.Struct("<4sII")
"""Of a GLB: its name, its version, its bytes."""
_REMEDY: Final = "Look at the program's command line, see docs/made-models.md"


class MakingError(InstructSceneError):
    """A program made no model."""


@dataclass(frozen=True)
class Wish:
    """What is to be made.

    Args:
        text: what it looks like, in words.
        category: its class.
        size: full extents of the box that it shall fill, metres, facing −Y.
        seed: of everything random.
    """

    text: str
    category: str
    size: Vector3
    seed: int = 0

    def words(self) -> list[str]:
        """As the command line has it."""
        size = ",".join(f"{value:.3f}" for value in self.size)
        return ["--text", self.text, "--category", self.category, "--size", size, "--seed", str(self.seed)]


@dataclass(frozen=True)
class Program:
    """A program that makes models.

    Args:
        command: it and its own arguments.
        seconds: that one model may take.
    """

    command: tuple[str, ...]
    seconds: float = SECONDS

    @staticmethod
    def of(text: str, seconds: float = SECONDS) -> "Program":
        """From a command line; a path with blanks stands in quotation marks.

        Raises:
            InvalidInputError: it is empty or unfinished, or there is no such program.
        """
        try:
            words = [word.strip('"') for word in shlex.split(text, posix=os.name == "posix")]
        except ValueError as error:
            message = f"The command line of the program that makes models is unfinished: {error}"
            raise InvalidInputError(message, "Close its quotation marks") from error
        found = shutil.which(words[0]) if words else None
        if found is None:
            message = f'There is no program "{words[0] if words else text}" that could make models'
            raise InvalidInputError(message, "Give its path, and its arguments behind it")
        return Program((found, *words[1:]), seconds)

    def name_of(self, wish: Wish) -> str:
        """What a model of a wish is called: equal wishes to equal programs have equal names."""
        digest = hashlib.sha256(json.dumps([self.command, wish.words()]).encode())
        return f"{wish.category}-{digest.hexdigest()[:16]}"

    def make(self, wish: Wish, out: Path, on_wait: Callable[[], None]) -> None:
        """Has it make one model.

        Args:
            wish: what.
            out: the GLB, which is there in the end whole or not at all.
            on_wait: called again and again; what it raises ends the program.

        Raises:
            MakingError: it cannot be started, fails, takes too long, or what it wrote is no GLB.
        """
        with tempfile.TemporaryDirectory(prefix="instructscene-making-") as name:
            folder = Path(name)
            made = folder / "model.glb"
            with (folder / "said").open("wb") as said:
                code = self._run([*self.command, *wish.words(), "--out", str(made)], folder, said, on_wait)
            words = _last_words(folder / "said")
            if code:
                raise MakingError(f"{self._name} failed with code {code}: {words or 'it said nothing'}", _REMEDY)
            _check(made, self._name, words)
            out.parent.mkdir(parents=True, exist_ok=True)
            part = out.with_name(f".{out.name}.part")
            try:
                shutil.move(made, part)
                part.replace(out)
            finally:
                part.unlink(missing_ok=True)

    @property
    def _name(self) -> str:
        return Path(self.command[0]).name

    def _run(self, words: list[str], folder: Path, said: IO[bytes], on_wait: Callable[[], None]) -> int:
        """The exit code."""
        kind = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        try:
            process = subprocess.Popen(  # noqa: S603 - the person names the program
                words,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={key: value for key, value in os.environ.items() if not key.startswith(("BLENDER_", "PYTHON"))},
                start_new_session=True,
                creationflags=kind,
            )
        except OSError as error:
            raise MakingError(f"{self._name} cannot be started: {error.strerror}", _REMEDY) from error
        begin = time.monotonic()
        try:
            while process.poll() is None:
                on_wait()
                if time.monotonic() - begin > self.seconds:
                    remedy = "Give it more seconds, or look at what it does"
                    raise MakingError(f"{self._name} took longer than {self.seconds:g} seconds", remedy)
                if _size(folder / "said") > _MOST_SAID:
                    raise MakingError(f"{self._name} printed more than {_MOST_SAID >> 20} MB", _REMEDY)
                if _size(folder / "model.glb") > MOST_BYTES:
                    raise MakingError(f"{self._name} wrote more than {MOST_BYTES >> 20} MB", _REMEDY)
                time.sleep(_POLL)
        finally:
            _end(process)
        return process.returncode


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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _last_words(path: Path) -> str:
    """The end of what a program printed, on one line."""
    with path.open("rb") as said:
        said.seek(max(_size(path) - 4 * _LAST, 0))
        text = said.read().decode("utf-8", "replace")
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[-_LAST:]


def _check(path: Path, name: str, words: str) -> None:
    """Raises a MakingError where a file is no GLB; the reader of models looks at what is in it."""
    size = _size(path)
    if path.is_symlink() or not path.is_file() or not size:
        raise MakingError(f"{name} ended well, and made no model: {words or 'it said nothing'}", _REMEDY)
    if size > MOST_BYTES:
        raise MakingError(f"{name} wrote more than {MOST_BYTES >> 20} MB", _REMEDY)
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
    magic, version, length = _HEAD.unpack(head) if len(head) == _HEAD.size else (b"", 0, 0)
    if (magic, version, length) != (b"glTF", 2, size):
        raise MakingError(f"What {name} made is no GLB of version 2, or is not whole", _REMEDY)
