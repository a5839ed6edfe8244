"""Rooms paired with instructions: what the prior and the decoder learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..datasets.starter import Rooms
from ..instructions.sentences import Triplet, instructions_for_rooms
from ..relations import ROTATED_PREDICATES, lamp_flags, relation_matrix, rotate_boxes
from ..vocabulary import CLASSES

_CLASSES: Final = CLASSES["bedroom"]
EMPTY: Final = len(_CLASSES)
_CHUNK: Final = 20_000
_SEED_STRIDE: Final = 1_000_003


@dataclass(frozen=True, eq=False)
class Pairs:
    """P instructions, each for a room turned by some quarter turns.

    Args:
        objs: (P, N) class numbers, 21 where there is no object; the objects come first.
        edges: (P, N, N) int8 predicates of the turned room, 10 for none.
        asset: (P, N) rows of the catalogue, −1 where there is no object.
        texts: P instructions.
        triplets: what each asks for.
    """

    objs: npt.NDArray[np.int8]
    edges: npt.NDArray[np.int8]
    asset: npt.NDArray[np.int16]
    texts: list[str]
    triplets: list[tuple[Triplet, ...]]

    def __len__(self) -> int:
        return len(self.objs)


def room_relations(rooms: Rooms) -> npt.NDArray[np.int8]:
    """(R, N, N) predicates of every room as it stands, 10 for none."""
    parts = [slice(i, i + _CHUNK) for i in range(0, rooms.n, _CHUNK)]
    lamps = lamp_flags(_CLASSES)
    return np.concatenate(
        [relation_matrix(lamps[rooms.objs[p]], rooms.boxes[p], rooms.objs[p] != EMPTY) for p in parts]
    )


def make_pairs(
    rooms: Rooms, quarter_turns: npt.NDArray[np.int64], captions: Sequence[str], plain: float, seed: int
) -> Pairs:
    """One instruction for every room, turned; rooms that offer no clear relation are left out.

    Args:
        rooms: R rooms.
        quarter_turns: (R,) how far each is turned.
        captions: the catalogue's captions.
        plain: share of the rooms whose instruction names classes alone; in the others, captions stand for three
            mentions in four, the official rate.
        seed: of the wording.

    Returns:
        Up to R pairs, in the rooms' order.
    """
    edges = ROTATED_PREDICATES[quarter_turns[:, None, None], room_relations(rooms)]
    texts, triplets = [""] * rooms.n, [tuple[Triplet, ...]()] * rooms.n
    plainly = np.random.default_rng(seed).random(rooms.n) < plain
    for turns, wording in product(range(4), (None, captions)):
        rows = np.nonzero((quarter_turns == turns) & (plainly == (wording is None)))[0]
        assets: list[list[int]] = rooms.asset[rows].tolist()
        found = instructions_for_rooms(
            rooms.objs[rows],
            rotate_boxes(rooms.boxes[rows], turns),
            _CLASSES,
            None if wording is None else [[wording[a] for a in row if a >= 0] for row in assets],
            seeds=[(seed * _SEED_STRIDE + room) % 2**32 for room in rooms.seeds[rows].tolist()],
        )
        for row, item in zip(rows.tolist(), found, strict=True):
            texts[row], triplets[row] = item.text, item.triplets
    kept = [row for row in range(rooms.n) if texts[row]]
    return Pairs(
        rooms.objs[kept],
        edges[kept],
        rooms.asset[kept],
        [texts[row] for row in kept],
        [triplets[row] for row in kept],
    )


def permuted(
    random: np.random.Generator, objs: npt.NDArray[np.int8], *others: npt.NDArray[np.generic], empty: int = EMPTY
) -> tuple[npt.NDArray[Any], ...]:
    """Objects in random order, empty slots last: the order itself (B, N), then the others with their slots so ordered.

    Args:
        random: the source of the order.
        objs: (B, N).
        others: (B, N, ...) arrays.
        empty: class number of an empty slot.
    """
    order = np.where(objs == empty, 1.0, random.random(objs.shape)).argsort(axis=1, kind="stable")
    rows = np.arange(len(objs))[:, None]
    return (order, *(other[rows, order] for other in others))


def upper_edges(edges: npt.NDArray[np.int8], order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Relations (B, N, N) of reordered objects as upper triangles (B, E)."""
    first, second = np.triu_indices(order.shape[1], 1)
    rows = np.arange(len(order))[:, None]
    return edges[rows, order[:, first], order[:, second]].astype(np.int64)
