"""Runs the reader of people's models, a headless Blender, and goes on with a new one where it crashes or hangs."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from ..errors import InstructSceneError, InvalidInputError

_SCRIPT: Final = Path(__file__).resolve().parents[2] / "model_reader" / "main.py"
_POLL: Final = 0.05
"""Seconds between two looks at the answers."""
_START: Final = 120.0
"""Seconds until the first file must have been begun: a cold disk and a virus scanner make a start slow."""
SECONDS: Final = 60.0
"""That one file may take, and each piece of it after the first."""
_LAST: Final = 300
"""Characters of the reader's last words that a message quotes."""

_LATE: Final = "took longer than"
_CRASHED: Final = "made Blender crash"

Answer = Mapping[str, Any]
"""What was read of a file: ``pieces``, ``skipped``, ``notes``, ``sides`` and perhaps ``refused``."""
OnWait = Callable[[], None]
"""Called again and again while the reader works; what it raises ends the reader."""


@dataclass(frozen=True)
class ModelReader:
    """How the reader is run.

    Args:
        command: the program and its arguments, before the path of the job.
        seconds: that a file, or a further piece of it, may take.
        limits: of files and pieces, where they differ from the reader's own.
    """

    command: tuple[str, ...]
    seconds: float = SECONDS
    limits: Mapping[str, int] = field(default_factory=dict)

    @staticmethod
    def of(blender: Path | str | None = None, **options: Any) -> "ModelReader":  # noqa: ANN401
        """The reader in a Blender.

        Args:
            blender: the program; None is this Python where it has ``bpy``, else the ``blender`` on the path.
            options: see the class.

        Raises:
            InvalidInputError: there is none.
        """
        if blender is None and importlib.util.find_spec("bpy") is not None:
            return ModelReader((sys.executable, "-I", str(_SCRIPT), "--"), **options)
        found = shutil.which("blender") if blender is None else shutil.which(str(blender))
        if found is None:
            message = (
                "No Blender was found that could read the models" if blender is None else f"{blender} is no program"
            )
            raise InvalidInputError(message, "Name Blender's program with --blender")
        flags = ("-b", "--factory-startup", "--disable-autoexec", "--offline-mode", "-noaudio")
        return ModelReader((found, *flags, "--python-exit-code", "3", "-P", str(_SCRIPT), "--"), **options)

    def read(
        self, root: Path, out: Path, files: Sequence[str], on_wait: OnWait
    ) -> Generator[tuple[str, Answer], None, None]:
        """Reads files, and gives what was read of each as soon as it is there, in their order.

        Args:
            root: the person's folder, out of which nothing is read.
            out: folder for the pieces' files.
            files: paths in the root.
            on_wait: see `OnWait`.

        Raises:
            InstructSceneError: the reader cannot be started, or the disk is full.
        """
        left = list(files)
        while left:
            with tempfile.TemporaryDirectory(prefix="instructscene-reader-") as name:
                run = _Run(self, Path(name), root, out, left)
                try:
                    for file, answer in run.answers(on_wait):
                        left.remove(file)
                        yield file, answer
                finally:
                    run.end()


def is_passing(reason: str) -> bool:
    """Whether a file was refused for what another run may do better: a busy machine, too little memory."""
    return reason.startswith((_LATE, _CRASHED, "needs too much memory"))


class _Run:
    """One process of the reader."""

    def __init__(self, reader: ModelReader, folder: Path, root: Path, out: Path, files: Sequence[str]) -> None:
        self._reader, self._folder, self._left = reader, folder, len(files)
        job = {"root": str(root), "out": str(out), "answers": str(folder / "answers"), "files": list(files)}
        job |= {"folder": str(folder), "limits": dict(reader.limits)}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        (folder / "answers").touch()
        (folder / "user").mkdir()
        self._log: IO[bytes] = (folder / "log").open("wb")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("BLENDER_", "PYTHON"))}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the person names the program
                [*reader.command, str(folder / "job.json")],
                stdin=subprocess.PIPE,  # never written to: it closes when this process ends, however that happens
                stdout=self._log,
                stderr=subprocess.STDOUT,
                env=environment | {"BLENDER_USER_RESOURCES": str(folder / "user")},  # no add-ons of the person's
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._log.close()
            message = f"{reader.command[0]} cannot be started: {error.strerror}"
            raise InvalidInputError(message, "Name Blender's program with --blender") from error

    def answers(self, on_wait: OnWait) -> Generator[tuple[str, Answer], None, None]:
        """The answers, the last of which may be why the process had to be ended."""
        present: str | None = None
        begun = False
        last, limit = time.monotonic(), max(_START, self._reader.seconds)
        with (self._folder / "answers").open(encoding="utf-8") as lines:
            text = ""
            while True:
                on_wait()
                ended = self._process.poll() is not None  # before the last look at the answers
                text += lines.read()
                *events, text = text.split("\n")
                for event in map(json.loads, events):
                    if "unwritable" in event:
                        remedy = "Free some space, or choose another folder"
                        raise InstructSceneError(f"Cannot write: {event['unwritable']}", remedy)
                    last, limit, begun = time.monotonic(), self._reader.seconds, True
                    present = event.get("begin", present)
                    if "done" in event:
                        present = None
                        self._left -= 1
                        yield event["done"], event
                if ended or not self._left or time.monotonic() - last > limit:
                    break
                time.sleep(_POLL)
        if present is not None:
            yield present, {"refused": self._fault(ended=ended)}
        elif not begun:
            self._fail()

    def _fault(self, *, ended: bool) -> str:
        """Why a file was not finished."""
        if not ended:
            return f"{_LATE} {self._reader.seconds:g} seconds"
        return f"{_CRASHED} (code {self._process.returncode})"

    def _fail(self) -> None:
        """Raises what kept the reader from beginning."""
        self.end()
        words = " ".join((self._folder / "log").read_text(encoding="utf-8", errors="replace").split())[-_LAST:]
        message = f"The reader of models did not start ({words or 'it said nothing'})"
        raise InstructSceneError(message, "Name another Blender, 4.2 or later, with --blender")

    def end(self) -> None:
        """Ends the process, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._log.close()
