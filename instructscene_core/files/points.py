"""Coloured points of a person's own mesh, from a file of unknown origin."""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..vocabulary import counted
from .arrays import read_array

Points = npt.NDArray[np.float32]

_MAX_POINTS: Final = 10_000_000
_LARGEST_FILE: Final = 512 << 20
"""Bytes of the file."""
_POINTS_READ: Final = 1024
"""Points that are kept of a larger cloud."""


def read_points(path: Path) -> Points:
    """Reads a person's coloured points.

    Args:
        path: ``.npy`` with an (n, 6) array: x y z in metres in the object's own frame, r g b in 0..1.

    Returns:
        (P, 6) float32, thinned out evenly to 1,024 points where there are more.

    Raises:
        InvalidInputError: the file is missing or no such array.
    """
    remedy = "Give a .npy file with an (n, 6) array of finite numbers"
    try:
        points = read_array(path, _LARGEST_FILE)
    except InvalidInputError as error:
        raise InvalidInputError(f"Cannot read the points {path.name}", remedy) from error
    if points.ndim != 2 or points.shape[1] != 6 or points.dtype.kind not in "fiu":
        raise InvalidInputError(f"{path.name} holds no (n, 6) array of numbers", remedy)
    if not 0 < len(points) <= _MAX_POINTS:
        raise InvalidInputError(f"{path.name} holds {counted(len(points), 'point')}", remedy)
    rows = np.linspace(0, len(points) - 1, min(len(points), _POINTS_READ)).round().astype(np.int64)
    cloud = np.asarray(points[rows], dtype=np.float32)
    if not np.isfinite(cloud).all():
        raise InvalidInputError(f"{path.name} holds numbers that are not finite", remedy)
    return cloud
