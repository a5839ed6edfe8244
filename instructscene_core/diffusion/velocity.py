"""Diffusion of vectors with the velocity as the target, and its deterministic sampler.

Salimans and Ho, 2022 (v-prediction); Song et al., 2021 (DDIM); Chen et al., 2023 (self-conditioning). Times run from 0,
the data, to 1, pure noise: x = a x0 + s ε with a = cos(π t / 2), s = sin(π t / 2).
"""

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor

Network = Callable[[Tensor, Tensor, Tensor | None], Tensor]
"""(x, t, the data predicted in the step before) -> velocity."""
OnStep = Callable[[int, int], None]


def schedule(t: Tensor) -> tuple[Tensor, Tensor]:
    """(a, s) at times (B,), shaped (B, 1, 1)."""
    angle = (t * (math.pi / 2))[:, None, None]
    return angle.cos(), angle.sin()


def noised(clean: Tensor, t: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """Noisy vectors, and the velocity a ε − s x0 that is to be predicted; all (B, n, D) but for t (B,)."""
    a, s = schedule(t)
    return a * clean + s * noise, a * noise - s * clean


def clean_of(x: Tensor, velocity: Tensor, t: Tensor) -> Tensor:
    """The data that a predicted velocity stands for."""
    a, s = schedule(t)
    return a * x - s * velocity


def sample(
    network: Network, noise: Tensor, steps: int, clean: Tensor, known: Tensor, on_step: OnStep | None = None
) -> Tensor:
    """Deterministic sampling (DDIM) in even steps, each prediction given to the next one.

    Args:
        network: gives the velocity.
        noise: (B, n, D), normal.
        steps: network calls.
        clean: (B, n, D), read where known.
        known: (B, n, 1) bool, vectors that stay as they are.
        on_step: called as (step, steps) after each; what it raises ends the sampling.

    Returns:
        (B, n, D); the known vectors as they were.
    """
    times = torch.linspace(1, 0, steps + 1, device=noise.device)
    x, guess = torch.where(known, clean, noise), None
    for step, (now, then) in enumerate(pairwise(times)):
        t = now.expand(len(x))
        velocity = network(x, t, guess)
        guess = torch.where(known, clean, clean_of(x, velocity, t))
        a, s = schedule(t)
        a_then, s_then = schedule(then.expand(len(x)))
        x = torch.where(known, clean, a_then * guess + s_then * (s * x + a * velocity))
        if on_step is not None:
            on_step(step + 1, steps)
    return x
