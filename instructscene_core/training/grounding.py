"""Labels of the text grounding, for classes, pairs of classes and looks, and the losses on them.

A graph's loss reaches the text through many noisy steps; these reach it directly, and without the graph's networks a
sample costs a third. The prior's task adds them to its own loss; alone they are the first stage of its training.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from ..geometry.relations import REVERSED
from ..models.graph_prior import TextBatch
from ..models.text_grounding import Sentences, TextGrounding, of_symbols
from ..vocabulary import ALL_CLASSES, NO_RELATION
from .pairs import EMPTY

_SYMBOLS: Final = len(ALL_CLASSES) + 2
_PAIRS: Final = 20
"""Pairs of classes with a label for each text: those that it relates, then any others of its room."""
_RELATED_WEIGHT: Final = 4.0
"""Of pairs that a text relates, where others count 1."""
_CLASS_WEIGHT: Final = 20.0
"""Of the loss on classes."""
_RELATION_WEIGHT: Final = 6.0
"""Of the loss on relations of pairs."""
_LOOKS_WEIGHT: Final = 0.5
"""Of the loss on looks that a text asks for."""
_NO_LOOK_WEIGHT: Final = 0.3
"""Of the penalty on looks of objects that a text asks no look of, for which the grounding is to give 0."""
_UNSEEN_CODE: Final = 0.05
"""Pseudo-count of a code that no entry of a class has."""

IntArray = npt.NDArray[np.integer[Any]]


class GroundTruth(NamedTuple):
    """Labels of B texts.

    Attributes:
        mentioned: (B, S) 1 for classes that they mention, else 0.
        first: (B, m) first classes of ordered pairs,
        second: (B, m) and their second classes.
        relation: (B, m) predicates that they ask for between the two, NO_RELATION for none.
        present: (B, m) bool, False at pairs that are padding.
        objs: (B, n) classes of the room's objects.
        codes: (B, n, K) feature codes of these; None where features are not learned.
        described: (B, n) bool, objects whose looks the texts describe: those that they name, and those that look as
            they want the whole room.
    """

    mentioned: Tensor
    first: Tensor
    second: Tensor
    relation: Tensor
    present: Tensor
    objs: Tensor
    codes: Tensor | None
    described: Tensor


def ground_truth(
    random: np.random.Generator,
    objs: IntArray,
    spoken: npt.NDArray[np.bool_],
    styled: npt.NDArray[np.bool_],
    triplets: IntArray,
    codes: IntArray | None,
) -> GroundTruth:
    """Labels of a batch.

    Args:
        random: draws the pairs that the texts do not relate.
        objs: (B, n) classes, EMPTY where there is no object.
        spoken: (B, n) objects that the texts name,
        styled: (B, n) and those that look as they want the whole room.
        triplets: (B, M, 3) relations that they ask for, −1 where there are fewer.
        codes: (B, n, K) feature codes of the objects; None where features are not learned.
    """
    batch, n = objs.shape
    mentioned = np.zeros((batch, _SYMBOLS), dtype=np.float32)
    rows, slots = np.nonzero(spoken)
    mentioned[rows, objs[rows, slots]] = 1
    predicates = np.full((batch, _SYMBOLS, _SYMBOLS), NO_RELATION)
    rows, numbers = np.nonzero(triplets[..., 0] >= 0)
    subject, predicate, other = triplets[rows, numbers].T
    mentioned[rows, subject] = mentioned[rows, other] = 1
    predicates[rows, subject, other], predicates[rows, other, subject] = predicate, REVERSED[predicate]
    first, second = (np.broadcast_to(a, (batch, n, n)).reshape(batch, -1) for a in (objs[:, :, None], objs[:, None]))
    present = (first != EMPTY) & (second != EMPTY) & ~np.eye(n, dtype=np.bool_).reshape(-1)
    relation = np.take_along_axis(predicates.reshape(batch, -1), first * _SYMBOLS + second, axis=1)
    # Related pairs come first, padding last, the others at random between them.
    priority = random.random(present.shape) + 2 * (relation != NO_RELATION) - 4 * ~present
    kept = np.argsort(-priority, axis=1)[:, :_PAIRS]

    def tensor(rows: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.take_along_axis(rows, kept, axis=1))

    return GroundTruth(
        torch.from_numpy(mentioned),
        tensor(first),
        tensor(second),
        tensor(relation),
        tensor(present),
        torch.from_numpy(objs),
        None if codes is None else torch.from_numpy(codes),
        torch.from_numpy(spoken | styled),
    )


class ThemeTruth(NamedTuple):
    """Labels of B texts that ask for one look of all furniture: how each class may look then.

    Attributes:
        text: the encoded texts.
        codes: (B, C, K) of some entry of each class with that look, −1 where no entry has it.
    """

    text: TextBatch
    codes: Tensor


def usual_looks(classes: Sequence[int], codes: IntArray, n_codes: int) -> Tensor:
    """Log-frequencies of the feature codes among the furniture of each class, (C, K, n_codes).

    Args:
        classes: of M catalogue entries, numbers in ALL_CLASSES; −1 for other classes.
        codes: (M, K) feature codes of these.
        n_codes: number of values of a code.
    """
    counts = np.full((len(ALL_CLASSES), codes.shape[1], n_codes), _UNSEEN_CODE)
    for category, own in zip(classes, codes, strict=True):
        if category >= 0:
            counts[category, np.arange(len(own)), own] += 1
    return torch.from_numpy(np.log(counts / counts.sum(axis=-1, keepdims=True))).float()


def grounding_loss(network: TextGrounding, text: Sentences, truth: GroundTruth, usual: Tensor | None) -> Tensor:
    """Loss of the grounding on classes, relations and looks, over the texts that were not dropped.

    Args:
        network: the grounding.
        text: the texts as it read them.
        truth: their labels.
        usual: from :func:`usual_looks`; None where features are not learned.
    """
    has_text = text.has_text[:, :, 0]  # (B, 1)
    mentions = network.asked(network.classes(text))[..., 0].float()
    of_classes = F.binary_cross_entropy_with_logits(mentions, truth.mentioned, reduction="none")
    relations = network.relation(network.pairs(text, truth.first, truth.second)).float().transpose(1, 2)
    of_pairs = F.cross_entropy(relations, truth.relation, reduction="none")
    weights = truth.present * torch.where(truth.relation == NO_RELATION, 1.0, _RELATED_WEIGHT) * has_text
    loss = _CLASS_WEIGHT * _mean(of_classes, has_text.expand_as(of_classes))
    loss = loss + _RELATION_WEIGHT * _mean(of_pairs, weights)
    return loss if usual is None else loss + _look_loss(network, text, truth, usual)


def theme_loss(network: TextGrounding, text: Sentences, codes: Tensor, usual: Tensor) -> Tensor:
    """Loss of the looks of all classes that have the look that a text asks for.

    The grounding's logits are added to the class's log-frequencies of codes, so they learn the log-ratio of the two.

    Args:
        network: the grounding.
        text: the texts as it read them.
        codes: (B, C, K), see :class:`ThemeTruth`.
        usual: from :func:`usual_looks`.
    """
    ratios = network.looks(text)[:, : len(usual)].float().unflatten(2, usual.shape[1:])
    losses = F.cross_entropy((ratios + usual).permute(0, 3, 1, 2), codes.clamp(min=0), reduction="none")
    return _mean(losses, codes >= 0)


def _look_loss(network: TextGrounding, text: Sentences, truth: GroundTruth, usual: Tensor) -> Tensor:
    """Loss of the codes of objects whose looks a text describes, and a penalty on log-ratios for all others."""
    assert truth.codes is not None  # noqa: S101 - with usual looks there are codes
    ratios = of_symbols(network.looks(text), truth.objs).float().unflatten(2, usual.shape[1:])  # (B, n, K, codes)
    real, has_text = truth.objs != EMPTY, text.has_text[:, :, 0]
    logits = (ratios + usual[truth.objs.clamp(max=len(usual) - 1)]).permute(0, 3, 1, 2)
    losses = F.cross_entropy(logits, truth.codes.clamp(max=logits.shape[1] - 1), reduction="none").mean(dim=-1)
    penalty = ratios.square().mean(dim=(2, 3))
    described, others = real * truth.described * has_text, real * ~truth.described * has_text
    return _LOOKS_WEIGHT * _mean(losses, described) + _NO_LOOK_WEIGHT * _mean(penalty, others)


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean; the weights are taken to sum to 1 at least."""
    return (values * weights).sum() / weights.sum().clamp(min=1)
