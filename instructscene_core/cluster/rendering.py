"""Pictures and other files of rooms, made by a command such as Blender with the add-on's batch."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from ..child_process import end_child, split_command, supervised
from ..child_supervisor import NOT_STARTED
from ..errors import InvalidInputError
from ..plain_text import decode
from ..scene import Scene

_REMEDY: Final = 'Give --renderer a command such as "blender -b -P addon/batch.py -- --render view"'
_DONE: Final = re.compile(r"^\[\d+/\d+\] (\S+): (failed: )?(.*?)(?: \(\d+\.\d s\))?$")
_BOX: Final = re.compile(r"^(\S+): (a box stands for a model: .*)$")
_BAD_INPUT: Final = 2
"""Exit code of a command that refuses its options."""
_CRASHES: Final = 3
"""Calls in a row that end too soon without having made anything, after which no other is tried."""
_TICK: Final = 0.1
"""Seconds between two looks at a command."""
_STALE: Final = re.compile(r"instructscene-run-(\d+)-")


@dataclass(frozen=True)
class Rendered:
    """What was made of some rooms.

    Args:
        files: by the rooms' names, by their endings, such as ``_view.png``.
        shared: that several rooms may need, by their paths, such as ``textures/oak.png``.
        failed: why rooms could not be made, by their names.
    """

    files: Mapping[str, Mapping[str, bytes]]
    shared: Mapping[str, bytes]
    failed: Mapping[str, str]


class _Said(NamedTuple):
    """What a command came to.

    Attributes:
        code: its exit code; None where it was ended, as it had said nothing for too long.
        out: its standard output.
        lines: of its standard error.
    """

    code: int | None
    out: str
    lines: list[str]

    def ended(self) -> str:
        """How it ended, in words."""
        return "it said nothing for too long" if self.code is None else f"it ended with exit code {self.code}"


@dataclass(frozen=True)
class Renderer:
    """Makes files of rooms. It can be pickled.

    Args:
        command: to which ``--scenes FOLDER --out FOLDER`` is added; of each room it tells as the add-on's batch does.
        words: which are added too.
        patience: seconds that it may say nothing, before it is ended.
    """

    command: str
    words: Sequence[str] = ()
    patience: float = 3600.0

    def version(self) -> str:
        """What it is, in one line.

        Raises:
            InvalidInputError: it cannot be run, or does not say.
        """
        said = self._run("--version")
        line = next((line.strip() for line in said.out.splitlines() if "Blender" in line and "," in line), "")
        if said.code or not line:
            last = said.lines[-1:] or ["it does not tell its version"]
            raise InvalidInputError(f'"{self.command}": {last[0]}', _REMEDY)
        return line

    def render(self, scenes: Mapping[str, Scene]) -> Rendered:
        """What it makes of some rooms.

        A room of which it does not tell that it is made, of which something is wanting that others have, or in which a
        box stands for a model, has failed. Where the command dies, the room that it was at has, and those behind are
        given to another one.

        Args:
            scenes: by their names.

        Raises:
            InvalidInputError: it refuses its options.
        """
        made, shared, failed = dict[str, dict[str, bytes]](), dict[str, bytes](), dict[str, str]()
        left, crashes = sorted(scenes), 0
        while left:
            said, files, more = self._render({name: scenes[name] for name in left})
            done = {found[1]: found[3] if found[2] else "" for line in said.lines if (found := _DONE.match(line))}
            failed |= {name: reason for name, reason in done.items() if reason}
            failed |= {found[1]: found[2] for line in said.lines if (found := _BOX.match(line))}
            made |= {name: files[name] for name in left if name in done}
            shared |= more
            left = [name for name in left if name not in done]
            crashes = 0 if done else crashes + 1
            told = said.code in (0, 1)
            for name in left if told or crashes == _CRASHES else left[:1]:
                failed[name] = "the renderer told nothing of it" if told else f"the renderer died at it: {said.ended()}"
            left = [name for name in left if name not in failed]
        wanted = {ending for name, files in made.items() if name not in failed for ending in files}
        failed |= {
            name: f"the renderer did not make {', '.join(sorted(wanted - set(files))) or 'anything'}"
            for name, files in made.items()
            if name not in failed and (set(files) != wanted or not wanted)
        }
        return Rendered({name: files for name, files in made.items() if name not in failed}, shared, failed)

    def _render(self, scenes: Mapping[str, Scene]) -> tuple[_Said, dict[str, dict[str, bytes]], dict[str, bytes]]:
        """What one call came to: what was said, the files of the rooms, and those that rooms share."""
        with tempfile.TemporaryDirectory(prefix=f"instructscene-run-{os.getpid()}-") as folder:
            given, out = Path(folder) / "scenes", Path(folder) / "out"
            given.mkdir()
            for name, scene in scenes.items():
                (given / f"{name}.json").write_text(json.dumps(scene.to_json()) + "\n", encoding="utf-8")
            said = self._run("--scenes", str(given), "--out", str(out), *self.words)
            if said.code == _BAD_INPUT:
                raise InvalidInputError(f'"{self.command}": {(said.lines or ["it refused"])[-1]}', _REMEDY)
            shared = {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.glob("*/**/*.*"))}
            return said, _by_room(out, list(scenes)), shared

    def _run(self, *more: str) -> _Said:
        try:
            words = supervised([*split_command(self.command), *more])
        except ValueError as error:
            raise InvalidInputError(f'"{self.command}" cannot be run ({error})', _REMEDY) from error
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=out, stderr=errors)  # noqa: S603
            size, since, quiet = 0, time.monotonic(), False
            try:
                while process.poll() is None and not quiet:
                    time.sleep(_TICK)
                    if os.fstat(errors.fileno()).st_size > size:
                        size, since = os.fstat(errors.fileno()).st_size, time.monotonic()
                    quiet = time.monotonic() - since > self.patience
            finally:
                end_child(process)
            texts = [(file.seek(0), decode(file.read(), replace=True))[1] for file in (out, errors)]
        lines = [line.strip() for line in texts[1].splitlines() if line.strip()]
        if process.returncode == NOT_STARTED and not quiet:
            raise InvalidInputError(f'"{self.command}" cannot be run ({(lines or ["?"])[-1]})', _REMEDY)
        return _Said(None if quiet else process.returncode, texts[0], lines)


def remove_stale() -> None:
    """Removes what processes that were killed have left in the folder for temporary files."""
    if os.name != "posix":  # there a process cannot be asked for without being ended
        return
    for path in Path(tempfile.gettempdir()).glob("instructscene-run-*"):
        found = _STALE.match(path.name)
        if found is not None and not _lives(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _by_room(folder: Path, names: Sequence[str]) -> dict[str, dict[str, bytes]]:
    """The files of a folder by the room's name with which they begin, the longest that there is, and by the rest."""
    made = {name: dict[str, bytes]() for name in names}
    for path in sorted(folder.glob("*")):
        fitting = [name for name in names if path.name.startswith((f"{name}_", f"{name}."))]
        if fitting and path.is_file() and ".part." not in path.name:
            name = max(fitting, key=len)
            made[name][path.name[len(name) :]] = path.read_bytes()
    return made
