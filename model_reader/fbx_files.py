"""Copies a binary FBX in which names of pictures lead to copies, and names that lead elsewhere to nothing.

The file is a tree of records: where the record ends, how many properties it has and how many bytes they take, its
name, the properties, each with a letter for its type, and records below it. Strings are changed in place, so that no
length in the file changes.
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from .limits import RefusedError
from .side_files import SideFiles

_MAGIC: Final = b"Kaydara FBX Binary  \x00"
_PATHS: Final = {b"RelativeFilename", b"FileName", b"Filename"}
"""Records whose string is the path of a file."""
_PLAIN: Final = {b"Y": 2, b"C": 1, b"B": 1, b"I": 4, b"F": 4, b"D": 8, b"L": 8, b"Z": 1}
_ARRAYS: Final = {b"f": 4, b"d": 8, b"l": 8, b"i": 4, b"b": 1, b"c": 1}
"""Bytes of a number by the letter of its array's type."""
_DEEPEST: Final = 64
_CUT: Final = "is cut off, or no FBX file"


class _Text(NamedTuple):
    """A string that is the path of a file: where it stands in the file, and how many bytes it has."""

    start: int
    size: int


def prepare_fbx(sides: SideFiles) -> Path:
    """Writes a copy that names nothing outside its folder; returns its path.

    Raises:
        RefusedError: it is no binary FBX, cut off, or unpacks to more than a file may hold.
    """
    data = bytearray(sides.model.read_bytes())
    if not data.startswith(_MAGIC):
        raise RefusedError("is no binary FBX file, which alone is read")
    walk = _Walk(bytes(data), 8 * sides.limits.file_bytes)
    texts = {text: data[text.start : text.start + text.size].decode("utf-8", "replace") for text in walk.paths()}
    copies = _copies(sides, texts.values())
    for text, reference in texts.items():
        data[text.start : text.start + text.size] = _fitted(copies.get(_name(reference)), text.size)
    path = sides.folder / "model.fbx"
    path.write_bytes(data)
    return path


def _copies(sides: SideFiles, references: Iterable[str]) -> dict[str, str | None]:
    """Copies of the pictures by their names.

    An FBX says of each where it was on its maker's machine, and where it is from the model: the latter, which comes
    first here, is enough.
    """
    copies: dict[str, str | None] = {}
    for reference in sorted(filter(None, map(_plain, references)), key=_is_absolute):
        if copies.get(_name(reference)) is None:
            copies[_name(reference)] = sides.texture(reference)
    return copies


def _plain(reference: str) -> str:
    return reference.strip("\0 ").replace("\\", "/")


def _name(reference: str) -> str:
    return _plain(reference).rpartition("/")[2]


def _is_absolute(reference: str) -> bool:
    return ":" in reference or reference.startswith("/")


def _fitted(name: str | None, size: int) -> bytes:
    """A path of exactly so many bytes: ``.///name``, or one that leads to nothing."""
    plain = (name or "").encode()
    if not plain or len(plain) + 2 > size:
        return plain if plain and len(plain) == size else b"_" * size
    return b"." + b"/" * (size - len(plain) - 1) + plain


class _Walk:
    """One way through all records.

    Args:
        data: the file.
        most: bytes to which its arrays may unpack.
    """

    def __init__(self, data: bytes, most: int) -> None:
        self._data, self._left = data, most
        version = struct.unpack_from("<I", data, 23)[0] if len(data) > 27 else 0
        self._head = "<QQQB" if version >= 7500 else "<IIIB"

    def paths(self) -> Iterator[_Text]:
        """The strings that are paths of files.

        Raises:
            RefusedError: the file is cut off, or its arrays unpack to too much.
        """
        try:
            yield from self._records(27, len(self._data), 0)
        except (struct.error, IndexError, KeyError) as error:
            raise RefusedError(_CUT) from error

    def _records(self, place: int, end: int, depth: int) -> Iterator[_Text]:
        size = struct.calcsize(self._head)
        while place + size <= end:
            stop, count, length, named = struct.unpack_from(self._head, self._data, place)
            if stop == 0:
                return
            name = self._data[place + size : place + size + named]
            first = place + size + named
            if stop > end or stop <= place or first + length > stop or depth > _DEEPEST:
                raise RefusedError(_CUT)
            yield from self._properties(first, count, is_path=name in _PATHS)
            yield from self._records(first + length, stop, depth + 1)
            place = stop
        if depth == 0:
            raise RefusedError(_CUT)  # an empty record ends the file

    def _properties(self, place: int, count: int, *, is_path: bool) -> Iterator[_Text]:
        for _ in range(count):
            kind, place = self._data[place : place + 1], place + 1
            if kind in _PLAIN:
                place += _PLAIN[kind]
            elif kind in _ARRAYS:
                numbers, _, packed = struct.unpack_from("<III", self._data, place)
                self._left -= numbers * _ARRAYS[kind]
                if self._left < 0:
                    raise RefusedError("unpacks to more than a file may hold")
                place += 12 + packed
            elif kind in (b"S", b"R"):
                (size,) = struct.unpack_from("<I", self._data, place)
                if is_path and kind == b"S":
                    yield _Text(place + 4, size)
                place += 4 + size
            else:
                raise RefusedError(_CUT)
