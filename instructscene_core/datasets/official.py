"""The official data set on disk, and any other in its layout (docs/official-behaviour.md, Data set layout).

FOLDER/threed_front_<room>/dataset_stats.txt
FOLDER/threed_front_<room>/<json>_<RoomId>/{boxes.npz, models_info.pkl, relations.npy, descriptions.pkl, …}
FOLDER/threed_future_model_<room>.pkl                     see `official_models`
FOLDER/configs/<room>_threed_front_splits.csv             or beside the rooms, see `split_file`
"""

import csv
import io
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from ..catalogue.future_models import FEATURE_FILE
from ..errors import InvalidInputError
from ..files.arrays import read_array, read_arrays
from ..files.pickles import read_pickle
from ..geometry.frames import Bounds
from ..geometry.relations import REVERSED, triplets
from ..instructions.write.official_templates import Relation, describe
from ..official.dataset_stats import STATS_FILE, read_stats
from ..plain_text import read_text
from ..vocabulary import (
    CLASSES,
    EMPTY_CODE,
    MAX_OBJECTS,
    N_CODES,
    N_FEATURE_TOKENS,
    NO_RELATION,
    PREDICATES,
    RoomType,
    counted,
    room_name,
    with_article,
)
from .room_set import NO_ROW, RoomSet, Split, matrices

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FEATURE_WIDTH: Final = 1280
_SPLITS: Final[Mapping[Split, tuple[str, ...]]] = {"train": ("train", "val"), "test": ("test",)}

_BOXES: Final = ("class_labels", "translations", "sizes", "angles")
_REMEDY: Final = "Copy the data set again"
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Room:
    """The content of one room folder; n objects.

    Args:
        name: of the folder.
        class_ids: (n,) class numbers.
        boxes: (n, 7) [tx ty tz hx hy hz angle] in the tensor frame.
        relations: (m, 3) rows [subject, predicate, object], subject < object.
        described: the relations that instructions may draw from.
        jids: model ids of the objects; None where the folder has none.
        captions: of each object; None likewise.
        codes: (n, 4) feature codes; None likewise.
        features: (n, 1280) float32; None likewise.
    """

    name: str
    class_ids: IntArray
    boxes: FloatArray
    relations: IntArray
    described: tuple[Relation, ...]
    jids: tuple[str, ...] | None
    captions: tuple[str, ...] | None
    codes: npt.NDArray[np.int8] | None
    features: npt.NDArray[np.float32] | None


def rooms_folder(folder: Path, room_type: RoomType) -> Path:
    """The folder of a type's rooms.

    Raises:
        InvalidInputError: there is none.
    """
    found = folder / f"threed_front_{room_type}"
    if not found.is_dir():
        raise InvalidInputError(f"{folder} has no folder threed_front_{room_type}", "Choose the data set's top folder")
    return found


def split_file(folder: Path, room_type: RoomType) -> Path:
    """The path of the list of the rooms' splits, looked for in all the usual places.

    Raises:
        InvalidInputError: it is in none of them.
    """
    name = f"{room_type}_threed_front_splits.csv"
    top = folder.resolve()
    places = (top, top / "configs", top / f"threed_front_{room_type}", top.parent / "configs", *(
        parent / "configs" for parent in top.parents[1:2]))  # fmt: skip
    for place in places:
        if (place / name).is_file():
            return place / name
    looked = ", ".join(str(place) for place in places)
    raise InvalidInputError(f"{name} was not found in {looked}", "Copy it from the configs of InstructScene's code")


def split_names(folder: Path, room_type: RoomType, split: Split) -> list[str]:
    """Names of a split's room folders in the official order, sorted as strings; training is train and val together.

    Raises:
        InvalidInputError: a file is missing or malformed, or no folder belongs to the split.
    """
    path = split_file(folder, room_type)
    wanted = {room for room, name in read_splits(path).items() if name in _SPLITS[split]}
    found = room_names(folder, room_type, wanted)
    if not found:
        message = f"None of the rooms in {rooms_folder(folder, room_type)} is of the split {split}"
        raise InvalidInputError(message, f"Check {path}")
    return found


