"""Copies a model with the files that it names into a folder of its own; names that lead elsewhere are not followed.

Blender's importers see only that copy, in which every reference is to a file of that folder or to nothing.
"""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote

from .limits import Limits, RefusedError
from .picture_sizes import picture_pixels

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""Begins a URI, and a path of Windows with its drive."""
TEXTURES: Final = {".png", ".jpg", ".jpeg", ".bmp", ".tga", ".tif", ".tiff", ".webp", ".exr", ".hdr", ".dds"}
"""Suffixes of pictures."""


@dataclass
class SideFiles:
    """The files beside a model.

    Args:
        model: the file that names them.
        root: the person's folder; nothing outside it is opened.
        folder: that gets the copies.
        limits: of a file.
        notes: what was left out and why, a line each.
        used: paths of the files that were copied.
    """

    model: Path
    root: Path
    folder: Path
    limits: Limits
    notes: list[str] = field(default_factory=list)
    used: list[Path] = field(default_factory=list)

    def find(self, reference: str, base: Path | None = None, *, by_name: bool = False) -> Path:
        """The file that a reference leads to.

        Args:
            reference: as it stands in the model.
            base: folder that it starts from; None is the model's.
            by_name: whether a file of the same name in that folder, or in its ``textures``, does as well: many
                exporters write the path that a picture had on the machine of its maker.

        Raises:
            RefusedError: it leads out of the folder, or to nothing, or to a file that is too large.
        """
        base = base or self.model.parent
        text = reference.strip().strip("\0").replace("\\", "/")
        outside = bool(_SCHEME.match(text)) or text.startswith("/")
        path = None if outside or not text else self._inside(base / text)
        if path is None or not path.is_file():
            name = PurePosixPath(text).name
            tries = [base / name, base / "textures" / name, base / "Textures" / name] if by_name and name else []
            found = (self._inside(place) for place in tries)
            path = next((place for place in found if place is not None and place.is_file()), path)
        if path is None:
            raise RefusedError(f"{_short(reference)} lies outside the folder and was not opened")
        if not path.is_file():
            raise RefusedError(f"{_short(reference)} is missing")
        if path.stat().st_size > self.limits.file_bytes:
            raise RefusedError(f"{_short(reference)} is too large")
        return path

    def find_uri(self, uri: str) -> Path:
        """As `find`, of a percent-encoded URI."""
        return self.find(unquote(uri))

    def copied(self, path: Path) -> str:
        """Copies a file under a plain name of its own; returns the name."""
        name = f"side{len(self.used)}{path.suffix.lower() if path.suffix.isascii() else ''}"
        shutil.copyfile(path, self.folder / name)
        self.used.append(path)
        return name

    def texture(self, reference: str, base: Path | None = None) -> str | None:
        """The copy of a picture; None where it is left out, which is noted."""
        try:
            path = self.find(reference, base, by_name=True)
            self.check_picture(path.read_bytes(), reference)
        except (RefusedError, OSError) as error:
            self.leave_out(str(error))
            return None
        if path.suffix.lower() not in TEXTURES:
            self.leave_out(f"{_short(reference)} is no picture")
            return None
        return self.copied(path)

    def check_picture(self, data: bytes, name: str) -> None:
        """Refuses a picture that is too large, by what its head says.

        Raises:
            RefusedError: it is.
        """
        if (picture_pixels(data) or 0) > self.limits.texture_pixels:
            raise RefusedError(f"{_short(name)} has more pixels than a texture may have")

    def leave_out(self, reason: str) -> None:
        """Notes that a texture is left out."""
        line = f"texture left out: {reason}"
        if line not in self.notes:
            self.notes.append(line)

    def _inside(self, path: Path) -> Path | None:
        """A path without links; None where it is outside the person's folder."""
        try:
            real = path.resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return real if real.is_relative_to(self.root) else None


def _short(text: str) -> str:
    """A reference as a message shows it."""
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return f'"{plain}"' if len(plain) <= 80 else f'"{plain[:60]}…"'
