"""Rooms of any source as padded arrays, the form that training and evaluation work on."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from ..geometry.frames import Bounds
from ..geometry.relations import lamp_flags, relation_matrix
from ..instructions.write.official_templates import Relation, describe_rooms
from ..vocabulary import CLASSES, RoomType

Split = Literal["train", "test"]

NO_ROW: Final = -1
"""Row number of an object without feature."""
_CHUNK: Final = 20_000
"""Rooms whose relations are computed at once, to save memory."""


@dataclass(frozen=True, eq=False)
class RoomSet:
    """R rooms of one type as arrays padded to N slots (12 or 21), wherever they come from.

    Args:
        room_type: the type of all of them.
        ids: R names, in the source's order.
        objs: (R, N) int8 numbers in ``CLASSES[room_type]``, C where there is no object; the objects come first.
        boxes: (R, N, 7) float32 [tx ty tz hx hy hz angle] in the tensor frame, zeros where there is no object.
        relations: (R, N, N) int8 predicates of all ordered pairs, 10 for none.
        described: for each room the relations that instructions may draw from (``official_templates.describe``).
        captions: for each room a noun phrase with its article for every object; None where the source has none.
        codes: (R, N, 4) int8 feature codes, 64 where there is no object; None where the source has none.
        features: (M, F) float32 distinct features; None where the source has none.
        feature_rows: (R, N) int32 row in ``features`` of each object, −1 where it has none.
        bounds: of the boxes, the source's own; None where they are to be computed.
    """

    room_type: RoomType
    ids: tuple[str, ...]
    objs: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]
    relations: npt.NDArray[np.int8]
    described: tuple[tuple[Relation, ...], ...]
    captions: tuple[tuple[str, ...] | None, ...]
    codes: npt.NDArray[np.int8] | None = None
    features: npt.NDArray[np.float32] | None = None
    feature_rows: npt.NDArray[np.int32] | None = None
    bounds: Bounds | None = None

    @property
    def n(self) -> int:
        """R, the number of rooms."""
        return len(self.ids)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(R,) objects in each room."""
        return (self.objs < len(CLASSES[self.room_type])).sum(axis=1)


def matrices(
    room_type: RoomType, objs: npt.NDArray[np.int8], boxes: npt.NDArray[np.floating[Any]]
) -> npt.NDArray[np.int8]:
    """(R, N, N) predicates of rooms by the official rules, computed in parts for the sake of memory."""
    classes = CLASSES[room_type]
    lamps = lamp_flags(classes)
    found = [relation_matrix(lamps[objs[p]], boxes[p], objs[p] < len(classes)) for p in _parts(len(objs))]
    return np.concatenate(found) if found else np.zeros((0, *objs.shape[1:], *objs.shape[1:]), dtype=np.int8)


def descriptions(
    room_type: RoomType, objs: npt.NDArray[np.int8], boxes: npt.NDArray[np.float32]
) -> tuple[tuple[Relation, ...], ...]:
    """For each room the relations of docs/official-behaviour.md, What instructions may draw from."""
    classes = CLASSES[room_type]
    parts = (describe_rooms(objs[p], boxes[p], classes, only_clear=False) for p in _parts(len(objs)))
    return tuple(tuple(room) for part in parts for room in part)


def named(names: list[str], rows: npt.NDArray[np.int16]) -> tuple[tuple[str, ...], ...]:
    """For each room the names of its objects: (R, N) rows of ``names``, −1 where there is no object."""
    room, slot = np.nonzero(rows >= 0)
    flat = [names[row] for row in rows[room, slot].tolist()]
    ends = np.searchsorted(room, np.arange(len(rows) + 1)).tolist()
    return tuple(tuple(flat[a:b]) for a, b in pairwise(ends))


def _parts(count: int) -> list[slice]:
    return [slice(i, i + _CHUNK) for i in range(0, count, _CHUNK)]
