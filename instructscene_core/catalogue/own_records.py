"""What was read of a person's models, a line of JSON a file, with which a later run goes on."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final, Self, cast

from ..geometry.solids import WHOLE, Part
from ..scene import Vector3
from .own_files import Stamp

RECORDS_FILE: Final = "files.jsonl"
_VERSION: Final = 1
"""Raised where the reader makes other pieces of the same file: all is then read again."""


@dataclass(frozen=True)
class Piece:
    """A piece of furniture as it is in its file, unturned, in the metres that the file claims.

    Args:
        stem: of its files in the catalogue's folder, and the second half of its id.
        key: tells it from the others of its file.
        name: for people.
        size: full extents (x, y, z).
        parts: solid boxes as fractions of the size.
        tags: words that its maker gave it.
        hints: names of what is in it.
        caption: what its maker says of it.
        author: who made it.
        triangles: how many it has.
        children: objects that it was joined from.
        textures: pictures that it shows.
    """

    stem: str
    key: str
    name: str
    size: Vector3
    parts: tuple[Part, ...] = (WHOLE,)
    tags: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    caption: str = ""
    author: str = ""
    triangles: int = 0
    children: int = 1
    textures: int = 0

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Piece":
        """Reads a piece.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        width, depth, height = (float(v) for v in data["size"])
        if not all(0 < v < math.inf for v in (width, depth, height)):
            raise ValueError("size")
        parts = [(float(x), float(y), float(z), float(a), float(b), float(c)) for x, y, z, a, b, c in data["parts"]]
        return Piece(
            str(data["stem"]),
            str(data["key"]),
            str(data["name"]),
            (width, depth, height),
            tuple(parts) or (WHOLE,),
            tuple(str(tag) for tag in data["tags"]),
            tuple(str(name) for name in data["hints"]),
            str(data["caption"]),
            str(data["author"]),
            int(data["triangles"]),
            int(data["children"]),
            int(data["textures"]),
        )


@dataclass(frozen=True)
class FileRecord:
    """What was read of a file.

    Args:
        file: path in the person's folder, with slashes.
        stamp: of the file.
        digest: SHA-256 of the file.
        sides: stamps of the files beside it that it names.
        pieces: that it holds.
        skipped: (name, reason) of pieces in it that cannot be used.
        notes: what was left out.
        refused: why the file as a whole cannot be used; empty where it can.
    """

    file: str
    stamp: Stamp
    digest: str
    sides: Mapping[str, Stamp]
    pieces: tuple[Piece, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    refused: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a line of the file of records."""
        pieces = [vars(piece) for piece in self.pieces]
        return {"version": _VERSION, **vars(self), "pieces": pieces, "sides": dict(self.sides)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "FileRecord":
        """Reads a record.

        Raises:
            KeyError, TypeError, ValueError: it is none, or of another version.
        """
        if data["version"] != _VERSION:
            raise ValueError("version")
        (size, time), sides = data["stamp"], {str(k): (int(a), int(b)) for k, (a, b) in data["sides"].items()}
        return FileRecord(
            str(data["file"]),
            (int(size), int(time)),
            str(data["digest"]),
            sides,
            tuple(Piece.from_json(row) for row in data["pieces"]),
            tuple((str(name), str(reason)) for name, reason in data["skipped"]),
            tuple(str(note) for note in data["notes"]),
            str(data["refused"]),
        )

    def moved_to(self, file: str, stamp: Stamp, sides: Mapping[str, Stamp]) -> "FileRecord":
        """The same file at another place; its pieces keep their ids."""
        return replace(self, file=file, stamp=stamp, sides=sides)


class Records:
    """The file of records, written line by line while the work goes on.

    Args:
        folder: of the catalogue. An unfinished last line is ignored, and so is what is no record.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / RECORDS_FILE
        self.known: dict[str, FileRecord] = read_records(folder)
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        unfinished = self._path.exists() and not (self._path.read_bytes() or b"\n").endswith(b"\n")
        self._file = self._path.open("a", encoding="utf-8", buffering=1)
        if unfinished:
            self._file.write("\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def keep(self, record: FileRecord) -> None:
        """Adds a record."""
        self.known[record.file] = record
        if self._file is not None:
            self._file.write(json.dumps(record.to_json()) + "\n")


def read_records(folder: Path) -> dict[str, FileRecord]:
    """The records of a catalogue by the file that they are of, the last one of each."""
    path = folder / RECORDS_FILE
    found: dict[str, FileRecord] = {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else ()
    for line in lines:
        try:
            data = json.loads(line)
            record = FileRecord.from_json(cast("Mapping[str, Any]", data))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue
        found[record.file] = record
    return found


def write_records(folder: Path, records: Iterable[FileRecord]) -> None:
    """Writes the records anew, without those that no longer count."""
    text = "".join(json.dumps(record.to_json()) + "\n" for record in records)
    part = folder / f"{RECORDS_FILE}.part"
    part.write_text(text, encoding="utf-8")
    part.replace(folder / RECORDS_FILE)
