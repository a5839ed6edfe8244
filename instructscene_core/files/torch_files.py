"""Files of ``torch.save`` from anywhere: tensors and plain values are read, and nothing in them runs."""

import pickle
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final, cast

import torch

from ..errors import InvalidInputError

_BROKEN_ZIP: Final = (zipfile.BadZipFile, zlib.error)


def read_torch_checkpoint(path: Path) -> dict[str, Any]:
    """Reads a file of tensors and plain values that ``torch.save`` wrote.

    Raises:
        InvalidInputError: it is missing, cut off, no such file, or a pickle that would run code.
    """
    try:
        with path.open("rb") as file:
            is_zip = file.read(4) == b"PK\x03\x04"
        content = torch.load(path, map_location="cpu", weights_only=True) if is_zip else None
        altered = zipfile.ZipFile(path).testzip() if is_zip else None  # torch compares no checksums
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror})", "Check the path") from error
    except pickle.UnpicklingError as error:
        message = f"{path} holds more than numbers and could run code; it was not opened"
        raise InvalidInputError(message, "Use a checkpoint from a source you trust, saved as plain weights") from error
    except (RuntimeError, EOFError, ValueError, KeyError, TypeError, AttributeError, *_BROKEN_ZIP) as error:
        raise InvalidInputError(f"{path} is cut off or damaged", "Download it again") from error
    if altered is not None:
        raise InvalidInputError(f"{path} is damaged: the checksum of {altered} is wrong", "Download it again")
    if not isinstance(content, dict):
        raise InvalidInputError(
            f"{path} is no PyTorch checkpoint", "Choose a file that torch.save of PyTorch 1.6 or later wrote"
        )
    return cast("dict[str, Any]", content)
