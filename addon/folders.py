"""The folders that the add-on writes to: where they are, how much is in them, and emptying them.

All lie in the extension's own folder, which Blender chooses. What is deleted is only what the add-on writes there
itself, told by its name and place, or recorded; anything else that a person has put there stays.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Final

import bpy

from ..instructscene_core.errors import InstructSceneError
from .language import tr, tr_count, tr_later
from .own_folders import own_folder
from .session import SESSION, Progress, Steps, preferences

_RECORD: Final = "written.txt"
"""In a folder: paths of files that the add-on has written there under names that a person chose."""
_CATALOGUE: Final = (
    "catalogue.json", "features.safetensors", "review.json", "skipped.txt", "library.json", "files.jsonl",
    "models.jsonl",
)  # fmt: skip
"""Files of a catalogue beside its pieces."""
_UNITS: Final = ("B", "kB", "MB", "GB", "TB")


class FolderError(InstructSceneError):
    """A file of a folder cannot be deleted."""


@dataclass(frozen=True)
class Folder:
    """A folder that the add-on writes to.

    Args:
        name: of the folder.
        label: what is in it.
        hint: what becomes of the person's work where that is deleted.
        written: patterns of paths in it, part by part, that the add-on writes; else there is a record.
    """

    name: str
    label: str
    hint: str
    written: tuple[str, ...] = ()


FOLDERS: Final = (
    Folder(
        "renders",
        tr_later("Pictures"),
        tr_later("Pictures that were rendered without a file of their own"),
    ),
    Folder(
        "catalogues",
        tr_later("Catalogues of Your Models"),
        tr_later("Index Models makes them again. Files that link to their furniture lose it"),
        (*(f"*/{name}" for name in _CATALOGUE), *(f"*/pieces/*.{end}" for end in ("blend", "npy", "png"))),
    ),
    Folder(
        "made",
        tr_later("Models That a Program Made"),
        tr_later("They are made again where they are asked for. Files that link to them lose them"),
        (
            "models/*.glb",
            *(f"catalogue/{name}" for name in _CATALOGUE),
            *(f"catalogue/pieces/*.{end}" for end in ("blend", "npy", "png")),
        ),
    ),
    Folder(
        "models",
        tr_later("Imported Models"),
        tr_later("Import Official Checkpoints makes them again"),
        ("official/*/*.safetensors", "official/*/*.json"),
    ),
    Folder(
        "thumbnails",
        tr_later("Pictures of Pieces"),
        tr_later("Replace This makes them again"),
        (f"{'[0-9a-f]' * 24}.png",),
    ),
)


@dataclass(frozen=True)
class Contents:
    """What is in a folder.

    Args:
        files: their number.
        size: of all of them, bytes.
    """

    files: int = 0
    size: int = 0

    @property
    def text(self) -> str:
        """For a person: "3 files, 1.2 MB"."""
        return tr_count(self.files, "{count} file, {size}", "{count} files, {size}", size=size_text(self.size))


MEASURED: Final[dict[str, Contents]] = {}
"""What is in the folders, by name, as it was last counted."""


def size_text(size: int) -> str:
    """Bytes for a person: "1.2 MB"."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit and value < 99.95 else f"{value:.0f} {_UNITS[unit]}"


def measure() -> Steps[str]:
    """The job that counts what is in all folders; `MEASURED` gets it."""
    for number, folder in enumerate(FOLDERS):
        yield from _measure(folder, number / len(FOLDERS))
    total = Contents(sum(c.files for c in MEASURED.values()), sum(c.size for c in MEASURED.values()))
    return tr("In the folders: {contents}", contents=total.text)


def _measure(folder: Folder, share: float) -> Generator[Progress, None, None]:
    files = size = 0
    for path in _walk(own_folder(folder.name, create=False)):
        try:
            size += path.lstat().st_size
        except OSError:  # gone meanwhile
            continue
        files += 1
        yield Progress(tr_later("Counting files"), share)
    MEASURED[folder.name] = Contents(files, size)


