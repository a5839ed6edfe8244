"""Which objects are seen well enough in a picture for I-Scene."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

FEWEST_PIXELS: Final = 900
"""On which an object must be seen: the paper calls low resolution a weakness of the method."""
MOST_HIDDEN: Final = 0.7
"""Share of an object that others may hide, for the same reason."""
MOST_LABELS: Final = 255
"""Objects of one picture: labels are of 8 bits."""


def check_masks(labels: npt.NDArray[Any], whole: Mapping[int, int] | None = None) -> dict[int, str]:
    """Why objects of a picture cannot be used; those that can are not named.

    Args:
        labels: (h, w) whole numbers: 0 is background, 1..N are objects.
        whole: pixels that each object would have alone; None where nobody knows, then nothing counts as hidden.
    """
    counts = np.bincount(labels.ravel())
    known = whole or {}
    last = max(len(counts) - 1, *known, 0)
    reasons: dict[int, str] = {}
    for label in range(1, last + 1):
        seen = int(counts[label]) if label < len(counts) else 0
        if label > MOST_LABELS:
            reasons[label] = f"one picture holds {MOST_LABELS} objects"
        elif known.get(label, 0) >= FEWEST_PIXELS and seen < (1 - MOST_HIDDEN) * known[label]:
            reasons[label] = f"more than {MOST_HIDDEN:.0%} hidden".replace("%", " %")
        elif seen < FEWEST_PIXELS:
            reasons[label] = f"seen on {seen} pixels, {FEWEST_PIXELS} are needed"
    return reasons
