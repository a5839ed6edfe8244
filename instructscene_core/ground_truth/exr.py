"""Reads the OpenEXR files that Blender writes of its passes: 32-bit floats, not compressed, in one part.

The format is that of https://openexr.com/en/latest/OpenEXRFileLayout.html. Anything else is refused: there is no other
reader in Blender's Python module, whose images of several layers have no pixels.
"""

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError

_MAGIC: Final = b"v/1\x01"
_SINGLE_PART: Final = 2
"""Version 2 without a flag; the next, names longer than 31 letters, changes nothing here."""
_LONG_NAMES: Final = 0x400
_FLOAT: Final = 2
_MOST_SIDE: Final = 1 << 16


def read_exr(data: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """The channels of a file, each (h, w), row 0 at the top.

    Args:
        data: the whole file.

    Returns:
        Them by their names, such as ``ViewLayer.Depth.Z``.

    Raises:
        InvalidInputError: it is incomplete, or of another kind.
    """
    try:
        return _read(data)
    except (ValueError, KeyError, IndexError, struct.error, UnicodeDecodeError) as error:
        raise InvalidInputError(f"Blender's passes cannot be read: {error}", "Make room on the disk") from error


def _read(data: bytes) -> dict[str, npt.NDArray[np.float32]]:
    (version,) = struct.unpack_from("<I", data, 4)
    if not data.startswith(_MAGIC) or version & ~_LONG_NAMES != _SINGLE_PART:
        raise ValueError("no OpenEXR file of one part")
    header, place = _header(data)
    left, top, right, bottom = struct.unpack("<4i", header["dataWindow"])
    width, height = right - left + 1, bottom - top + 1
    if header["compression"] != b"\0" or not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise ValueError("it is compressed, or its size is none")
    names = list(_channels(header["channels"]))
    row = 8 + 4 * width * len(names)  # its number and its length, then a line of each channel
    places = np.frombuffer(data, "<u8", height, place)
    if (places > len(data) - row).any():
        raise ValueError("the end is missing")
    pixels = np.empty((len(names), height, width), np.float32)
    for start in places.tolist():
        number, length = struct.unpack_from("<ii", data, start)
        if length != row - 8 or not top <= number <= bottom:
            raise ValueError("a line of it is damaged")
        pixels[:, number - top] = np.frombuffer(data, "<f4", width * len(names), start + 8).reshape(len(names), width)
    return dict(zip(names, pixels, strict=True))


def _header(data: bytes) -> tuple[dict[str, bytes], int]:
    """The attributes by name, and where what follows them begins."""
    attributes: dict[str, bytes] = {}
    place = 8
    while data[place] != 0:
        end = data.index(b"\0", place)
        kind = data.index(b"\0", end + 1)
        (size,) = struct.unpack_from("<I", data, kind + 1)
        attributes[data[place:end].decode()] = data[kind + 5 : kind + 5 + size]
        place = kind + 5 + size
    return attributes, place + 1


def _channels(listing: bytes) -> Iterator[str]:
    """Names in the order in which their lines follow each other."""
    place = 0
    while listing[place] != 0:
        end = listing.index(b"\0", place)
        kind, _, across, down = struct.unpack_from("<iiii", listing, end + 1)
        if (kind, across, down) != (_FLOAT, 1, 1):
            raise ValueError("a channel is not of 32-bit floats")
        yield listing[place:end].decode()
        place = end + 17
