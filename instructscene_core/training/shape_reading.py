"""Training of the reader of shapes: class and front of clouds, from the starter's furniture and plain pieces.

Every cloud is shown as two quarters turn it, its own and a wrong one, and the network must tell class and quarter
together: what it learns of fronts is which of two looks more like one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ..models.shape_reader import ShapeReader, turned
from ..vocabulary import CATEGORIES
from .clouds import Clouds, Variation, moved
from .loop import StatelessTask
from .plain_parts import ROLES
from .plain_pieces import draw, drawn_classes

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_NAMES: Final[tuple[str | None, ...]] = (*CATEGORIES, None)
DESIGNS: Final = 240
"""Plain designs of each class."""
HELD_OUT: Final = 6
"""Of the starter's shapes every one of so many, from the first on, is left out, to be measured and calibrated on."""
_MANY_KINDS: Final = 3
"""Times as many for what is of no class, which is many things."""
_CALIBRATED: Final = 768
"""Clouds on which confidence is calibrated."""
_CALIBRATED_POINTS: Final = 1024
"""Points of each, as many as are read of people's meshes."""
_KEPT_POINTS: Final = 1024
"""Points that are kept of each design."""
_SMALL: Final = 0.08
"""Share of the points up to which a part may be left out."""
_VARIATION: Final = Variation(
    recoloured=0.8, low_poly=0.5, thinned=0.35, thickened=0.5, stretch=0.16, turn=0.03, noise=0.006, light=0.2, hue=0.04
)
"""What other people's models may be like; they are scaled to one size, and their quarter is what is to be found."""


@dataclass(frozen=True)
class PlainPieces:
    """Points of plain designs: S designs, P points each.

    Attributes:
        points: (S, P, 3) metres about the box's middle, front −y, z up.
        role: (S, P) number of the material role.
        part: (S, P) number of the part.
        rows: of every class, and last of what is of none, the numbers of its designs.
    """

    points: Floats
    role: NDArray[np.int8]
    part: NDArray[np.int16]
    rows: tuple[Ints, ...]

    @classmethod
    def made(cls, designs: int, seed: int) -> "PlainPieces":
        """New designs.

        Args:
            designs: of each class.
            seed: of all of them.
        """
        classes = [k for k in drawn_classes() for _ in range(designs * (_MANY_KINDS if _NAMES[k] is None else 1))]
        rng = np.random.default_rng(seed)
        drawn = [draw(_NAMES[k], rng).points(_KEPT_POINTS) for k in classes]
        points = np.stack([row[0] for row in drawn]).astype(np.float32)
        points -= (points.min(axis=1, keepdims=True) + points.max(axis=1, keepdims=True)) / 2
        rows = tuple(np.flatnonzero(np.array(classes) == k) for k in range(len(_NAMES)))
        return cls(points, np.stack([row[1] for row in drawn]), np.stack([row[2] for row in drawn]), rows)

    def draw(self, rows: Ints, count: int, rng: np.random.Generator) -> Floats:
        """Varied clouds of some designs: (B, count, 6) x y z in metres and r g b in 0..1."""
        chosen = np.stack([self._chosen(self.part[row], count, rng) for row in rows])
        picked = rows[:, None], chosen
        points = moved(self.points[picked].astype(np.float64), rng, _VARIATION)
        colours = _colours(len(rows), rng)[np.arange(len(rows))[:, None], self.role[picked]]
        return np.concatenate([points, colours], axis=-1).astype(np.float32)

    @staticmethod
    def _chosen(part: NDArray[np.int16], count: int, rng: np.random.Generator) -> Ints:
        """Numbers of drawn points, sometimes without some small parts."""
        sizes = np.bincount(part)
        rate = rng.random() * 0.5 * (rng.random() < _VARIATION.thinned)
        out = (sizes <= _SMALL * len(part)) & (rng.random(len(sizes)) < rate)
        among = np.flatnonzero(~out[part])
        return rng.choice(among, count, replace=len(among) < count)


def _colours(batch: int, rng: np.random.Generator) -> Floats:
    """(B, roles, 3) colours of the roles: all one grey, each its own, or each near one."""
    each, one = rng.random((batch, len(ROLES), 3)), rng.random((batch, 1, 3))
    grey = np.broadcast_to(rng.random((batch, 1, 1)), each.shape)
    kind = rng.integers(3, size=(batch, 1, 1))
    return np.select([kind == 0, kind == 1], [grey, each], 0.3 * each + 0.7 * one).astype(np.float32)


