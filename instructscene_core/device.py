"""The torch device that the networks run on, and the precision of their matrix products."""

from typing import Final

import torch

from .errors import InvalidInputError

DTYPES: Final = {"fp32": torch.float32, "bf16": torch.bfloat16}
"""Dtype of the networks' matrix products, by the name of a precision."""


def pick_device(name: str) -> torch.device:
    """The device of a name; ``auto`` is the first that this torch can use of cuda, xpu, mps and cpu.

    Raises:
        InvalidInputError: torch has no such device here.
    """
    usable = {
        "cuda": torch.cuda.is_available(),
        "xpu": hasattr(torch, "xpu") and torch.xpu.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(device for device, available in usable.items() if available))
    if not usable.get(name):
        raise InvalidInputError(f"Device {name} cannot be used by this torch", "Choose auto or cpu")
    return torch.device(name)
