"""Angles of vectors."""

import numpy as np
import numpy.typing as npt


def atan2(y: npt.ArrayLike, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Angles of the vectors (x, y), radians, −π to π.

    Of columns of a table numpy's own function gives, once in some hundred calls, another last bit: it takes another way
    as its result happens to lie in memory. Equal requests would not be equal bytes then, so columns are copied first.

    Args:
        y: of any shape.
        x: of the same shape, or one that fits.
    """
    return np.arctan2(np.array(y, order="C"), np.array(x, order="C"))  # noqa: TID251 - this is what the others are to use
