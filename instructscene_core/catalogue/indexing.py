"""Makes a catalogue of a 3D-FUTURE folder: reads every model once, records what it read, writes all at the end.

In the output folder: ``catalogue.json``, ``features.safetensors`` (where models have features), ``skipped.txt`` and
``models.jsonl``, a line for each model that was read, with which an interrupted run, or a later one, goes on.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final, Self

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..files.atomic_output import check_folder, stage_in, writing
from ..model_files import texture_of
from ..plain_text import read_text
from ..vocabulary import EXTRAS, counted, hangs
from .entries import CATALOGUE_FILE, CATALOGUE_VERSION, FEATURES_FILE, Catalogue, Feature
from .future_classes import nearest_classes
from .future_models import MESH_FILE, Geometry, ModelInfo, read_feature, read_geometry, read_info

SOURCE: Final = "3d-future"
"""First half of the ids: ``3d-future/<model_id>``."""
SKIPPED_FILE: Final = "skipped.txt"
RECORDS_FILE: Final = "models.jsonl"

OnModel = Callable[[int, int], None]
"""(models done, models in all): called before every model and at the end; an exception ends the work."""
Coder = Callable[[Feature], npt.NDArray[np.int64]]
"""Features (m, F) -> their codes (m, 4)."""


@dataclass
class Index:
    """The models of a folder, sorted into usable and skipped ones.

    Args:
        folder: that holds them.
        models: the usable ones, in the order of the entries.
        skipped: (id, category, reason) of broken models.
        foreign: likewise, of models of a category that no room has.
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


def index_models(folder: Path, out: Path, on_model: OnModel, coder: Coder | None = None) -> Index:
    """Indexes a folder.

    Args:
        folder: in the layout of 3D-FUTURE-model.
        out: made where it is missing; what an earlier run read of unchanged files is not read again.
        on_model: called before every model and at the end; an exception that it raises ends the work, which a later
            run goes on with.
        coder: computes the codes of features; None leaves codes out.

    Raises:
        InvalidInputError: the folder holds no models, or none that can be used.
        InstructSceneError: the output cannot be written; a catalogue that was there is as before.
    """
    infos, refused = read_info(folder)
    check_folder(out)
    index = Index(folder.resolve(), skipped=refused)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        with _Records(out / RECORDS_FILE) as records:
            for number, info in enumerate(infos):
                on_model(number, len(infos))
                _take(index, info, records)
        on_model(len(infos), len(infos))
        if not index.models:
            name, _, reason = (*index.skipped, *index.foreign)[0]
            raise InvalidInputError(f"{folder} holds no model that can be used ({name}: {reason})", "Choose another")
        _write(index, out, coder)
    return index


def _take(index: Index, info: ModelInfo, records: "_Records") -> None:
    """Adds a model to the index, or to what is skipped."""
    info = info if info.rooms else replace(info, rooms=nearest_classes(info.category))
    if not info.rooms:
        index.foreign.append((info.id, info.category, "no room has this category"))
        return
    folder = index.folder / info.id
    stamp = _stamp(folder)
    found = records.recall(info.id, stamp)
    if found is None:
        index.reread += 1
        try:
            found = read_geometry(folder)
        except InvalidInputError as error:
            found = error.message
        records.keep(info.id, stamp, found)
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
    """Size and modification time of a model's files, by which a change is noticed; [] for a missing one."""
    stamp: list[list[int]] = []
    for path in (folder / MESH_FILE, texture_of(folder)):
        try:
            state = path.stat()
        except OSError:
            stamp.append([])
        else:
            stamp.append([state.st_size, state.st_mtime_ns])
    return stamp


class _Records:
    """The file of what was read of each model, written line by line while the work goes on.

    Args:
        path: JSON lines; an unfinished last line is ignored, and so are lines of another version.
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
        """The record of a model whose files are unchanged: its geometry, or why it cannot be used; None without."""
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
        """Records the geometry of a model, or why it cannot be used."""
        what = {"reason": found} if isinstance(found, str) else {"size": found.size, "parts": found.parts}
        if self._file is not None:
            self._file.write(json.dumps({"version": self._version, "id": name, "stamp": stamp, **what}) + "\n")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines; other lines are ignored."""
    if not path.exists():
        return
    for line in read_text(path, replace=True).split("\n"):
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
            "rooms": None if frozenset(EXTRAS).issuperset(info.rooms.values()) else dict(info.rooms),
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
    with stage_in(out) as stage:
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
    from safetensors.numpy import save  # noqa: PLC0415 - without features the package is not needed

    rows = [row for row, (info, _) in enumerate(index.models) if info.id in index.features]
    features = np.stack([index.features[index.models[row][0].id] for row in rows])
    tensors: dict[str, npt.NDArray[Any]] = {"features": features, "rows": np.array(rows, dtype=np.int64)}
    if coder is not None:
        tensors["codes"] = coder(features)
    path.write_bytes(save(tensors))  # which tells of a full disk as all other files do


def summary(index: Index, out: Path) -> str:
    """One line on what was done."""
    counts = ((len(index.skipped), "broken"), (len(index.foreign), "of categories that no room has"))
    skipped = " and ".join(f"{count} {what}" for count, what in counts if count)
    skipped_part = f", skipped {skipped} (see {out / SKIPPED_FILE})" if skipped else ""
    models = f"{counted(len(index.models), 'model')} indexed, {len(index.features)} with features"
    return f"{models}{skipped_part}: {out / CATALOGUE_FILE}"


def listed(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Skipped models as lines for a person."""
    return [f"{name} ({category or 'no category'}): {reason}" for name, category, reason in rows]
