"""Arrays in files of unknown origin: plain numbers within a size, or one line on what is wrong."""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError

_T = TypeVar("_T")

LARGEST: Final = 64 << 20
"""Bytes that an array may have by default; those of a room have some kilobytes."""
_DAMAGE: Final = (
    OSError, ValueError, LookupError, TypeError, ArithmeticError, AttributeError, EOFError, SyntaxError, TokenError,
    MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What numpy and zipfile raise of damaged files; numpy reads a header as it would Python's own values."""


def read_array(path: Path, largest: int = LARGEST) -> npt.NDArray[Any]:
    """The array of an ``.npy`` file.

    Args:
        path: the file.
        largest: bytes that it may have.

    Raises:
        InvalidInputError: it is missing, damaged, too large, or holds objects.
    """
    return _read(path, lambda: _npy(path, largest))


def read_arrays(path: Path, names: Collection[str]) -> dict[str, npt.NDArray[Any]]:
    """Some of the arrays of an ``.npz`` file, each of at least one dimension.

    Args:
        path: the file.
        names: of the arrays; others are not read.

    Raises:
        InvalidInputError: the file or an array is missing, damaged, too large, or holds objects.
    """
    return _read(path, lambda: _npz(path, names))


def _read(path: Path, read: Callable[[], _T]) -> _T:
    remedy = "Copy the file again"
    if not path.is_file():  # nor a pipe, which would never end
        raise InvalidInputError(f"{path} is missing", remedy)
    try:
        return read()
    except _DAMAGE as error:
        raise InvalidInputError(f"{path} is damaged ({' '.join(str(error).split())})", remedy) from error


def _npy(path: Path, largest: int) -> npt.NDArray[Any]:
    # Not numpy.load, which would also open archives and pickles.
    if path.stat().st_size > largest:
        raise ValueError("it is too large")
    with path.open("rb") as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _npz(path: Path, names: Collection[str]) -> dict[str, npt.NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        if any(archive.getinfo(f"{name}.npy").file_size > LARGEST for name in names):
            raise ValueError("its arrays are too large")
    with np.load(path, allow_pickle=False) as stored:
        return {name: np.atleast_1d(stored[name]) for name in names}
