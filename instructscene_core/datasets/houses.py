"""Reads the published houses of 3D-FRONT, one JSON file each, into rooms with boxes.

A house holds ``furniture`` (uid, jid, valid, size or bbox), ``mesh`` (uid, type, xyz and faces as flat lists) and
``scene.room`` (instanceid, type, children with ref, pos, rot as x y z w, scale). Metres, Y up, front of a piece +Z.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..catalogue.future_models import ModelInfo, read_feature
from ..catalogue.obj_file import read_obj
from ..errors import InvalidInputError
from ..files.arrays import read_array
from ..plain_text import read_text
from ..vocabulary import MAX_OBJECTS, RoomType
from .official import FEATURE_WIDTH
from .official_writer import NewRoom, Piece, Vector

FloatArray = npt.NDArray[np.float64]

_NAMED: Final[Mapping[RoomType, str]] = {"bedroom": "bed", "livingroom": "living", "diningroom": "dining"}
"""What the type of such a room contains, in lower case."""
_FEWEST: Final = 3
"""Rooms with fewer pieces are left out."""
_SCALES: Final = (1e-5, 5.0)
"""A room with a piece that is scaled beyond these is left out."""
_HEIGHTS: Final = (-0.005, 4.0)
"""Metres between which all boxes of a room must be."""
_WIDEST_FLOOR: Final[Mapping[RoomType, float]] = {"bedroom": 6.0, "livingroom": 12.0, "diningroom": 12.0}
"""Metres; rooms with a wider floor are left out."""
_UPRIGHT: Final = 0.05
"""Largest x and z of a piece's quaternion; beyond, it is tilted, and no box with a yaw holds it."""
_LARGEST_HOUSE: Final = 256 << 20
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")
"""Admissible name of a house or a room; a folder's name is both, joined by an underscore."""


class LeftOutError(Exception):
    """The filters leave a room out; the message is the reason."""


@dataclass
class Models:
    """The models of 3D-FUTURE with their boxes, features and captions; boxes and features are read once.

    Args:
        folder: ``3D-FUTURE-model``.
        infos: the entries of ``model_info.json`` by model id.
        captions: folder with ``<jid>.txt``; None where there is none.
    """

    folder: Path
    infos: Mapping[str, ModelInfo]
    captions: Path | None = None
    _boxes: dict[str, tuple[FloatArray, FloatArray] | None] = field(default_factory=dict, init=False)
    _features: dict[str, npt.NDArray[np.float32] | None] = field(default_factory=dict, init=False)

    def box(self, jid: str, item: Mapping[str, Any]) -> tuple[FloatArray, FloatArray]:
        """Centre and half extents of a model in its own frame: of its mesh, else as given in the house.

        Raises:
            LeftOutError: there is neither, or the mesh is broken.
        """
        if jid not in self._boxes:
            try:
                self._boxes[jid] = _mesh_box(self.folder / jid)
            except InvalidInputError as error:
                raise LeftOutError(f"a broken model, {jid}: {error.message}") from error
        found = self._boxes[jid]
        if found is None:
            size = item.get("size") or item.get("bbox")
            if size is None:
                raise LeftOutError("a model has neither a mesh nor a size")
            half = np.asarray(size, dtype=np.float64).reshape(3) / 2
            found = np.array([0.0, half[1], 0.0]), half
        return found

    def feature(self, jid: str) -> npt.NDArray[np.float32] | None:
        """The feature of a model, (1280,); None where it has none of that width.

        Raises:
            LeftOutError: its file is broken.
        """
        if jid not in self._features:
            try:
                found = read_feature(self.folder / jid)
            except InvalidInputError as error:
                raise LeftOutError(f"a broken model, {jid}: {error.message}") from error
            self._features[jid] = found if found is not None and found.shape == (FEATURE_WIDTH,) else None
        return self._features[jid]

    def caption(self, jid: str) -> str | None:
        """The caption of a model, in one line, without capital and full stop; None where it has none."""
        path = None if self.captions is None else self.captions / f"{jid}.txt"
        if path is None or not path.is_file():
            return None
        text = " ".join(read_text(path, replace=True).split()).rstrip(".")
        return text[:1].lower() + text[1:] or None


def _mesh_box(folder: Path) -> tuple[FloatArray, FloatArray] | None:
    """Centre and half extents of the mesh in a model's folder; None where there is no mesh."""
    if (folder / "bbox_vertices.npy").is_file():
        corners = read_array(folder / "bbox_vertices.npy")
        if corners.shape != (8, 3) or corners.dtype.kind not in "fiu":
            raise InvalidInputError("bbox_vertices.npy does not hold the eight corners of a box")
    elif (folder / "raw_model.obj").is_file():
        mesh = read_obj(folder / "raw_model.obj")
        corners = mesh.vertices[mesh.triangles.ravel()]  # those that no face uses count for nothing
    else:
        return None
    low, high = corners.min(axis=0).astype(np.float64), corners.max(axis=0).astype(np.float64)
    return (low + high) / 2, (high - low) / 2