class Supply:
    """Labelled clouds: half of them starter's furniture, half plain pieces, every class as often.

    Args:
        clouds: of the starter.
        classes: (n,) class of each of its entries.
        plain: the plain designs.
        left_out: numbers of the starter's shapes that are not drawn.
    """

    def __init__(self, clouds: Clouds, classes: Ints, plain: PlainPieces, left_out: Sequence[int] = ()) -> None:
        self.clouds, self.plain = clouds, plain
        kept = ~np.isin(clouds.shape_of, left_out)
        self._own = tuple(np.flatnonzero(kept & (classes == k)) for k in range(len(_NAMES)))

    def draw(self, batch: int, count: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
        """Clouds (batch, count, 6) with their fronts at −y, and their classes (batch,)."""
        classes = rng.integers(len(_NAMES), size=batch)
        own = rng.random(batch) < 0.5
        own = np.array(
            [bool(len(self._own[k])) and (a or not len(self.plain.rows[k])) for k, a in zip(classes, own, strict=True)]
        )
        points = np.empty((batch, count, 6), np.float32)
        if own.any():
            rows = np.array([rng.choice(self._own[k]) for k in classes[own]])
            points[own] = self.clouds.draw(rows, count, rng, _VARIATION)[0]
        if not own.all():
            rows = np.array([rng.choice(self.plain.rows[k]) for k in classes[~own]])
            points[~own] = self.plain.draw(rows, count, rng)
        points[..., 0] *= np.where(rng.random((batch, 1)) < 0.5, -1, 1)  # left and right are alike
        return points, classes


class ShapeTask(StatelessTask):
    """Cross-entropy of class and quarter.

    Args:
        model: the reader.
        supply: of clouds.
        batch: clouds a step.
        points: of each cloud.
        seed: of the clouds.
    """

    _SMOOTHING = 0.05

    def __init__(self, model: ShapeReader, supply: Supply, batch: int, points: int, seed: int) -> None:
        self.model, self.supply, self.batch, self.points, self.seed = model, supply, batch, points, seed

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """The loss of one batch, and shares of right classes and quarters."""
        rng = np.random.default_rng([self.seed, step])
        drawn, classes = self.supply.draw(self.batch, self.points, rng)
        cloud, wanted = torch.from_numpy(drawn), torch.from_numpy(classes)
        wrong = turned(cloud, int(rng.integers(1, 4)))
        logits = self.model(torch.cat([cloud, wrong])).float()
        both = torch.cat([logits[: self.batch], logits[self.batch :]], dim=1)  # the right quarter's classes first
        loss = F.cross_entropy(both, wanted, label_smoothing=self._SMOOTHING)
        shares = both.detach().softmax(dim=1).unflatten(1, (2, -1))
        right = (shares.sum(dim=1).argmax(dim=1) == wanted).float().mean()
        front = (shares.sum(dim=2).argmax(dim=1) == 0).float().mean()
        return [{"loss": loss, "class": right, "front": front}]


@torch.inference_mode()
def sharpness(reader: ShapeReader, clouds: Clouds, classes: Ints, seed: int) -> float:
    """Factor of the logits that makes class and quarter of unseen furniture likeliest: below 1 where it is too sure.

    Args:
        reader: trained without the shapes that :data:`HELD_OUT` leaves out.
        clouds: of the starter.
        classes: (n,) class of each of its entries.
        seed: of the clouds.
    """
    rng = np.random.default_rng(seed)
    rows = rng.choice(np.flatnonzero(clouds.shape_of % HELD_OUT == 0), _CALIBRATED)
    parts = np.split(rows, range(64, _CALIBRATED, 64))
    drawn = [torch.from_numpy(clouds.draw(part, _CALIBRATED_POINTS, rng, _VARIATION)[0]) for part in parts]
    logits = torch.cat([reader.eval().quarters(cloud) for cloud in drawn]).flatten(1)
    wanted = torch.from_numpy(classes[rows])  # the first quarter's classes come first
    factors = [round(0.05 * k, 2) for k in range(6, 41)]
    return min(factors, key=lambda factor: float(F.cross_entropy(factor * logits, wanted)))
