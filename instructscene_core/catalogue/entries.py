"""Catalogue entries: meshes from which generated objects are retrieved, with class, size, feature and solid parts."""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, cast, get_args

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..geometry.solids import WHOLE, Mount, Part, Shape
from ..model_files import is_folder_name
from ..plain_text import read_text
from ..scene import SceneObject, Vector3
from ..vocabulary import CATEGORIES, CLASSES, N_CODES, N_FEATURE_TOKENS, ROOM_TYPES, RoomType, hangs

Ranking = Literal["balanced", "look"]
"""How retrieval weighs a piece's look against its size, see `retrieval.choose`."""
Feature = npt.NDArray[np.float32]

CATALOGUE_VERSION: Final = 1
CATALOGUE_FILE: Final = "catalogue.json"
FEATURES_FILE: Final = "features.safetensors"
STRETCH: Final = 0.25
"""How far an axis of a mesh may be stretched or shrunk before it is fitted uniformly instead; some bear more."""
STARTER: Final = Path(__file__).resolve().parent.parent / "starter"
_WORD: Final = re.compile(r"[^\W\d_]+")
_REMEDY: Final = "Rebuild the catalogue, or reinstall the extension"
_MOVED: Final = "Choose where it is now, index the furniture again, or reinstall the extension where it is its own"
_LARGEST: Final = 256 << 20
"""Bytes of a catalogue."""
_REINDEX: Final = "Index the models again, or choose another catalogue"
_KNOWN: Final = (
    "id", "category", "rooms", "size", "caption", "style", "palette", "tags", "mount", "shape", "parts", "stretch",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class CatalogueEntry:
    """A mesh that can be placed.

    Args:
        id: source and name, ``starter/nightstand_03``.
        category: class name.
        size: full extents (width, depth, height) of the mesh, metres, facing −Y.
        caption: what it is, in words.
        mount: whether it stands on the floor or hangs from the ceiling.
        parts: its solid pieces, boxes (cx, cy, cz, w, d, h) as fractions of the size, centre in [−0.5, 0.5].
        feature: (F,) of length 1, in the feature space of the model that generates; None where unknown.
        codes: the quantised feature; None where unknown.
        rooms: its class in each type of room that it suits; None where that is ``category`` in all of them.
        tags: lower-case words for the style, the colours and the materials that it visibly has.
        stretch: how far an axis may be stretched or shrunk, where it bears more than the catalogue's limit.
        picture: file with a picture of it from its front; None where none was made.
    """

    id: str
    category: str
    size: Vector3
    caption: str = ""
    mount: Mount = "floor"
    parts: tuple[Part, ...] = (WHOLE,)
    feature: Feature | None = None
    codes: tuple[int, ...] | None = None
    rooms: Mapping[RoomType, str] | None = None
    tags: tuple[str, ...] = ()
    stretch: float = 0.0
    picture: Path | None = None

    def class_in(self, room_type: RoomType) -> str | None:
        """Its class in a type of room; None where it does not belong there."""
        return self.category if self.rooms is None else self.rooms.get(room_type)


class Catalogue:
    """The entries, by id and by class.

    Args:
        entries: in the order of their features.
        ranking: how retrieval chooses among the entries of a class.
        stretch: how far an axis of a mesh may be stretched or shrunk before it is fitted uniformly instead; officially
            infinitely.
        spare: has what these lack; None: that is left out.
        known: entries that are found by their id alone, and never retrieved.

    Raises:
        InvalidInputError: two entries share an id.
    """

    def __init__(
        self,
        entries: Iterable[CatalogueEntry],
        ranking: Ranking = "balanced",
        stretch: float = STRETCH,
        spare: "Catalogue | None" = None,
        known: Iterable[CatalogueEntry] = (),
    ) -> None:
        self.entries: Final = tuple(entries)
        self.ranking: Final = ranking
        self.stretch: Final = stretch
        self.spare: Final = spare
        self._by_id = {entry.id: entry for entry in self.entries}
        self._known = {entry.id: entry for entry in known}
        self._by_class: dict[tuple[RoomType | None, str], list[CatalogueEntry]] = {}
        for entry in self.entries:
            keys: dict[tuple[RoomType | None, str], None] = {}
            for room in ROOM_TYPES:
                if (name := entry.class_in(room)) is not None:
                    keys |= {(room, name): None, (None, name): None}
            for key in keys:
                self._by_class.setdefault(key, []).append(entry)
        self._looks: dict[tuple[RoomType | None, str, int], tuple[list[int], Feature]] = {}
        if len(self._by_id) != len(self.entries):
            raise InvalidInputError("The catalogue holds an id twice", _REMEDY)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words by which captions and tags describe the entries."""
        texts = (f"{entry.caption} {' '.join(entry.tags)}".lower() for entry in self.entries)
        own = frozenset(word for text in texts for word in _WORD.findall(text))
        return own if self.spare is None else own | self.spare.vocabulary

    @property
    def classes(self) -> frozenset[str]:
        """The classes that have an entry in some type of room."""
        own = frozenset(name for _, name in self._by_class)
        return own if self.spare is None else own | self.spare.classes

    def get(self, name: str | None) -> CatalogueEntry | None:
        """The entry of an id; None where there is none."""
        if name is None:
            return None
        return self._by_id.get(name) or self._known.get(name) or (None if self.spare is None else self.spare.get(name))

    def knowing(self, entries: Iterable[CatalogueEntry]) -> "Catalogue":
        """The same, which also knows some entries by their ids."""
        known = {**self._known, **{entry.id: entry for entry in entries}}
        return Catalogue(self.entries, self.ranking, self.stretch, self.spare, known.values())

    def is_spare(self, name: str | None) -> bool:
        """Whether an id is of an entry that stands in for what the catalogue lacks."""
        return name not in self._by_id and self.spare is not None and self.spare.get(name) is not None

    def lacks(self, category: str, room_type: RoomType) -> bool:
        """Whether neither the catalogue nor its spare has a class in a type of room."""
        return not self.of_class(category, room_type)

    def holder(self, category: str, room_type: RoomType | None = None) -> "Catalogue":
        """The catalogue that has a class in a type of room, or in any: this one, or, where it lacks it, its spare."""
        if self.spare is None or (room_type, category) in self._by_class:
            return self
        return self.spare.holder(category, room_type)

    def shape_of(self, asset: str | None) -> Shape:
        """Mount and solid parts of an entry's mesh; see :class:`.geometry.solids.Shapes`."""
        entry = self.get(asset)
        return Shape() if entry is None else Shape(entry.mount, entry.parts)

    def hangs(self, item: SceneObject) -> bool:
        """Whether an object hangs from the ceiling: as its mesh does, else as its class does."""
        entry = self.get(item.asset)
        return hangs(item.category or "") if entry is None else entry.mount == "ceiling"

    def of_class(self, category: str, room_type: RoomType | None = None) -> Sequence[CatalogueEntry]:
        """The entries of a class in a type of room, or in any, in catalogue order; of the spare, where it has none."""
        found = self._by_class.get((room_type, category), ())
        return found if found or self.spare is None else self.spare.of_class(category, room_type)

    def looks(self, category: str, room_type: RoomType | None, width: int) -> tuple[list[int], Feature]:
        """The entries of a class with a feature of this width: numbers in `of_class`, and the features (m, width)."""
        key = (room_type, category, width)
        if key not in self._looks:
            features = [entry.feature for entry in self.of_class(category, room_type)]
            rows = [i for i, feature in enumerate(features) if feature is not None and feature.shape == (width,)]
            table = np.array([features[i] for i in rows], dtype=np.float32).reshape(-1, width)
            self._looks[key] = rows, table
        return self._looks[key]

    @staticmethod
    def load(path: Path, features: Path | None = None) -> "Catalogue":
        """Reads a catalogue file.

        Args:
            path: ``catalogue.json``.
            features: safetensors with ``features`` (m, F), ``codes`` (m, 4) and ``rows`` (m,): the numbers of their
                entries. Without ``rows`` they are of all entries in their order; ``codes`` may be absent where there
                are ``rows``. None: no features.

        Raises:
            InvalidInputError: a file cannot be read, is malformed, or the two do not fit together.
        """
        data = _read_catalogue(path)
        entries = [_entry(row, f"{path.name}, entry {i}") for i, row in enumerate(data["entries"])]
        entries = _with_pictures(entries, data, path.parent)
        if features is not None:
            table = _read_features(features)
            if not table.fits(len(entries)):
                message = f"{features.name} has features for {table.reach} entries, {path.name} has {len(entries)}"
                raise InvalidInputError(message, _REINDEX)
            for i, row in enumerate(table.rows):
                codes = None if table.codes is None else tuple(int(code) for code in table.codes[i])
                entries[row] = replace(entries[row], feature=table.features[i], codes=codes)
        return Catalogue(entries, data.get("ranking", "balanced"))

    @staticmethod
    def open(path: Path) -> "Catalogue":
        """Reads a catalogue with its features, from its folder or its file.

        Raises:
            InvalidInputError: as `load`.
        """
        path = path / CATALOGUE_FILE if path.is_dir() else path
        features = path.with_name(FEATURES_FILE)
        return Catalogue.load(path, features if features.exists() else None)

    @staticmethod
    def starter() -> "Catalogue":
        """The embedded catalogue.

        Raises:
            InvalidInputError: its files are missing or damaged.
        """
        return Catalogue.open(STARTER)


def _read_catalogue(path: Path) -> Mapping[str, Any]:
    """The file's object, whose version, list of entries and ranking are as they should be."""
    if not path.is_file():
        raise InvalidInputError(f"There is no catalogue {path}", _MOVED)
    try:
        data: Any = json.loads(read_text(path, _LARGEST))
    except InvalidInputError as error:
        raise InvalidInputError(error.message, _REMEDY) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInputError(f"The catalogue {path} is damaged: {error}", _REMEDY) from error
    if not isinstance(data, dict) or cast("Mapping[str, Any]", data).get("version") != CATALOGUE_VERSION:
        raise InvalidInputError(f"{path.name} is no catalogue of version {CATALOGUE_VERSION}", _REMEDY)
    item = cast("Mapping[str, Any]", data)
    if not isinstance(item.get("entries"), list) or not item["entries"]:
        raise InvalidInputError(f"{path.name} holds no entries", _REMEDY)
    if item.get("ranking", "balanced") not in get_args(Ranking):
        raise InvalidInputError(f"{path.name}: ranking must be one of {', '.join(get_args(Ranking))}", _REMEDY)
    return item


def _with_pictures(entries: list[CatalogueEntry], data: Mapping[str, Any], folder: Path) -> list[CatalogueEntry]:
    """Entries with the pictures that were made while a person's own models were indexed."""
    pieces, sources = data.get("pieces"), data.get("sources")
    if not isinstance(pieces, dict) or not isinstance(sources, dict):
        return entries
    stands, places = cast("Mapping[str, Any]", pieces), cast("Mapping[str, Any]", sources)
    found: list[CatalogueEntry] = []
    for entry in entries:
        source, _, stem = entry.id.partition("/")
        stance = stands.get(stem)
        front = cast("Mapping[str, Any]", stance).get("front") if isinstance(stance, dict) else None
        known = isinstance(places.get(source), str) and is_folder_name(stem) and front in range(4)
        found.append(replace(entry, picture=folder / places[source] / f"{stem}.{front}.png") if known else entry)
    return found


def _entry(row: object, where: str) -> CatalogueEntry:
    if not isinstance(row, dict):
        raise InvalidInputError(f"{where} must be a JSON object", _REMEDY)
    item = cast("Mapping[str, Any]", row)
    unknown = [key for key in item if key not in _KNOWN]
    if unknown:
        raise InvalidInputError(f'{where}: unknown key "{unknown[0]}"', _REMEDY)
    name, category, mount = item.get("id"), item.get("category"), item.get("mount", "floor")
    if not isinstance(name, str) or not name or category not in CATEGORIES or mount not in ("floor", "ceiling"):
        raise InvalidInputError(f"{where}: id, category or mount is missing or unknown", _REMEDY)
    width, depth, height = _numbers(item.get("size"), 3, f"{where}.size")
    parts = item.get("parts") or [list(WHOLE)]
    if min(width, depth, height) <= 0 or not isinstance(parts, list):
        raise InvalidInputError(f"{where}: sizes must be positive, parts a list", _REMEDY)
    return CatalogueEntry(
        id=name,
        category=str(category),
        size=(width, depth, height),
        caption=str(item.get("caption", "")),
        mount=mount,
        parts=tuple(_part(p, f"{where}.parts[{i}]") for i, p in enumerate(cast("list[Any]", parts))),
        rooms=None if item.get("rooms") is None else _rooms(item["rooms"], f"{where}.rooms"),
        tags=_tags(item.get("tags"), f"{where}.tags"),
        stretch=_stretch(item.get("stretch", 0.0), f"{where}.stretch"),
    )


def _stretch(data: object, where: str) -> float:
    (share,) = _numbers([data], 1, where)
    if share < 0:
        raise InvalidInputError(f"{where} must not be negative", _REMEDY)
    return share


def _tags(data: object, where: str) -> tuple[str, ...]:
    words: list[Any] = cast("list[Any]", data) if isinstance(data, list) else []
    if (data is not None and not isinstance(data, list)) or not all(isinstance(word, str) for word in words):
        raise InvalidInputError(f"{where} must be a list of words", _REMEDY)
    return tuple(words)


def _rooms(data: object, where: str) -> dict[RoomType, str]:
    rooms = cast("Mapping[Any, Any]", data) if isinstance(data, dict) else {}
    found: dict[RoomType, str] = {room: rooms[room] for room in ROOM_TYPES if rooms.get(room) in CLASSES[room]}
    if not found or len(found) != len(rooms):
        raise InvalidInputError(f"{where} must give a class that it knows to some types of room", _REMEDY)
    return found


def _part(data: object, where: str) -> Part:
    cx, cy, cz, width, depth, height = _numbers(data, 6, where)
    if min(width, depth, height) <= 0:
        raise InvalidInputError(f"{where}: extents must be positive", _REMEDY)
    return cx, cy, cz, width, depth, height


def _numbers(data: object, count: int, where: str) -> list[float]:
    values: Sequence[Any] = cast("Sequence[Any]", data) if isinstance(data, list) else ()
    good = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)]
    if len(good) != count or len(values) != count:
        raise InvalidInputError(f"{where} must hold {count} finite numbers", _REMEDY)
    return [float(v) for v in good]


