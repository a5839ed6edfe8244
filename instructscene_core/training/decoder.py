"""Rooms of all types as the starter's layout decoder learns from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..datasets.starter import Rooms
from ..geometry.enclosure import SEGMENT_WIDTH
from ..vocabulary import NO_RELATION, ROOM_TYPES
from .pairs import EMPTY, SLOTS, padded, room_relations, to_all


@dataclass(frozen=True, eq=False)
class LayoutSet:
    """R rooms of all types; class numbers in ALL_CLASSES.

    Args:
        objs: (R, N) class numbers, EMPTY where there is no object.
        boxes: (R, N, 7) in the tensor frame.
        room: (R,) types, indices of ROOM_TYPES.
        edges: (R, N, N) relations, 10 for none.
        segments: (R, T, 7) walls, doors and windows, see ``enclosure``.
        enclosed: (R, T) bool, True at real ones.
    """

    objs: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]
    room: npt.NDArray[np.int8]
    edges: npt.NDArray[np.int8]
    segments: npt.NDArray[np.float32]
    enclosed: npt.NDArray[np.bool_]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(R,) objects of each room."""
        return (self.objs != EMPTY).sum(axis=1)

    @staticmethod
    def of(sets: Sequence[Rooms]) -> "LayoutSet":
        """Rooms of several types as one set."""
        parts = [_layouts(rooms) for rooms in sets]
        names = LayoutSet.__dataclass_fields__
        return LayoutSet(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _layouts(rooms: Rooms) -> LayoutSet:
    segments, enclosed = enclosures(rooms)
    boxes = np.zeros((rooms.n, SLOTS, rooms.boxes.shape[-1]), dtype=np.float32)
    boxes[:, : rooms.boxes.shape[1]] = rooms.boxes
    return LayoutSet(
        padded(to_all(rooms.room_type)[rooms.objs], EMPTY),
        boxes,
        np.full(rooms.n, ROOM_TYPES.index(rooms.room_type), dtype=np.int8),
        padded(room_relations(rooms), NO_RELATION),
        segments,
        enclosed,
    )


def enclosures(rooms: Rooms) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Walls, doors and windows of rooms, (R, T, 7), and which of them are real, (R, T)."""
    corners = rooms.floor
    real = ~np.isnan(corners[..., 0])
    following = np.roll(corners, -1, axis=1)
    last = real.sum(axis=1) - 1
    following[np.arange(rooms.n), last] = corners[:, 0]
    walls = np.zeros((*corners.shape[:2], SEGMENT_WIDTH), dtype=np.float32)
    walls[..., 1:3], walls[..., 3:5], walls[..., 6] = corners, following, rooms.height[:, None]
    openings = rooms.openings.copy()
    openings[..., 0] += 1  # behind "wall"
    segments = np.concatenate([walls, openings], axis=1)
    enclosed = np.concatenate([real, ~np.isnan(openings[..., 0])], axis=1)
    return np.where(enclosed[..., None], segments, 0), enclosed
