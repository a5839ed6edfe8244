"""Paths that are too long for Windows where Blender unpacks the extension, and wheels without them.

Windows refuses a path of more than 259 characters, unless a person has changed the registry. Blender then takes the
whole wheel back, and the generator does not start. So what nobody needs at run time, such as the licence of a library
within a library within torch, stands in the zip under a short name, or is left out; all else is the pinned wheel's,
byte for byte.
"""

import base64
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from .common import BUILD, BuildError, file_digest, say

USER: Final = 20
"""Characters of the longest user name that the extension must install for; Windows itself allows no longer one."""
_EXTENSIONS: Final = rf"C:\Users\{'u' * USER}\AppData\Roaming\Blender Foundation\Blender\4.2\extensions"
SITE_PACKAGES: Final = rf"{_EXTENSIONS}\.local\lib\python3.11\site-packages"
"""Where Blender unpacks wheels; with its other versions the path is as long."""
OWN_FOLDER: Final = rf"{_EXTENSIONS}\{'r' * 47}\instructscene@"
"""Where it unpacks the extension: a repository's module has 47 characters at most, the sign is there meanwhile."""
_LONGEST_FILE: Final = 259
_LONGEST_FOLDER: Final = 247
"""Characters of a file's and a folder's path; from Microsoft's "Maximum Path Length Limitation"."""
_LICENCE: Final = re.compile(
    r"[^/]+\.dist-info/licen[cs]es/.*|(?:.*/)?(?:licen[cs]e|copying|notice)[^/]*", re.IGNORECASE
)
"""Texts that must travel with what they are about."""
_NOT_NEEDED: Final = re.compile(r".*/(?:tests?|include)/.*|.*\.(?:h|hpp|cuh)")
"""Files that running never reads: tests, and headers for compilers."""
_INDEX: Final = "INDEX.txt"


def too_long(members: Iterable[str], folder: str = SITE_PACKAGES) -> list[str]:
    """The members of an archive that Windows could not unpack into the folder, the longest first."""
    wrong = [name for name in members if not name.endswith("/") and not _fits(name, folder)]
    return sorted(wrong, key=lambda name: (-len(name), name))


def _fits(name: str, folder: str) -> bool:
    whole = len(folder) + 1 + len(name)
    return whole <= _LONGEST_FILE and whole - 1 - len(name.rpartition("/")[2]) <= _LONGEST_FOLDER


def check_paths(own: Iterable[str], wheels: Sequence[Path]) -> None:
    """Refuses a zip that Windows could not unpack.

    Args:
        own: files of the extension, in its folder.
        wheels: the wheels that are packed beside them.

    Raises:
        BuildError: a path is too long; the longest is named.
    """
    names = [*own, *(f"wheels/{path.name}" for path in wheels)]
    wrong = [(OWN_FOLDER, name, "the extension") for name in too_long(names, OWN_FOLDER)]
    for path in wheels:
        wrong += [(SITE_PACKAGES, name, path.name) for name in too_long(_members(path))]
    if not wrong:
        return
    folder, name, owner = max(wrong, key=lambda item: len(item[0]) + len(item[1]))
    message = f"{name} of {owner} would have {len(folder) + 1 + len(name)} characters on Windows"
    if len(wrong) > 1:
        message += f", and {len(wrong) - 1} more are too long"
    raise BuildError(message, f"Shorten it: {_LONGEST_FILE} are allowed, {_LONGEST_FOLDER} for its folder")


def shorten(wheel: Path, folder: Path = BUILD / "wheels") -> Path:
    """A wheel that Windows can unpack: itself, or one made from it that says so in its list of licences.

    Args:
        wheel: a wheel that has been checked against its pin.
        folder: where a wheel is made, under the same name; equal wheels give equal bytes.

    Raises:
        BuildError: something too long is needed, or what was made differs from the wheel in more than was meant.
    """
    plan = _plan(wheel)
    if not plan:
        return wheel
    made = folder / wheel.name
    if made.is_file() and _difference(wheel, made, plan) is None:
        return made
    say(f"Making {wheel.name} without the {len(plan)} paths that are too long for Windows")
    folder.mkdir(parents=True, exist_ok=True)
    part = made.with_suffix(".part")
    try:
        _write(wheel, part, plan)
        fault = _difference(wheel, part, plan)
        if fault is not None:
            raise BuildError(f"{wheel.name} was not made as it was meant: {fault}", "Look at its pin", code=1)
        part.replace(made)
    finally:
        part.unlink(missing_ok=True)
    return made


