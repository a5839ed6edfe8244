"""Depth and normals as numbers of 16 bits."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

MOST: Final = 65535
"""The largest number of 16 bits."""
_FAR: Final = 1e6
"""Metres from which on nothing is there: a background is at 1e10."""


def depth_in_millimetres(metres: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    """Depth as whole millimetres.

    Args:
        metres: (h, w) along the camera's axis; what is not finite, not positive or a million and more is background.

    Returns:
        (h, w); 0 where nothing is there, or farther than 65.535 m. What is there is 1 at least.
    """
    there = np.isfinite(metres) & (metres > 0) & (metres < _FAR)
    millimetres = np.rint(np.where(there, metres, 0.0).astype(np.float64) * 1000)
    there &= millimetres <= MOST
    return np.where(there, np.maximum(millimetres, 1), 0).astype(np.uint16)


def normals_as_colours(normals: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    """Unit normals as (n + 1) / 2 of 65,535.

    Args:
        normals: (h, w, 3) of any length above 0, which are made unit ones; of length 0 where nothing is there.

    Returns:
        (h, w, 3); 0, 0, 0 where nothing is there, which is no unit normal.
    """
    wide = normals.astype(np.float64)
    length = np.linalg.norm(wide, axis=-1, keepdims=True)
    there = np.isfinite(length) & (length > 1e-6)
    unit = np.where(there, wide, 0.0) / np.where(there, length, 1.0)
    return np.where(there, np.rint((unit + 1) / 2 * MOST), 0).astype(np.uint16)