def read_splits(path: Path) -> dict[str, str]:
    """The split (train, val or test) of each room id in a list.

    Raises:
        InvalidInputError: the file cannot be read or is malformed.
    """
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(read_text(path), newline="")) if row]
    except csv.Error as error:
        raise InvalidInputError(f"{path} cannot be read ({error})", _REMEDY) from error
    bad = next((row for row in rows if len(row) != 2 or row[1] not in ("train", "val", "test")), None)
    if bad is not None:
        raise InvalidInputError(f'{path}: "{",".join(bad)}" is not a room and train, val or test', _REMEDY)
    return {row[0]: row[1] for row in rows}


def room_names(folder: Path, room_type: RoomType, ids: Collection[str]) -> list[str]:
    """Names of the room folders with these ids, sorted as strings."""
    where = rooms_folder(folder, room_type)
    return sorted(p.name for p in where.iterdir() if p.is_dir() and _room_id(p.name) in ids)


def _room_id(name: str) -> str | None:
    """The part of a folder's name between its first and second underscore."""
    parts = name.split("_")
    return parts[1] if len(parts) > 1 else None


def read_rooms(folder: Path, room_type: RoomType, names: Sequence[str]) -> list[Room]:
    """The sound ones of rooms by the names of their folders; the log lists the others.

    Raises:
        InvalidInputError: none is sound.
    """
    where, rooms, refused = rooms_folder(folder, room_type), list[Room](), dict[str, str]()
    for name in tqdm(names, desc="rooms", unit="room", delay=2):
        try:
            rooms.append(read_room(where / name, room_type))
        except InvalidInputError as error:
            refused[name] = error.message
    with_codes = [room for room in rooms if room.codes is not None]
    if with_codes:  # a set has codes or has none
        bare = [room.name for room in rooms if room.codes is None]
        refused |= {name: f"{name}: models_info.pkl has no objfeat_vq_indices, other rooms have" for name in bare}
        rooms = with_codes
    if names and not rooms:
        raise InvalidInputError(next(iter(refused.values())), _REMEDY)
    for message in list(refused.values())[:_LISTED]:
        _log.warning("Left out: %s", message)
    if len(refused) > _LISTED:
        _log.warning("Left out: %d more rooms", len(refused) - _LISTED)
    return rooms


_LISTED: Final = 20
"""Most rooms of which is said why they are left out."""


def official_rooms(folder: Path, room_type: RoomType, split: Split) -> RoomSet:
    """A split of the data set.

    Args:
        folder: the data set's top folder.
        room_type: which rooms.
        split: "train" is train and val, as officially; "test" is test.

    Raises:
        InvalidInputError: a file of the whole set is missing or malformed, or no room is sound; the message names it.
    """
    bounds = _bounds(rooms_folder(folder, room_type), room_type)
    return room_set(room_type, read_rooms(folder, room_type, split_names(folder, room_type, split)), bounds)


def room_set(room_type: RoomType, rooms: Sequence[Room], bounds: Bounds | None) -> RoomSet:
    """Rooms padded to arrays."""
    slots, empty = MAX_OBJECTS[room_type], len(CLASSES[room_type])
    objs = np.full((len(rooms), slots), empty, dtype=np.int8)
    boxes = np.zeros((len(rooms), slots, 7), dtype=np.float32)
    relations = np.full((len(rooms), slots, slots), NO_RELATION, dtype=np.int8)
    for row, room in enumerate(rooms):
        objs[row, : len(room.class_ids)], boxes[row, : len(room.class_ids)] = room.class_ids, room.boxes
        subject, predicate, other = room.relations.T
        relations[row, subject, other], relations[row, other, subject] = predicate, REVERSED[predicate]
    features, feature_rows = _distinct_features(rooms, slots)
    return RoomSet(
        room_type,
        tuple(room.name for room in rooms),
        objs,
        boxes,
        relations,
        tuple(room.described for room in rooms),
        tuple(room.captions for room in rooms),
        _codes(rooms, slots),
        features,
        feature_rows,
        bounds,
    )


