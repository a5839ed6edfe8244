"""Reads Wavefront .obj files of unknown origin: vertices and triangles within limits, or one line on what is wrong."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError
from ..model_files import obj_lines

Array = npt.NDArray[np.float64]
Triangles = npt.NDArray[np.int64]
_Bytes = npt.NDArray[np.uint8]

LARGEST_FILE: Final = 128 << 20
"""Bytes; the largest models of 3D-FUTURE have some tens of millions."""


@dataclass(frozen=True, eq=False)
class ObjMesh:
    """The surface of a model.

    Args:
        vertices: (V, 3), all finite.
        triangles: (T, 3) vertex numbers, at least one; faces with more corners are cut into fans.
    """

    vertices: Array
    triangles: Triangles


def read_obj(path: Path) -> ObjMesh:
    """Reads the geometry of a file; nothing that it names is opened.

    Raises:
        InvalidInputError: it cannot be read, is too large, or its vertices or faces are missing, malformed, not finite
            or do not fit together.
    """
    if not path.is_file():  # nor a pipe, which would never end
        raise InvalidInputError(f"{path.name} is missing")
    try:
        size = path.stat().st_size
        data = path.read_bytes() if 0 < size <= LARGEST_FILE else b""
    except OSError as error:
        raise InvalidInputError(f"{path.name} cannot be read: {error.strerror}") from error
    if not data:
        raise InvalidInputError(f"{path.name} is empty" if size == 0 else f"{path.name} is too large")
    lines = obj_lines(data)
    vertices = _vertices([line[2:] for line in lines if line[:2] == b"v "], path.name)
    faces = [line[2:] for line in lines if line[:2] == b"f "]
    if not faces:
        raise InvalidInputError(f"{path.name} has no faces")
    triangles, places = _plain_triangles(faces) or _triangles(faces, path.name)
    if triangles.min() < 0:
        back = triangles + _vertices_before(lines)[places][:, None]
        triangles = np.where(triangles < 0, np.where(back < 0, len(vertices), back), triangles - 1)
    else:
        triangles = triangles - 1
    if triangles.min() < 0 or triangles.max() >= len(vertices):
        raise InvalidInputError(f"{path.name} has a face with a vertex that it does not hold")
    return ObjMesh(vertices, triangles)


def _vertices_before(lines: list[bytes]) -> Triangles:
    """(F,) how many vertices come before each face: those from which it counts back."""
    heads = np.array([line[:2] for line in lines])
    return np.cumsum(heads == b"v ")[heads == b"f "]


def _vertices(lines: list[bytes], name: str) -> Array:
    """(V, 3) of the lines behind ``v``: x y z, sometimes followed by a weight or a colour, which do not count."""
    if not lines:
        raise InvalidInputError(f"{name} has no vertices")
    text = b"\n".join(lines) + b"\n"
    counts = _words_in_lines(np.frombuffer(text, dtype=np.uint8))
    values = _numbers(text, np.float64)
    if counts.min() < 3 or len(values) != counts.sum():
        raise InvalidInputError(f"{name} has a vertex that is no three numbers")
    starts = np.cumsum(counts) - counts
    vertices = values[starts[:, None] + np.arange(3)]
    if not np.isfinite(vertices).all():
        raise InvalidInputError(f"{name} has vertices that are not finite numbers")
    return vertices


def _plain_triangles(lines: list[bytes]) -> tuple[Triangles, Triangles] | None:
    """As `_triangles`, of lines of which each is ``a/b/c a/b/c a/b/c``, as a rule; None where one is not."""
    text = b"\n".join(lines)
    if text.count(b"/") != 6 * len(lines) or b"//" in text:
        return None
    values = _numbers(text.replace(b"/", b" "), np.int64)
    if len(values) != 9 * len(lines):
        return None
    return values.reshape(-1, 3, 3)[:, :, 0], np.arange(len(lines))


def _triangles(lines: list[bytes], name: str) -> tuple[Triangles, Triangles]:
    """(T, 3) as numbered in any lines: from 1, or back from -1, with or without texture and normal; and (T,) lines."""
    text = _without_slashes(np.frombuffer(b"\n".join(lines) + b"\n", dtype=np.uint8))
    counts, values = _words_in_lines(text), _numbers(text.tobytes(), np.int64)
    if counts.min() < 3 or len(values) != counts.sum():
        raise InvalidInputError(f"{name} has a face that is no three corners or more")
    starts, fans = np.cumsum(counts) - counts, counts - 2
    first = np.repeat(starts, fans)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(fans) - fans, fans)
    return values[np.stack([first, second, second + 1], axis=1)], np.repeat(np.arange(len(fans)), fans)


def _without_slashes(text: _Bytes) -> _Bytes:
    """``12/5/7`` becomes ``12``: each word is blank from its first slash on."""
    places = np.arange(len(text), dtype=np.int32)
    slash = np.maximum.accumulate(np.where(text == ord("/"), places, -1))
    blank = np.maximum.accumulate(np.where(text <= ord(" "), places, -1))
    return np.where(slash > blank, ord(" "), text).astype(np.uint8)


def _words_in_lines(text: _Bytes) -> Triangles:
    """How many words each line has; every line ends with a line feed."""
    word = text > ord(" ")
    starts = word.copy()
    starts[1:] &= ~word[:-1]
    ends = np.flatnonzero(text == ord("\n"))
    return np.diff(np.cumsum(starts)[ends], prepend=0)


def _numbers(text: bytes, kind: type[Any]) -> npt.NDArray[Any]:
    """The words as numbers, up to the first that is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # how numpy tells of a word that is no number
        try:
            return np.fromstring(text, dtype=kind, sep=" ")
        except (ValueError, OverflowError):
            return np.empty(0, dtype=kind)
