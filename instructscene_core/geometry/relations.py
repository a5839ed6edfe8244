"""Spatial relations from boxes, by the rules of the official implementation, for whole batches of rooms at once.

Boxes are rows [tx ty tz hx hy hz angle] in the tensor frame: Y up, front +Z, half extents, angle about +Y. The world's
axes decide what is left, right, in front and behind, whatever way an object faces (paper, section 3.1 and appendix).
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..vocabulary import NO_RELATION, hangs
from .angles import atan2

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
RelationArray = npt.NDArray[np.int8]
IndexArray = npt.NDArray[np.intp]

NEAR: Final = 1.0
"""Metres between the ground centres below which a direction is "closely"."""
FAR: Final = 3.0
"""Metres between the ground centres above which two objects have no relation."""
NEAR_GAP: Final = 1.0
"""Metres between the ground rectangles of two objects up to which people say that they are near each other."""
CLEAR_DISTANCE: Final = 0.10
"""Metres from a border of the rules beyond which a relation is clear, see `clear_of_borders`."""
CLEAR_ANGLE: Final = math.radians(8)
"""The same between two directions, radians."""

ABOVE, LEFT, FRONT, CLOSELY_LEFT, CLOSELY_FRONT, BELOW, RIGHT, BEHIND, CLOSELY_RIGHT, CLOSELY_BEHIND = range(10)
_CLOSELY: Final = CLOSELY_LEFT - LEFT
_CORNERS: Final = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=np.float64)


def _reversed_table() -> RelationArray:
    table = np.arange(NO_RELATION + 1, dtype=np.int8)
    table[:NO_RELATION] = (table[:NO_RELATION] + 5) % NO_RELATION
    return table


def _rotated_table() -> RelationArray:
    quarter = np.arange(NO_RELATION + 1, dtype=np.int8)
    turn = {LEFT: FRONT, FRONT: RIGHT, RIGHT: BEHIND, BEHIND: LEFT}
    for before, after in turn.items():
        quarter[before] = after
        quarter[_closely(before)] = _closely(after)
    table = [np.arange(NO_RELATION + 1, dtype=np.int8)]
    for _ in range(3):
        table.append(quarter[table[-1]])
    return np.stack(table)


def _closely(direction: int) -> int:
    """The "closely" predicate of one of the four directions."""
    return direction + _CLOSELY if direction < BELOW else direction + CLOSELY_RIGHT - RIGHT


REVERSED: Final = _reversed_table()
"""(11,) index of the predicate of (b, a) for that of (a, b); "none" stays "none"."""
ROTATED_PREDICATES: Final = _rotated_table()
"""(4, 11): ``[k, p]`` is predicate p after the room was turned by k quarter turns (angles grow by k pi / 2)."""


def lamp_flags(classes: Sequence[str]) -> BoolArray:
    """Which class numbers are lamps; one more entry, False, for the empty class.

    Args:
        classes: the C class names in the order of their numbers.

    Returns:
        (C + 1,) bool.
    """
    return np.array([*(hangs(name) for name in classes), False], dtype=np.bool_)


def corner_centres(boxes: npt.ArrayLike) -> FloatArray:
    """Centres as the mean of the eight rotated corners.

    The official code has them this way, so that rounding, not the nominal value, decides at exactly 1 m, 3 m and 45°.

    Args:
        boxes: (…, 7).

    Returns:
        (…, 3) float64.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    scaled = _CORNERS * boxes[..., None, 3:6]
    cosine, sine = np.cos(boxes[..., None, 6]), np.sin(boxes[..., None, 6])
    x = scaled[..., 0] * cosine + scaled[..., 2] * sine
    z = scaled[..., 2] * cosine - scaled[..., 0] * sine
    corners = np.stack([x, scaled[..., 1], z], axis=-1) + boxes[..., None, :3]
    return corners.mean(axis=-2)