def _codes(rooms: Sequence[Room], slots: int) -> npt.NDArray[np.int8] | None:
    """(R, N, 4) feature codes; None where no room has any."""
    if any(room.codes is None for room in rooms):
        return None
    codes = np.full((len(rooms), slots, N_FEATURE_TOKENS), EMPTY_CODE, dtype=np.int8)
    for row, room in enumerate(rooms):
        codes[row, : len(room.class_ids)] = room.codes
    return codes


def _distinct_features(
    rooms: Sequence[Room], slots: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]] | tuple[None, None]:
    """(M, 1280) distinct features, and (R, N) which of them each object has."""
    rows = np.full((len(rooms), slots), NO_ROW, dtype=np.int32)
    known: dict[bytes, int] = {}
    kept: list[npt.NDArray[np.float32]] = []
    for number, room in enumerate(rooms):
        for slot, feature in enumerate(() if room.features is None else room.features):
            row = known.setdefault(feature.tobytes(), len(kept))
            if row == len(kept):
                kept.append(feature)
            rows[number, slot] = row
    return (np.stack(kept), rows) if kept else (None, None)


# Reading one room ---------------------------------------------------------------------------------------------------


def read_room(folder: Path, room_type: RoomType) -> Room:
    """Reads a room folder; relations and descriptions that are missing are made by the official rules.

    Raises:
        InvalidInputError: a file is missing or malformed; the message names it.
    """
    class_ids, boxes = _read_boxes(folder / "boxes.npz", room_type)
    infos = _read_infos(folder / "models_info.pkl", len(class_ids))
    relations = _read_relations(folder / "relations.npy", class_ids, boxes, room_type)
    return Room(
        folder.name,
        class_ids,
        boxes,
        relations,
        _read_described(folder / "descriptions.pkl", class_ids, boxes, relations),
        infos.jids,
        infos.captions,
        infos.codes,
        _read_features(folder / FEATURE_FILE, len(class_ids)),
    )


def _read_boxes(path: Path, room_type: RoomType) -> tuple[IntArray, FloatArray]:
    arrays = read_arrays(path, _BOXES)
    count = len(arrays["translations"])
    width = len(CLASSES[room_type]) + 2  # the last two columns are start and end
    shapes = {"class_labels": (count, width), "translations": (count, 3), "sizes": (count, 3), "angles": (count, 1)}
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape or array.dtype.kind not in "fiub" or not np.isfinite(array).all():
            raise InvalidInputError(f"{path}: {name} is no array of finite numbers of the shape {shape}", _REMEDY)
    if not 1 <= count <= MAX_OBJECTS[room_type]:
        room = with_article(room_name(room_type))
        message = f"{path}: {counted(count, 'object')}, {room} has 1 to {MAX_OBJECTS[room_type]}"
        raise InvalidInputError(message, _REMEDY)
    labels = arrays["class_labels"].astype(np.float64)
    one_hot = (labels.sum(axis=1) == 1) & (labels.max(axis=1) == 1)
    if not one_hot.all() or labels[:, -2:].any():
        raise InvalidInputError(f"{path}: class_labels do not name one class for each object", _REMEDY)
    if (arrays["sizes"] <= 0).any():
        raise InvalidInputError(f"{path}: sizes must be positive", _REMEDY)
    boxes = np.concatenate([arrays[name].astype(np.float64) for name in _BOXES[1:]], axis=1)
    return labels.argmax(axis=1), boxes


@dataclass(frozen=True, eq=False)
class _Infos:
    jids: tuple[str, ...] | None = None
    captions: tuple[str, ...] | None = None
    codes: npt.NDArray[np.int8] | None = None


def _read_infos(path: Path, count: int) -> _Infos:
    """Ids, captions and codes from ``models_info.pkl``, each only where all objects have it."""
    if not path.exists():
        return _Infos()
    content: object = read_pickle(path)
    rows = cast("list[object]", content) if isinstance(content, list) else []
    if len(rows) != count or not all(isinstance(row, dict) for row in rows):
        raise InvalidInputError(f"{path} is no list of {counted(count, 'dictionary')}, one for each object", _REMEDY)
    infos = cast("list[Mapping[str, object]]", rows)
    return _Infos(
        _all_texts(infos, "model_jid"),
        _all_texts(infos, "chatgpt_caption"),
        _all_codes([info["objfeat_vq_indices"] for info in infos], path)
        if all("objfeat_vq_indices" in info for info in infos)
        else None,
    )


