"""What all official checkpoints have in common: names of weights, sizes read off them, and what is refused."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from ..errors import InvalidInputError
from ..vocabulary import CLASSES, MAX_OBJECTS

OfficialName = Callable[[str], str]
"""Official name of a weight, from ours: messages are about the file."""
_WRAPPERS: Final = ("module.", "_orig_mod.")
"""What ``DistributedDataParallel``, ``DataParallel`` and ``torch.compile`` put before the names of weights."""
_LARGEST_SIZE: Final = 8192
_SLOTS: Final = {len(CLASSES[room]): slots for room, slots in MAX_OBJECTS.items()}


def unwrapped(name: str) -> str:
    """The name of a weight without what training on several GPUs, or compiled, puts before it."""
    while name.startswith(_WRAPPERS):
        name = name.partition(".")[2]
    return name


def compare(
    wanted: Mapping[str, Tensor], found: Mapping[str, Tensor], path: Path, what: str, official: OfficialName
) -> None:
    """Every tensor of the architecture must be there, with its shape and finite numbers, and no other."""
    for name, model_tensor in wanted.items():
        expected, label = tuple(model_tensor.shape), f"{what} {official(name)}"
        tensor = found.get(name)
        if tensor is None:
            raise misfit(path, f"{label} is missing, expected {expected}")
        if tuple(tensor.shape) != expected:
            raise misfit(path, f"{label} has the shape {tuple(tensor.shape)}, expected {expected}")
        if tensor.layout is not torch.strided or not tensor.is_floating_point():
            raise misfit(path, f"{label} holds {tensor.dtype} numbers, expected floating-point numbers")
        if not tensor.is_contiguous():
            raise misfit(path, f"{label} is stored transposed")
        if not bool(tensor.isfinite().all()):
            raise misfit(path, f"{label} has numbers that are not finite")
    unknown = next((name for name in found if name not in wanted), None)
    if unknown is not None:
        raise misfit(path, f"{what} {official(unknown)} is not part of the architecture")


def misfit(path: Path, what: str) -> InvalidInputError:
    """The error of a file that is not what the official code writes."""
    return InvalidInputError(f"{path}: {what}", "Use an undamaged checkpoint of the official code")


class Sizes:
    """Reads the sizes of a network off its weights: off vectors where it can, as a matrix may be stored transposed."""

    def __init__(self, weights: Mapping[str, Tensor], heads: int, path: Path, official: OfficialName) -> None:
        self.weights, self.heads, self.path, self.official = weights, heads, path, official

    def length(self, name: str) -> int:
        """Length of a vector."""
        tensor = self.weights.get(name)
        if tensor is None or tensor.ndim != 1 or not 0 < len(tensor) <= _LARGEST_SIZE:
            has = "is missing" if tensor is None else f"has the shape {tuple(tensor.shape)}"
            raise misfit(self.path, f"tensor {self.official(name)} {has}, expected a vector")
        return len(tensor)

    def shape(self, name: str, dimensions: int) -> tuple[int, ...]:
        """Shape of a tensor that has so many dimensions."""
        tensor = self.weights.get(name)
        if tensor is None or tensor.ndim != dimensions or not 0 < max(tensor.shape) <= _LARGEST_SIZE:
            has = "is missing" if tensor is None else f"has the shape {tuple(tensor.shape)}"
            raise misfit(self.path, f"tensor {self.official(name)} {has}, expected {dimensions} dimensions")
        return tuple(tensor.shape)

    def rows(self, name: str, other: int) -> int:
        """One side of a matrix whose other side is known."""
        tensor = self.weights.get(name)
        if tensor is None or tensor.ndim != 2 or tensor.numel() % other or tensor.numel() > _LARGEST_SIZE * other:
            has = "is missing" if tensor is None else f"has the shape {tuple(tensor.shape)}"
            raise misfit(self.path, f"tensor {self.official(name)} {has}, expected a matrix with a side of {other}")
        return tensor.numel() // other

    def blocks(self, prefix: str) -> int:
        """How many blocks a list has; a tensor that one of them lacks does not matter."""
        names = [
            name.removeprefix(f"{prefix}.").partition(".")[2] for name in self.weights if name.startswith(f"{prefix}.")
        ]
        return max(Counter(names).values(), default=0)

    def width(self, name: str) -> int:
        """Length of a vector that the heads must divide, and whose square must not exceed all the file's numbers."""
        width = self.length(name)
        if self.heads < 1 or width % self.heads:
            message = f"{self.path}: {self.heads} attention heads do not divide the width {width}"
            raise InvalidInputError(message, "Give the number that it was trained with (--heads)")
        if width**2 > sum(tensor.numel() for tensor in self.weights.values()):
            raise misfit(self.path, f"tensor {self.official(name)} has {width} numbers, too many for the other tensors")
        return width


def slots_of(n_classes: int, path: Path) -> int:
    """Most objects of the rooms that have so many classes."""
    if n_classes not in _SLOTS:
        raise misfit(path, f"there are {n_classes} object classes, expected 21 (bedroom) or 24 (living, dining room)")
    return _SLOTS[n_classes]
