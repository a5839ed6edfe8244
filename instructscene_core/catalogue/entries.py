"""Catalogue entries: meshes that can stand for a generated object, known by class, size, feature and solid parts."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..scene import Vector3
from ..vocabulary import ALL_CLASSES, N_CODES, N_FEATURE_TOKENS

Part = tuple[float, float, float, float, float, float]
Mount = Literal["floor", "ceiling"]
Feature = npt.NDArray[np.float32]

CATALOGUE_VERSION: Final = 1
WHOLE: Final[Part] = (0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
STARTER: Final = Path(__file__).resolve().parent.parent / "starter"
_REMEDY: Final = "Rebuild the catalogue, or reinstall the extension"
_KNOWN: Final = ("id", "category", "size", "caption", "style", "palette", "mount", "shape", "parts")


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
    """

    id: str
    category: str
    size: Vector3
    caption: str = ""
    mount: Mount = "floor"
    parts: tuple[Part, ...] = (WHOLE,)
    feature: Feature | None = None
    codes: tuple[int, ...] | None = None


class Catalogue:
    """The entries, by id and by class.

    Args:
        entries: in the order of their features.

    Raises:
        InvalidInputError: two entries share an id.
    """

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        self.entries: Final = tuple(entries)
        self._by_id = {entry.id: entry for entry in self.entries}
        self._by_class: dict[str, tuple[CatalogueEntry, ...]] = {}
        for entry in self.entries:
            self._by_class[entry.category] = (*self._by_class.get(entry.category, ()), entry)
        if len(self._by_id) != len(self.entries):
            raise InvalidInputError("The catalogue holds an id twice", _REMEDY)

    def get(self, name: str | None) -> CatalogueEntry | None:
        """The entry of an id; None where there is none."""
        return None if name is None else self._by_id.get(name)

    def of_class(self, category: str) -> tuple[CatalogueEntry, ...]:
        """The entries of a class, in catalogue order."""
        return self._by_class.get(category, ())

    @staticmethod
    def load(path: Path, features: Path | None = None) -> "Catalogue":
        """Reads a catalogue file.

        Args:
            path: ``catalogue.json``.
            features: safetensors with ``features`` (n, F) and ``codes`` (n, 4) in catalogue order; None for none.

        Raises:
            InvalidInputError: a file cannot be read, is malformed, or the two do not fit together.
        """
        entries = _read_entries(path)
        if features is None:
            return Catalogue(entries)
        table, codes = _read_features(features)
        if len(table) != len(entries) or codes.shape != (len(entries), N_FEATURE_TOKENS):
            message = f"{features.name} has features for {len(table)} entries, {path.name} has {len(entries)}"
            raise InvalidInputError(message, _REMEDY)
        return Catalogue(
            replace(entry, feature=feature, codes=tuple(int(c) for c in row))
            for entry, feature, row in zip(entries, table, codes, strict=True)
        )

    @staticmethod
    def starter() -> "Catalogue":
        """The embedded catalogue.

        Raises:
            InvalidInputError: its files are missing or damaged.
        """
        features = STARTER / "features.safetensors"
        return Catalogue.load(STARTER / "catalogue.json", features if features.exists() else None)


def _read_entries(path: Path) -> list[CatalogueEntry]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InvalidInputError(f"Cannot read the catalogue {path.name}: {error}", _REMEDY) from error
    if not isinstance(data, dict) or cast("Mapping[str, Any]", data).get("version") != CATALOGUE_VERSION:
        raise InvalidInputError(f"{path.name} is no catalogue of version {CATALOGUE_VERSION}", _REMEDY)
    rows = cast("Mapping[str, Any]", data).get("entries")
    if not isinstance(rows, list) or not rows:
        raise InvalidInputError(f"{path.name} holds no entries", _REMEDY)
    return [_entry(row, f"{path.name}, entry {i}") for i, row in enumerate(cast("list[Any]", rows))]


def _entry(row: object, where: str) -> CatalogueEntry:
    if not isinstance(row, dict):
        raise InvalidInputError(f"{where} must be a JSON object", _REMEDY)
    item = cast("Mapping[str, Any]", row)
    unknown = [key for key in item if key not in _KNOWN]
    if unknown:
        raise InvalidInputError(f'{where}: unknown key "{unknown[0]}"', _REMEDY)
    name, category, mount = item.get("id"), item.get("category"), item.get("mount", "floor")
    if not isinstance(name, str) or not name or category not in ALL_CLASSES or mount not in ("floor", "ceiling"):
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
    )


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


def _read_features(path: Path) -> tuple[Feature, npt.NDArray[np.int64]]:
    from safetensors import SafetensorError  # noqa: PLC0415 - keeps the catalogue readable without the package
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InvalidInputError(f"Cannot read the features {path.name}: {error}", _REMEDY) from error
    if set(tensors) != {"features", "codes"} or tensors["features"].ndim != 2:
        raise InvalidInputError(f"{path.name} must hold features and codes", _REMEDY)
    features = tensors["features"].astype(np.float32)
    codes = tensors["codes"].astype(np.int64)
    if not np.isfinite(features).all() or codes.min() < 0 or codes.max() >= N_CODES:
        raise InvalidInputError(f"{path.name} holds features or codes out of range", _REMEDY)
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.maximum(length, 1e-12), codes