def _all_texts(infos: Sequence[Mapping[str, object]], key: str) -> tuple[str, ...] | None:
    texts = [text for info in infos if isinstance(text := info.get(key), str) and text]
    return tuple(texts) if len(texts) == len(infos) else None


def _all_codes(values: Sequence[object], path: Path) -> npt.NDArray[np.int8]:
    try:
        codes = np.array([np.asarray(value, dtype=np.int64).reshape(N_FEATURE_TOKENS) for value in values])
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidInputError(f"{path}: objfeat_vq_indices are not {N_FEATURE_TOKENS} numbers", _REMEDY) from error
    if codes.min() < 0 or codes.max() >= N_CODES:
        raise InvalidInputError(f"{path}: objfeat_vq_indices must be 0 to {N_CODES - 1}", _REMEDY)
    return codes.astype(np.int8)


def _read_features(path: Path, count: int) -> npt.NDArray[np.float32] | None:
    if not path.exists():
        return None
    features = read_array(path)
    if features.shape != (count, FEATURE_WIDTH) or features.dtype.kind != "f" or not np.isfinite(features).all():
        message = f"{path} holds no {count} x {FEATURE_WIDTH} finite numbers"
        raise InvalidInputError(message, _REMEDY)
    return features.astype(np.float32)


def _read_relations(path: Path, class_ids: IntArray, boxes: FloatArray, room_type: RoomType) -> IntArray:
    if not path.exists():
        return triplets(matrices(room_type, class_ids[None].astype(np.int8), boxes[None])[0])
    rows = read_array(path)
    if rows.size == 0:
        return np.zeros((0, 3), dtype=np.int64)
    if rows.ndim != 2 or rows.shape[1] != 3 or rows.dtype.kind not in "iu":
        raise InvalidInputError(f"{path} holds no rows of subject, predicate and object", _REMEDY)
    relations = rows.astype(np.int64)
    subject, predicate, other = relations.T
    orderly = (subject >= 0) & (subject < other) & (other < len(class_ids))
    if not (orderly & (predicate >= 0) & (predicate < len(PREDICATES))).all():
        raise InvalidInputError(f"{path} names an object or a predicate that there is not", _REMEDY)
    if len(np.unique(relations[:, [0, 2]], axis=0)) != len(relations):
        raise InvalidInputError(f"{path} relates two objects twice", _REMEDY)
    return relations


def _read_described(path: Path, class_ids: IntArray, boxes: FloatArray, relations: IntArray) -> tuple[Relation, ...]:
    if not path.exists():
        return tuple(describe(boxes[:, 3:6], relations))
    content: object = read_pickle(path)
    try:
        fields = cast("Mapping[str, Any]", content)
        ids = [int(number) for number in fields["obj_class_ids"]]
        found = [(int(s), int(p), int(o)) for s, p, o in fields["obj_relations"]]
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise InvalidInputError(f"{path} has no obj_class_ids and obj_relations as published", _REMEDY) from error
    if ids != class_ids.tolist():
        raise InvalidInputError(f"{path}: obj_class_ids are not the classes of boxes.npz", _REMEDY)
    count = len(ids)
    if any(not (0 <= s < count and 0 <= o < count and s != o and 0 <= p < NO_RELATION) for s, p, o in found):
        raise InvalidInputError(f"{path} names an object or a predicate that there is not", _REMEDY)
    return tuple(found)


def _bounds(folder: Path, room_type: RoomType) -> Bounds:
    """The bounds in ``dataset_stats.txt`` of a folder of rooms.

    Raises:
        InvalidInputError: the file is missing, malformed, or of another type of room.
    """
    path = folder / STATS_FILE
    bounds, types = read_stats(path)
    if types != CLASSES[room_type]:
        raise InvalidInputError(
            f"{path}: object_types are not the {len(CLASSES[room_type])} of {with_article(room_name(room_type))}",
            _REMEDY,
        )
    return bounds
