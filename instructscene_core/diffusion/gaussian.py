"""Gaussian diffusion of vectors in sets: DDPM (Ho et al. 2020) with known parts (paper, section 4.3).

Shapes: B sets of n vectors of width D. ᾱ_t is the cumulative share of the signal: x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε. The
network predicts ε, v = √ᾱ_t ε - √(1-ᾱ_t) x_0 (Salimans and Ho 2022) or x_0; x̂_0 is the x_0 that its output stands for.
Randomness enters only through ``draw``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from torch import Tensor

Network = Callable[[Tensor, Tensor], Tensor]
"""(noisy vectors (B, n, D), t (B,) or (1,)) -> what it predicts, (B, n, D)."""
Target = Literal["eps", "v", "x0"]
"""What a network predicts."""
Draw = Callable[[tuple[int, ...]], Tensor]
"""Shape -> standard normal numbers."""
OnStep = Callable[[int, int, Tensor], None]
"""(steps done, steps in all, vectors now); may raise to cancel."""
Project = Callable[[Tensor], Tensor]
"""x̂_0 (B, n, D), clipped -> the nearest one that is allowed."""
Penalty = Callable[[Tensor], Tensor]
"""x̂_0 (B, n, D), clipped -> what is bad about each set, (B,)."""

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


class SlotLoss(NamedTuple):
    """The training loss of sets in which every vector counts, see :meth:`GaussianDiffusion.slot_loss`.

    Attributes:
        total: scalar to minimise, the mean of ``per_set``.
        per_set: (B,) weighted terms and penalty of each set.
        terms: scalar per group, the mean squared error without any weight.
        penalty: scalar, the mean of ᾱ_t times the penalty.
    """

    total: Tensor
    per_set: Tensor
    terms: tuple[Tensor, ...]
    penalty: Tensor


def linear_variances(n_steps: int, precision: torch.dtype = torch.float32) -> Tensor:
    """β_t (T,), linear from 1e-4 to 0.02 whatever T."""
    return torch.linspace(1e-4, 0.02, n_steps, dtype=precision)


class GaussianDiffusion:
    """DDPM with linear variances.

    Args:
        n_steps: T, levels of noise in training.
        groups: terms of the loss, in the order of the numbers of a vector.
        target: what the network predicts.
        clip: whether x̂_0 is clipped to [-1, 1] in sampling.
        precision: in which ᾱ is multiplied up: InstructScene's code does it in float32, DiffuScene's in float64. Either
            is then kept as float32.
    """

    def __init__(
        self,
        n_steps: int = 1000,
        groups: Sequence[Group] = BOX_GROUPS,
        *,
        target: Target = "eps",
        clip: bool = True,
        precision: torch.dtype = torch.float32,
    ) -> None:
        self.n_steps = n_steps
        self.groups = tuple(groups)
        self.target: Target = target
        self.clip = clip
        share = (1 - linear_variances(n_steps, precision)).cumprod(dim=0).float()
        self.share = torch.cat([share, torch.ones(1)])
        """ᾱ_t, (T + 1,); the last entry is that of the clean level, which index -1 wraps to."""

    @property
    def width(self) -> int:
        """D, the numbers of a vector."""
        return sum(group.width for group in self.groups)

    def draw_times(self, batch: int, generator: torch.Generator | None = None, first: int = 1) -> Tensor:
        """Training times (B,), uniform in first..T-1; the official training of the layout decoder leaves 0 out."""
        return torch.randint(first, self.n_steps, (batch,), generator=generator)

    def noised(self, clean: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_t of clean vectors (B, n, D) at times (B,) or (1,)."""
        share = self.share[t.cpu()].to(clean)[:, None, None]
        return share.sqrt() * clean + (1 - share).sqrt() * noise

    def aim(self, clean: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """What the network is to predict for clean vectors (B, n, D) under noise (B, n, D) at times (B,)."""
        if self.target == "eps":
            return noise
        if self.target == "x0":
            return clean
        share = self.share[t.cpu()].to(clean)[:, None, None]
        return share.sqrt() * noise - (1 - share).sqrt() * clean

    def clean_of(self, x: Tensor, output: Tensor, share: Tensor | float) -> Tensor:
        """x̂_0 of what the network gave for x, both (B, n, D), where the share of the signal is ᾱ."""
        if self.target == "eps":
            return (x - (1 - share) ** 0.5 * output) / share**0.5
        if self.target == "x0":
            return output
        return share**0.5 * x - (1 - share) ** 0.5 * output

    def loss(self, network: Network, clean: Tensor, mask: Tensor, t: Tensor, draw: Draw) -> GaussianLoss:
        """Squared error of the prediction, summed over a group's numbers, averaged over the real vectors.

        Args:
            network: predicts the target from the noisy vectors at t.
            clean: (B, n, D).
            mask: (B, n) bool, True at real vectors.
            t: (B,) times 0..T-1.
            draw: normals for the noise.
        """
        real = mask[..., None].to(clean)
        noise = draw(tuple(clean.shape)).to(clean) * real
        clean = clean * real
        error = (network(self.noised(clean, t, noise), t) - self.aim(clean, noise, t)) ** 2 * real
        parts = torch.split(error.float(), [group.width for group in self.groups], dim=-1)
        terms = tuple(part.sum() / real.sum().clamp_min(1) for part in parts)
        weighted = [group.weight * term for group, term in zip(self.groups, terms, strict=True)]
        return GaussianLoss(torch.stack(weighted).sum(), terms)

    def slot_loss(
        self, network: Network, clean: Tensor, t: Tensor, draw: Draw, penalty: Penalty | None = None
    ) -> SlotLoss:
        """Squared error of the prediction, averaged over all vectors of a set and a group's numbers (DiffuScene).

        The sum of the groups counts w_t times: 1 where the noise is predicted, ᾱ_t for v, ᾱ_t / (1 - ᾱ_t) for x_0. A
        penalty counts ᾱ_t times, since little can be said of x̂_0 where the noise is strong.

        Args:
            network: predicts the target from the noisy vectors at t.
            clean: (B, n, D).
            t: (B,) times 0..T-1.
            draw: normals for the noise.
            penalty: of x̂_0; None: none.
        """
        share = self.share[t.cpu()].to(clean)  # (B,)
        noise = draw(tuple(clean.shape)).to(clean)
        x = self.noised(clean, t, noise)
        output = network(x, t)
        error = ((output - self.aim(clean, noise, t)) ** 2).float()
        parts = torch.split(error, [group.width for group in self.groups], dim=-1)
        terms = [part.mean(dim=(1, 2)) for part in parts]  # (B,) each
        summed = torch.stack([group.weight * term for group, term in zip(self.groups, terms, strict=True)]).sum(dim=0)
        weight = {"eps": torch.ones_like(share), "v": share, "x0": share / (1 - share)}[self.target]
        extra = torch.zeros_like(share)
        if penalty is not None:
            extra = share * penalty(self.clean_of(x, output, share[:, None, None]).float().clamp(-1, 1))
        per_set = weight * summed + extra
        return SlotLoss(per_set.mean(), per_set, tuple(term.mean() for term in terms), extra.mean())

    @torch.inference_mode()
    def sample(
        self,
        network: Network,
        mask: Tensor,
        times: Sequence[int],
        draw: Draw,
        *,
        known: Known | None = None,
        project: Project | None = None,
        on_step: OnStep | None = None,
    ) -> Tensor:
        """Ancestral sampling from pure noise.

        Known numbers are replaced before every network call by the clean ones noised to its time (the official
        completion), and by the clean ones themselves at the end.

        Args:
            network: predicts the target.
            mask: (B, n) bool, True at real vectors; the others come back as zeros.
            times: from :func:`even_times`.
            draw: normals; asked for (B, n, D) at the start, then in every step for the noise of the known part (only
                where ``known`` is given, but then for all numbers, known or not) and for the step's own (not in the
                last).
            known: what must stay; None: nothing.
            project: applied to x̂_0 in every step, to keep to what is allowed.
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
            output = network(x, time)
            noise = draw(shape).to(x) if target != CLEAN else None
            x = self.step_back(x, output, t, target, noise, project) * real
            if on_step is not None:
                on_step(done, len(times), x)
        return x if known is None else known.restore(x)

    def step_back(
        self, x: Tensor, output: Tensor, t: int, target: int, noise: Tensor | None, project: Project | None = None
    ) -> Tensor:
        """One reverse step, with the smaller of DDPM's two variances (its equations 6, 7).

        Args:
            x: (B, n, D) at level t.
            output: (B, n, D) what the network predicted.
            t: the level.
            target: the level to go to, -1 for the clean one.
            noise: (B, n, D) normals; None: the mean.
            project: applied to x̂_0.
        """
        share, share_target = float(self.share[t]), float(self.share[target])
        alpha = share / share_target
        beta = 1 - alpha
        x_0 = self.clean_of(x, output, share)
        if self.clip:
            x_0 = x_0.clamp(-1, 1)
        if project is not None:
            x_0 = project(x_0)
        mean = (share_target**0.5 * beta * x_0 + alpha**0.5 * (1 - share_target) * x) / (1 - share)
        if noise is None:
            return mean
        return mean + ((1 - share_target) / (1 - share) * beta) ** 0.5 * noise