class _Features(NamedTuple):
    """(m, F) features of unit length of the entries in ``rows`` (m,), and their codes (m, 4) where known."""

    features: Feature
    rows: Sequence[int]
    codes: npt.NDArray[np.int64] | None
    for_all: bool

    @property
    def reach(self) -> int:
        """The number of entries that the rows require at least."""
        return max(self.rows, default=-1) + 1

    def fits(self, count: int) -> bool:
        """Whether they fit a catalogue of so many entries."""
        return self.reach == count if self.for_all else self.reach <= count


def _read_features(path: Path) -> _Features:
    from safetensors import SafetensorError  # noqa: PLC0415 - keeps the catalogue readable without the package
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InvalidInputError(f"The features {path} are damaged: {error}", _REMEDY) from error
    if not {"features"} < set(tensors) <= {"features", "rows", "codes"} or tensors["features"].ndim != 2:
        raise InvalidInputError(f"{path.name} must hold features, and codes or rows", _REMEDY)
    features = tensors["features"].astype(np.float32)
    codes, rows = tensors.get("codes"), tensors.get("rows", np.arange(len(features)))
    bad_codes = codes is not None and (codes.shape != (len(features), N_FEATURE_TOKENS) or not _within(codes, N_CODES))
    if not np.isfinite(features).all() or bad_codes or rows.shape != (len(features),) or not _within(rows, 2**31):
        raise InvalidInputError(f"{path.name} holds features, codes or rows out of range", _REMEDY)
    length = np.linalg.norm(features, axis=1, keepdims=True)
    whole = None if codes is None else codes.astype(np.int64)
    return _Features(features / np.maximum(length, 1e-12), rows.tolist(), whole, "rows" not in tensors)


def _within(values: npt.NDArray[Any], limit: int) -> bool:
    """Whether all are whole numbers from 0 up to a limit."""
    return values.dtype.kind in "iu" and (values.size == 0 or (values.min() >= 0 and values.max() < limit))
