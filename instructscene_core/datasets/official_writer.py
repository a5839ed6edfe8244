"""Writes rooms in the layout of the official data set (docs/official-behaviour.md, Data set layout).

Written are all files that the official code reads, but no pictures of the rooms and no ``threed_front.pkl``.
"""

import io
import json
import math
import pickle
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..catalogue.future_models import FEATURE_FILE
from ..geometry.frames import Bounds
from ..geometry.relations import triplets
from ..instructions.write.official_templates import describe
from ..official.dataset_stats import STATS_FILE
from ..vocabulary import CLASSES, RoomType
from .official import Room, read_rooms
from .official_models import Half
from .room_set import matrices

FloatArray = npt.NDArray[np.float64]
Vector = tuple[float, float, float]

_MASK_SIZE: Final = 64
"""Pixels of a side of the floor mask."""
_MASK_REACH: Final[Mapping[RoomType, float]] = {"bedroom": 3.1, "livingroom": 6.2, "diningroom": 6.2}
"""Metres from the middle to the edge of the floor mask."""
_PATH_TO_MODELS: Final = "dataset/3D-FRONT/3D-FUTURE-model"
_PROTOCOL: Final = 3
"""The newest protocol whose names are plain lines, see `pickled`."""


@dataclass(frozen=True, eq=False)
class Piece:
    """An object of a room to be written.

    Args:
        jid: name of its model in 3D-FUTURE.
        label: its class.
        box: (7,) [tx ty tz hx hy hz angle] relative to the middle of the floor, tensor frame.
        info: category, style, theme, material and super-category of the model, as in ``model_info.json``.
        position: of the model in the house, metres.
        rotation: quaternion x, y, z, w.
        scale: of the model, per axis.
        caption: noun phrase with article; None where there is none.
        codes: four feature codes; None likewise.
        feature: (1280,); None likewise.
    """

    jid: str
    label: str
    box: FloatArray
    info: Mapping[str, str]
    position: Vector
    rotation: tuple[float, float, float, float]
    scale: Vector
    caption: str | None = None
    codes: tuple[int, ...] | None = None
    feature: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class NewRoom:
    """A room to be written.

    Args:
        house: name of the house's file, without underscore.
        room_id: like ``SecondBedroom-18509``.
        floor_vertices: (V, 3) of the floor's mesh, in the house's frame.
        floor_faces: (F, 3).
        pieces: the furniture, in order.
    """

    house: str
    room_id: str
    floor_vertices: FloatArray
    floor_faces: npt.NDArray[np.int64]
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        """Name of the room's folder."""
        return f"{self.house}_{self.room_id}"

    @property
    def floor_centre(self) -> FloatArray:
        """(3,) middle of the floor's bounding box."""
        return (self.floor_vertices.min(axis=0) + self.floor_vertices.max(axis=0)) / 2


def write_room(parent: Path, room_type: RoomType, room: NewRoom) -> Path:
    """Writes a room's folder under another name first, so that it is always whole.

    Args:
        parent: ``threed_front_<room>``.
        room_type: of the room.
        room: what to write.

    Returns:
        The folder.
    """
    part, done = parent / f".{room.name}.part", parent / room.name
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    classes = CLASSES[room_type]
    boxes = np.array([piece.box for piece in room.pieces])
    numbers = np.array([classes.index(piece.label) for piece in room.pieces])
    related = triplets(matrices(room_type, numbers[None].astype(np.int8), boxes[None])[0])
    boxes_file = io.BytesIO()  # a zip that a full disk cuts off complains again when it is forgotten
    np.savez(
        boxes_file,
        scene_id=room.room_id,
        scene_uid=room.name,
        jids=np.array([piece.jid for piece in room.pieces]),
        room_layout=_floor_mask(room, _MASK_REACH[room_type]),
        floor_plan_vertices=room.floor_vertices,
        floor_plan_faces=room.floor_faces,
        floor_plan_centroid=room.floor_centre,
        class_labels=np.eye(len(classes) + 2)[numbers],
        translations=boxes[:, :3],
        sizes=boxes[:, 3:6],
        angles=boxes[:, 6:],
    )
    (part / "boxes.npz").write_bytes(boxes_file.getvalue())
    np.save(part / "relations.npy", related if len(related) else np.zeros(0))
    described = {"obj_class_ids": numbers.tolist(), "obj_relations": describe(boxes[:, 3:6], related)}
    (part / "descriptions.pkl").write_bytes(pickle.dumps(described, _PROTOCOL))
    (part / "models_info.pkl").write_bytes(pickle.dumps([_model_info(p) for p in room.pieces], _PROTOCOL))
    features = [piece.feature for piece in room.pieces if piece.feature is not None]
    if len(features) == len(room.pieces):
        np.save(part / FEATURE_FILE, np.stack(features))
    part.replace(done)
    return done


def _model_info(piece: Piece) -> dict[str, Any]:
    info: dict[str, Any] = {"model_jid": piece.jid}
    if piece.codes is not None:
        info["objfeat_vq_indices"] = list(piece.codes)
    if piece.caption is not None:
        info["chatgpt_caption"] = piece.caption
    return info


