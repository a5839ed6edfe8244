"""SCA: how well a classifier that is fine-tuned on some of the pictures tells made ones from real ones; 50 % is best.

As in the paper, a network that was trained on ImageNet gets one linear output, and both are trained with binary cross
entropy and Adam (ATISS, section 4; docs/official-behaviour.md). Unlike the paper's code, which reports the best of all
epochs on its test pictures, every picture is judged once, after the last epoch, by a classifier that never saw it.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..errors import InvalidInputError
from ..files.checkpoints import fill
from ..files.torch_files import read_state_dict
from . import efficientnet_lite as lite
from .intervals import RESAMPLES, Estimate, Weights, bootstrap
from .picture_features import Device, resized

FOLDS: Final = 5
_FROZEN: Final = 15
"""Blocks of EfficientNet-Lite0 whose features are worked out once; the last block and the head are tuned."""
_BATCH: Final = 32
"""Pictures at a time where nothing is trained."""


@dataclass(frozen=True)
class Training:
    """How a classifier is trained.

    Attributes:
        epochs: passes through the pictures.
        batch: pictures of a step.
        rate: Adam's for what was trained before.
        rate_of_output: Adam's for the linear output.
    """

    epochs: int
    batch: int
    rate: float
    rate_of_output: float


@dataclass(frozen=True, eq=False)
class Backbone:
    """What a classifier is made of.

    Attributes:
        name: of the accuracy.
        frozen: pictures (B, 3, H, W), uint8 RGB, to what is worked out once.
        tuned: that to features (B, D); a copy of it is tuned.
        training: its settings.
    """

    name: str
    frozen: Callable[[Tensor], Tensor]
    tuned: nn.Module
    training: Training


def efficientnet_backbone(weights: Path | None = None) -> Backbone:
    """The offline default: the last block and the head of EfficientNet-Lite0 are tuned, for minutes on two cores.

    Raises:
        InvalidInputError: as for ``load_efficientnet_lite``.
    """
    network = lite.load_efficientnet_lite(weights)
    return Backbone(
        name="SCA(EfficientNet-Lite0, last block)",
        frozen=lambda pictures: network.before(lite.normalised(resized(pictures, lite.SIDE)), _FROZEN),
        tuned=_LastBlocks(network, _FROZEN),
        training=Training(epochs=10, batch=32, rate=1e-4, rate_of_output=1e-3),
    )


class _LastBlocks(nn.Module):
    """(B, C, h, w) before a block to the last pooled features (B, 1280); the norms keep their statistics."""

    def __init__(self, network: lite.EfficientNetLite0, block: int) -> None:
        super().__init__()
        self.blocks, self.head = network.blocks[block:], network.head

    def forward(self, x: Tensor) -> Tensor:
        for inverted in self.blocks:
            x = inverted(x)
        return F.relu6(self.head(x)).mean(dim=(2, 3))


def alexnet_backbone(weights: Path) -> Backbone:
    """The paper's: AlexNet's convolutions (Krizhevsky, 2014), all of them tuned, on brightness 0..1.

    Args:
        weights: torchvision's file of AlexNet (``alexnet-owt-….pth``), a plain state dict.

    Raises:
        InvalidInputError: the file cannot be read, would run code, or has not these weights.
    """
    network = AlexNetFeatures()
    state = {name: tensor for name, tensor in read_state_dict(weights).items() if name.startswith("features.")}
    fill(network, state, weights)
    return Backbone(
        name="SCA(AlexNet)",
        frozen=lambda pictures: pictures,
        tuned=network.eval(),
        training=Training(epochs=30, batch=256, rate=1e-4, rate_of_output=1e-4),
    )


class AlexNetFeatures(nn.Module):
    """Pictures (B, 3, H, W), uint8 RGB, to AlexNet's last convolutional features (B, 256·h·w); torchvision's names."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2),
        )  # fmt: skip

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 256·h·w)."""
        return self.features(pictures.float() / 255).flatten(start_dim=1)


def classifier_accuracy(
    real: Iterable[Tensor],
    made: Iterable[Tensor],
    backbone: Backbone,
    *,
    folds: int = FOLDS,
    seed: int = 0,
    device: Device = "cpu",
    resamples: int = RESAMPLES,
) -> Estimate:
    """Cross-validated accuracy in percent, with an interval over the pictures.

    The larger set is cut to the size of the smaller. Picture i of both sets is in the same fold: where both were made
    on the same floor, a classifier that remembers floors would otherwise be wrong about the other one.

    Args:
        real: pictures (B, 3, H, W), uint8 RGB, in batches.
        made: likewise.
        backbone: what is tuned.
        folds: parts; each is judged by a classifier that was trained on the others.
        seed: of the folds, the output's first weights, and the order of the pictures.
        device: where the classifier runs.
        resamples: of the interval, which holds the classifiers fixed.

    Raises:
        InvalidInputError: there are fewer pictures than folds.
    """
    with torch.inference_mode():
        sets = [torch.cat([backbone.frozen(batch) for batch in batches]) for batches in (real, made)]
    count = min(len(pictures) for pictures in sets)
    if count < folds:
        message = f"{folds} folds need {folds} pictures in each set, here are {count}"
        raise InvalidInputError(message, "Give more pictures")
    inputs = torch.stack([pictures[:count] for pictures in sets], dim=1).clone()  # (n, 2, …): a real and a made one
    order = torch.from_numpy(np.random.default_rng(seed).permutation(count))
    right = np.zeros((count, 2))
    for fold in range(folds):
        judged = order[fold::folds]
        others = torch.cat([order[other::folds] for other in range(folds) if other != fold])
        classifier = _trained(backbone, inputs[others], seed, device)
        right[judged] = _judged(classifier, inputs[judged], device)

    def share(w1: Weights, w2: Weights) -> float:
        return 100 * float((w1 @ right[:, 0] + w2 @ right[:, 1]) / (w1.sum() + w2.sum()))

    return bootstrap(share, 100 * float(right.mean()), (count, count), seed=seed, resamples=resamples)


def _trained(backbone: Backbone, inputs: Tensor, seed: int, device: Device) -> nn.Module:
    """A classifier of pairs (n, 2, …): logits of "made" for (B, …)."""
    body, settings = copy.deepcopy(backbone.tuned).to(device), backbone.training
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        output = nn.Linear(body(inputs[0].to(device)).shape[1], 1).to(device)
    optimiser = torch.optim.Adam(
        [
            {"params": body.parameters(), "lr": settings.rate},
            {"params": output.parameters(), "lr": settings.rate_of_output},
        ]
    )
    pictures, labels = inputs.flatten(0, 1), torch.tensor([0.0, 1.0]).repeat(len(inputs))
    generator = torch.Generator().manual_seed(seed)
    for _ in range(settings.epochs):
        for rows in torch.randperm(len(pictures), generator=generator).split(settings.batch):
            logits = output(body(pictures[rows].to(device)))[:, 0]
            loss = F.binary_cross_entropy_with_logits(logits, labels[rows].to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return nn.Sequential(body, output)


@torch.inference_mode()
def _judged(classifier: nn.Module, inputs: Tensor, device: Device) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Whether each picture of pairs (n, 2, …) is told right, (n, 2) of 0 and 1."""
    pictures = inputs.flatten(0, 1).split(_BATCH)
    made = torch.cat([classifier(rows.to(device))[:, 0].cpu() > 0 for rows in pictures]).reshape(-1, 2)
    return (made == torch.tensor([False, True])).double().numpy()
