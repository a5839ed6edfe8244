"""Pictures as I-Scene reads them, and which objects are seen well enough in them."""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError

FEWEST_PIXELS: Final = 900
"""On which an object must be seen: the paper calls low resolution a weakness of the method."""
MOST_HIDDEN: Final = 0.7
"""Share of an object that others may hide, for the same reason."""
MOST_LABELS: Final = 255
"""Objects of one picture: labels are of 8 bits."""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def write_png(path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    """Writes a picture as it is: no palette, no transparency, no colour profile, no filter of its rows.

    Args:
        path: of the file.
        pixels: (h, w) grey or (h, w, 3) red, green, blue, 8 bits each; row 0 is at the top.

    Raises:
        InvalidInputError: they are of another form.
    """
    colours = pixels.ndim == 3
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or not pixels.size or (colours and pixels.shape[2] != 3):
        raise InvalidInputError(
            f"A picture of {pixels.dtype} and shape {pixels.shape} cannot be written", "Give (h, w) or (h, w, 3) bytes"
        )
    height, width = pixels.shape[:2]
    rows = np.pad(pixels.reshape(height, -1), ((0, 0), (1, 0)))  # a 0 before each row: it is not filtered
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if colours else 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    path.write_bytes(_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


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
