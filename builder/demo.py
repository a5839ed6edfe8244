"""``demo "INSTRUCTION"``: a sentence in, a picture out, through the zip, the add-on, and the generator."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from .common import BUILD, BuildError, file_digest, say
from .environment import make_environment
from .package import make_zip
from .wheels import PYTHONS, this_platform

FOLDER: Final = BUILD / "demo"
_SCRIPT: Final = Path(__file__).parent / "demo_scene.py"
_MAX_SEED: Final = 2**31 - 101
_ERROR: Final = "Error: "


class Picture(NamedTuple):
    """What the demo is to make.

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
        BuildError: what is asked is impossible, or a step fails; its words are shown before.
    """
    picture.check()
    python = make_environment()
    package = make_zip(this_platform(), PYTHONS[0], "none")
    # Blender looks at nothing of the person's own: neither settings nor extensions.
    resources = FOLDER / "blender"
    resources.mkdir(parents=True, exist_ok=True)
    installed = resources / "installed.txt"
    digest = file_digest(package)
    new = not installed.is_file() or installed.read_text(encoding="utf-8") != digest
    command = [str(python), str(_SCRIPT), f"--instruction={picture.instruction}", "--room", picture.room]
    command += ["--seed", str(picture.seed), "--out", str(picture.path)]
    blend = picture.blend and picture.blend.resolve()
    more = {"--resolution": picture.resolution, "--samples": picture.samples, "--save-blend": blend}
    for option, value in more.items():
        command += [] if value is None else [option, str(value)]
    if new:
        installed.unlink(missing_ok=True)
        command += ["--install", str(package)]
    _start_blender(command, resources)
    installed.write_text(digest, encoding="utf-8")
    return picture.path


def _start_blender(command: list[str], resources: Path) -> None:
    """Runs the part that needs Blender; shows what it says as it says it.

    Raises:
        BuildError: it fails.
    """
    # Blender prefers these to the folder below; a person may have set them.
    others = {f"BLENDER_USER_{name}" for name in ("CONFIG", "DATAFILES", "EXTENSIONS", "SCRIPTS")}
    env = {key: value for key, value in os.environ.items() if key not in others}
    env["BLENDER_USER_RESOURCES"] = str(resources)
    log, reason = FOLDER / "log.txt", ""
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(command, env=env, stdout=file, stderr=subprocess.PIPE, text=True, errors="replace") as blender,
    ):
        assert blender.stderr is not None, "it is a pipe"  # noqa: S101
        for line in blender.stderr:
            if line.startswith(_ERROR):
                reason = line.removeprefix(_ERROR).strip().rstrip(".")
            elif line.strip():
                say(line.rstrip())
    if blender.returncode:
        reason = reason or f"Blender ended with code {blender.returncode}"
        raise BuildError(reason, f"Blender's own words stand in {log}", code=1)
