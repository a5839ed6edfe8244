"""Files of ``torch.save`` from anywhere: tensors and plain values are read, and nothing in them runs."""

import pickle
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final, cast

import torch
from torch import Tensor

from ..errors import InvalidInputError

_DAMAGED: Final = (
    RuntimeError, EOFError, ValueError, LookupError, TypeError, AttributeError, AssertionError, OverflowError,
    NotImplementedError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What torch's reader raises at altered bytes."""


def read_torch_checkpoint(path: Path, *, legacy: bool = False) -> dict[str, Any]:
    """Reads a file of tensors and plain values that ``torch.save`` wrote.

    Args:
        path: of the file.
        legacy: whether files of PyTorch before 1.6 are read too, which carry no checksums.

    Raises:
        InvalidInputError: it is missing, cut off, no such file, or a pickle that would run code.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
        is_zip = start == b"PK\x03\x04"
        if is_zip and _is_program(path):
            message = f"{path} is a TorchScript program, which is not run"
            raise InvalidInputError(message, "Use a file of its state_dict()")
        content = (
            torch.load(path, map_location="cpu", weights_only=True)
            if is_zip or (legacy and start[:1] == pickle.PROTO)
            else None
        )
        altered = zipfile.ZipFile(path).testzip() if is_zip else None  # torch compares no checksums
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", "Check the path") from error
    except pickle.UnpicklingError as error:
        message = f"{path} holds more than numbers and could run code; it was not opened"
        raise InvalidInputError(message, "Use a checkpoint from a source you trust, saved as plain weights") from error
    except _DAMAGED as error:
        raise InvalidInputError(f"{path} is cut off or damaged", "Download it again") from error
    if altered is not None:
        raise InvalidInputError(f"{path} is damaged: the checksum of {altered} is wrong", "Download it again")
    if not isinstance(content, dict):
        raise InvalidInputError(
            f"{path} is no PyTorch checkpoint", "Choose a file that torch.save of PyTorch 1.6 or later wrote"
        )
    return cast("dict[str, Any]", content)


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """The weights of a file that holds nothing else, whatever version of PyTorch saved it, by name.

    Raises:
        InvalidInputError: as for `read_torch_checkpoint`; or something in it is no weight.
    """
    content = read_torch_checkpoint(path, legacy=True)
    for name, value in content.items():
        if not isinstance(value, Tensor):
            raise InvalidInputError(f"{path} holds {name}, which is no weight", "Choose a file of a state_dict() alone")
    return content


def _is_program(path: Path) -> bool:
    """Whether a zip is a TorchScript archive; it is code and never loaded."""
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())
