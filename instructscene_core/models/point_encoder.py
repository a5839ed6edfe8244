"""A small PointNet that maps coloured point clouds into the space of sentence vectors.

In the starter it has the role that OpenShape has in the paper (section 4.1): one space for text and shape. Its features
are trained towards MiniLM's sentence vectors of the catalogue's captions (``training/features.py``).
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_SMALLEST_EXTENT = 1e-3
"""Metres, so that a flat cloud divides by no zero."""


@dataclass(frozen=True)
class PointEncoderConfig:
    """Sizes of the point encoder.

    Attributes:
        width: width of a point's state.
        feature_width: width of the feature, that of the text encoder's sentence vectors.
        frequencies: octaves of the Fourier code of a point's position.
        shares: whether a point's position relative to each extent of its bounding box is read too; stretching a mesh
            does not change it.
        head_width: width of the head's inner layer; None is twice ``width``.
        group: points that are pooled together, as many as in training, since the maximum grows with their number. The
            feature of a larger cloud is the mean over groups of so many. None pools all points.
    """

    width: int = 192
    feature_width: int = 384
    frequencies: int = 4
    shares: bool = False
    head_width: int | None = None
    group: int | None = None

    @classmethod
    def starter(cls) -> "PointEncoderConfig":
        """The embedded default."""
        return cls(width=160, shares=True, head_width=512, group=256)


class PointEncoder(nn.Module):
    """PointNet: every point by itself, pooled by maximum and mean, then an MLP that also knows the size in metres."""

    octaves: Tensor

    def __init__(self, config: PointEncoderConfig) -> None:
        super().__init__()
        self.config = config
        w, inner = config.width, config.head_width or 2 * config.width
        code = (1 + config.shares) * (3 + 6 * config.frequencies)
        self.register_buffer("octaves", math.pi / 2 * 2.0 ** torch.arange(config.frequencies), persistent=False)
        self.point = nn.Sequential(nn.Linear(3 + code, w), nn.GELU(), nn.Linear(w, w))
        self.context = nn.Sequential(nn.Linear(2 * w, w), nn.GELU(), nn.Linear(w, w))
        self.norm = nn.LayerNorm(2 * w + 3)
        self.head = nn.Sequential(nn.Linear(2 * w + 3, inner), nn.GELU(), nn.Linear(inner, config.feature_width))

    def forward(self, points: Tensor) -> Tensor:
        """Features of coloured clouds.

        Args:
            points: (B, P, 6) x y z in metres in the object's own frame (front −Y, Z up) and r g b in 0..1;
                shifting a cloud changes nothing.

        Returns:
            (B, feature_width) of length 1.
        """
        low, high = points[..., :3].amin(dim=1, keepdim=True), points[..., :3].amax(dim=1, keepdim=True)
        extent = (high - low).clamp_min(_SMALLEST_EXTENT)  # (B, 1, 3)
        middle = points[..., :3] - (low + high) / 2
        places = [middle * (2 / extent.amax(dim=-1, keepdim=True))]
        places += [middle * (2 / extent)] if self.config.shares else []
        unit = torch.cat(places, dim=-1)
        angles = (unit[..., None] * self.octaves).flatten(-2)
        codes = torch.cat([unit, 2 * points[..., 3:] - 1, angles.sin(), angles.cos()], dim=-1)
        groups = 1 if self.config.group is None else max(1, round(points.shape[1] / self.config.group))
        features = [self._encode(codes[:, first::groups], extent[:, 0]) for first in range(groups)]
        return F.normalize(torch.stack(features).mean(dim=0), dim=-1)

    def _encode(self, codes: Tensor, extent: Tensor) -> Tensor:
        """Coded points (B, P, C) of clouds with extents (B, 3) -> (B, feature_width) of length 1."""
        states = self.point(codes)
        # Each point again, now with the pooled whole: this distinguishes four legs from a panel.
        whole = states.amax(dim=1, keepdim=True).expand_as(states)
        states = states + self.context(torch.cat([states, whole], dim=-1))
        pooled = torch.cat([states.amax(dim=1), states.mean(dim=1), extent.log()], dim=-1)
        return F.normalize(self.head(self.norm(pooled)), dim=-1)
