"""Makes a catalogue of a 3D-FUTURE folder: reads every model once, remembers what it read, writes all at the end.

In the output folder: ``catalogue.json``, ``features.safetensors`` (where models have features), ``skipped.txt`` and
``models.jsonl``, the memory: one line a model that was read, by which an interrupted run, or a later one, goes on.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..files.atomic_output import check_folder, writing
from ..vocabulary import hangs
from .entries import CATALOGUE_FILE, CATALOGUE_VERSION, FEATURES_FILE, Catalogue, Feature
from .future_models import MESH_FILE, TEXTURE_FILE, Geometry, ModelInfo, read_feature, read_geometry, read_info

SOURCE: Final = "3d-future"
"""First half of the ids: ``3d-future/<model_id>``."""
SKIPPED_FILE: Final = "skipped.txt"
MEMORY_FILE: Final = "models.jsonl"

Told = Callable[[int, int], None]
Coder = Callable[[Feature], npt.NDArray[np.int64]]
"""Features (m, F) to their codes (m, 4)."""


@dataclass
class Index:
    """What became of the models of a folder.

    Args:
        folder: theirs.
        models: those that can be placed.
        skipped: (id, category, reason) of those that are broken.
        foreign: likewise, of those of a category that no room has.
        warned: likewise, of models whose feature had to be left out.
        features: by id, all of the same length.
        reread: models whose files were read in this run.
    """

    folder: Path
    models: list[tuple[ModelInfo, Geometry]] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)
    foreign: list[tuple[str, str, str]] = field(default_factory=list)
    warned: list[tuple[str, str, str]] = field(default_factory=list)
    features: dict[str, Feature] = field(default_factory=dict)
    reread: int = 0


def index_models(folder: Path, out: Path, told: Told, coder: Coder | None = None) -> Index:
    """Indexes a folder.

    Args:
        folder: in the layout of 3D-FUTURE-model.
        out: made where it is missing; what an earlier run read of unchanged files is not read again.
        told: how many models are done, and of how many; what it raises ends the work, which can be gone on with.
        coder: gives the features codes; None leaves them out.

    Raises:
        InvalidInputError: the folder holds no models, or none that can be used.
        InstructSceneError: the output cannot be written; a catalogue that was there is as before.
    """
    infos = read_info(folder)
    check_folder(out)
    index = Index(folder.resolve())
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        with _Memory(out / MEMORY_FILE) as memory:
            for number, info in enumerate(infos):
                told(number, len(infos))
                _take(index, info, memory)
        told(len(infos), len(infos))
        if not index.models:
            name, _, reason = (*index.skipped, *index.foreign)[0]
            raise InvalidInputError(f"{folder} holds no model that can be used ({name}: {reason})", "Choose another")
        _write(index, out, coder)
    return index


def _take(index: Index, info: ModelInfo, memory: "_Memory") -> None:
    """Adds a model to the index, or to what is skipped."""
    if not info.rooms:
        index.foreign.append((info.id, info.category, "no room has this category"))
        return
    folder = index.folder / info.id
    stamp = _stamp(folder)
    found = memory.recall(info.id, stamp)
    if found is None:
        index.reread += 1
        try:
            found = read_geometry(folder)
        except InvalidInputError as error:
            found = error.message
        memory.keep(info.id, stamp, found)
    if isinstance(found, str):
        index.skipped.append((info.id, info.category, found))
        return
    index.models.append((info, found))
    _take_feature(index, info, folder)


def _take_feature(index: Index, info: ModelInfo, folder: Path) -> None:
    try:
        feature = read_feature(folder)
    except InvalidInputError as error:
        index.warned.append((info.id, info.category, f"{error.message}; indexed without feature"))
        return
    width = len(next(iter(index.features.values()), feature if feature is not None else ()))
    if feature is not None and len(feature) == width:
        index.features[info.id] = feature
    elif feature is not None:
        reason = f"its feature has {len(feature)} numbers, not {width}; indexed without feature"
        index.warned.append((info.id, info.category, reason))


def _stamp(folder: Path) -> list[list[int]]:
    """Size and time of the files that are read of a model; nothing of those that are missing."""
    stamp: list[list[int]] = []
    for name in (MESH_FILE, TEXTURE_FILE):
        try:
            state = (folder / name).stat()
        except OSError:
            stamp.append([])
        else:
            stamp.append([state.st_size, state.st_mtime_ns])
    return stamp


class _Memory:
    """What was read of models, on the disk soon after it was read.

    Args:
        path: JSON lines; a last line that was not finished is forgotten, as is all of another version.
    """

    _version: Final = 1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {row["id"]: row for row in _rows(path) if row.get("version") == self._version and "id" in row}
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        unfinished = self._path.exists() and not (self._path.read_bytes() or b"\n").endswith(b"\n")
        self._file = self._path.open("a", encoding="utf-8", buffering=1)  # each line is there as soon as it is written
        if unfinished:
            self._file.write("\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def recall(self, name: str, stamp: list[list[int]]) -> Geometry | str | None:
        """What was read of a model whose files are still the same: its geometry, or why it cannot be used."""
        row = self._known.get(name)
        if row is None or row.get("stamp") != stamp:
            return None
        try:
            if "reason" in row:
                return str(row["reason"])
            (w, d, h), parts = row["size"], [(x, y, z, a, b, c) for x, y, z, a, b, c in row["parts"]]
        except (KeyError, TypeError, ValueError):
            return None
        return Geometry((w, d, h), tuple(parts))

    def keep(self, name: str, stamp: list[list[int]], found: Geometry | str) -> None:
        """Remembers what was read."""
        what = {"reason": found} if isinstance(found, str) else {"size": found.size, "parts": found.parts}
        if self._file is not None:
            self._file.write(json.dumps({"version": self._version, "id": name, "stamp": stamp, **what}) + "\n")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, without those that are none."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def catalogue_json(index: Index) -> str:
    """The catalogue file, one entry a line."""
    entries: list[Mapping[str, Any]] = [
        {
            "id": f"{SOURCE}/{info.id}",
            "category": next(iter(info.rooms.values())),
            "rooms": dict(info.rooms),
            "size": geometry.size,
            "caption": info.caption,
            "style": info.style,
            "mount": "ceiling" if any(hangs(name) for name in info.rooms.values()) else "floor",
            "parts": geometry.parts,
        }
        for info, geometry in index.models
    ]
    head = json.dumps({"version": CATALOGUE_VERSION, "ranking": "look", "sources": {SOURCE: str(index.folder)}})
    rows = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f'{head[:-1]}, "entries": [\n{rows}\n]}}\n'


def _write(index: Index, out: Path, coder: Coder | None) -> None:
    """All files, each complete before the first takes its place.

    Whenever it is cut off, the catalogue that is there has its own features or none, never those of another.
    """
    with tempfile.TemporaryDirectory(prefix=".index-", dir=out) as name:
        stage = Path(name)
        (stage / CATALOGUE_FILE).write_text(catalogue_json(index), encoding="utf-8")
        lines = ["\t".join(row) for row in (*index.skipped, *index.warned, *index.foreign)]
        (stage / SKIPPED_FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        if index.features:
            _write_features(index, stage / FEATURES_FILE, coder)
        Catalogue.open(stage)  # nothing takes a good catalogue's place that cannot be read
        (out / FEATURES_FILE).unlink(missing_ok=True)
        for path in sorted(stage.iterdir()):  # the catalogue itself comes first
            path.replace(out / path.name)


def _write_features(index: Index, path: Path, coder: Coder | None) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415 - without features the package is not needed

    rows = [row for row, (info, _) in enumerate(index.models) if info.id in index.features]
    features = np.stack([index.features[index.models[row][0].id] for row in rows])
    tensors: dict[str, npt.NDArray[Any]] = {"features": features, "rows": np.array(rows, dtype=np.int64)}
    if coder is not None:
        tensors["codes"] = coder(features)
    save_file(tensors, path)


def summary(index: Index, out: Path) -> str:
    """One line on what was done."""
    counts = ((len(index.skipped), "broken"), (len(index.foreign), "of categories that no room has"))
    skipped = " and ".join(f"{count} {what}" for count, what in counts if count)
    told = f", skipped {skipped} (see {out / SKIPPED_FILE})" if skipped else ""
    return f"{len(index.models)} models indexed, {len(index.features)} with features{told}: {out / CATALOGUE_FILE}"


def listed(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Skipped models as a person reads them."""
    return [f"{name} ({category or 'no category'}): {reason}" for name, category, reason in rows]