def _members(wheel: Path) -> list[str]:
    """Its files; folders follow from them."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile as error:
        raise BuildError(f"{wheel} is no wheel", "Remove it") from error


def _plan(wheel: Path) -> dict[str, str | None]:
    """What becomes of each path that is too long: its short name, or None where it is left out."""
    plan: dict[str, str | None] = {}
    members = _members(wheel)
    for name in sorted(too_long(members)):
        if _LICENCE.fullmatch(name):
            number = sum(short is not None for short in plan.values()) + 1
            plan[name] = f"{_short_folder(members)}/{number}.txt"
        elif _NOT_NEEDED.fullmatch(name):
            plan[name] = None
        else:
            length = len(SITE_PACKAGES) + 1 + len(name)
            message = f"{name} of {wheel.name} would have {length} characters on Windows, and may be needed"
            raise BuildError(message, "Pin another version of the package, or choose another --platform")
    return plan


def _index(wheel: Path, plan: Mapping[str, str | None]) -> bytes:
    """What tells people which wheel it was, and how its files are called now."""
    lines = [
        f"Made from {wheel.name}, SHA-256 {file_digest(wheel)}, for the extension InstructScene.",
        "These paths were too long for Windows. All other files are as they were.",
        "",
        *(f"{(short or 'left out').rpartition('/')[2]}  {name}" for name, short in plan.items()),
    ]
    return ("\n".join(lines) + "\n").encode()


def _record_name(names: Iterable[str]) -> str:
    found = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/RECORD", name)]
    if len(found) != 1:
        raise BuildError("A wheel has no RECORD of its files, or several", "Pin another file of the package")
    return found[0]


def _short_folder(names: Iterable[str]) -> str:
    """Where the texts lie whose paths were too long."""
    return f"{_record_name(names).rpartition('/')[0]}/licenses/short"


def _contents(wheel: Path, plan: Mapping[str, str | None]) -> tuple[str, str, bytes]:
    """Name of RECORD, name of the index, and the index."""
    members = _members(wheel)
    return _record_name(members), f"{_short_folder(members)}/{_INDEX}", _index(wheel, plan)


def _write(wheel: Path, target: Path, plan: Mapping[str, str | None]) -> None:
    """Writes the wheel anew, its files in the same order with the same dates; folders have no entries."""
    record, index, text = _contents(wheel, plan)
    rows: list[tuple[str, str, str]] = []
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in archive.infolist():
            name = plan.get(info.filename, info.filename)
            if info.is_dir() or info.filename == record or name is None:
                continue
            data = archive.read(info)
            out.writestr(_entry(info, name), data)
            rows.append(_row(name, data))
        last = archive.getinfo(record)
        out.writestr(_entry(last, index), text)
        listed = io.StringIO()
        csv.writer(listed, lineterminator="\n").writerows([*rows, _row(index, text), (record, "", "")])
        out.writestr(_entry(last, record), listed.getvalue())


def _entry(info: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, info.date_time)
    entry.create_system, entry.external_attr = 3, info.external_attr
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _row(name: str, data: bytes) -> tuple[str, str, str]:
    """A line of RECORD, as the binary distribution format wants it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return name, f"sha256={digest}", str(len(data))


def _difference(wheel: Path, made: Path, plan: Mapping[str, str | None]) -> str | None:
    """What of a made wheel is not as it should be, file by file against the one that it was made from."""
    record, index, text = _contents(wheel, plan)
    expected = {plan.get(name, name): name for name in _members(wheel)}
    expected.pop(None, None)
    try:
        with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(made) as new:
            names = new.namelist()
            if sorted(names) != sorted([*filter(None, expected), index]):
                return "it has other files"
            rows = [(*row, "", "", "")[:3] for row in csv.reader(io.StringIO(new.read(record).decode()))]
            if sorted(row[0] for row in rows) != sorted(names):
                return f"{record} does not list its files"
            for name, *told in rows:
                data = new.read(name)
                if name != record and list(_row(name, data)[1:]) != told:
                    return f"{record} is wrong about {name}"
                if name not in (record, index) and data != old.read(expected[name]):
                    return f"{name} differs"
            return None if new.read(index) == text else f"{index} differs"
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        return f"it cannot be read ({error})"
