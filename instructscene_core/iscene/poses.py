"""What carries I-Scene's cube into the room: similarities, the known boxes, and which axes the cube has.

World: metres, right-handed, Z up. Rotations are (3, 3), their columns are where the axes go.
"""

import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from .errors import ISceneError

Array = npt.NDArray[np.float64]
Row3 = tuple[int, int, int]

FOLLOWS: Final = ("azimuth", "camera")
"""What the cube turns with: the camera's direction on the ground, or also its pitch and roll."""
_FARTHEST: Final = 10.0
"""Degrees by which a convention may miss a rotation that was found."""
_APART: Final = 3.0
"""Degrees by which one convention must be better than those that follow something else."""
_AGAIN: Final = "Run Try I-Scene in the preferences"


@dataclass(frozen=True, eq=False)
class Similarity:
    """world = scale · rotation @ p + shift.

    Args:
        rotation: (3, 3), proper.
        scale: above 0.
        shift: (3,) metres.
    """

    rotation: Array
    scale: float
    shift: Array

    def apply(self, points: Array) -> Array:
        """Points (n, 3) of the cube in the world."""
        return self.scale * points @ self.rotation.T + self.shift


@dataclass(frozen=True, eq=False)
class Box:
    """A box whose place in the world is known, upright.

    Args:
        centre: (3,) metres.
        size: (3,) full extents in its own axes, metres.
        yaw: radians about +Z.
    """

    centre: Array
    size: Array
    yaw: float

    @property
    def axes(self) -> Array:
        """Its own axes in the world, as rows: (3, 3)."""
        return turn_of(self.yaw).T

    @property
    def corners(self) -> Array:
        """(8, 3) in the world."""
        signs = np.array(list(itertools.product((-0.5, 0.5), repeat=3)))
        return signs * self.size @ self.axes + self.centre


@dataclass(frozen=True)
class Convention:
    """Which way the cube lies to the camera that the picture was taken with.

    Args:
        permutation: a rotation that permutes axes: of the cube to those of what it follows.
        follows: "azimuth" (x to the camera's right, y forwards, both level, z up) or "camera" (x to its right, y up
            in the picture, z backwards, as Blender's cameras have it).
    """

    permutation: tuple[Row3, Row3, Row3]
    follows: str

    def rotation(self, camera: Array) -> Array:
        """The cube's in the world, (3, 3).

        Args:
            camera: (3, 3) its rotation to the world.

        Raises:
            InvalidInputError: that is no rotation.
            ISceneError: the picture's upper edge lies on the ground, so there is no azimuth.
        """
        return _frame(self.follows, camera) @ np.array(self.permutation, dtype=np.float64)

    def to_json(self) -> str:
        """As text for a file or a preference."""
        return json.dumps({"version": 1, "permutation": self.permutation, "follows": self.follows})

    @staticmethod
    def of_json(text: str) -> "Convention":
        """From such text.

        Raises:
            InvalidInputError: it is something else.
        """
        try:
            data = cast("dict[str, Any]", json.loads(text))
            if set(data) == {"version", "permutation", "follows"} and data["version"] == 1:
                rows = tuple(tuple(row) for row in data["permutation"])
                found = next((rows for known in _PERMUTATIONS if rows == known), None)
                if found is not None and data["follows"] in FOLLOWS:
                    return Convention(cast("tuple[Row3, Row3, Row3]", found), data["follows"])
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidInputError("What is kept of I-Scene's convention is no JSON of ours", _AGAIN) from error
        raise InvalidInputError("What is kept of I-Scene's convention is of another form", _AGAIN)


def _permutations() -> tuple[tuple[Row3, Row3, Row3], ...]:
    """The 24 rotations of a cube onto itself."""
    found: list[tuple[Row3, Row3, Row3]] = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1, -1), repeat=3):
            matrix = np.diag(signs)[list(order)]
            if round(float(np.linalg.det(matrix))) == 1:
                found.append(cast("tuple[Row3, Row3, Row3]", tuple(tuple(int(v) for v in row) for row in matrix)))
    return tuple(found)


_PERMUTATIONS: Final = _permutations()


