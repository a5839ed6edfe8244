"""Rectified flow: straight lines from noise to data, and their sampler; it knows nothing of what flows.

Liu et al., 2023; times of training as in Esser et al., 2024 (logit-normal). Times run from 0, the data, to 1, pure
noise: x = (1 - t) x0 + t ε, whose velocity is ε - x0.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

Velocity = Callable[[Tensor, Tensor], Tensor]
"""(x, t) -> velocity, shaped as x; t has the axes of x but for the last."""


def logit_normal(shape: tuple[int, ...], generator: torch.Generator, mean: float = 0.0, spread: float = 1.0) -> Tensor:
    """Times in (0, 1), mostly in the middle, where a velocity is hardest to tell."""
    return torch.sigmoid(mean + spread * torch.randn(shape, generator=generator))


def noised(clean: Tensor, t: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """Points on the lines, and the velocity that is to be predicted; all (…, D) but for t (…)."""
    share = t[..., None]
    return (1 - share) * clean + share * noise, noise - clean


def sample(velocity: Velocity, noise: Tensor, steps: int, on_step: Callable[[int, int], None] | None = None) -> Tensor:
    """Euler's steps along the flow, evenly from noise to data.

    Args:
        velocity: the network.
        noise: (…, D), normal.
        steps: network calls.
        on_step: called as (step, steps) after each; what it raises ends the sampling.

    Returns:
        (…, D).
    """
    x = noise
    for step, (now, then) in enumerate(pairwise(torch.linspace(1, 0, steps + 1, device=noise.device))):
        x = x + (then - now) * velocity(x, now.expand(x.shape[:-1]))
        if on_step is not None:
            on_step(step + 1, steps)
    return x
