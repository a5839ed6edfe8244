"""A small PointNet that tells the class of a coloured point cloud and which of its sides is the front.

It reads the cloud as each of four quarter turns shows it, and says of each how well it looks like each class with its
front at −Y; the softmax over both is the probability of class and quarter together. Size plays no part: clouds come in
unknown units.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

_THINNEST = 5e-3
"""Least extent of a cloud along an axis, as a share of its largest: a rug's height."""


@dataclass(frozen=True)
class ShapeReaderConfig:
    """Sizes of the reader.

    Attributes:
        n_classes: that it tells apart, with what is of none of them.
        width: width of a point's state.
        head_width: width of the head's inner layer.
        frequencies: octaves of the Fourier code of a point's position.
        group: points that are pooled together, as many as in training, since a maximum grows with their number. The
            logits of a larger cloud are the mean over groups of so many.
        dropout: of the head, in training.
    """

    n_classes: int
    width: int = 112
    head_width: int = 224
    frequencies: int = 3
    group: int = 256
    dropout: float = 0.2


class ShapeReader(nn.Module):
    """Every point by itself, again with the pooled whole, pooled by maximum and mean; then an MLP."""

    octaves: Tensor

    def __init__(self, config: ShapeReaderConfig) -> None:
        super().__init__()
        self.config = config
        w = config.width
        self.register_buffer("octaves", math.pi / 2 * 2.0 ** torch.arange(config.frequencies), persistent=False)
        self.point = nn.Sequential(nn.Linear(9 + 12 * config.frequencies, w), nn.GELU(), nn.Linear(w, w))
        self.beside, self.whole = nn.Linear(w, w), nn.Linear(w, w, bias=False)
        self.context = nn.Sequential(nn.GELU(), nn.Linear(w, w))
        self.norm = nn.LayerNorm(2 * w)
        self.head = nn.Sequential(
            nn.Linear(2 * w + 3, config.head_width),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.head_width, config.n_classes),
        )

    def forward(self, points: Tensor) -> Tensor:
        """How well clouds look like each class with its front at −Y.

        Args:
            points: (B, P, 6) x y z in any unit, Z up, and r g b in 0..1; moving and scaling a cloud changes nothing.

        Returns:
            (B, n_classes) logits.
        """
        low, high = points[..., :3].amin(dim=1, keepdim=True), points[..., :3].amax(dim=1, keepdim=True)
        extent = high - low
        largest = extent.amax(dim=-1, keepdim=True).clamp_min(1e-30)  # (B, 1, 1)
        extent = torch.maximum(extent, _THINNEST * largest)
        middle = points[..., :3] - (low + high) / 2
        unit = torch.cat([middle * (2 / largest), middle * (2 / extent)], dim=-1)
        angles = (unit[..., None] * self.octaves).flatten(-2)
        codes = torch.cat([unit, 2 * points[..., 3:] - 1, angles.sin(), angles.cos()], dim=-1)
        box = (extent / largest)[:, 0].log()
        groups = max(1, round(points.shape[1] / self.config.group))
        return torch.stack([self._read(codes[:, first::groups], box) for first in range(groups)]).mean(dim=0)

    def _read(self, codes: Tensor, box: Tensor) -> Tensor:
        """Coded points (B, P, D) of clouds whose boxes have the proportions (B, 3) -> logits (B, n_classes)."""
        states = self.point(codes)
        # Each point again, now with the pooled whole: this distinguishes four legs from a panel.
        whole = states.amax(dim=1, keepdim=True)
        states = states + self.context(self.beside(states) + self.whole(whole))
        pooled = self.norm(torch.cat([states.amax(dim=1), states.mean(dim=1)], dim=-1))
        return self.head(torch.cat([pooled, box], dim=-1))

    def quarters(self, points: Tensor) -> Tensor:
        """Logits (B, 4, n_classes) of clouds (B, P, 6) turned counter-clockwise by 0 to 3 quarters."""
        return torch.stack([self(turned(points, quarter)) for quarter in range(4)], dim=1)


def turned(points: Tensor, quarters: int) -> Tensor:
    """Clouds (..., 6) turned counter-clockwise seen from above."""
    x, y = points[..., :1], points[..., 1:2]
    level = ((x, y), (-y, x), (-x, -y), (y, -x))[quarters % 4]
    return torch.cat([*level, points[..., 2:]], dim=-1)
