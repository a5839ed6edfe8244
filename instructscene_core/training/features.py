"""Training of the feature space: the point encoder, then the feature VQ-VAE on its features."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..models.feature_vqvae import FeatureVQVAE, FeatureVQVAEConfig
from ..models.point_encoder import PointEncoder
from ..starter.furniture.specs import Spec
from ..vocabulary import CATEGORIES
from .clouds import Clouds, Variation, uncoloured_caption
from .loop import StatelessTask
from .vectors import sentence_vectors
from .zero_shot import class_vectors

_POINTS: Final = 512
"""Points of the cloud from which an entry's own feature is computed."""
VIEW_POINTS: Final = 256
"""Points of the varied clouds from which the VQ-VAE learns."""
_TRAINING_POINTS: Final = (128, 192, 256, 256)
"""Points of a training cloud; drawn anew for each step, so that the feature does not depend on their number."""
_AT_ONCE: Final = 64
"""Clouds that go through the encoder at once."""
_REACH: Final = 1.1
"""Factor of the VQ-VAE's bounds over the largest number of the catalogue's features, for people's own meshes."""


@dataclass(frozen=True)
class Targets:
    """Training targets of the features, all of length 1 in the space of sentence vectors.

    Attributes:
        captions: (n, F) of the entries' captions.
        uncoloured: (S, F) of the shapes' captions without colours and materials.
        classes: (C, F) of the classes' prompts.
        class_of: (n,) class of each entry.
    """

    captions: Tensor
    uncoloured: Tensor
    classes: Tensor
    class_of: Tensor

    @classmethod
    def of(cls, specs: Sequence[Spec], clouds: Clouds, folder: Path) -> "Targets":
        """The targets of the catalogue.

        Args:
            specs: its n entries.
            clouds: of these entries.
            folder: where sentence vectors are kept.
        """
        return cls(
            sentence_vectors([spec.caption for spec in specs], folder),
            sentence_vectors([uncoloured_caption(shape) for shape in clouds.shapes], folder),
            class_vectors(folder),
            torch.tensor([CATEGORIES.index(spec.category) for spec in specs]),
        )


