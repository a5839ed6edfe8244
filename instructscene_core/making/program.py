"""Runs a program that makes a model from words: its command line, its time, what it leaves behind.

The program is the person's own; what it says and writes is not trusted. It ends when its time is up or the work is
cancelled, with all that it has started. Its command line is told in docs/made-models.md.
"""

import contextlib
import hashlib
import json
import shutil
import struct
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..child_process import Bounds, ChildError, Ended, run_child, size_of, split_command
from ..errors import InstructSceneError, InvalidInputError
from ..scene import Vector3

SECONDS: Final = 600.0
"""That one model may take."""
MOST_BYTES: Final = 200 << 20
"""Of a model."""
_POLL: Final = 0.1
"""Seconds between two looks at it."""
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
        text = "".join(c if c.isprintable() else " " for c in self.text)
        return ["--text", text, "--category", self.category, "--size", size, "--seed", str(self.seed)]


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
            words = split_command(text)
        except ValueError as error:
            message = f"The command line of the program that makes models is unfinished: {error}"
            raise InvalidInputError(message, "Close its quotation marks") from error
        found = shutil.which(words[0]) if words else None
        if found is None:
            message = f'There is no program "{words[0] if words else text}" that could make models'
            raise InvalidInputError(message, "Give its path, and its arguments behind it")
        if found.lower().endswith((".bat", ".cmd")):  # cmd.exe would read signs of a sentence as commands
            raise InvalidInputError(f"{found} is a batch file", "Name the program itself, such as python.exe")
        known = [str(Path(word).absolute()) if Path(word).is_file() else word for word in words[1:]]
        return Program((str(Path(found).absolute()), *known), seconds)  # it runs in another folder

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
        name = Path(self.command[0]).name
        with tempfile.TemporaryDirectory(prefix="instructscene-making-", ignore_cleanup_errors=True) as folder:
            made = Path(folder) / "model.glb"
            bounds = Bounds(self.seconds, files={made: MOST_BYTES})
            running = run_child([*self.command, *wish.words(), "--out", str(made)], Path(folder), bounds)
            code, words = _ended(running, on_wait)
            if code:
                raise MakingError(f"{name} failed with code {code}: {words or 'it said nothing'}", _REMEDY)
            _check(made, name, words)
            out.parent.mkdir(parents=True, exist_ok=True)
            part = out.with_name(f".{out.name}.part")
            try:
                shutil.move(made, part)
                part.replace(out)
            finally:
                part.unlink(missing_ok=True)


def _ended(running: Generator[str, None, Ended], on_wait: Callable[[], None]) -> Ended:
    """How a program ends that is waited for."""
    with contextlib.closing(running):
        while True:
            try:
                next(running)
            except StopIteration as stop:
                return stop.value
            except ChildError as error:
                raise MakingError(error.message, _REMEDY) from error
            on_wait()
            time.sleep(_POLL)


def _check(path: Path, name: str, words: str) -> None:
    """Raises a MakingError where a file is no GLB; the reader of models looks at what is in it."""
    size = size_of(path)
    if path.is_symlink() or not path.is_file() or not size:
        raise MakingError(f"{name} ended well, and made no model: {words or 'it said nothing'}", _REMEDY)
    if size > MOST_BYTES:
        raise MakingError(f"{name} wrote more than {MOST_BYTES >> 20} MB", _REMEDY)
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
    magic, version, length = _HEAD.unpack(head) if len(head) == _HEAD.size else (b"", 0, 0)
    if (magic, version, length) != (b"glTF", 2, size):
        raise MakingError(f"What {name} made is no GLB of version 2, or is not whole", _REMEDY)
