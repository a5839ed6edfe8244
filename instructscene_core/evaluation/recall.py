"""Instruction recall: the share of the triplets asked for that hold in a room (paper, section 5.2, "iRecall").

The count is the official one: every relation of a room, in both directions, as (class, predicate, class) with
multiplicity; a triplet that finds one consumes it. "Easy" recall takes "closely left of" for "left of" and the like.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..geometry.relations import REVERSED, lamp_flags, relation_matrix
from ..instructions.write.official_templates import Triplet
from ..vocabulary import NO_RELATION

IntArray = npt.NDArray[np.int64]

_NEVER = -1
"""Code of what never matches: padding, empty slots, pairs without a relation."""
_LOOSE = np.array([0, 3, 4, 1, 2, 5, 8, 9, 6, 7, NO_RELATION])
"""(11,) the predicate that differs only by "closely"; above and below stay."""


@dataclass(frozen=True, eq=False)
class Recall:
    """Recall of each room.

    Args:
        hits: (B,) number of triplets found.
        asked: (B,) number of triplets asked for.
    """

    hits: IntArray
    asked: IntArray

    @property
    def rate(self) -> float:
        """Share of all triplets found, over all rooms together; NaN where none was asked for."""
        asked = int(self.asked.sum())
        return int(self.hits.sum()) / asked if asked else float("nan")

    @property
    def percent(self) -> float:
        """``rate`` in percent."""
        return 100 * self.rate


def graph_recall(
    objs: npt.NDArray[np.integer[Any]],
    edges: npt.NDArray[np.integer[Any]],
    triplets: Sequence[Sequence[Triplet]],
    n_classes: int,
    *,
    easy: bool = False,
) -> Recall:
    """Recall of semantic graphs.

    Args:
        objs: (B, N) class numbers; ``n_classes`` or more for an empty slot.
        edges: (B, N, N), or its upper triangle (B, N (N - 1) / 2) by rows; 10 or more for no relation.
        triplets: for each room the triplets asked for.
        n_classes: how many classes there are.
        easy: ignore "closely" where the exact predicate is missing.

    Returns:
        The hits of each room.
    """
    if edges.ndim == 2:
        edges = full_edges(edges, objs.shape[1])
    held = _codes(objs, edges, n_classes)
    asked = _asked(triplets)
    used = np.zeros(held.shape, dtype=np.bool_)
    hits = np.zeros(len(objs), dtype=np.int64)
    for column in range(asked.shape[1]):
        subject, predicate, other = asked[:, column, 0], asked[:, column, 1], asked[:, column, 2]
        found = _consume(held, used, _code(subject, predicate, other, n_classes))
        if easy:
            loose = _code(subject, _LOOSE[predicate], other, n_classes)
            found |= _consume(held, used, np.where(found, _NEVER, loose))
        hits += found
    return Recall(hits, np.array([len(t) for t in triplets], dtype=np.int64))


def box_recall(
    objs: npt.NDArray[np.integer[Any]],
    boxes: npt.ArrayLike,
    triplets: Sequence[Sequence[Triplet]],
    classes: Sequence[str],
    *,
    easy: bool = False,
) -> Recall:
    """Recall of rooms by the relations of their boxes, as iRecall is defined.

    Args:
        objs: (B, N) class numbers; the number of classes stands for an empty slot.
        boxes: (B, N, 7) in the tensor frame, with the sizes of the retrieved furniture.
        triplets: for each room the triplets asked for.
        classes: the class names.
        easy: as for ``graph_recall``.

    Returns:
        The hits of each room.
    """
    edges = relation_matrix(lamp_flags(classes)[objs], boxes, objs < len(classes))
    return graph_recall(objs, edges, triplets, len(classes), easy=easy)


def full_edges(upper: npt.NDArray[np.integer[Any]], n_objects: int) -> npt.NDArray[np.int64]:
    """Upper triangles (B, E) as matrices (B, N, N), the other half reversed, the diagonal "none"."""
    first, second = np.triu_indices(n_objects, 1)
    matrix = np.full((len(upper), n_objects, n_objects), NO_RELATION, dtype=np.int64)
    known = np.minimum(upper, NO_RELATION)
    matrix[:, first, second] = known
    matrix[:, second, first] = REVERSED[known]
    return matrix


def _codes(objs: npt.NDArray[np.integer[Any]], edges: npt.NDArray[np.integer[Any]], n_classes: int) -> IntArray:
    """(B, N²) integer codes of all relations of a room, see `_code`."""
    wide = objs.astype(np.int64)
    codes = _code(wide[:, :, None], edges.astype(np.int64), wide[:, None, :], n_classes)
    return codes.reshape(len(objs), -1)


def _code(
    subject: npt.NDArray[np.integer[Any]],
    predicate: npt.NDArray[np.integer[Any]],
    other: npt.NDArray[np.integer[Any]],
    n_classes: int,
) -> IntArray:
    code = (subject * NO_RELATION + predicate) * n_classes + other
    real = (predicate >= 0) & (predicate < NO_RELATION) & (subject < n_classes) & (other < n_classes)
    return np.where(real, code, _NEVER)


def _asked(triplets: Sequence[Sequence[Triplet]]) -> IntArray:
    """(B, K, 3), padded with "none"."""
    longest = max((len(t) for t in triplets), default=0)
    padded = np.full((len(triplets), longest, 3), NO_RELATION, dtype=np.int64)
    for row, wanted in zip(padded, triplets, strict=True):
        row[: len(wanted)] = np.reshape(wanted, (-1, 3))
    return padded


def _consume(held: IntArray, used: npt.NDArray[np.bool_], wanted: IntArray) -> npt.NDArray[np.bool_]:
    """Marks in each room one unused relation equal to the wanted one as used; (B,) whether there was one."""
    match = (held == wanted[:, None]) & ~used & (wanted[:, None] != _NEVER)
    first, found = match.argmax(axis=1), match.any(axis=1)
    used[np.nonzero(found)[0], first[found]] = True
    return found
