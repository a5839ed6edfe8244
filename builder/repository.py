"""The repository: folders of zips with Blender's own list of them, which people add to Blender by its address.

A Blender is offered what fits its platform and its Python. With and without torch are two repositories side by side,
since both fit: which one to follow is for the person to say.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from .common import BUILD, BuildError, file_digest, run, say

FOLDER: Final = BUILD / "repository"
_PARTS: Final = ("with-torch", "no-torch")
"""The repositories; names in their addresses, so they stay."""
_LIST: Final = "index.json"
_ZIP: Final = re.compile(
    r"(?P<id>\w+)-(?P<version>\d+\.\d+\.\d+[^-]*)-(?P<platform>[a-z]+-[a-z0-9]+)-(?P<kind>cp\d+|no-torch)\.zip"
)
"""File name of a zip, as ``package.zip_name`` gives it."""


class _Zip(NamedTuple):
    """A zip, by its file name."""

    path: Path
    id: str
    version: str
    platform: str
    kind: str

    @classmethod
    def of(cls, path: Path) -> "_Zip | None":
        found = _ZIP.fullmatch(path.name)
        return None if found is None else cls(path, **found.groupdict())

    @property
    def part(self) -> str:
        """The repository that it belongs to."""
        return _PARTS[self.kind == "no-torch"]

    @property
    def fits(self) -> tuple[str, str]:
        """What it is for: a later one for the same takes its place."""
        return self.platform, self.kind


def check_folder(folder: Path, versions: Sequence[str]) -> None:
    """Refuses a folder that holds something else than what was put there by earlier releases.

    Args:
        folder: of the repositories; it need not be there.
        versions: this one and those before it.

    Raises:
        BuildError: the first thing that does not belong there, or a zip of another version.
    """
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not any((folder / part / _LIST).is_file() for part in _PARTS)):
        raise BuildError(f"{folder} is something else than a repository of the extension", _REMEDY)
    for part in _PARTS:
        for path in sorted((folder / part).glob("*")):
            _check_place(path, part, versions)


def _check_place(path: Path, part: str, versions: Sequence[str]) -> None:
    if path.name == _LIST:
        return
    found = _Zip.of(path)
    if found is None or found.part != part or not path.is_file():
        raise BuildError(f"{path} is no zip of this repository", "Move it away, or name another folder with --out")
    if found.version not in versions:
        message = f"{path} is of version {found.version}, which CHANGELOG.md has neither as {versions[0]} nor below it"
        raise BuildError(message, "Move it away, or name another folder with --out")


_REMEDY: Final = "Name an empty folder with --out, or that of an earlier release"


def make_repository(zips: Sequence[Path], folder: Path, tool: Sequence[str | Path]) -> None:
    """Puts zips into the repositories, in the place of earlier ones for the same platform and Python.

    Args:
        zips: files named by ``package.zip_name``.
        folder: of the repositories, which ``check_folder`` has accepted; it changes at the end and all at once.
        tool: Blender's extension tool, which writes the lists.

    Raises:
        BuildError: Blender's tool fails, or its list is not what the zips are.
    """
    new = [found for path in zips if (found := _Zip.of(path)) is not None]
    folder = folder.absolute()  # the tool runs in another one
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as name:
        work = Path(name)
        parts = [part for part in _PARTS if any(item.part == part for item in new)]
        for part in parts:
            _fill(work / part, _together(folder / part, [item for item in new if item.part == part]), tool)
        folder.mkdir(exist_ok=True)
        for part in parts:
            if (folder / part).exists():
                (folder / part).replace(work / f"{part}-before")
            (work / part).replace(folder / part)
    for part in parts:
        say(f"Wrote {folder / part / _LIST}")


def _together(place: Path, new: Sequence[_Zip]) -> list[_Zip]:
    """The new zips, and those of a repository that none of them replaces."""
    there = [found for path in sorted(place.glob("*.zip")) if (found := _Zip.of(path)) is not None]
    replaced = {item.fits for item in new}
    return [*new, *(item for item in there if item.fits not in replaced)]


def _fill(place: Path, zips: Sequence[_Zip], tool: Sequence[str | Path]) -> None:
    place.mkdir()
    for item in zips:
        shutil.copyfile(item.path, place / item.path.name)
    run([*tool, "server-generate", "--repo-dir", place])
    _check_list(place, zips)


def _check_list(place: Path, zips: Sequence[_Zip]) -> None:
    """Refuses a list that leaves out a zip, tells something else of it, or offers two to one Blender.

    The tool only prints a line in these cases, and ends well.
    """
    path = place / _LIST
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["data"] if path.is_file() else []
    listed = {str(entry["archive_url"]).removeprefix("./"): entry for entry in entries}
    offered: dict[tuple[str, str], str] = {}
    for item in zips:
        name, entry = item.path.name, listed.get(item.path.name)
        if entry is None:
            raise BuildError(f"Blender's tool does not list {name}", "Make it again with build.py zip", code=1)
        told = (entry["id"], entry["version"], entry.get("platforms"), entry["archive_hash"])
        if told != (item.id, item.version, [item.platform], f"sha256:{file_digest(place / name)}"):
            raise BuildError(f"{name} is not what its name says", "Make it again with build.py zip", code=1)
        for python in entry.get("python_versions", [""]):
            other = offered.setdefault((item.platform, python), name)
            if other != name:
                message = f"{other} and {name} would both be offered to a Blender with Python {python}"
                raise BuildError(message, "Look at the tags of their wheels", code=1)
