"""Pictures and other files of rooms, made by a command such as Blender with the add-on's batch."""

import json
import re
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import InvalidInputError
from ..plain_text import decode
from ..scene import Scene

_REMEDY: Final = 'Give --renderer a command such as "blender -b -P addon/batch.py -- --render view"'
_FAILED: Final = re.compile(r"^\[\d+/\d+\] (\S+): failed: (.*?)(?: \(\d+\.\d s\))?$")
_BOX: Final = re.compile(r"^(\S+): (a box stands for a model: .*)$")
_BAD_INPUT: Final = 2
"""Exit code of a command that refuses its options."""


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


@dataclass(frozen=True)
class Renderer:
    """Makes files of rooms. It can be pickled.

    Args:
        command: to which ``--scenes FOLDER --out FOLDER`` is added.
        words: which are added too.
    """

    command: str
    words: Sequence[str] = ()

    def version(self) -> str:
        """What it is, in one line.

        Raises:
            InvalidInputError: it cannot be run, or does not say.
        """
        code, said, errors = self._run("--version")
        line = next((line.strip() for line in said.splitlines() if "Blender" in line and "," in line), "")
        if code or not line:
            last = errors.strip().splitlines()[-1:] or ["it does not tell its version"]
            raise InvalidInputError(f'"{self.command}": {last[0]}', _REMEDY)
        return line

    def render(self, scenes: Mapping[str, Scene]) -> Rendered:
        """What it makes of some rooms.

        A room of which something is wanting that others have, or in which a box stands for a model, has failed.

        Args:
            scenes: by their names.

        Raises:
            InvalidInputError: it refuses its options.
        """
        with tempfile.TemporaryDirectory(prefix="instructscene-run-") as folder:
            given, out = Path(folder) / "scenes", Path(folder) / "out"
            given.mkdir()
            for name, scene in scenes.items():
                (given / f"{name}.json").write_text(json.dumps(scene.to_json()) + "\n", encoding="utf-8")
            code, _, errors = self._run("--scenes", str(given), "--out", str(out), *self.words)
            lines = errors.strip().splitlines() or [f"exit code {code}"]
            if code == _BAD_INPUT:
                raise InvalidInputError(f'"{self.command}": {lines[-1]}', _REMEDY)
            made = _by_room(out, list(scenes))
            shared = {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.glob("*/**/*.*"))}
        wanted = {ending for files in made.values() for ending in files}
        failed = {name: lines[-1] for name in scenes if set(made[name]) != wanted or not wanted}
        failed |= {
            found[1]: found[2] for line in lines for pattern in (_FAILED, _BOX) if (found := pattern.match(line))
        }
        return Rendered({name: files for name, files in made.items() if name not in failed}, shared, failed)

    def _run(self, *more: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        try:
            words = [*shlex.split(self.command), *more]
            done = subprocess.run(words, check=False, capture_output=True)  # noqa: S603 - the person's own
        except (OSError, ValueError) as error:
            raise InvalidInputError(f'"{self.command}" cannot be run ({error})', _REMEDY) from error
        return done.returncode, decode(done.stdout, replace=True), decode(done.stderr, replace=True)


def _by_room(folder: Path, names: Sequence[str]) -> dict[str, dict[str, bytes]]:
    """The files of a folder by the room's name with which they begin, the longest that there is, and by the rest."""
    made = {name: dict[str, bytes]() for name in names}
    for path in sorted(folder.glob("*")):
        fitting = [name for name in names if path.name.startswith((f"{name}_", f"{name}."))]
        if fitting and path.is_file():
            name = max(fitting, key=len)
            made[name][path.name[len(name) :]] = path.read_bytes()
    return made
