"""A small encoder of coloured point clouds into the feature space of sentences.

In the starter it has the role that OpenShape has in the paper (section 4.1): one space for text and shape. Its features
are trained to lie at MiniLM's sentence vectors of the catalogue's captions.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_SMALLEST_EXTENT = 1e-3


@dataclass(frozen=True)
class PointEncoderConfig:
    """Sizes of the point encoder.

    Attributes:
        width: width of a point's state.
        feature_width: width of the feature, that of the text encoder's sentence vectors.
        frequencies: octaves of the Fourier code of a point's position.
    """

    width: int = 192
    feature_width: int = 384
    frequencies: int = 4

    @classmethod
    def starter(cls) -> "PointEncoderConfig":
        """The embedded default."""
        return cls()


class PointEncoder(nn.Module):
    """PointNet: every point by itself, pooled by maximum and mean, then an MLP that also knows the size in metres."""

    octaves: Tensor

    def __init__(self, config: PointEncoderConfig) -> None:
        super().__init__()
        self.config = config
        w = config.width
        self.register_buffer("octaves", math.pi / 2 * 2.0 ** torch.arange(config.frequencies), persistent=False)
        self.point = nn.Sequential(nn.Linear(6 + 6 * config.frequencies, w), nn.GELU(), nn.Linear(w, w))
        self.context = nn.Sequential(nn.Linear(2 * w, w), nn.GELU(), nn.Linear(w, w))
        self.norm = nn.LayerNorm(2 * w + 3)
        self.head = nn.Sequential(nn.Linear(2 * w + 3, 2 * w), nn.GELU(), nn.Linear(2 * w, config.feature_width))

    def forward(self, points: Tensor) -> Tensor:
        """Features of coloured clouds.

        Args:
            points: (B, P, 6) x y z in metres in the object's own frame (front −Y, Z up) and r g b in 0..1; the
                position of the cloud is of no account.

        Returns:
            (B, feature_width) of length 1.
        """
        low, high = points[..., :3].amin(dim=1, keepdim=True), points[..., :3].amax(dim=1, keepdim=True)
        extent = (high - low).clamp_min(_SMALLEST_EXTENT)  # (B, 1, 3)
        unit = (points[..., :3] - (low + high) / 2) * (2 / extent.amax(dim=-1, keepdim=True))
        angles = (unit[..., None] * self.octaves).flatten(-2)
        states = self.point(torch.cat([unit, 2 * points[..., 3:] - 1, angles.sin(), angles.cos()], dim=-1))
        # A second look at each point that knows the whole: what tells four legs from a panel.
        whole = states.amax(dim=1, keepdim=True).expand_as(states)
        states = states + self.context(torch.cat([states, whole], dim=-1))
        pooled = torch.cat([states.amax(dim=1), states.mean(dim=1), extent[:, 0].log()], dim=-1)
        return F.normalize(self.head(self.norm(pooled)), dim=-1)