class PointTask(StatelessTask):
    """Pulls the feature of a cloud to the sentence vector of its caption, away from other captions and other classes.

    The target of a cloud whose colours were changed is its caption without colours.

    Args:
        model: the encoder.
        clouds: of the furniture.
        targets: of the same entries.
        batch: clouds a step.
        seed: of the clouds.
    """

    _TEMPERATURE = 0.05
    _CONTRAST = 0.5
    _CLASSES = 0.5

    def __init__(self, model: PointEncoder, clouds: Clouds, targets: Targets, batch: int, seed: int) -> None:
        self.model, self.clouds, self.targets, self.batch, self.seed = model, clouds, targets, batch, seed
        # Classes with many entries come more often, but not as much more often.
        counts = torch.bincount(targets.class_of)[targets.class_of].double()
        self._share = (counts**-0.5 / (counts**-0.5).sum()).numpy()

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """Cosine distance plus contrast among captions and among classes."""
        random = np.random.default_rng([self.seed, step])
        rows = random.choice(len(self.clouds), self.batch, p=self._share)
        count = int(random.choice(_TRAINING_POINTS))
        clouds, true = self.clouds.draw(rows, count, random, Variation.wide())
        features = self.model(torch.from_numpy(clouds)).float()
        return [self._terms(features, torch.from_numpy(rows), torch.from_numpy(true))]

    def _terms(self, features: Tensor, rows: Tensor, true: Tensor) -> dict[str, Tensor]:
        t = self.targets
        shapes = torch.from_numpy(self.clouds.shape_of)[rows]
        wanted = torch.where(true[:, None], t.captions[rows], t.uncoloured[shapes])
        cosine = (1 - (features * wanted).sum(dim=1)).mean()
        named = self._contrast(features, t.captions, rows)
        bare = self._contrast(features, t.uncoloured, shapes)
        contrast = torch.where(true, named, bare).mean()
        classes = self._contrast(features, t.classes, t.class_of[rows]).mean()
        loss = cosine + self._CONTRAST * contrast + self._CLASSES * classes
        return {"loss": loss, "cosine": cosine, "contrast": contrast, "classes": classes}

    def _contrast(self, features: Tensor, among: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(features @ among.T / self._TEMPERATURE, labels, reduction="none")


class VQVAETask(StatelessTask):
    """Loss of the VQ-VAE on features of varied clouds: the official one, contrast among entries, and guiding codes.

    With the official loss alone only a few codes come into use in the time at hand. So the encoder is also trained
    towards codes that use all of them: those of residual k-means, the first token the coarsest.

    Args:
        model: the VQ-VAE.
        features: (views, n, F) features of clouds of every entry, the entries' own first.
        batch: features a step.
        seed: of the batches.
    """

    _TEMPERATURE = 0.01
    _CONTRAST = 0.01
    _GUIDE = 0.02

    def __init__(self, model: FeatureVQVAE, features: Tensor, batch: int, seed: int) -> None:
        self.model, self.features, self.batch, self.seed = model, features, batch, seed
        self._guide = residual_codes(features[0], model.config.n_tokens, model.config.n_codes)

    def losses(self, step: int) -> list[dict[str, Tensor]]:
        """The official loss, the guide's, and contrast among the entries."""
        random = np.random.default_rng([self.seed, step])
        views, entries = self.features.shape[:2]
        rows = torch.from_numpy(random.integers(entries, size=self.batch))
        features = self.features[torch.from_numpy(random.integers(views, size=self.batch)), rows]
        loss = self.model.loss(features, torch.rand)
        guide = F.cross_entropy(loss.logits.flatten(0, 1), self._guide[rows].flatten())
        likeness = F.normalize(loss.decoded, dim=-1) @ self.features[0].T
        contrast = F.cross_entropy(likeness / self._TEMPERATURE, rows)
        total = loss.total + self._CONTRAST * contrast + self._GUIDE * guide
        terms = {"reconstruction": loss.reconstruction, "kl": loss.kl, "contrast": contrast, "guide": guide}
        return [{"loss": total, **terms}]


def residual_codes(features: Tensor, tokens: int, codes: int, rounds: int = 25) -> Tensor:
    """Residual k-means, each token on what the ones before leave: features (n, F) -> codes (n, tokens)."""
    draw = torch.Generator().manual_seed(0)
    rest, found = features, list[Tensor]()
    for _ in range(tokens):
        centres = rest[torch.randperm(len(rest), generator=draw)[:codes]]
        for _ in range(rounds):
            nearest = torch.cdist(rest, centres).argmin(dim=1)
            sums = torch.zeros_like(centres).index_add_(0, nearest, rest)
            counts = torch.bincount(nearest, minlength=len(centres))[:, None]
            centres = torch.where(counts > 0, sums / counts.clamp_min(1), centres)
        found.append(torch.cdist(rest, centres).argmin(dim=1))
        rest = rest - centres[found[-1]]
    return torch.stack(found, dim=1)


@torch.inference_mode()
def cloud_features(
    model: PointEncoder, clouds: Clouds, seed: int, variation: Variation | None = None, points: int = _POINTS
) -> Tensor:
    """Features of one cloud of every entry, (n, F) of length 1; without variation, those of the entries themselves."""
    random = np.random.default_rng(seed)
    model.eval()
    parts = np.split(np.arange(len(clouds)), range(_AT_ONCE, len(clouds), _AT_ONCE))
    features = [model(torch.from_numpy(clouds.draw(rows, points, random, variation)[0])) for rows in parts]
    return torch.cat(features)


def vqvae_for(features: Tensor) -> FeatureVQVAE:
    """A new VQ-VAE with bounds that fit the features."""
    reach = float(features.abs().max()) * _REACH
    return FeatureVQVAE(FeatureVQVAEConfig.starter(-reach, reach))
