"""Writes pictures as PNG files, the same bytes for the same pixels on every machine with the same zlib."""

import struct
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from .errors import InvalidInputError

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TYPES: Final = ("uint8", "uint16")
_KINDS: Final = {1: 0, 3: 2, 4: 6}
"""Colour type of so many channels: grey; red, green, blue; these and alpha."""


def png(pixels: npt.NDArray[Any]) -> bytes:
    """A picture as a file, as it is: no palette, no colour profile, no filter of its rows.

    Args:
        pixels: (h, w) grey, (h, w, 3) red, green, blue or (h, w, 4) with alpha, of 8 or 16 bits; row 0 is at the top.

    Raises:
        InvalidInputError: they are of another form.
    """
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.dtype.name not in _TYPES or pixels.ndim not in (2, 3) or not pixels.size or channels not in _KINDS:
        raise InvalidInputError(
            f"A picture of {pixels.dtype} and shape {pixels.shape} cannot be written",
            "Give (h, w), (h, w, 3) or (h, w, 4) numbers of 8 or 16 bits",
        )
    height, width = pixels.shape[:2]
    rows = pixels.astype(pixels.dtype.newbyteorder(">")).reshape(height, -1).view(np.uint8)
    rows = np.pad(rows, ((0, 0), (1, 0)))  # a 0 before each row: it is not filtered
    head = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, _KINDS[channels], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def write_png(path: Path, pixels: npt.NDArray[Any]) -> None:
    """Writes what `png` gives to a file.

    Raises:
        InvalidInputError: as `png` does.
    """
    path.write_bytes(png(pixels))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
