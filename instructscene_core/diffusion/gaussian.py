"""Gaussian diffusion of vectors in sets: DDPM (Ho et al. 2020) with known parts (paper, section 4.3).

Shapes: B sets of n vectors of width D. ᾱ_t is the cumulative share of the signal: x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε.
Randomness enters only through ``draw``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

Network = Callable[[Tensor, Tensor], Tensor]
"""(noisy vectors (B, n, D), t (B,) or (1,)) -> noise (B, n, D)."""
Draw = Callable[[tuple[int, ...]], Tensor]
"""Shape -> standard normal numbers."""
OnStep = Callable[[int, int, Tensor], None]
"""(steps done, steps in all, vectors now); may raise to cancel."""

CLEAN = -1
"""The level below the last time: without noise."""


def even_times(calls: int, n_steps: int = 1000) -> list[int]:
    """Times of the network calls, descending to 0: the multiples of n_steps // calls (diffusers' "leading").

    Raises:
        ValueError: without at least one call.
    """
    if calls < 1:
        raise ValueError(f"Sampling needs at least one call, not {calls}")
    calls = min(calls, n_steps)
    return [k * (n_steps // calls) for k in reversed(range(calls))]


class Group(NamedTuple):
    """Some of the D numbers of a vector, whose squared errors make one term of the loss."""

    name: str
    width: int
    weight: float = 1.0


BOX_GROUPS = (Group("position", 3), Group("size", 3), Group("angle", 2))
"""The official three terms of the layout decoder, all of weight 1."""


@dataclass(frozen=True)
class Known:
    """The known numbers that sampling keeps.

    Attributes:
        clean: (B, n, D) vectors; read only where known.
        known: bool, broadcastable to (B, n, D); True comes back bit-identical.
    """

    clean: Tensor
    known: Tensor

    def restore(self, x: Tensor) -> Tensor:
        """The vectors with the known numbers put back."""
        return torch.where(self.known, self.clean, x)


class GaussianLoss(NamedTuple):
    """The training loss.

    Attributes:
        total: scalar to minimise, the weighted sum of the terms.
        terms: scalar per group; the official ``pos_mse``, ``size_mse`` and ``angle_mse``.
    """

    total: Tensor
    terms: tuple[Tensor, ...]


class GaussianDiffusion:
    """DDPM that predicts the noise; linear variances from 1e-4 to 0.02.

    Args:
        n_steps: T, levels of noise in training.
        groups: terms of the loss, in the order of the numbers of a vector.
    """

    def __init__(self, n_steps: int = 1000, groups: Sequence[Group] = BOX_GROUPS) -> None:
        self.n_steps = n_steps
        self.groups = tuple(groups)
        share = (1 - torch.linspace(1e-4, 0.02, n_steps)).cumprod(dim=0)
        self.share = torch.cat([share, torch.ones(1)])
        """ᾱ_t, (T + 1,); the last entry is that of the clean level, which index -1 wraps to."""

    @property
    def width(self) -> int:
        """D, the numbers of a vector."""
        return sum(group.width for group in self.groups)

    def draw_times(self, batch: int, generator: torch.Generator | None = None) -> Tensor:
        """Training times (B,), uniform in 1..T-1; the official training leaves 0 out."""
        return torch.randint(1, self.n_steps, (batch,), generator=generator)

    def noised(self, clean: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_t of clean vectors (B, n, D) at times (B,) or (1,)."""
        share = self.share[t.cpu()].to(clean)[:, None, None]
        return share.sqrt() * clean + (1 - share).sqrt() * noise

    def loss(self, network: Network, clean: Tensor, mask: Tensor, t: Tensor, draw: Draw) -> GaussianLoss:
        """Squared error of the predicted noise, summed over a group's numbers, averaged over the real vectors.

        Args:
            network: gives the noise in the noisy vectors at t.
            clean: (B, n, D).
            mask: (B, n) bool, True at real vectors.
            t: (B,) times 0..T-1.
            draw: normals for the noise.
        """
        real = mask[..., None].to(clean)
        noise = draw(tuple(clean.shape)).to(clean) * real
        error = (network(self.noised(clean * real, t, noise), t) - noise) ** 2 * real
        parts = torch.split(error.float(), [group.width for group in self.groups], dim=-1)
        terms = tuple(part.sum() / real.sum().clamp_min(1) for part in parts)
        weighted = [group.weight * term for group, term in zip(self.groups, terms, strict=True)]
        return GaussianLoss(torch.stack(weighted).sum(), terms)

    @torch.inference_mode()
    def sample(
        self,
        network: Network,
        mask: Tensor,
        times: Sequence[int],
        draw: Draw,
        *,
        known: Known | None = None,
        on_step: OnStep | None = None,
    ) -> Tensor:
        """Ancestral sampling from pure noise.

        Known numbers are replaced before every network call by the clean ones noised to its time (the official
        completion), and by the clean ones themselves at the end.

        Args:
            network: gives the noise.
            mask: (B, n) bool, True at real vectors; the others come back as zeros.
            times: from :func:`even_times`.
            draw: normals; asked for (B, n, D) at the start, then in every step for the noise of the known part (only
                where ``known`` is given) and for the step's own (not in the last).
            known: what must stay; None: nothing.
            on_step: called after every step; an exception that it raises ends the sampling.

        Returns:
            (B, n, D).
        """
        real = mask[..., None].float()
        shape = (*mask.shape, self.width)
        x = draw(shape).to(real) * real
        for done, (t, target) in enumerate(pairwise([*times, CLEAN]), start=1):
            time = torch.tensor([t], device=x.device)
            if known is not None:
                noised = self.noised(known.clean.to(x), time, draw(shape).to(x))
                x = torch.where(known.known, noised, x)
            eps = network(x, time)
            noise = draw(shape).to(x) if target != CLEAN else None
            x = self.step_back(x, eps, t, target, noise) * real
            if on_step is not None:
                on_step(done, len(times), x)
        return x if known is None else known.restore(x)

    def step_back(self, x: Tensor, eps: Tensor, t: int, target: int, noise: Tensor | None) -> Tensor:
        """One reverse step, with x_0 clipped to [-1, 1] and the smaller of DDPM's two variances (its equations 6, 7).

        Args:
            x: (B, n, D) at level t.
            eps: (B, n, D) predicted noise.
            t: the level.
            target: the level to go to, -1 for the clean one.
            noise: (B, n, D) normals; None: the mean.
        """
        share, share_target = float(self.share[t]), float(self.share[target])
        alpha = share / share_target
        beta = 1 - alpha
        x_0 = ((x - (1 - share) ** 0.5 * eps) / share**0.5).clamp(-1, 1)
        mean = (share_target**0.5 * beta * x_0 + alpha**0.5 * (1 - share_target) * x) / (1 - share)
        if noise is None:
            return mean
        return mean + ((1 - share_target) / (1 - share) * beta) ** 0.5 * noise
