"""Losses of the geometry placer: of its pre-training on single shapes, and of placing in random compositions."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..datasets.compositions import Compose, Composition, compose
from ..diffusion.flow import logit_normal, noised
from ..models.geometry_placer import GeometryPlacer
from .loop import StatelessTask
from .placer_features import PATCHES, Asking, Batch, ShapeBank, make_batch, overlap_of, places_of

_HIDDEN: Final = PATCHES // 2
"""Patches of a shape that pre-training hides."""
_SPREAD: Final = 8.0
"""Makes points within a patch, some centimetres, as large as noise."""
_LATE: Final = 0.3
"""Times up to which a noisy pose is told how deep it is inside others: it is nearly a pose then."""
_SCENE_SEED: Final = 1 << 32
"""Seeds of scenes begin here, apart from those of steps."""


class ShapeFlowTask(StatelessTask):
    """Instance pre-training: the points of half of a shape's patches, by a flow from the other half.

    Args:
        model: the placer.
        bank: has the shapes.
        batch: shapes a step.
        draws: noisy versions of each.
        seed: of everything random.
    """

    def __init__(self, model: GeometryPlacer, bank: ShapeBank, batch: int, draws: int, seed: int) -> None:
        self._model, self.bank, self.batch, self.draws, self.seed = model, bank, batch, draws, seed

    @property
    def model(self) -> nn.Module:
        """The placer."""
        return self._model

    def losses(self, step: int) -> Iterator[dict[str, Tensor]]:
        """The squared error of the velocity."""
        rng, generator = np.random.default_rng([self.seed, step]), torch.Generator().manual_seed(step)
        rows = rng.integers(len(self.bank.shapes), size=self.batch)
        order = rng.permuted(np.tile(np.arange(PATCHES), (self.batch, 1)), axis=1)
        points = np.take_along_axis(self.bank.points[rows], order[:, :, None, None], axis=1)
        middles = np.take_along_axis(self.bank.middles[rows], order[:, :, None], axis=1)
        places = torch.as_tensor(places_of(points.astype(np.float64), middles.astype(np.float64)), dtype=torch.float32)[
            :, None
        ]
        seen = torch.as_tensor(points[:, None, _HIDDEN:], dtype=torch.float32)
        clean = _SPREAD * torch.as_tensor(points[:, None, :_HIDDEN, :, :3]).flatten(3)
        clean = clean.repeat(1, 1, self.draws, 1)
        noise = torch.randn(clean.shape, generator=generator)
        t = logit_normal(tuple(clean.shape[:-1]), generator)
        x, velocity = noised(clean, t, noise)
        where = places[:, :, :_HIDDEN].repeat(1, 1, self.draws, 1)
        guess = self._model.shape_flow(seen, places[:, :, _HIDDEN:], x, where, t)
        yield {"loss": F.mse_loss(guess, velocity)}


class PlacerTask(StatelessTask):
    """Placing: which surface, and where on it, from random compositions.

    Args:
        model: the placer.
        bank: has the shapes.
        scenes: compositions in all, made as they are needed.
        batch: scenes a step.
        asked: shapes that are asked for of each.
        draws: noisy poses of each.
        seed: of everything random.
        asking: what is told of the asked shapes; None: everything, each now and then.
        composes: by turns they make the compositions.
    """

    def __init__(
        self,
        model: GeometryPlacer,
        bank: ShapeBank,
        scenes: int,
        batch: int,
        asked: int,
        draws: int,
        seed: int,
        *,
        asking: Asking | None = None,
        composes: Sequence[Compose] = (compose,),
    ) -> None:
        self._model, self.bank, self.scenes, self.batch = model, bank, scenes, batch
        self.asked, self.draws, self.seed = asked, draws, seed
        self.asking, self.composes = asking or Asking(), composes
        self._made: dict[int, Composition] = {}

    @property
    def model(self) -> nn.Module:
        """The placer."""
        return self._model

    def scene(self, number: int) -> Composition:
        """One of the compositions."""
        if number not in self._made:
            rng = np.random.default_rng([self.seed, _SCENE_SEED + number])
            self._made[number] = self.composes[number % len(self.composes)](rng, self.bank.draw)
        return self._made[number]

    def losses(self, step: int) -> Iterator[dict[str, Tensor]]:
        """Cross-entropy of the pointer, squared errors of the velocity by its parts, and of the depth inside others."""
        rng, generator = np.random.default_rng([self.seed, step]), torch.Generator().manual_seed(step)
        scenes = [self.scene(int(number)) for number in rng.integers(self.scenes, size=self.batch)]
        yield placer_loss(
            self._model, make_batch(scenes, self.bank, self.asked, rng, self.asking), self.draws, generator
        )


def placer_loss(model: GeometryPlacer, batch: Batch, draws: int, generator: torch.Generator) -> dict[str, Tensor]:
    """Loss and terms of a batch.

    Args:
        model: the placer.
        batch: of B scenes with A asked shapes.
        draws: D noisy poses of each.
        generator: of noise and times.
    """
    inputs, targets = batch.inputs, batch.targets
    encoded = model.encode(inputs)
    asked = targets.asked
    pointer = F.cross_entropy(encoded.pointer[asked], targets.surface[asked])
    clean = targets.pose[:, :, None].expand(-1, -1, draws, -1)
    noise = torch.randn(clean.shape, generator=generator)
    t = logit_normal(tuple(clean.shape[:-1]), generator)
    x, velocity = noised(clean, t, noise)
    surface = targets.surface[:, :, None].expand(-1, -1, draws)
    guess, depth = model.flow(encoded, surface, x, t)
    errors = (guess - velocity).square()[asked]
    terms = {
        "ground": errors[..., :2].mean(),
        "turn": errors[..., 2:4].mean(),
        "scale": errors[..., 4].mean(),
        "pointer": pointer,
        "overlap": _overlap_error(batch, x, t, depth),
    }
    return {"loss": torch.stack(list(terms.values())).sum(), **terms}


def _overlap_error(batch: Batch, x: Tensor, t: Tensor, depth: Tensor) -> Tensor:
    """Of the depth inside others, at one late pose of each asked shape."""
    meant, told = list[float](), list[Tensor]()
    late = (t < _LATE) & batch.targets.asked[..., None]
    for b, a in late.any(dim=-1).nonzero().tolist():
        draw = int(late[b, a].nonzero()[0, 0])
        meant.append(overlap_of(batch, b, a, x[b, a, draw].double().numpy()))
        told.append(depth[b, a, draw])
    if not told:
        return depth.sum() * 0.0
    return F.smooth_l1_loss(torch.stack(told), torch.tensor(meant), beta=0.05)
