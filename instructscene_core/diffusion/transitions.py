"""Forward processes of discrete diffusion without [MASK]: a matrix of transition probabilities for every step.

They are alternatives to masks (InstructScene, section 5.4): D3PM's uniform and discretised Gaussian matrices (Austin et
al. 2021, appendix A.2), and DiGress's marginal ones (Vignac et al. 2023, section 4.2). Matrices are [..., to, from], so
that columns sum to 1, and noise levels are numbered as in ``discrete.py``.
"""

from typing import Final, Literal, NamedTuple

import torch
from torch import Tensor

Corruption = Literal["mask", "uniform", "gaussian", "marginal"]
"""What becomes of a symbol: [MASK], any other one, one of a number near its own, one as frequent as in the data."""

_GAUSSIAN_BETA: Final = (0.0002, 0.45)
"""First and last β of the Gaussian steps, linear between. D3PM's 0.02 is the last of 1,000; with these, 100 steps of 11
or more classes lose 2 % at first, at most, and end in the uniform distribution (each share to a ten-thousandth)."""
_SPREAD: Final = 1e-6
"""Share of each Gaussian step that goes anywhere, as in the official mask kernel: no transition is then impossible, and
a network that takes one for sure still has a posterior."""
_RAREST: Final = 1e-6
"""Least share of a class in the marginal distribution: one that the data lack."""


class Transition(NamedTuple):
    """Transition probabilities between two levels s < t, each (B or 1, n, n) float32.

    Attributes:
        to_t: cumulative, from the clean symbols to level t.
        to_s: the same to level s.
        step: from s to t.
    """

    to_t: Tensor
    to_s: Tensor
    step: Tensor

    def marginal(self, x_0: Tensor) -> Tensor:
        """q(x_t | x_0): symbols (B, L) -> probabilities (B, n, L)."""
        return _chosen(self.to_t.mT, x_0)

    def posterior(self, p: Tensor, x_t: Tensor) -> Tensor:
        """p(x_s | x_t) = Σ_j p(j) q(x_t | x_s) q(x_s | j) / q(x_t | j), for a predicted distribution of x_0.

        Args:
            p: (B, n, L) probabilities; with a one-hot p it is the true posterior.
            x_t: (B, L) symbols at level t.

        Returns:
            (B, n, L); sums to 1 where p does.
        """
        return _chosen(self.step, x_t) * (self.to_s @ (p / _chosen(self.to_t, x_t)))


def _chosen(matrices: Tensor, rows: Tensor) -> Tensor:
    """The rows (B, L) of matrices (B or 1, n, n), as (B, n, L)."""
    n = matrices.shape[-1]
    return matrices.expand(len(rows), n, n).gather(1, rows[:, :, None].expand(-1, -1, n)).mT


class TransitionSchedule:
    """The matrices of one variable at all levels.

    Uniform and marginal steps keep a symbol with the share that the official mask schedule does not mask, A_t from
    0.99999 to 0.000009, and draw it anew otherwise: Q̄_t = A_t I + (1 − A_t) π 1ᵀ. Gaussian steps move it to a number
    near its own, though neither classes nor relations are ordered: that is what the paper compares with.

    Args:
        corruption: which of them.
        n_classes: n.
        n_steps: T; the paper's 100.
        shares: (n,) of the classes in the data, for the marginal one.

    Attributes:
        stationary: (n,) π, the distribution that the last level has, from which sampling starts.

    Raises:
        ValueError: a marginal one without shares.
    """

    def __init__(
        self, corruption: Corruption, n_classes: int, n_steps: int = 100, shares: Tensor | None = None
    ) -> None:
        n, self.n_steps = n_classes, n_steps
        if corruption == "marginal":
            if shares is None or shares.shape != (n,):
                raise ValueError(f"Marginal transitions need the shares of {n} classes")
            shares = shares.detach().cpu().double().clamp_min(_RAREST)
            self.stationary = shares / shares.sum()
        else:
            self.stationary = torch.full((n,), 1 / n, dtype=torch.float64)
        self._steps = self._gaussian(n) if corruption == "gaussian" else self._redrawn()
        cumulative = [torch.eye(n, dtype=torch.float64)]
        for step in self._steps:
            cumulative.append(step @ cumulative[-1])
        self._cumulative = torch.stack([*cumulative[1:], cumulative[0]])  # entry T, which index −1 wraps to

    def _redrawn(self) -> Tensor:
        """(T, n, n) steps that keep a symbol or draw it from the stationary distribution."""
        keep = torch.linspace(0.99999, 0.000009, self.n_steps, dtype=torch.float64)
        keep = (keep / torch.cat([torch.ones(1, dtype=torch.float64), keep[:-1]]))[:, None, None]
        return keep * torch.eye(len(self.stationary), dtype=torch.float64) + (1 - keep) * self.stationary[:, None]

    def _gaussian(self, n: int) -> Tensor:
        """(T, n, n) steps in proportion to exp(−4 (i − j)² / ((n − 1)² β)) (D3PM, equation 8), β rising linearly."""
        beta = torch.linspace(*_GAUSSIAN_BETA, self.n_steps, dtype=torch.float64)[:, None, None]
        numbers = torch.arange(-n + 1, n, dtype=torch.float64)
        weights = torch.exp(-4 * numbers**2 / ((n - 1) ** 2 * beta))
        weights = weights / weights.sum(dim=-1, keepdim=True)
        place = torch.arange(n)
        away = weights[:, 0, n - 1 + place[:, None] - place] * (1 - torch.eye(n, dtype=torch.float64))
        steps = away + torch.diag_embed(1 - away.sum(dim=1))
        return (1 - _SPREAD) * steps + _SPREAD / n

    def kernel(self, source: Tensor, target: Tensor) -> Transition:
        """The transitions from level ``target`` up to ``source``, each (B,) integers with target < source."""
        i, j = source.cpu(), target.cpu()
        parts = self._cumulative[i], self._cumulative[j], self._between(i, j)
        return Transition(*(part.to(torch.float32).to(source.device) for part in parts))

    def _between(self, source: Tensor, target: Tensor) -> Tensor:
        if bool((source == target + 1).all()):
            return self._steps[source]
        found: list[Tensor] = []
        for high, low in zip(source.tolist(), target.tolist(), strict=True):
            product = self._steps[low + 1]
            for step in self._steps[low + 2 : high + 1]:
                product = step @ product
            found.append(product)
        return torch.stack(found)

    def lost(self, level: int) -> float:
        """Share of the symbols that level ``level`` has made forget what they were."""
        kept, usual = self._cumulative[level].diagonal().mean(), self.stationary.mean()
        return float((1 - kept) / (1 - usual))
