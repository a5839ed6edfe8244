"""The random numbers of sampling: each scene has a generator of its own, so that batching changes no room."""

from collections.abc import Sequence

import torch
from torch import Tensor


class Draws:
    """Random numbers of a batch, each sample's from its own generator, so that batching changes no draw.

    Args:
        seeds: one for each sample.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self._generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]

    def only(self, rows: Sequence[int]) -> "Draws":
        """The same generators for some of the samples."""
        part = Draws(())
        part._generators = [self._generators[row] for row in rows]
        return part

    def uniform(self, shape: tuple[int, ...]) -> Tensor:
        """Numbers in [0, 1) of shape (B, …)."""
        return torch.stack([torch.rand(shape[1:], generator=g) for g in self._generators])

    def normal(self, shape: tuple[int, ...]) -> Tensor:
        """Normal numbers of shape (B, …)."""
        return torch.stack([torch.randn(shape[1:], generator=g) for g in self._generators])
