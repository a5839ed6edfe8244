"""The models in a person's own folder: which files there are, whether they changed, and where they went."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import InvalidInputError

FORMATS: Final = (".blend", ".fbx", ".glb", ".gltf", ".obj", ".ply", ".stl")
"""Suffixes of the files that are read."""
_NOT_READ: Final = (".3ds", ".abc", ".dae", ".max", ".skp", ".usd", ".usda", ".usdc", ".usdz", ".x3d")
"""Suffixes of models that are named as not read; USD may refer to any file."""
_MOST_FILES: Final = 50_000
_STEP: Final = 1 << 20
"""Bytes that are hashed at once."""

Stamp = tuple[int, int]
"""Size, and time of the last change in nanoseconds."""


@dataclass(frozen=True)
class Found:
    """The files of a folder, as paths in it with slashes, sorted.

    Args:
        models: that can be read.
        others: models of formats that are not.
    """

    models: tuple[str, ...]
    others: tuple[str, ...]


def find_models(folder: Path) -> Found:
    """The models in a folder and all below it; what is hidden, and Blender's backups, do not count.

    Raises:
        InvalidInputError: it is no folder, or holds no models, or far too many files.
    """
    if not folder.is_dir():
        raise InvalidInputError(f"{folder} is not there", "Choose the folder again: it may have been moved or renamed")
    models: list[str] = []
    others: list[str] = []
    for count, path in enumerate(_files(folder)):
        if count > _MOST_FILES:
            raise InvalidInputError(f"{folder} holds more than {_MOST_FILES:,} files", "Choose a folder of models")
        suffix = path.suffix.lower()
        target = models if suffix in FORMATS else others if suffix in _NOT_READ else None
        if target is not None:
            target.append(path.relative_to(folder).as_posix())
    if not models:
        formats = ", ".join(suffix[1:] for suffix in FORMATS)
        raise InvalidInputError(f"{folder} holds no models ({formats})", "Choose a folder of models")
    return Found(tuple(sorted(models)), tuple(sorted(others)))


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place) / name for name in files if not name.startswith("."))


def stamp_of(path: Path) -> Stamp | None:
    """Size and time of a file, by which a change is noticed; None for a missing one."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def digest_of(path: Path) -> str:
    """SHA-256 of a file, by which it is known again elsewhere; empty where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(_STEP):
                digest.update(part)
    except OSError:
        return ""
    return digest.hexdigest()


def is_future_folder(folder: Path) -> bool:
    """Whether a folder is laid out as 3D-FUTURE-model."""
    return (folder / "model_info.json").is_file()


def find_moved(folder: Path, known: Sequence[tuple[str, int]]) -> Path | None:
    """A folder that is no longer there, found again near its old place by what it holds.

    Args:
        folder: where it was.
        known: paths and sizes of files that it held.

    Returns:
        A folder of another name, or of the same name nearby, with at least half of these files; None where there is
        none.
    """
    near = next((parent for parent in folder.parents if parent.is_dir()), None)
    if near is None or not known:
        return None
    places = [path for path in _folders(near, 2) if path.name == folder.name]
    places += [path for path in _folders(near, 1) if path.name != folder.name]
    for place in places:
        there = sum((stamp_of(place / file) or (-1, 0))[0] == size for file, size in known)
        if 2 * there >= len(known):
            return place
    return None


def _folders(near: Path, depth: int) -> Iterator[Path]:
    """Folders in a folder, a few levels deep."""
    try:
        inside = sorted(path for path in near.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return
    for path in inside:
        yield path
        if depth > 1:
            yield from _folders(path, depth - 1)
