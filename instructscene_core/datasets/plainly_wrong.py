"""Rooms of data sets that are plainly wrong: what no filter of the paper leaves out, and nobody would want to learn.

Thresholds are wide, so that a room which a person would call odd but possible is none of them. Tensor frame, metres.
"""

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from ..vocabulary import hangs
from .official_writer import NewRoom, Piece

_SAME_PLACE: Final = 0.02
"""Metres between the middles of two pieces with one model that are one piece twice."""
_OUTSIDE: Final = 0.5
"""Metres from the box around the floor to the middle of a piece that does not belong to the room."""
_INSIDE: Final = 0.4
"""Share of the smaller one's box that is inside another piece's."""
_HOLLOW: Final = frozenset({"l_shaped_sofa", "chaise_longue_sofa", "shelf", "bookshelf"})
"""In whose box other furniture may stand."""


def wrongs(room: NewRoom) -> Iterator[str]:
    """What is plainly wrong with a room, each kind once."""
    pairs = list(itertools.combinations(room.pieces, 2))
    twice = [a.jid == b.jid and np.linalg.norm(a.box[:3] - b.box[:3]) < _SAME_PLACE for a, b in pairs]
    if any(twice):
        yield "a piece twice in one place"
    reach = (room.floor_vertices.max(axis=0) - room.floor_vertices.min(axis=0))[[0, 2]] / 2 + _OUTSIDE
    if any((np.abs(piece.box[[0, 2]]) > reach).any() for piece in room.pieces):
        yield "a piece outside the room"
    if any(_inside(a, b) > _INSIDE for (a, b), same in zip(pairs, twice, strict=True) if not same):
        yield "a piece inside another"


def _inside(first: Piece, second: Piece) -> float:
    """Share of the smaller box that is inside the other; 0 where one may stand within the other's."""
    labels = {first.label, second.label}
    seats = [label for label in labels if "chair" in label or label == "stool"]
    if labels & _HOLLOW or any(map(hangs, labels)) or (seats and any("table" in o or o == "desk" for o in labels)):
        return 0.0
    (low, high), (other_low, other_high) = ((p.box[1] - p.box[4], p.box[1] + p.box[4]) for p in (first, second))
    height = max(min(high, other_high) - max(low, other_low), 0.0)
    smaller = min(8 * float(np.prod(piece.box[3:6])) for piece in (first, second))
    return float(_footprint(first).intersection(_footprint(second)).area * height / smaller)


def _footprint(piece: Piece) -> shapely.Polygon:
    x, _, z, half_x, _, half_z, angle = piece.box.tolist()
    cosine, sine = np.cos(angle), np.sin(angle)
    corners = np.array([[-half_x, -half_z], [half_x, -half_z], [half_x, half_z], [-half_x, half_z]])
    return shapely.Polygon(corners @ np.array([[cosine, -sine], [sine, cosine]]) + (x, z))
