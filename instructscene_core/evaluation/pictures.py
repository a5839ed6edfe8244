"""Folders of pictures that are compared with each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ..errors import InvalidInputError

SIDE: Final = 256
"""Pixels of the paper's pictures."""
BATCH: Final = 32
_MODES: Final = frozenset({"RGB", "RGBA", "L", "LA", "P"})
"""Pillow's names of 8-bit pictures."""


@dataclass(frozen=True)
class Pictures:
    """The pictures of a folder, in the order of their names; they are decoded when they are asked for.

    Attributes:
        paths: of the files, one or more.
        side: pixels of their sides.
    """

    paths: tuple[Path, ...]
    side: int

    def __len__(self) -> int:
        """How many there are."""
        return len(self.paths)

    def batches(self, size: int = BATCH) -> Iterator[Tensor]:
        """Up to ``size`` pictures at a time, (B, 3, side, side) uint8 RGB.

        Raises:
            InvalidInputError: a picture is damaged or has become another.
        """
        for start in range(0, len(self.paths), size):
            rows = [_decoded(path, self.side) for path in self.paths[start : start + size]]
            yield torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2).contiguous()

    def all(self) -> Tensor:
        """All of them, (N, 3, side, side) uint8 RGB: 200 MB for a thousand of 256 pixels.

        Raises:
            InvalidInputError: a picture is damaged or has become another.
        """
        return torch.cat(list(self.batches()))


def read_folder(folder: Path, side: int = SIDE) -> Pictures:
    """The PNG files that lie in a folder itself; of each the size is looked at, none is decoded yet.

    Args:
        folder: with one or more pictures.
        side: pixels that their sides must have.

    Raises:
        InvalidInputError: there is no such folder or no PNG in it, or a file has another size or is no picture.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".png")
    except OSError as error:
        raise InvalidInputError(f"{folder} cannot be read ({error.strerror})", "Give a folder of pictures") from error
    if not paths:
        raise InvalidInputError(f"{folder} has no pictures", "Give a folder of PNG files")
    for path in paths:
        _checked(path, side)
    return Pictures(tuple(paths), side)


def _checked(path: Path, side: int) -> None:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - not in the zip

    try:
        with Image.open(path, formats=["PNG"]) as picture:
            size, mode = picture.size, picture.mode
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise InvalidInputError(f"{path} is no PNG", "Take it out or make it again") from error
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be read ({error.strerror or error})", "Make it again") from error
    if size != (side, side):
        message = f"{path} has {size[0]} by {size[1]} pixels, not {side} by {side}"
        raise InvalidInputError(message, "Render all pictures of both folders at one size")
    if mode not in _MODES:
        raise InvalidInputError(f"{path} is no 8-bit picture", "Render RGB of 8 bits")


def _decoded(path: Path, side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """(side, side, 3) RGB; transparency is dropped, as clean-fid does."""
    from PIL import Image  # noqa: PLC0415 - not in the zip

    _checked(path, side)
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            return np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInputError(f"{path} is damaged", "Make it again") from error