def _walk(top: Path) -> Iterator[Path]:
    """All files below a folder; links to folders are files here, so that nothing outside is ever touched."""
    for here, folders, files in os.walk(top):
        linked = [name for name in folders if (Path(here) / name).is_symlink()]
        for name in (*files, *linked):
            yield Path(here) / name


def empty(folder: Folder) -> Steps[str]:
    """The job that deletes what the add-on has written into one of its folders; what is a person's own stays.

    The worker ends first, which may have files of it open; preferences that name what is deleted let go of it.

    Raises:
        FolderError: a file cannot be deleted.
    """
    SESSION.release()
    top = own_folder(folder.name, create=False)
    paths = list(_walk(top))
    recorded = _recorded(top)
    chosen = [path for path in paths if _is_written(folder, PurePosixPath(path.relative_to(top).as_posix()), recorded)]
    deleted = Contents()
    try:
        for number, path in enumerate(chosen):
            yield Progress(tr_later("Deleting files"), number / len(chosen))
            size = path.lstat().st_size
            path.unlink()
            deleted = Contents(deleted.files + 1, deleted.size + size)
        _remove_empty_folders(top)
    except OSError as error:
        message = tr("{path} cannot be deleted: {reason}", path=error.filename, reason=error.strerror)
        raise FolderError(message, tr("Close the program that uses it, then try again")) from error
    finally:
        MEASURED.pop(folder.name, None)
    _let_go(top)
    yield from _measure(folder, 1.0)
    left = len(paths) - len(chosen)
    kept = tr_count(left, "{count} file of your own stays", "{count} files of your own stay") if left else ""
    return ". ".join(filter(None, [tr("Deleted: {contents}", contents=deleted.text), kept]))


def _is_written(folder: Folder, path: PurePosixPath, recorded: set[str]) -> bool:
    """Whether the add-on has written a file, by its path in one of its folders."""
    patterns = [PurePosixPath(pattern).parts for pattern in (*folder.written, _RECORD)]
    fits = (
        len(parts) == len(path.parts)
        and all(fnmatchcase(name, part) for name, part in zip(path.parts, parts, strict=True))
        for parts in patterns
    )
    return path.as_posix() in recorded or any(fits)


def note_written(paths: Iterable[Path]) -> None:
    """Records files that the add-on has written, where they are in a folder of its own.

    What cannot be recorded will not be deleted.
    """
    for folder in FOLDERS:
        top = own_folder(folder.name, create=False)
        names = {path.relative_to(top).as_posix() for path in paths if path.is_relative_to(top)} - _recorded(top)
        if names:
            with suppress(OSError), (top / _RECORD).open("a", encoding="utf-8", errors="surrogateescape") as record:
                record.writelines(f"{name}\n" for name in sorted(names))


def _recorded(top: Path) -> set[str]:
    try:
        return set((top / _RECORD).read_text(encoding="utf-8", errors="surrogateescape").splitlines())
    except OSError:
        return set()


def _remove_empty_folders(top: Path) -> None:
    for here, _, _ in os.walk(top, topdown=False):
        path = Path(here)
        if path != top and not any(path.iterdir()):
            path.rmdir()


def _let_go(top: Path) -> None:
    """Takes what is no longer there out of the preferences."""
    chosen = preferences()
    for number in reversed(range(len(chosen.catalogues))):
        path = Path(bpy.path.abspath(chosen.catalogues[number].path))
        if path.is_relative_to(top) and not path.exists():
            chosen.catalogues.remove(number)
    chosen.catalogue_number = min(chosen.catalogue_number, max(len(chosen.catalogues) - 1, 0))
    model = Path(bpy.path.abspath(chosen.model_folder))
    if chosen.model_folder and model.is_relative_to(top) and not model.exists():
        chosen.model_folder = ""