def levelled(similarity: Similarity, camera: Array, about: Array) -> Similarity:
    """The same, leaning no more: what a convention has upright is upright, which the fit tells to some degrees only.

    Args:
        similarity: that was found.
        camera: (3, 3) rotation of the camera to the world.
        about: (3,) the point of the world that stays.
    """
    known = [Convention(permutation, follows).rotation(camera) for follows in FOLLOWS for permutation in _PERMUTATIONS]
    nearest = min(known, key=lambda rotation: angle_between(similarity.rotation, rotation))
    if angle_between(similarity.rotation, nearest) > _FARTHEST:
        return similarity  # nobody knows what is up in it
    up = similarity.rotation @ nearest[2]  # where the cube's upright is now
    axis, cosine = np.cross(up, (0.0, 0.0, 1.0)), float(up[2])
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    turn = np.eye(3) + cross + cross @ cross / (1 + cosine)
    return Similarity(turn @ similarity.rotation, similarity.scale, about + turn @ (similarity.shift - about))


def calibrate(similarity: Similarity, camera: Array) -> Convention:
    """The convention that explains a rotation that was found best.

    Args:
        similarity: of a picture whose boxes were known.
        camera: (3, 3) rotation of its camera to the world.

    Raises:
        InvalidInputError: that is no rotation.
        ISceneError: none is within 10 degrees, or the camera's view leaves open what the cube follows.
    """
    best = {
        follows: min(
            (angle_between(similarity.rotation, convention.rotation(camera)), convention.permutation)
            for convention in (Convention(permutation, follows) for permutation in _PERMUTATIONS)
        )
        for follows in FOLLOWS
    }
    follows = min(best, key=lambda name: best[name][0])
    if best[follows][0] > _FARTHEST:
        miss = f"the nearest misses it by {best[follows][0]:.0f} degrees"
        raise ISceneError(f"No convention explains how I-Scene turned the scene; {miss}", "Run Try I-Scene again")
    if max(miss for miss, _ in best.values()) - best[follows][0] < _APART:
        raise ISceneError(
            "The camera's view does not tell whether I-Scene follows its pitch",
            "Let the camera look down by about 25 degrees",
        )
    return Convention(best[follows][1], follows)


def turn_of(yaw: float) -> Array:
    """The rotation about +Z, (3, 3)."""
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def angle_between(a: Array, b: Array) -> float:
    """Degrees of the rotation that takes one to the other."""
    return math.degrees(math.acos(float(np.clip((np.sum(a * b) - 1) / 2, -1, 1))))


def checked_rotation(camera: Array) -> Array:
    """A camera's rotation, (3, 3).

    Raises:
        InvalidInputError: it is none.
    """
    matrix = np.asarray(camera, dtype=np.float64)
    if matrix.shape != (3, 3) or not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-3) or np.linalg.det(matrix) < 0:
        raise InvalidInputError("The camera's matrix is no rotation", "Take scale and shear off the camera")
    return matrix


def check_boxes(boxes: Sequence[Box], shapes: Sequence[Array]) -> None:
    """Raises an InvalidInputError where there are no boxes with a shape of finite points for each."""
    if not boxes or len(boxes) != len(shapes):
        raise InvalidInputError(f"{len(boxes)} boxes and {len(shapes)} shapes do not belong together", "Give as many")
    for box in boxes:
        numbers = np.concatenate([np.ravel(box.centre), np.ravel(box.size), [box.yaw]])
        if numbers.shape != (7,) or not np.isfinite(numbers).all() or not (np.asarray(box.size) > 0).all():
            raise InvalidInputError("A known box has a size or a place that is none", "Give metres above 0")
    for points in shapes:
        if points.ndim != 2 or points.shape[1] != 3 or not len(points) or not np.isfinite(points).all():
            raise InvalidInputError("A shape has no points, or some that are no numbers", "Give (n, 3) finite numbers")


def _frame(follows: str, camera: Array) -> Array:
    matrix = checked_rotation(camera)
    if follows == "camera":
        return matrix
    right = matrix[:2, 0]
    length = float(np.linalg.norm(right))
    if length < 0.1:
        raise ISceneError("The camera is rolled onto its side", "Level the camera")
    x, y = right / length
    return np.array([[x, -y, 0.0], [y, x, 0.0], [0.0, 0.0, 1.0]])