@dataclass(frozen=True)
class Filters:
    """Which rooms are taken (docs/official-behaviour.md, Room filters and splits).

    Args:
        room_type: of the rooms.
        invalid_rooms: ids of rooms that are left out.
        black_list: models whose rooms are left out.
        plainly_right: whether rooms that are plainly wrong are left out, which no official filter does.
    """

    room_type: RoomType
    invalid_rooms: frozenset[str] = frozenset()
    black_list: frozenset[str] = frozenset()
    plainly_right: bool = False


def read_house(path: Path) -> Mapping[str, Any]:
    """The JSON of a house.

    Raises:
        InvalidInputError: it cannot be read, or is no house.
    """
    try:
        if path.stat().st_size > _LARGEST_HOUSE:
            raise InvalidInputError("it is too large for a house")
        house: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"it is no JSON ({error})") from error
    if not isinstance(house, dict) or not {"furniture", "mesh", "scene"} <= set(house):
        raise InvalidInputError("it has no furniture, mesh and scene")
    return house


def rooms_of_house(
    name: str, house: Mapping[str, Any], models: Models, filters: Filters
) -> Iterator[tuple[str, NewRoom | LeftOutError]]:
    """The rooms of a type, by id; those that the filters leave out come with the reason.

    Args:
        name: of the house.
        house: its JSON.
        models: of the furniture.
        filters: which rooms are taken.

    Raises:
        InvalidInputError: the house has none of the lists; what is malformed within them leaves out its room alone.
    """
    scene = house["scene"]
    rooms: Any = scene.get("room") if isinstance(scene, dict) else None
    if not all(isinstance(part, list) for part in (house["furniture"], house["mesh"], rooms)):
        raise InvalidInputError("it is malformed: furniture, mesh or scene.room is no list")
    furniture, doubtful = _furniture(house["furniture"])
    floors = [item for item in house["mesh"] if isinstance(item, dict) and item.get("type") == "Floor"]
    meshes = {str(item.get("uid")): item for item in floors}
    for number, room in enumerate(rooms):
        item: Mapping[str, Any] = room if isinstance(room, dict) else {}
        kind, room_id = item.get("type"), str(item.get("instanceid", f"room {number}"))
        if not isinstance(kind, str):
            yield room_id, LeftOutError("a room without a type")
        elif _NAMED[filters.room_type] in kind.lower():
            yield room_id, _room(name, item, (furniture, meshes, doubtful), models, filters)


_Parts = tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]], frozenset[str]]
"""Furniture and floors of a house by their uid, and the uids that two unlike pieces share."""


def _furniture(items: Sequence[Any]) -> tuple[dict[str, Mapping[str, Any]], frozenset[str]]:
    """The valid pieces of a house by their uid, and the uids that pieces of two models have."""
    found: dict[str, Mapping[str, Any]] = {}
    doubtful: set[str] = set()
    for item in items:
        if isinstance(item, dict) and item.get("valid") and isinstance(item.get("uid"), str):
            before = found.setdefault(item["uid"], item)
            if before.get("jid") != item.get("jid"):
                doubtful.add(item["uid"])
    return found, frozenset(doubtful)


def _room(
    name: str, room: Mapping[str, Any], parts: _Parts, models: Models, filters: Filters
) -> NewRoom | LeftOutError:
    furniture, meshes, doubtful = parts
    try:
        _check_lists(name, str(room["instanceid"]), filters)
        vertices, faces = _floor([meshes[c["ref"]] for c in room["children"] if c["ref"] in meshes], filters.room_type)
        centre = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
        children = [child for child in room["children"] if child["ref"] in furniture]
        _check_doubts(children, doubtful)
        pieces = [_sound_piece(child, furniture[child["ref"]], centre, models, filters) for child in children]
        _check_pieces(pieces, centre, filters.room_type)
    except LeftOutError as reason:
        return reason
    except _MALFORMED as error:
        return LeftOutError(f"a malformed room ({_fault(error)})")
    return NewRoom(name, str(room["instanceid"]), vertices, faces, tuple(pieces))


def _check_doubts(children: Sequence[Mapping[str, Any]], doubtful: frozenset[str]) -> None:
    if any(child["ref"] in doubtful for child in children):
        raise LeftOutError("a piece that may be either of two models")


_MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What reading a value of another kind than published raises."""


def _fault(error: Exception) -> str:
    return f"no {error.args[0]}" if isinstance(error, KeyError) else "a value of another kind than published"


def _sound_piece(
    child: Mapping[str, Any], item: Mapping[str, Any], centre: FloatArray, models: Models, filters: Filters
) -> Piece:
    try:
        return _piece(child, item, centre, models, filters)
    except _MALFORMED as error:
        raise LeftOutError(f"a malformed piece ({_fault(error)})") from error


def _check_lists(house: str, room_id: str, filters: Filters) -> None:
    if not filters.invalid_rooms.isdisjoint((room_id, f"{house}_{room_id}")):
        raise LeftOutError("on the list of invalid rooms")
    if not (_NAME.fullmatch(house) and _NAME.fullmatch(room_id)):
        raise LeftOutError("a name that the layout cannot hold")


def _floor(meshes: Sequence[Mapping[str, Any]], room_type: RoomType) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """The floor meshes of a room joined into one: vertices (V, 3) and faces (F, 3)."""
    if not meshes:
        raise LeftOutError("no floor")
    parts = [np.asarray(mesh["xyz"], dtype=np.float64).reshape(-1, 3) for mesh in meshes]
    starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    faces = [np.asarray(mesh["faces"], dtype=np.int64).reshape(-1, 3) + start
             for mesh, start in zip(meshes, starts.tolist(), strict=True)]  # fmt: skip
    vertices, corners = np.concatenate(parts), np.concatenate(faces)
    if not len(vertices) or not np.isfinite(vertices).all() or corners.min(initial=0) < 0:
        raise LeftOutError("no floor")
    if corners.max(initial=-1) >= len(vertices):
        raise LeftOutError("a floor with a corner that it does not hold")
    extents = (vertices.max(axis=0) - vertices.min(axis=0))[[0, 2]]
    if extents.max() > _WIDEST_FLOOR[room_type]:
        raise LeftOutError(f"a floor wider than {_WIDEST_FLOOR[room_type]:g} m")
    return vertices, corners


def _piece(
    child: Mapping[str, Any], item: Mapping[str, Any], centre: FloatArray, models: Models, filters: Filters
) -> Piece:
    jid = str(item["jid"])
    info = models.infos.get(jid)
    label = None if info is None else info.rooms.get(filters.room_type)
    if jid in filters.black_list:
        raise LeftOutError("a model on the black list")
    if info is None or label is None:
        raise LeftOutError("a piece of no known class")
    position, scale = (np.asarray(child[key], dtype=np.float64).reshape(3) for key in ("pos", "scale"))
    x, y, z, w = (float(v) for v in child["rot"])
    if not (_SCALES[0] <= scale.min() and scale.max() <= _SCALES[1]):
        raise LeftOutError("a piece scaled beyond reason")
    if max(abs(x), abs(z)) > _UPRIGHT:
        raise LeftOutError("a tilted piece")
    angle = math.remainder(2 * math.atan2(y, w), 2 * math.pi)
    middle, half = (part * scale for part in models.box(jid, item))
    cosine, sine = math.cos(angle), math.sin(angle)
    turned = np.array([middle[0] * cosine + middle[2] * sine, middle[1], middle[2] * cosine - middle[0] * sine])
    box = np.array([*(turned + position - centre), *half, angle])
    if not np.isfinite(box).all() or half.min() <= 0:
        raise LeftOutError("a piece without a box")
    return Piece(
        jid,
        label,
        box,
        {"super_category": "", "category": info.category, "style": info.style, "theme": "", "material": ""},
        _vector(position),
        (x, y, z, w),
        _vector(scale),
        models.caption(jid),
        feature=models.feature(jid),
    )


def _vector(values: FloatArray) -> Vector:
    x, y, z = values.tolist()
    return x, y, z


def _check_pieces(pieces: Sequence[Piece], centre: FloatArray, room_type: RoomType) -> None:
    # The official filter lets 13 pieces into a bedroom, for which no network has slots.
    if not _FEWEST <= len(pieces) <= MAX_OBJECTS[room_type]:
        raise LeftOutError(f"fewer than {_FEWEST} or more than {MAX_OBJECTS[room_type]} pieces")
    if room_type == "bedroom" and not any("bed" in piece.label for piece in pieces):
        raise LeftOutError("no bed")
    boxes = np.array([piece.box for piece in pieces])
    low, high = boxes[:, 1] - boxes[:, 4] + centre[1], boxes[:, 1] + boxes[:, 4] + centre[1]
    if low.min() < _HEIGHTS[0] or high.max() > _HEIGHTS[1]:
        raise LeftOutError(f"a piece below {_HEIGHTS[0]:g} m or above {_HEIGHTS[1]:g} m")
