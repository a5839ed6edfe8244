"""Which catalogue entry stands for a generated object, and how large it becomes (docs/architecture.md, Meshes)."""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ..scene import Vector3
from ..vocabulary import RoomType
from .entries import STRETCH, Catalogue, CatalogueEntry, Feature

Scores = npt.NDArray[np.float64]

_MISFIT_WEIGHT: Final = 0.15
"""Cosine similarity that one unit of misfit outweighs, where look and size are balanced; see `_misfit`."""
_ROUNDING: Final = 1e-5
"""Added to the limit of stretching, for boxes that are at the limit and rounded."""
_TIE: Final = 1e-6
"""Cosine similarities that differ by less count as equal."""


def choose(
    catalogue: Catalogue,
    category: str,
    size: Vector3 | None,
    feature: Feature | None = None,
    codes: Sequence[int] | None = None,
    room_type: RoomType | None = None,
    suits: Sequence[Callable[[CatalogueEntry], bool]] = (),
    drawn: Sequence[int] = (),
) -> CatalogueEntry | None:
    """The entry of a class that looks and measures most like a generated object.

    A catalogue ranked "balanced" weighs look against size. One ranked "look" takes what looks most alike, as in the
    paper, and among equals, or where no look is comparable, what differs least in size, squared.

    Args:
        catalogue: the entries to choose from.
        category: class name; only entries of this class are considered.
        size: generated full extents, metres; None where the piece is chosen before its box, by look alone.
        feature: (F,) generated feature, of any length; None where there is none.
        codes: the generated codes, which count where no feature is comparable.
        room_type: where the class is meant; None for any.
        suits: which entries come into question, each as far as there are such among those of the ones before.
        drawn: numbers that pick among entries whose looks say nothing to the model, so that they are not all the first.

    Returns:
        The best entry, the first among equals; None where the class has none.
    """
    catalogue = catalogue.holder(category, room_type)
    entries = catalogue.of_class(category, room_type)
    if not entries:
        return None
    likeness = _likeness(catalogue, category, room_type, feature)
    comparable = likeness is not None
    if likeness is None:
        likeness = _equal_codes(entries, codes)
        comparable = bool(likeness.max() > 0)
    for suiting in suits:
        left = np.array([suiting(entry) for entry in entries]) & np.isfinite(likeness)
        likeness = np.where(left, likeness, -np.inf) if left.any() else likeness
    if size is None and drawn and not comparable:
        equals = np.flatnonzero(likeness >= likeness.max() - _TIE)
        return entries[int(equals[sum(drawn) % len(equals)])]
    if size is None:
        return entries[int(np.argmax(likeness))]
    if catalogue.ranking == "look":
        difference = ((np.array([entry.size for entry in entries]) - np.array(size)) ** 2).sum(axis=1)
        return entries[int(np.argmin(np.where(likeness >= likeness.max() - _TIE, difference, np.inf)))]
    misfit = np.array([_misfit(entry, size) for entry in entries])
    return entries[int(np.argmax(likeness - _MISFIT_WEIGHT * misfit))]


def _likeness(
    catalogue: Catalogue, category: str, room_type: RoomType | None, feature: Feature | None
) -> Scores | None:
    """Cosine similarity of the entries of a class, -1 where one has no feature; None where none can be compared."""
    length = 0.0 if feature is None else float(np.linalg.norm(feature))
    if feature is None or length == 0:
        return None
    rows, table = catalogue.looks(category, room_type, len(feature))
    if not rows:
        return None
    scores = np.full(len(catalogue.of_class(category, room_type)), -1.0)
    scores[rows] = table @ feature / length
    return scores


def _equal_codes(entries: Sequence[CatalogueEntry], codes: Sequence[int] | None) -> Scores:
    """Share of the codes that an entry has in common with the generated ones, (m,); 0 where either is unknown."""
    scores = np.zeros(len(entries))
    for i, entry in enumerate(entries):
        if codes is not None and entry.codes is not None:
            scores[i] = sum(a == b for a, b in zip(codes, entry.codes, strict=True)) / len(entry.codes)
    return scores


def _misfit(entry: CatalogueEntry, wanted: Vector3) -> float:
    """Misfit of sizes: the log-ratios of the axes beyond the free stretch, plus a fifth of all log-ratios, summed."""
    ratios = [math.log(w / o) for o, w in zip(entry.size, wanted, strict=True)]
    free = math.log(1 + max(STRETCH, entry.stretch))
    beyond = sum(max(abs(r) - free, 0.0) for r in ratios)
    return beyond + 0.2 * sum(abs(r) for r in ratios)


def placed_size(entry: CatalogueEntry, size: Vector3, stretch: float = STRETCH) -> Vector3:
    """Extents of an entry's mesh inside a generated box.

    Args:
        entry: what is placed.
        size: the box's full extents, metres.
        stretch: largest relative change of an axis, where the entry bears no more.

    Returns:
        ``size`` where every axis stays within the limit; otherwise the entry's own proportions, as large as the box
        allows.
    """
    ratios = [w / o for o, w in zip(entry.size, size, strict=True)]
    most = 1 + max(stretch, entry.stretch) + _ROUNDING
    if all(1 / most <= r <= most for r in ratios):
        return size
    smallest = min(ratios)
    width, depth, height = (smallest * o for o in entry.size)
    return width, depth, height
