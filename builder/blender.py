"""The extension in a Blender of its own: the ``bpy`` package, with a user folder in ``build/demo``."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .common import BUILD, BuildError, file_digest, say
from .environment import make_environment
from .package import make_zip
from .wheels import PYTHONS, this_platform

FOLDER: Final = BUILD / "demo"
_ERROR: Final = "Error: "
"""Begins the line of standard error that says why a script failed."""
_INSTALL: Final = (
    "import bpy, sys; "
    "bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo='user_default', enable_on_install=True)"
)


@dataclass(frozen=True)
class Blender:
    """A Blender with the extension.

    Attributes:
        python: with the ``bpy`` package; it serves as the worker's Python too.
        resources: its user folder, so that it looks at neither settings nor extensions of the person's own.
    """

    python: Path
    resources: Path

    @classmethod
    def with_extension(cls) -> "Blender":
        """Installs what is needed, and the extension as it is now.

        Raises:
            BuildError: a step fails; its own messages were shown before.
        """
        blender = cls(make_environment(), FOLDER / "blender")
        package = make_zip(this_platform(), PYTHONS[0], "none")
        blender.resources.mkdir(parents=True, exist_ok=True)
        installed, digest = blender.resources / "installed.txt", file_digest(package)
        if not installed.is_file() or installed.read_text(encoding="utf-8") != digest:
            installed.unlink(missing_ok=True)
            say("Installing the extension")
            blender.run(["-c", _INSTALL, str(package)])
            installed.write_text(digest, encoding="utf-8")
        return blender

    def run(self, arguments: Sequence[str | Path]) -> None:
        """Runs its Python; passes its standard error on line by line, and writes its output to ``log.txt``.

        Args:
            arguments: of the Python, such as a script and the script's own.

        Raises:
            BuildError: it ends with another code than 0; the message is its last line that begins with ``Error:``.
        """
        # Blender prefers these to the folder below; a person may have set them.
        overriding = {f"BLENDER_USER_{name}" for name in ("CONFIG", "DATAFILES", "EXTENSIONS", "SCRIPTS")}
        env = {key: value for key, value in os.environ.items() if key not in overriding}
        env["BLENDER_USER_RESOURCES"] = str(self.resources)
        command = [str(self.python), *map(str, arguments)]
        log, reason = FOLDER / "log.txt", ""
        with (
            log.open("w", encoding="utf-8") as file,
            subprocess.Popen(
                command, env=env, stdout=file, stderr=subprocess.PIPE, text=True, errors="replace"
            ) as blender,
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
