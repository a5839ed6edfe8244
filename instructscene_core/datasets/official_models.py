"""The official data set's furniture, for retrieval (docs/official-behaviour.md, Furniture library)."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from ..catalogue.entries import Catalogue, CatalogueEntry
from ..catalogue.future_models import FEATURE_FILE
from ..errors import InvalidInputError
from ..files.arrays import read_array
from ..files.pickles import Record, read_pickle
from ..model_files import is_folder_name
from ..vocabulary import CLASSES, RoomType, hangs
from .official import FEATURE_WIDTH, Room, read_rooms, split_names

Feature = npt.NDArray[np.float32]
Half = tuple[float, float, float]

_RECORDS: Final[Mapping[tuple[str, str], type[Record]]] = {
    ("src.data.threed_future_dataset", "ThreedFutureDataset"): Record,
    **{("src.data.threed_front_scene", name): Record for name in ("ThreedFutureModel", "Asset", "Room")},
}
_REMEDY: Final = "Copy the data set again"


@dataclass(frozen=True, eq=False)
class FutureModel:
    """A piece of furniture.

    Args:
        jid: its name in 3D-FUTURE.
        label: its class in the type of room.
        half: half extents (x, y, z) in the tensor frame, metres, with the scale of the last room that it stands in.
        feature: (1280,); None where unknown.
    """

    jid: str
    label: str
    half: Half
    feature: Feature | None


@dataclass
class _Rooms:
    """Half extents and features of models from the room folders, which are read when first needed."""

    read: Callable[[], Sequence[Room]]
    _found: dict[str, tuple[Half, Feature | None]] | None = field(default=None, init=False)

    def get(self, jid: str) -> tuple[Half | None, Feature | None]:
        """Half extents and feature of a model in the last room that it stands in; None where unknown."""
        if self._found is None:
            self._found = {name: (half, feature) for name, half, feature in _pieces(self.read())}
        return self._found.get(jid, (None, None))


def _pieces(rooms: Sequence[Room]) -> Iterator[tuple[str, Half, Feature | None]]:
    for room in rooms:
        for slot, jid in enumerate(room.jids or ()):
            x, y, z = room.boxes[slot, 3:6].tolist()
            yield jid, (x, y, z), None if room.features is None else room.features[slot]


def _all_rooms(folder: Path, room_type: RoomType) -> list[Room]:
    names = [*split_names(folder, room_type, "train"), *split_names(folder, room_type, "test")]
    return read_rooms(folder, room_type, names)


def official_models(folder: Path, room_type: RoomType) -> list[FutureModel]:
    """The models of ``threed_future_model_<room>.pkl``, each once, in its order.

    Half extents and features that the file has not cached come from ``3D-FRONT/3D-FUTURE-model/<jid>`` beside the data
    set, else from the rooms that the model stands in.

    Raises:
        InvalidInputError: the file is missing, malformed or would run code, or a model's size is nowhere.
    """
    path = folder / f"threed_future_model_{room_type}.pkl"
    models = getattr(read_pickle(path, _RECORDS), "objects", None)
    if not isinstance(models, list) or not models:
        raise InvalidInputError(f"{path} holds no list of models", _REMEDY)
    meshes = folder.resolve().parent / "3D-FRONT" / "3D-FUTURE-model"
    rooms = _Rooms(lambda: _all_rooms(folder, room_type))
    found: dict[str, FutureModel] = {}
    for number, model in enumerate(cast("list[object]", models)):
        try:
            read = _model(cast("Any", model), room_type, meshes, rooms)
        except (AttributeError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise InvalidInputError(f"{path}: model {number} is malformed ({error})", _REMEDY) from error
        found[read.jid] = read
    return list(found.values())


def _model(model: Any, room_type: RoomType, meshes: Path, rooms: _Rooms) -> FutureModel:  # noqa: ANN401 - a record
    jid, label = str(model.model_jid), str(model._label)  # noqa: SLF001 - the name in the file
    if label not in CLASSES[room_type] or not is_folder_name(jid):
        raise ValueError(f"{jid!r}, {label!r}")
    half = _cached_size(model) or _mesh_size(meshes / jid / "bbox_vertices.npy", model.scale) or rooms.get(jid)[0]
    if half is None:
        message = f"The size of the model {jid} is neither in threed_future_model_{room_type}.pkl nor in {meshes}"
        raise InvalidInputError(message, "Put 3D-FRONT beside the data set")
    feature = getattr(model, "openshape_vitg14_features", None)
    if feature is None and (meshes / jid / FEATURE_FILE).exists():
        feature = read_array(meshes / jid / FEATURE_FILE)
    feature = rooms.get(jid)[1] if feature is None else np.asarray(feature, dtype=np.float32)
    if feature is not None and (feature.shape != (FEATURE_WIDTH,) or not np.isfinite(feature).all()):
        raise ValueError(f"the feature of {jid} is no row of {FEATURE_WIDTH} finite numbers")
    return FutureModel(jid, label, half, feature)


def _cached_size(model: Any) -> Half | None:  # noqa: ANN401 - a record
    size = getattr(model, "size", None)
    return None if size is None else _half(size)


def _mesh_size(path: Path, scale: object) -> Half | None:
    """Half extents of a mesh's bounding box, whose corners 4, 2 and 1 are next to corner 0 along x, y and z."""
    if not path.exists():
        return None
    corners = read_array(path).reshape(8, 3) * np.asarray(scale, dtype=np.float64).reshape(3)
    return _half(np.linalg.norm(corners[[4, 2, 1]] - corners[0], axis=1) / 2)


def _half(size: object) -> Half:
    x, y, z = (float(v) for v in np.asarray(size, dtype=np.float64).reshape(3))
    if not all(0 < v < math.inf for v in (x, y, z)):
        raise ValueError("a size is not positive")
    return x, y, z


def catalogue_of(models: Sequence[FutureModel]) -> Catalogue:
    """The models as a catalogue with the official retrieval: by features alone, by size where there are none."""
    return Catalogue((_entry(model) for model in models), "look")


def _entry(model: FutureModel) -> CatalogueEntry:
    x, y, z = model.half
    length = 0.0 if model.feature is None else float(np.linalg.norm(model.feature))
    return CatalogueEntry(
        f"3d-future/{model.jid}",
        model.label,
        (2 * x, 2 * z, 2 * y),
        mount="ceiling" if hangs(model.label) else "floor",
        feature=None if model.feature is None or not length else model.feature / length,
    )
