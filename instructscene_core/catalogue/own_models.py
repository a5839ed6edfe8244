"""Makes a catalogue of a person's own folder of models, whatever their format.

In the output folder: ``catalogue.json`` and ``features.safetensors`` as in any catalogue, ``pieces/`` with what was
made of the models, ``review.json`` with what is thought of them, ``skipped.txt`` with what was left out and why, and
``library.json`` and ``files.jsonl``, with which an interrupted run, or a later one, goes on. Nothing is written into
the person's folder.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

from ..errors import InvalidInputError
from ..files.atomic_output import check_folder, writing
from ..files.points import Points, read_points
from ..vocabulary import counted
from .own_entries import PIECES, Encoder, Library, size_of, write_catalogue
from .own_files import Stamp, digest_of, find_models, find_moved, stamp_of
from .own_reader import Answer, ModelReader, is_passing
from .own_records import FileRecord, Piece, Records, read_records, write_records
from .own_review import Judgement, read_review, stem_of, write_review
from .recognition import Recognition

LIBRARY_FILE: Final = "library.json"
SKIPPED_FILE: Final = "skipped.txt"
_VERSION: Final = 1
_SUFFIXES: Final = (".blend", ".npy", ".0.png")
"""Of the files without which a piece must be read again."""

OnFile = Callable[[int, int], None]
"""(files done, files in all): called again and again; an exception ends the work, which a later run goes on with."""
Recognise = Callable[[Sequence[tuple[Piece, tuple[str, ...], Points]]], Sequence[Recognition]]
"""Pieces with words for them and their points -> what shape and words say of them."""


@dataclass
class OwnIndex:
    """What a run did.

    Args:
        files: models in the folder.
        reread: of these, those that were read in this run.
        used: pieces that can be placed.
        skipped: (file or piece, reason) of what is left out.
        notes: (file, what was left out of it).
        missing: files that an earlier run had found.
        moved: (old path, new path) of files that were known again.
        folder: where the models are.
    """

    files: int = 0
    reread: int = 0
    used: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    folder: Path = Path()

    def summary(self, out: Path) -> str:
        """One line for a person."""
        pieces = f"{counted(self.used, 'piece')} of {counted(self.files, 'file')} indexed"
        left = f", {len(self.skipped)} left out (see {out / SKIPPED_FILE})" if self.skipped else ""
        gone = f", {len(self.missing)} no longer there" if self.missing else ""
        moved = f", {len(self.moved)} found at a new place" if self.moved else ""
        return f"{pieces}{left}{gone}{moved}: {out / 'catalogue.json'}"


def index_own(
    folder: Path,
    out: Path,
    reader: ModelReader,
    recognise: Recognise,
    encode: Encoder | None,
    on_file: OnFile,
) -> OwnIndex:
    """Indexes a folder; what an earlier run read of unchanged files is not read again.

    Args:
        folder: of the models. Where it is not there any more, it is looked for near its old place.
        out: made where it is missing.
        reader: reads the models.
        recognise: guesses class, front and scale of new pieces.
        encode: computes features; None leaves them out.
        on_file: see `OnFile`.

    Raises:
        InvalidInputError: the folder is not there, or holds nothing that can be used.
        InstructSceneError: the reader cannot be started, or the output cannot be written; a catalogue that was there is
            as before.
    """
    known = read_records(out)
    folder = _place_of(folder, known).resolve()
    found = find_models(folder)
    if out.resolve().is_relative_to(folder):
        raise InvalidInputError(f"{out} lies in the folder of the models", "Choose another folder for --out")
    check_folder(out)
    index = OwnIndex(len(found.models), folder=folder)
    with writing(out):
        (out / PIECES).mkdir(parents=True, exist_ok=True)
        source = _source(folder, out)
        with Records(out) as records:
            _Reading(index, folder, out, records).read(found.models, reader, on_file)
            present = {file: records.known[file] for file in found.models if file in records.known}
        index.missing = sorted(file for file in known.keys() - present.keys() - {old for old, _ in index.moved})
        write_records(out, present.values())
        judgements = _judged(present, out, recognise)
        write_review(out, judgements)
        library = Library(folder, source, present, judgements)
        _list_skipped(index, library, found.others, out)
        index.used = write_catalogue(library, out, encode)
        _clear(out, library)
    return index


def _place_of(folder: Path, known: Mapping[str, FileRecord]) -> Path:
    """The folder, or where it was moved to.

    Raises:
        InvalidInputError: it is nowhere.
    """
    if folder.is_dir():
        return folder
    moved = find_moved(folder.absolute(), [(record.file, record.stamp[0]) for record in known.values()])
    if moved is None:
        raise InvalidInputError(f"{folder} is not there", "Choose the folder again: it may have been moved or renamed")
    return moved


def _source(folder: Path, out: Path) -> str:
    """The first half of the ids, which stays when the folder moves; the file records where it is now."""
    path = out / LIBRARY_FILE
    source = read_library_file(out).get("source")
    if not isinstance(source, str):
        source = f"own-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]}"
    data = {"version": _VERSION, "source": source, "folder": str(folder)}
    path.write_text(json.dumps(data) + "\n", encoding="utf-8", errors="replace")
    return source


def read_library_file(out: Path) -> Mapping[str, Any]:
    """What ``library.json`` says: source and folder; empty where it is missing or damaged."""
    try:
        data: Any = json.loads((out / LIBRARY_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", data) if isinstance(data, dict) else {}


@dataclass
class _Reading:
    """The first step: a record of every file."""

    index: OwnIndex
    folder: Path
    out: Path
    records: Records
    _digests: dict[str, str] = field(default_factory=dict)

    def read(self, files: Sequence[str], reader: ModelReader, on_file: OnFile) -> None:
        """Reads the files that are new or changed."""
        by_digest: dict[str, FileRecord] = {}
        for record in self.records.known.values():
            by_digest.setdefault(record.digest, record)
        left: list[str] = []
        for number, file in enumerate(files):
            on_file(number - len(left), len(files))
            if self._unchanged(self.records.known.get(file)):
                continue
            digest = self._digests[file] = digest_of(self.folder / file)
            if not self._take_moved(file, by_digest.get(digest)):
                left.append(file)
        done = len(files) - len(left)
        answers = reader.read(self.folder, self.out / PIECES, left, lambda: on_file(done, len(files)))
        try:
            for file, answer in answers:
                self.records.keep(self._record(file, answer))
                self.index.reread += 1
                done += 1
        finally:
            answers.close()
        on_file(len(files), len(files))

    def _unchanged(self, record: FileRecord | None) -> bool:
        if record is None or is_passing(record.refused) or stamp_of(self.folder / record.file) != record.stamp:
            return False
        sides = all(stamp_of(self.folder / side) == stamp for side, stamp in record.sides.items())
        return sides and self._has_pieces(record)

    def _has_pieces(self, record: FileRecord) -> bool:
        places = (self.out / PIECES / f"{piece.stem}{suffix}" for piece in record.pieces for suffix in _SUFFIXES)
        return all(path.is_file() for path in places)

    def _take_moved(self, file: str, record: FileRecord | None) -> bool:
        """Whether a file is known from another place, where it no longer is."""
        stamp = stamp_of(self.folder / file)
        if record is None or stamp is None or (self.folder / record.file).exists() or is_passing(record.refused):
            return False
        old, new = PurePosixPath(record.file).parent, PurePosixPath(file).parent
        sides: dict[str, Stamp] = {}
        for side, before in record.sides.items():
            moved = os.path.normpath(new / os.path.relpath(side, old)).replace(os.sep, "/")
            if stamp_of(self.folder / moved) != before:
                return False
            sides[moved] = before
        if not self._has_pieces(record):
            return False
        self.records.keep(record.moved_to(file, stamp, sides))
        self.index.moved.append((record.file, file))
        return True

    def _record(self, file: str, answer: Answer) -> FileRecord:
        """The record of what the reader says; what it says is checked, since it has read untrusted files."""
        stamp = stamp_of(self.folder / file) or (0, 0)
        sides = {side: stamp_of(self.folder / side) or (0, 0) for side in answer.get("sides", ())}
        data = {
            "version": 1, "file": file, "stamp": stamp, "digest": self._digests[file], "sides": sides,
            "pieces": answer.get("pieces", ()), "skipped": answer.get("skipped", ()),
            "notes": answer.get("notes", ()), "refused": answer.get("refused", ""),
        }  # fmt: skip
        try:
            return FileRecord.from_json(data)
        except (KeyError, TypeError, ValueError):
            return FileRecord(file, stamp, self._digests[file], sides, refused="has a shape that cannot be measured")


def _judged(records: Mapping[str, FileRecord], out: Path, recognise: Recognise) -> dict[str, Judgement]:
    """The judgements of all pieces; those that have none yet, or whose file changed since, are guessed."""
    judgements = read_review(out)
    new: list[tuple[Piece, tuple[str, ...], Points]] = []
    digests: list[str] = []
    for record in records.values():
        words = PurePosixPath(record.file).parts[-2::-1]  # the nearest folder first
        for piece in record.pieces:
            if judgements.get(piece.stem, Judgement()).digest != record.digest:
                points = read_points(out / PIECES / f"{piece.stem}.npy")
                new.append((piece, (*piece.tags, *piece.hints, *words), points))
                digests.append(record.digest)
    found = recognise(new) if new else ()
    for (piece, _, _), guess, digest in zip(new, found, digests, strict=True):
        judgements[piece.stem] = judgements.get(piece.stem, Judgement()).guessed(guess, digest)
    return judgements


def _list_skipped(index: OwnIndex, library: Library, others: Sequence[str], out: Path) -> None:
    """Fills the lists of what was left out, and writes ``skipped.txt``."""
    index.skipped += review_failures(library)
    index.notes += [(file, note) for file, record in sorted(library.records.items()) for note in record.notes]
    index.skipped += [(file, "is of a format that is not read") for file in others]
    index.skipped += library.unused()
    rows = [*index.skipped, *index.notes, *((file, "is no longer there") for file in index.missing)]
    text = "".join(f"{' '.join(name.split())}\t{reason}\n" for name, reason in rows)
    (out / SKIPPED_FILE).write_text(text, encoding="utf-8", errors="replace")


def _clear(out: Path, library: Library) -> None:
    """Removes files of pieces that are no longer in the library, except those to which a .blend may be linked."""
    stems = {piece.stem for _, piece, _ in library.pieces()}
    for path in (out / PIECES).iterdir():
        if path.name.partition(".")[0] not in stems and not path.name.endswith(".linked.blend"):
            path.unlink(missing_ok=True)


def open_library(out: Path) -> Library:
    """The library of a catalogue's folder.

    Raises:
        InvalidInputError: it is no catalogue of a person's own models.
    """
    about = read_library_file(out)
    if not isinstance(about.get("source"), str):
        raise InvalidInputError(f"{out} is no catalogue of a folder of models", "Make one with: catalogue index FOLDER")
    folder = Path(str(about.get("folder", "")))
    return Library(folder, about["source"], read_records(out), read_review(out))


def review(out: Path, changes: Mapping[str, Mapping[str, str]], encode: Encoder | None) -> Library:
    """Sets what a person says of pieces, and writes the catalogue anew.

    Args:
        out: the catalogue's folder.
        changes: by a piece's id, stem, file or name: see :meth:`.own_review.Judgement.with_values`.
        encode: computes features; None leaves them out.

    Raises:
        InvalidInputError: a piece or a value is unknown; nothing was changed.
    """
    library = open_library(out)
    judgements = dict(library.judgements)
    for name, values in changes.items():
        stem = stem_of(name, library.records)
        judgements[stem] = judgements.get(stem, Judgement()).with_values(values)
    library = Library(library.folder, library.source, library.records, judgements)
    with writing(out):
        write_catalogue(library, out, encode)
        write_review(out, judgements)
    return library


def review_failures(library: Library) -> list[tuple[str, str]]:
    """(file or file and piece, reason) of what could not be read; pieces that are only not placed are review rows."""
    found: list[tuple[str, str]] = []
    for file, record in sorted(library.records.items()):
        found += [(file, record.refused)] if record.refused else []
        found += [(f"{file}: {name}", reason) for name, reason in record.skipped]
    return found


def review_rows(library: Library, out: Path) -> list[dict[str, Any]]:
    """The review list: a row a piece, what needs a look first.

    Args:
        library: see `open_library`.
        out: the catalogue's folder.

    Returns:
        Of each piece ``id, name, file, class, front, scale, tags, size`` (metres, as it is placed), ``confidence,
        front_confidence, scale_confidence, alternatives, checked, fault`` (why it is not placed; empty where it is)
        and ``thumbnails`` (four paths, of which the k-th shows it with front k).
    """
    faults = dict(library.unused())
    rows = [
        {
            "id": name,
            "name": piece.name,
            "file": record.file,
            "class": item.category,
            "front": item.front,
            "scale": item.scale,
            "tags": list(item.tags if "tags" in item.by_hand else piece.tags),
            "size": list(size_of(piece, item)),
            "confidence": item.confidence,
            "front_confidence": item.front_confidence,
            "scale_confidence": item.scale_confidence,
            "alternatives": list(item.alternatives),
            "checked": item.checked,
            "fault": faults.get(name, ""),
            "thumbnails": [str(out / PIECES / f"{piece.stem}.{quarter}.png") for quarter in range(4)],
        }
        for record, piece, item in library.pieces()
        for name in (f"{library.source}/{piece.stem}",)
    ]
    return sorted(rows, key=lambda row: (row["checked"], not row["fault"], row["confidence"]))
