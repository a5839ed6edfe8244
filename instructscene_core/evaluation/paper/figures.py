"""What is measured of rooms: figures with intervals, kept as plain numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from ...instructions.write.official_templates import Triplet
from ..classifier_accuracy import FOLDS, Backbone, alexnet_backbone, classifier_accuracy, efficientnet_backbone
from ..intervals import Estimate, Weights, bootstrap
from ..layouts import Layouts
from ..picture_features import (
    FeatureExtractor,
    Features,
    clip_features,
    distances,
    efficientnet_features,
    features_of,
    inception_features,
)
from ..pictures import Pictures
from ..recall import IntArray, box_recall, graph_recall

Figures = Mapping[str, float]
_LOW: Final = " low"
_HIGH: Final = " high"
SCA: Final = "SCA"


def flat(name: str, estimate: Estimate) -> dict[str, float]:
    """An estimate as numbers by name."""
    return {name: estimate.value, name + _LOW: estimate.low, name + _HIGH: estimate.high}


def told(figures: Figures, name: str, digits: int = 1, scale: float = 1.0) -> str:
    """A figure with its interval, where it has one; empty where it was not measured."""
    if name not in figures:
        return ""
    value = f"{scale * figures[name]:.{digits}f}"
    if name + _LOW not in figures:
        return value
    return f"{value} [{scale * figures[name + _LOW]:.{digits}f}, {scale * figures[name + _HIGH]:.{digits}f}]"


def recall_figures(trials: Sequence[Layouts], asked: Sequence[Sequence[Triplet]], name: str) -> dict[str, float]:
    """Instruction recall in percent, strict and easy, with intervals over instructions.

    Args:
        trials: for each sampling seed a room for each instruction.
        asked: the triplets of each instruction.
        name: that the figures begin with.
    """
    found: dict[str, float] = {}
    for ending, easy in (("strict", False), ("easy", True)):
        counted = [box_recall(rooms.objs, rooms.boxes, asked, rooms.classes, easy=easy) for rooms in trials]
        hits, wanted = (np.sum([getattr(one, part) for one in counted], axis=0) for part in ("hits", "asked"))
        found |= flat(f"{name} {ending}", _ratio(hits, wanted))
    return found


def graph_figures(trials: Sequence[Layouts], asked: Sequence[Sequence[Triplet]]) -> dict[str, float]:
    """Strict recall of the graphs that a prior sampled, percent, before any layout."""
    graphs = [graph_recall(r.objs, r.edges, asked, len(r.classes)).percent for r in trials if r.edges is not None]
    return {"own graph": float(np.mean(graphs))} if graphs else {}


def _ratio(hits: IntArray, wanted: IntArray) -> Estimate:
    """Percent of what was wanted; instructions are resampled, each with the rooms of all its seeds."""

    def share(weights: Weights) -> float:
        return 100 * float(weights @ hits) / max(float(weights @ wanted), 1.0)

    found = bootstrap(share, share(np.ones(len(hits))), (len(hits),))
    return replace(found, low=max(found.low, 0.0), high=min(found.high, 100.0))


@dataclass(frozen=True, eq=False)
class Judges:
    """Networks that look at pictures.

    Attributes:
        extractors: whose features are compared.
        backbone: of the classifier; None: none is trained.
    """

    extractors: tuple[FeatureExtractor, ...]
    backbone: Backbone | None

    @staticmethod
    def load(inception: Path | None, clip: Path | None, alexnet: Path | None, *, download: bool) -> "Judges":
        """EfficientNet-Lite0, and those whose weights are given or may be fetched.

        Raises:
            InvalidInputError: a file is not theirs, or cannot be fetched.
        """
        extractors: list[FeatureExtractor] = [efficientnet_features()]
        if inception is not None or download:
            extractors.append(inception_features(inception, download=download))
        if clip is not None or download:
            extractors.append(clip_features(clip, download=download))
        return Judges(tuple(extractors), alexnet_backbone(alexnet) if alexnet else efficientnet_backbone())

    @property
    def names(self) -> str:
        """Of all networks, which name the files of figures."""
        networks = [*(extractor.name for extractor in self.extractors), self.backbone.name if self.backbone else ""]
        return "-".join("".join(c for c in name if c.isalnum()) for name in networks if name)

    def features(self, pictures: Pictures) -> tuple[Features, ...]:
        """Of each extractor, (N, width)."""
        return tuple(features_of(pictures.batches(), extractor) for extractor in self.extractors)

    def figures(self, reference: Pictures, known: Sequence[Features], made: Pictures) -> dict[str, float]:
        """Distances, and accuracy of the classifier where there are pictures enough, with intervals.

        Args:
            reference: pictures of rooms that were not trained on.
            known: their features.
            made: pictures of the rooms that are judged.
        """
        found: dict[str, float] = {"pictures": len(made)}
        for extractor, one, other in zip(self.extractors, known, self.features(made), strict=True):
            for name, estimate in distances(one, other, extractor).items():
                found |= flat(name, estimate)
        if self.backbone is not None and min(len(reference), len(made)) >= FOLDS:
            found |= flat(SCA, classifier_accuracy(reference.batches(), made.batches(), self.backbone))
        return found