def _floor_mask(room: NewRoom, reach: float) -> npt.NDArray[np.uint8]:
    """(64, 64, 1) mask of the floor from above, 255 where there is floor; rows run along z."""
    steps = (np.arange(_MASK_SIZE) + 0.5) / _MASK_SIZE * 2 * reach - reach
    points = np.stack(np.meshgrid(steps, steps), axis=-1) + room.floor_centre[[0, 2]]
    corners = room.floor_vertices[room.floor_faces][..., [0, 2]]
    inside = np.zeros(points.shape[:2], dtype=bool)
    for a, b, c in corners:
        sides = [_side(points, *edge) for edge in ((a, b), (b, c), (c, a))]
        inside |= np.all([s >= 0 for s in sides], axis=0) | np.all([s <= 0 for s in sides], axis=0)
    return np.where(inside, 255, 0).astype(np.uint8)[..., None]


def _side(points: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Positive or negative by the side of the line from a to b on which points (…, 2) lie: a cross product."""
    along, offset = b - a, points - a
    return along[0] * offset[..., 1] - along[1] * offset[..., 0]


def write_splits(folder: Path, room_type: RoomType, splits: Mapping[str, str]) -> None:
    """Writes ``configs/<room>_threed_front_splits.csv``: by room id, train, val or test."""
    path = folder / "configs" / f"{room_type}_threed_front_splits.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, "".join(f"{room_id},{split}\n" for room_id, split in splits.items()).encode())


def write_stats(folder: Path, room_type: RoomType, names: Sequence[str]) -> None:
    """Writes ``dataset_stats.txt``: bounds, class counts and feature range of the rooms in these folders.

    Raises:
        InvalidInputError: one is malformed.
    """
    stats = _stats(read_rooms(folder, room_type, names), room_type)
    _write(folder / f"threed_front_{room_type}" / STATS_FILE, (json.dumps(stats, indent=1) + "\n").encode())


def _stats(rooms: Sequence[Room], room_type: RoomType) -> dict[str, Any]:
    classes = CLASSES[room_type]
    bounds = Bounds.of(np.concatenate([room.boxes for room in rooms]))
    counts = Counter(classes[number] for room in rooms for number in room.class_ids.tolist())
    features = [room.features for room in rooms if room.features is not None]
    stats: dict[str, Any] = {
        "bounds_translations": bounds.translations.ravel().tolist(),
        "bounds_sizes": bounds.sizes.ravel().tolist(),
        "bounds_angles": [-math.pi, math.pi],
        "class_labels": [*classes, "start", "end"],
        "object_types": list(classes),
        "class_frequencies": {name: count / counts.total() for name, count in counts.most_common()},
        "class_order": {name: order for order, (name, _) in enumerate(counts.most_common())},
        "count_furniture": dict(counts.most_common()),
    }
    if features:
        whole = np.concatenate(features)
        stats["bounds_openshape_vitg14_features"] = [float(whole.min()), float(whole.max())]
    return stats


# Furniture ------------------------------------------------------------------------------------------------------------


class _Named:
    """Stands for an object of the official code in a pickle: a class name and attributes."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class ThreedFutureDataset(_Named):
    """The list of all models."""


class ThreedFutureModel(_Named):
    """One model."""


class Asset(_Named):
    """What ``model_info.json`` says of a model."""


_OFFICIAL_MODULES: Final = {
    ThreedFutureDataset: "src.data.threed_future_dataset",
    ThreedFutureModel: "src.data.threed_front_scene",
    Asset: "src.data.threed_front_scene",
}


def write_models(folder: Path, room_type: RoomType, pieces: Iterable[Piece]) -> None:
    """Writes ``threed_future_model_<room>.pkl``, every model once, as in its last piece, and the models' captions."""
    last = {piece.jid: piece for piece in pieces}
    dataset = ThreedFutureDataset(objects=[_model(piece) for piece in last.values()])
    _write(folder / f"threed_future_model_{room_type}.pkl", pickled(dataset))
    captions = folder / "3D-FUTURE-chatgpt"
    captions.mkdir(exist_ok=True)
    for piece in last.values():
        if piece.caption is not None:
            (captions / f"{piece.jid}.txt").write_text(piece.caption, encoding="utf-8")


def _model(piece: Piece) -> ThreedFutureModel:
    half: Half = tuple(piece.box[3:6].tolist())
    model = ThreedFutureModel(
        model_uid=f"{piece.jid}/model",
        model_jid=piece.jid,
        model_info=Asset(**piece.info),
        position=list(piece.position),
        rotation=list(piece.rotation),
        scale=list(piece.scale),
        path_to_models=_PATH_TO_MODELS,
        _label=piece.label,
        size=np.array(half),
    )
    if piece.feature is not None:
        model.__dict__["openshape_vitg14_features"] = piece.feature
    return model


def pickled(dataset: ThreedFutureDataset) -> bytes:
    """A pickle that names the official code's classes, which need not exist here.

    Up to protocol 3 a pickle names a class by its module and name as two lines of text; ours are replaced by theirs.
    """
    raw = pickle.dumps(dataset, _PROTOCOL)
    for kind, module in _OFFICIAL_MODULES.items():
        own, official = (f"c{name}\n{kind.__name__}\n".encode() for name in (kind.__module__, module))
        raw = raw.replace(own, official)
    return raw


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
