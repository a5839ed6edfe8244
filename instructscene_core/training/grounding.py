"""Labels for what a text says of classes, of pairs of classes and of looks, and the losses on them.

A graph's loss reaches the text through many noisy steps; these reach it at once, and without the graph's networks a
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
"""Pairs of classes that are asked about in a text: those that it speaks of, then any of its room."""
_SPOKEN_WEIGHT: Final = 4.0
_ASKED_WEIGHT: Final = 20.0
_RELATION_WEIGHT: Final = 6.0
_LOOKS_WEIGHT: Final = 0.5
_QUIET_WEIGHT: Final = 0.3
"""Of what is said of looks of objects that a text does not speak of, which is to be nothing."""
_UNSEEN_CODE: Final = 0.05
"""Entries that a code counts for which no entry of a class has."""

IntArray = npt.NDArray[np.integer[Any]]


class GroundTruth(NamedTuple):
    """What B texts say.

    Attributes:
        asked: (B, S) 1 for classes that they speak of.
        first: (B, m) classes of ordered pairs,
        second: (B, m) and the other ones.
        relation: (B, m) what they say of the pair, NO_RELATION for nothing.
        present: (B, m) bool, False at pairs that fill up.
        objs: (B, n) classes of the room's objects.
        codes: (B, n, K) of these, None where features are not learned.
        described: (B, n) bool, objects of whose looks the texts speak: those that they name, and those that look as
            they want the whole room.
    """

    asked: Tensor
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
        random: draws the pairs that the texts do not speak of.
        objs: (B, n) classes, EMPTY where there is no object.
        spoken: (B, n) objects that the texts name,
        styled: (B, n) and those that look as they want the whole room.
        triplets: (B, M, 3) that they ask for, −1 where there are fewer.
        codes: (B, n, K) of the objects.
    """
    batch, n = objs.shape
    asked = np.zeros((batch, _SYMBOLS), dtype=np.float32)
    rows, slots = np.nonzero(spoken)
    asked[rows, objs[rows, slots]] = 1
    said = np.full((batch, _SYMBOLS, _SYMBOLS), NO_RELATION)
    rows, numbers = np.nonzero(triplets[..., 0] >= 0)
    subject, predicate, other = triplets[rows, numbers].T
    asked[rows, subject] = asked[rows, other] = 1
    said[rows, subject, other], said[rows, other, subject] = predicate, REVERSED[predicate]
    first, second = (np.broadcast_to(a, (batch, n, n)).reshape(batch, -1) for a in (objs[:, :, None], objs[:, None]))
    present = (first != EMPTY) & (second != EMPTY) & ~np.eye(n, dtype=np.bool_).reshape(-1)
    relation = np.take_along_axis(said.reshape(batch, -1), first * _SYMBOLS + second, axis=1)
    turn = random.random(present.shape) + 2 * (relation != NO_RELATION) - 4 * ~present
    kept = np.argsort(-turn, axis=1)[:, :_PAIRS]

    def tensor(rows: npt.NDArray[Any]) -> Tensor:
        return torch.from_numpy(np.take_along_axis(rows, kept, axis=1))

    return GroundTruth(
        torch.from_numpy(asked),
        tensor(first),
        tensor(second),
        tensor(relation),
        tensor(present),
        torch.from_numpy(objs),
        None if codes is None else torch.from_numpy(codes),
        torch.from_numpy(spoken | styled),
    )


class ThemeTruth(NamedTuple):
    """What furniture of each class may look like under B texts that ask for one look of all of it.

    Attributes:
        text: the texts.
        codes: (B, C, K) of some entry of each class with that look, −1 where no entry has it.
    """

    text: TextBatch
    codes: Tensor


def usual_looks(classes: Sequence[int], codes: IntArray, n_codes: int) -> Tensor:
    """How often the furniture of each class has each code, (C, K, n_codes) logarithms of shares.

    Args:
        classes: of M entries, numbers in ALL_CLASSES; −1 for others.
        codes: (M, K) of these.
        n_codes: values of a code.
    """
    counts = np.full((len(ALL_CLASSES), codes.shape[1], n_codes), _UNSEEN_CODE)
    for category, own in zip(classes, codes, strict=True):
        if category >= 0:
            counts[category, np.arange(len(own)), own] += 1
    return torch.from_numpy(np.log(counts / counts.sum(axis=-1, keepdims=True))).float()


def grounding_loss(network: TextGrounding, text: Sentences, truth: GroundTruth, usual: Tensor | None) -> Tensor:
    """Loss of classes, relations and looks, of the texts that were not dropped.

    Args:
        network: reads the texts.
        text: as it read them.
        truth: what they say.
        usual: from :func:`usual_looks`; None where features are not learned.
    """
    told = text.told[:, :, 0]  # (B, 1)
    asked = network.asked(network.classes(text))[..., 0].float()
    of_classes = F.binary_cross_entropy_with_logits(asked, truth.asked, reduction="none")
    relations = network.relation(network.pairs(text, truth.first, truth.second)).float().transpose(1, 2)
    of_pairs = F.cross_entropy(relations, truth.relation, reduction="none")
    weights = truth.present * torch.where(truth.relation == NO_RELATION, 1.0, _SPOKEN_WEIGHT) * told
    loss = _ASKED_WEIGHT * _mean(of_classes, told.expand_as(of_classes))
    loss = loss + _RELATION_WEIGHT * _mean(of_pairs, weights)
    return loss if usual is None else loss + _of_looks(network, text, truth, usual)


def theme_loss(network: TextGrounding, text: Sentences, codes: Tensor, usual: Tensor) -> Tensor:
    """Loss of the looks of all classes that have what texts ask of them.

    What a text says is added to how the class usually looks, so it learns the logarithm of the ratio of the two.

    Args:
        network: reads the texts.
        text: as it read them.
        codes: (B, C, K), see :class:`ThemeTruth`.
        usual: from :func:`usual_looks`.
    """
    said = network.looks(text)[:, : len(usual)].float().unflatten(2, usual.shape[1:])
    found = F.cross_entropy((said + usual).permute(0, 3, 1, 2), codes.clamp(min=0), reduction="none")
    return _mean(found, codes >= 0)


def _of_looks(network: TextGrounding, text: Sentences, truth: GroundTruth, usual: Tensor) -> Tensor:
    """Loss of the codes of objects that a text speaks of, and of what it says of the others' looks."""
    assert truth.codes is not None  # noqa: S101 - with usual looks there are codes
    said = of_symbols(network.looks(text), truth.objs).float().unflatten(2, usual.shape[1:])  # (B, n, K, codes)
    real, told = truth.objs != EMPTY, text.told[:, :, 0]
    logits = (said + usual[truth.objs.clamp(max=len(usual) - 1)]).permute(0, 3, 1, 2)
    found = F.cross_entropy(logits, truth.codes.clamp(max=logits.shape[1] - 1), reduction="none").mean(dim=-1)
    loud = said.square().mean(dim=(2, 3))
    return _LOOKS_WEIGHT * _mean(found, real * truth.described * told) + _QUIET_WEIGHT * _mean(
        loud, real * ~truth.described * told
    )


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum().clamp(min=1)
