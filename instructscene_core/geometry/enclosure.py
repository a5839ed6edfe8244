"""What encloses a room, as the layout decoder reads it: walls, doors and windows as segments in the tensors' frame.

A segment is a row [kind, x0, z0, x1, z1, bottom, top]: its kind is an index of ``KINDS``, its ends lie on the ground
plane, metres. Walls go anticlockwise seen from above, those of holes clockwise, doors and windows the other way,
whatever way a floor plan has them: the network learned from rooms in which they do.
"""

from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from ..scene import FloorPlan, Point2
from .frames import FloatArray

KINDS: Final = ("wall", "door", "window")
SEGMENT_WIDTH: Final = 7
_SHORTEST: Final = 1e-12
"""Square metres: squared lengths of walls below it would divide by nothing."""
FloatT = TypeVar("FloatT", bound=np.floating[Any])


def segments_of(floor: FloorPlan, centre: Point2) -> FloatArray:
    """The enclosure of a floor plan, (T, 7); no row where its outline is not stated.

    Args:
        floor: product frame.
        centre: of the tensors' frame on the product's ground plane.
    """
    if floor.polygon is None:
        return np.zeros((0, SEGMENT_WIDTH))
    rings = [np.array(ring) for ring in floor.rings()]
    corners, following = (np.concatenate(rows) for rows in (rings, [np.roll(ring, -1, axis=0) for ring in rings]))
    walls = [(0, *a, *b, 0.0, floor.height) for a, b in zip(corners, following, strict=True)]
    openings = [
        (KINDS.index(o.kind), *_against_walls(np.array(o.segment), corners, following).flatten(), o.bottom, o.top)
        for o in floor.openings
    ]
    rows = np.array([*walls, *openings], dtype=np.float64)
    rows[:, [1, 3]] -= centre[0]
    rows[:, [2, 4]] = centre[1] - rows[:, [2, 4]]
    return rows


def _against_walls(segment: FloatArray, starts: FloatArray, ends: FloatArray) -> FloatArray:
    """An opening's ends (2, 2) in the order of the training rooms': against the direction of its wall.

    Args:
        segment: as it came; its wall is the one nearest to its middle.
        starts: (K, 2) of the walls.
        ends: (K, 2) of the walls.
    """
    middle, along = segment.mean(axis=0), ends - starts
    share = ((middle - starts) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), _SHORTEST)
    nearest = starts + share.clip(0, 1)[:, None] * along
    wall = along[((nearest - middle) ** 2).sum(axis=1).argmin()]
    return segment[::-1] if wall @ (segment[1] - segment[0]) > 0 else segment


def scaled(segments: npt.NDArray[FloatT], reach: npt.ArrayLike) -> npt.NDArray[FloatT]:
    """Segments (…, 7) with their ends in units of ``reach`` (…) metres, as boxes are in units of ``Bounds``."""
    result = np.array(segments)
    result[..., 1:5] /= np.asarray(reach, dtype=result.dtype)[..., None, None]
    return result
