"""Pickles of unknown origin: plain values, numpy's numbers and arrays, and records; nothing in them runs.

Python's unpickler calls whatever a file names. This one knows a short list of names and has its own small reader
for each, so that not even numpy's are called with a file's arguments unchecked; every other name is refused.
"""

import io
import math
import pickle
import pickletools
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from ..errors import InvalidInputError

LARGEST: Final = 512 << 20
"""Bytes that a file may have by default."""

_PLAIN_TYPE: Final = re.compile(r"[|=<>]?([biufSU])([0-9]{1,6})|bool|u?int(8|16|32|64)|float(16|32|64)")
_MEMO: Final = ("PUT", "BINPUT", "LONG_BINPUT")
_DAMAGE: Final = (EOFError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, MemoryError)
"""What a damaged pickle raises; a refused one raises UnpicklingError."""


class Record:
    """An instance of a class that a file names: its attributes and nothing else."""

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
            raise pickle.UnpicklingError("the state of an object is no dictionary of its attributes")
        self.__dict__.update(state)


class _DType:
    """numpy's description of an array's numbers; only numbers and strings are let through."""

    def __init__(self, name: object, align: object = False, copy: object = False) -> None:  # noqa: FBT002 - as files call it
        del align, copy
        if not isinstance(name, str) or not _PLAIN_TYPE.fullmatch(name):
            raise pickle.UnpicklingError(f"arrays of {name!r} are not allowed")
        self.real = np.dtype(name)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] in ("<", ">"):
            self.real = self.real.newbyteorder(state[1])
        elif state[1] not in ("|", "="):
            raise pickle.UnpicklingError("an array has no known byte order")


class _Array(np.ndarray[Any, np.dtype[Any]]):
    """A numpy array in the making: its true contents come with its state, whose parts must fit together."""

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        shape, dtype, by_columns, raw = state[-4:]
        real = _real(dtype)
        shape = tuple(int(length) for length in shape)
        if not isinstance(raw, bytes) or min(shape, default=0) < 0 or len(raw) != math.prod(shape) * real.itemsize:
            raise pickle.UnpicklingError("an array's shape, type and contents do not fit together")
        super().__setstate__((1, shape, real, bool(by_columns), raw))


def _real(dtype: object) -> np.dtype[Any]:
    if not isinstance(dtype, _DType):
        raise pickle.UnpicklingError("an array has no type")
    return dtype.real


def _array_class(*_: object) -> None:
    """Stands for numpy.ndarray, which a pickle names but must not call: from raw bytes it could make any object."""
    raise pickle.UnpicklingError("it makes an array of anything")


def _new_array(kind: object, shape: object, dtype: object) -> _Array:
    """What numpy's own reconstruction of an array does first."""
    del kind, shape, dtype
    return _Array((0,), np.int8)


def _array_of(raw: object, dtype: object, shape: tuple[Any, ...], order: object = "C") -> npt.NDArray[Any]:
    """An array in a pickle of protocol 5."""
    if not isinstance(raw, bytes | bytearray) or order not in ("C", "F"):
        raise pickle.UnpicklingError("an array's contents are missing")
    return np.frombuffer(raw, _real(dtype)).reshape(tuple(shape), order="F" if order == "F" else "C")


def _scalar(dtype: object, raw: object) -> Any:  # noqa: ANN401 - a number or a string
    """One number of numpy's."""
    if not isinstance(raw, bytes):
        raise pickle.UnpicklingError("a number's contents are missing")
    return np.frombuffer(raw, _real(dtype))[0].item()


def _encoded(text: object, encoding: object = "latin1") -> bytes:
    """Bytes, as pickles of old protocols hold them."""
    if not isinstance(text, str) or encoding != "latin1":
        raise pickle.UnpicklingError("bytes in an unknown encoding")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """Empty bytes, as pickles of old protocols hold them."""
    return b""


def _numpy(module: str) -> dict[tuple[str, str], Callable[..., object]]:
    """The names of numpy's core, which is ``numpy.core`` in files of numpy 1 and ``numpy._core`` in those of 2."""
    return {
        (f"{module}.multiarray", "_reconstruct"): _new_array,
        (f"{module}.multiarray", "scalar"): _scalar,
        (f"{module}.numeric", "_frombuffer"): _array_of,
    }


_ALLOWED: Final[Mapping[tuple[str, str], Callable[..., object]]] = {
    ("numpy", "ndarray"): _array_class,
    ("numpy", "dtype"): _DType,
    **_numpy("numpy.core"),
    **_numpy("numpy._core"),
    ("_codecs", "encode"): _encoded,
    ("collections", "OrderedDict"): OrderedDict,
    **{(module, kind.__name__): kind for module in ("builtins", "__builtin__")
       for kind in (set, frozenset, complex)},
    ("__builtin__", "bytes"): _no_bytes,
}  # fmt: skip


class _Unpickler(pickle.Unpickler):
    """Resolves only the names in ``_ALLOWED`` and those of the given records; every other name is refused."""

    def __init__(self, file: io.BytesIO, records: Mapping[tuple[str, str], type[Record]]) -> None:
        super().__init__(file)
        self._known = {**_ALLOWED, **records}

    def find_class(self, module_name: str, global_name: str, /) -> Callable[..., object]:
        """What stands for a name in the file."""
        try:
            return self._known[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module_name}.{global_name}") from None


def _check_lengths(raw: bytes) -> None:
    """Refuses what would make Python's unpickler ask for memory beyond the file's own size."""
    for opcode, argument, _ in pickletools.genops(raw):
        if opcode.name in _MEMO and int(cast("int", argument)) > len(raw):
            raise pickle.UnpicklingError("it numbers more values than it holds")


def read_pickle(
    path: Path, records: Mapping[tuple[str, str], type[Record]] | None = None, largest: int = LARGEST
) -> Any:  # noqa: ANN401 - whatever the file holds
    """Reads a file.

    Args:
        path: the file.
        records: by (module, name) of a class that the file may hold instances of, the class that stands for it.
        largest: bytes that it may have.

    Returns:
        Containers, plain values, numpy arrays and records.

    Raises:
        InvalidInputError: it is missing, too large, damaged, or names anything else; then nothing of it has run.
    """
    try:
        if path.stat().st_size > largest:
            raise InvalidInputError(f"{path} is larger than {largest} bytes", "Use the file as published")
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", "Check the path") from error
    try:
        _check_lengths(raw)
        return _Unpickler(io.BytesIO(raw), records or {}).load()
    except pickle.UnpicklingError as error:
        what = " ".join(str(error).split())
        message = f"{path} holds more than data, or is damaged ({what}); nothing in it was run"
        raise InvalidInputError(message, "Use the file as published") from error
    except _DAMAGE as error:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidInputError(f"{path} is damaged ({what})", "Copy it again") from error
