"""Mixtures of logistics over [-1, 1], as ATISS predicts each number of a box (Paschalidou et al., 2021).

Parameters of a mixture are (…, 3 K): logits, means and raw scales of K components, all unbounded.
"""

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

_HALF_BIN: Final = 1 / 255
"""Of the 256 bins into which [-1, 1] is cut."""
_LEAST_LOG_SCALE: Final = -7.0
_EDGE: Final = 0.999
"""Beyond which a number belongs to the outermost bin, which reaches to infinity."""
_LEAST_SHARE: Final = 1e-5
"""Of a component in a bin; below it, its density at the middle stands for the bin."""


def nll(parameters: Tensor, target: Tensor) -> Tensor:
    """Negative log-likelihood of the bins in which numbers lie.

    Args:
        parameters: (…, 3 K).
        target: (…,) within [-1, 1].

    Returns:
        (…,) natural logarithms.
    """
    logits, means, raw = parameters.chunk(3, dim=-1)
    x = target[..., None]
    log_scale = raw.clamp_min(_LEAST_LOG_SCALE)
    inverse = torch.exp(-log_scale)
    z = inverse * (x - means)
    upper, lower = z + inverse * _HALF_BIN, z - inverse * _HALF_BIN
    share = torch.sigmoid(upper) - torch.sigmoid(lower)
    density = z - log_scale - 2 * F.softplus(z) - math.log(127.5)
    inner = torch.where(share > _LEAST_SHARE, share.clamp_min(1e-12).log(), density)
    first, last = upper - F.softplus(upper), -F.softplus(lower)
    log_p = torch.where(x < -_EDGE, first, torch.where(x > _EDGE, last, inner))
    return -torch.logsumexp(log_p + logits.log_softmax(dim=-1), dim=-1)


def choose(weights: Tensor, uniform: Tensor) -> Tensor:
    """Draws indices with chances in proportion to weights.

    Args:
        weights: (…, n), none negative.
        uniform: (…,) in [0, 1).

    Returns:
        (…,) the first index whose cumulative weight, in float64, exceeds the uniform's share of the whole.
    """
    cumulative = weights.double().cumsum(dim=-1)
    reached = cumulative <= uniform.double()[..., None] * cumulative[..., -1:]
    return reached.sum(dim=-1).clamp_max(weights.shape[-1] - 1)


def components(parameters: Tensor) -> Tensor:
    """Shares, means and scales of a mixture as it is drawn from: (…, 3 K) -> (…, 3, K).

    As officially, a raw scale a above 0 counts as 1 + a here, where the likelihood takes e^a.
    """
    logits, means, raw = parameters.chunk(3, dim=-1)
    return torch.stack([logits.softmax(dim=-1), means, F.elu(raw) + 1.0001], dim=-2)


def sample(parameters: Tensor, component: Tensor, uniform: Tensor) -> Tensor:
    """Draws numbers.

    Args:
        parameters: (…, 3 K).
        component: (…,) uniform in [0, 1), chooses the component.
        uniform: (…,) uniform in [0, 1), chooses the number from it.

    Returns:
        (…,) within [-1, 1].
    """
    shares, means, scales = components(parameters).unbind(dim=-2)
    index = choose(shares, component)[..., None]
    mean, scale = means.gather(-1, index)[..., 0], scales.gather(-1, index)[..., 0]
    u = uniform.to(mean)
    return (mean + scale * (u.log() - (-u).log1p())).clamp(-1, 1)