def relation_matrix(lamps: BoolArray, boxes: npt.ArrayLike, mask: BoolArray | None = None) -> RelationArray:
    """Relations of all pairs of objects in each room.

    Args:
        lamps: (…, n) whether the object is a lamp (``lamp_flags(classes)[objs]``).
        boxes: (…, n, 7).
        mask: (…, n) True for real objects; None where all are.

    Returns:
        (…, n, n) int8: ``[i, j]`` is the predicate of i relative to j, 10 for none. Computed for i < j, the others are
        the reverse, as the official code does.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    count = boxes.shape[-2]
    first, second = np.triu_indices(count, 1)
    upper = _pair_relations(_Pairs(lamps, boxes, first, second))
    if mask is not None:
        upper = np.where(mask[..., first] & mask[..., second], upper, np.int8(NO_RELATION))
    matrix = np.full((*boxes.shape[:-2], count, count), NO_RELATION, dtype=np.int8)
    matrix[..., first, second] = upper
    matrix[..., second, first] = REVERSED[upper]
    return matrix


def ground_gaps(boxes: FloatArray) -> FloatArray:
    """Metres between the axis-parallel ground rectangles around boxes.

    Args:
        boxes: (…, n, 7).

    Returns:
        (…, n, n).
    """
    cosine, sine = np.abs(np.cos(boxes[..., 6])), np.abs(np.sin(boxes[..., 6]))
    reach_x = cosine * boxes[..., 3] + sine * boxes[..., 5]
    reach_z = sine * boxes[..., 3] + cosine * boxes[..., 5]
    gaps = [
        np.maximum(np.abs(at[..., None] - at[..., None, :]) - reach[..., None] - reach[..., None, :], 0.0)
        for at, reach in ((boxes[..., 0], reach_x), (boxes[..., 2], reach_z))
    ]
    return np.hypot(*gaps)


def clear_of_borders(
    lamps: BoolArray,
    boxes: npt.ArrayLike,
    mask: BoolArray | None = None,
    distance: float = CLEAR_DISTANCE,
    angle: float = CLEAR_ANGLE,
) -> BoolArray:
    """Whether a pair's relation is far from the rule's borders, so that a small error of a box does not change it.

    Args:
        lamps: (…, n) whether the object is a lamp.
        boxes: (…, n, 7).
        mask: (…, n) True for real objects.
        distance: metres from the borders at 1 m, 3 m and from the edge of a box's ground rectangle.
        angle: radians from the diagonals between two directions.

    Returns:
        (…, n, n) bool, symmetric, False on the diagonal.
    """
    boxes = np.asarray(boxes, dtype=np.float64)
    count = boxes.shape[-2]
    first, second = np.triu_indices(count, 1)
    upper = _pair_clear(_Pairs(lamps, boxes, first, second), distance, angle)
    if mask is not None:
        upper &= mask[..., first] & mask[..., second]
    clear = np.zeros((*boxes.shape[:-2], count, count), dtype=np.bool_)
    clear[..., first, second] = upper
    clear[..., second, first] = upper
    return clear


def triplets(matrix: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]:
    """The relations of one room as rows, as in the data set's ``relations.npy``.

    Args:
        matrix: (n, n) as ``relation_matrix`` gives it.

    Returns:
        (m, 3) rows [subject, predicate, object] with subject < object.
    """
    first, second = np.triu_indices(matrix.shape[0], 1)
    predicates = matrix[first, second]
    real = predicates != NO_RELATION
    return np.stack([first[real], predicates[real], second[real]], axis=-1).astype(np.int64)


def rotate_boxes(boxes: npt.ArrayLike, quarter_turns: int) -> FloatArray:
    """Turns rooms about the floor's centre; ``ROTATED_PREDICATES`` tells what becomes of the relations.

    Args:
        boxes: (…, 7).
        quarter_turns: times 90°, anticlockwise seen from above.

    Returns:
        (…, 7), angles in (-pi, pi].
    """
    rotated = np.array(boxes, dtype=np.float64)
    for _ in range(quarter_turns % 4):
        rotated[..., 0], rotated[..., 2] = rotated[..., 2].copy(), -rotated[..., 0]
    angle = rotated[..., 6] + quarter_turns % 4 * (math.pi / 2)
    rotated[..., 6] = math.pi - np.mod(math.pi - angle, 2 * math.pi)
    return rotated


class _Pairs:
    """The pairs (first, second) of each room and what the rules look at; arrays of shape (…, pairs) where not said.

    Attributes:
        delta: (…, pairs, 3) centre of the first less that of the second, metres.
        lamp: whether the first, and whether the second, is a lamp.
        outside: how far the other's centre lies outside the ground rectangle of the first, and of the second, metres.
        reach: sum of the half heights, metres.
        ground_distance: between the centres along the ground, metres.
        theta: direction of ``delta`` on the ground, atan2(z, x).
    """

    def __init__(self, lamps: BoolArray, boxes: FloatArray, first: IndexArray, second: IndexArray) -> None:
        centres = corner_centres(boxes)
        self.delta = centres[..., first, :] - centres[..., second, :]
        self.lamp = lamps[..., first], lamps[..., second]
        cosine, sine = np.cos(boxes[..., 6]), np.sin(boxes[..., 6])
        self.outside = tuple(
            _outside(self.delta, boxes[..., 3][..., k], boxes[..., 5][..., k], cosine[..., k], sine[..., k])
            for k in (first, second)
        )
        self.reach = boxes[..., 4][..., first] + boxes[..., 4][..., second]
        self.ground_distance = np.sqrt(self.delta[..., 0] ** 2 + self.delta[..., 2] ** 2)
        self.theta = atan2(self.delta[..., 2], self.delta[..., 0])


def _outside(
    delta: FloatArray, half_x: FloatArray, half_z: FloatArray, cosine: FloatArray, sine: FloatArray
) -> FloatArray:
    """How far a point at ±delta from a box's centre lies outside its ground rectangle (negative: inside).

    The rectangle is symmetric, so the sign of delta does not matter. Outside it is the larger of the two axes' excess.
    """
    local_x = delta[..., 0] * cosine - delta[..., 2] * sine
    local_z = delta[..., 0] * sine + delta[..., 2] * cosine
    return np.maximum(np.abs(local_x) - half_x, np.abs(local_z) - half_z)


def _pair_relations(pairs: _Pairs) -> RelationArray:
    """Section 3.1 and appendix of the paper, with the official code's order of tests and strictness."""
    pi, theta = math.pi, pairs.theta
    direction = np.full(theta.shape, LEFT, dtype=np.int8)
    direction[(theta >= -3 * pi / 4) & (theta < -pi / 4)] = BEHIND
    direction[(theta >= -pi / 4) & (theta < pi / 4)] = RIGHT
    direction[(theta >= pi / 4) & (theta < 3 * pi / 4)] = FRONT
    closely = np.where(direction < BELOW, direction + _CLOSELY, direction + CLOSELY_RIGHT - RIGHT)
    relation = np.where(pairs.ground_distance < NEAR, closely, direction).astype(np.int8)
    relation[pairs.ground_distance > FAR] = NO_RELATION
    within = (pairs.outside[0] < 0) | (pairs.outside[1] < 0)
    height = pairs.delta[..., 1]
    above = within & ((height - pairs.reach >= 0) | pairs.lamp[0])
    below = within & ((-height - pairs.reach >= 0) | pairs.lamp[1])
    relation[below] = BELOW
    relation[above] = ABOVE
    return relation


def _pair_clear(pairs: _Pairs, distance: float, angle: float) -> BoolArray:
    """Whether every test that led to the pair's relation has some room to spare."""
    well_inside = (pairs.outside[0] <= -distance) | (pairs.outside[1] <= -distance)
    well_outside = (pairs.outside[0] >= distance) & (pairs.outside[1] >= distance)
    gap = np.abs(pairs.delta[..., 1]) - pairs.reach
    lamp = pairs.lamp[0] | pairs.lamp[1]
    vertical = well_inside & (lamp | (gap >= distance))
    horizontal = well_outside | (~lamp & (gap <= -distance))
    quarter = math.pi / 2
    from_diagonal = np.abs(np.mod(pairs.theta, quarter) - quarter / 2)
    from_rings = np.minimum(np.abs(pairs.ground_distance - NEAR), np.abs(pairs.ground_distance - FAR))
    return vertical | (horizontal & (from_diagonal >= angle) & (from_rings >= distance))
