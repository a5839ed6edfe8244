"""``demo "INSTRUCTION"``: a sentence in, a picture out, through the zip, the add-on, and the generator."""

import re
from pathlib import Path
from typing import Final, NamedTuple

from .blender import FOLDER, Blender
from .common import BuildError

_SCRIPT: Final = Path(__file__).parent / "demo_scene.py"
_MAX_SEED: Final = 2**31 - 101


class Picture(NamedTuple):
    """The options of ``demo``.

    Args:
        instruction: what the room should hold, in the person's own words.
        room: room type.
        seed: another one gives another room.
        out: the PNG; None for one in ``build/demo``.
        resolution: width in pixels, or None for the panel's; the picture is 4 : 3.
        samples: of Cycles, a pixel, or None for the panel's.
        blend: where the .blend is saved, or None.
    """

    instruction: str
    room: str
    seed: int
    out: Path | None
    resolution: int | None
    samples: int | None
    blend: Path | None

    @property
    def path(self) -> Path:
        """Where the picture goes."""
        if self.out is not None:
            return self.out.resolve()
        words = re.sub(r"[^a-z0-9]+", "-", self.instruction.lower())[:60].strip("-")
        return FOLDER / f"{words or 'room'}-{self.seed}.png"

    def check(self) -> None:
        """Refuses what cannot be made, before anything is installed.

        Raises:
            BuildError: names what is wrong.
        """
        if not 0 <= self.seed <= _MAX_SEED:
            raise BuildError(f"--seed must be from 0 to {_MAX_SEED}", "Correct it")
        if self.resolution is not None and not 64 <= self.resolution <= 8192:
            raise BuildError("--resolution must be from 64 to 8192", "Correct it")
        if self.samples is not None and self.samples < 1:
            raise BuildError("--samples must be at least 1", "Correct it")
        _check_file("--out", self.out, ".png")
        _check_file("--save-blend", self.blend, ".blend")


def _check_file(option: str, path: Path | None, suffix: str) -> None:
    if path is None:
        return
    if path.suffix != suffix:
        raise BuildError(f"{option} must name a {suffix} file, not {path}", "Correct it")
    if not path.resolve().parent.is_dir():
        raise BuildError(f"There is no folder {path.resolve().parent}", f"Make it, or correct {option}")


def make_picture(picture: Picture) -> Path:
    """Installs what is needed, and has Blender make the picture in a process of its own.

    Returns:
        The picture.

    Raises:
        BuildError: an option is impossible, or a step fails; its own messages were shown before.
    """
    picture.check()
    blend = picture.blend and picture.blend.resolve()
    optional = {"--resolution": picture.resolution, "--samples": picture.samples, "--save-blend": blend}
    command: list[str | Path] = [_SCRIPT, f"--instruction={picture.instruction}", "--room", picture.room]
    command += ["--seed", str(picture.seed), "--out", picture.path]
    for option, value in optional.items():
        command += [] if value is None else [option, str(value)]
    Blender.with_extension().run(command)
    return picture.path
