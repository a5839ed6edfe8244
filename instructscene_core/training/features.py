"""Training of the feature space: the point encoder, then the feature VQ-VAE on what it gives."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.point_encoder import PointEncoder
from ..starter.furniture.points import Jitter, coloured_points
from ..starter.furniture.specs import Spec
from .loop import StatelessTask

N_POINTS: Final = 512
_VIEWS: Final = 8
"""Clouds of an entry whose mean is its feature."""
_MARGIN: Final = 1.25
"""How much further than the catalogue's features the VQ-VAE's bounds reach, for people's own meshes."""


class PointTask(StatelessTask):
    """Pulls the feature of an entry's cloud to the sentence vector of its caption, and away from the other captions.

    Args:
        model: the encoder.
        specs: the furniture.
        targets: (n, F) sentence vectors of its captions.
        batch: clouds a step.
        seed: of the clouds.
    """

    _TEMPERATURE = 0.05

    def __init__(self, model: PointEncoder, specs: Sequence[Spec], targets: Tensor, batch: int, seed: int) -> None:
        self.model, self.specs, self.targets, self.batch, self.seed = model, specs, targets, batch, seed

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Cosine distance plus contrast among all captions."""
        random = np.random.default_rng([self.seed, step])
        rows = random.integers(len(self.specs), size=self.batch)
        clouds = [coloured_points(self.specs[row], N_POINTS, random, Jitter.training()) for row in rows.tolist()]
        features = self.model(torch.from_numpy(np.stack(clouds))).float()
        labels = torch.from_numpy(rows)
        cosine = (1 - (features * self.targets[labels]).sum(dim=1)).mean()
        contrast = F.cross_entropy(features @ self.targets.T / self._TEMPERATURE, labels)
        return [{"loss": cosine + 0.2 * contrast, "cosine": cosine, "contrast": contrast}]


class VQVAETask(StatelessTask):
    """Reconstruction of the features of jittered clouds.

    Args:
        model: the VQ-VAE.
        features: (views, n, F) features of jittered clouds of every entry.
        batch: features a step.
        seed: of the batches.
    """

    def __init__(self, model: FeatureVQVAE, features: Tensor, batch: int, seed: int) -> None:
        self.model, self.features, self.batch, self.seed = model, features.flatten(0, 1), batch, seed

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """The official loss."""
        random = np.random.default_rng([self.seed, step])
        rows = torch.from_numpy(random.integers(len(self.features), size=self.batch))
        loss = self.model.loss(self.features[rows], torch.rand)
        return [{"loss": loss.total, "reconstruction": loss.reconstruction, "kl": loss.kl}]


@torch.inference_mode()
def cloud_features(
    model: PointEncoder, specs: Sequence[Spec], views: int, seed: int, jitter: Jitter | None = None
) -> Tensor:
    """Features of ``views`` clouds of every entry, (views, n, F)."""
    random = np.random.default_rng(seed)
    model.eval()
    result = [
        model(torch.from_numpy(np.stack([coloured_points(spec, N_POINTS, random, jitter) for spec in specs])))
        for _ in range(views)
    ]
    return torch.stack(result)


def catalogue_features(model: PointEncoder, specs: Sequence[Spec]) -> Tensor:
    """The feature of every entry, (n, F) of length 1: the mean over some clouds of it."""
    return F.normalize(cloud_features(model, specs, _VIEWS, seed=0).mean(dim=0), dim=-1)


def vqvae_for(features: Tensor) -> FeatureVQVAE:
    """A new VQ-VAE with bounds that fit the features."""
    reach = float(features.abs().max()) * _MARGIN
    return FeatureVQVAE(FeatureVQVAEConfig.starter(-reach, reach))
