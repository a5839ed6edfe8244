"""Pictures of rooms, made by a command that the person names, such as Blender with the add-on's batch."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...child_process import split_command
from ...errors import InvalidInputError
from ...scene import Scene
from ..pictures import SIDE, Pictures, read_folder

_REMEDY = "Give --renderer a command that makes NAME_top.png of each NAME.json, as docs/comparison.md shows"


def drawn(folder: Path, count: int) -> list[Path]:
    """Where the pictures of some scenes lie, in the order of the scenes."""
    return [folder / "pictures" / f"{name}_top.png" for name in _names(count)]


def _names(count: int) -> list[str]:
    return [f"room{number:05d}" for number in range(count)]


@dataclass(frozen=True)
class Renderer:
    """Makes pictures in the paper's setting.

    Attributes:
        command: to which ``--scenes FOLDER --out FOLDER --render top --resolution 256`` is added.
        workers: processes that share the work.
    """

    command: str
    workers: int

    def pictures(self, folder: Path, scenes: Sequence[Scene]) -> Pictures:
        """The pictures of some scenes, of which those that are there already are not made again.

        Args:
            folder: holds ``scenes`` and ``pictures``.
            scenes: one or more; those of a folder never change.

        Raises:
            InvalidInputError: the command fails, or does not make all pictures of 256 pixels.
        """
        given, made = folder / "scenes", folder / "pictures"
        names = _names(len(scenes))
        for path in (given, made):
            path.mkdir(parents=True, exist_ok=True)
        for name, scene in zip(names, scenes, strict=True):
            text = json.dumps(scene.to_json()) + "\n"
            path = given / f"{name}.json"
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                (made / f"{name}_top.png").unlink(missing_ok=True)
                path.write_text(text, encoding="utf-8")
        if not all((made / f"{name}_top.png").is_file() for name in names):
            self._run(given, made)
        found = read_folder(made)
        if len(found) != len(scenes):
            message = f"{made} has {len(found)} pictures of {len(scenes)} rooms"
            raise InvalidInputError(
                message, "Remove what does not belong there" if len(found) > len(names) else _REMEDY
            )
        return found

    def _run(self, scenes: Path, out: Path) -> None:
        words = ["--scenes", str(scenes), "--out", str(out), "--render", "top", "--resolution", str(SIDE)]
        if self.workers > 1:
            words += ["--workers", str(self.workers)]
        try:
            # Blender tells each of its steps on standard output, which is the page's; the batch reports on the other.
            words = [*split_command(self.command), *words]
            done = subprocess.run(words, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the person's own
        except (OSError, ValueError) as error:
            raise InvalidInputError(f'"{self.command}" cannot be run ({error})', _REMEDY) from error
        if done.returncode:
            message = f'"{self.command}" ended with exit code {done.returncode}, see above'
            raise InvalidInputError(message, "Run this command again: finished pictures stay")
