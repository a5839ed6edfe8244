"""Rooms paired with instructions, the training data of the starter's prior.

Rooms of all types share the same arrays: P pairs, N slots of the largest type, class numbers in ``ALL_CLASSES``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..datasets.starter import Rooms
from ..geometry.relations import ROTATED_PREDICATES, lamp_flags, relation_matrix, rotate_boxes
from ..instructions.words.looks import Look
from ..instructions.write.compose import spoken_instructions
from ..instructions.write.official_templates import Instruction, Triplet
from ..vocabulary import ALL_CLASSES, CLASSES, MAX_OBJECTS, NO_RELATION, ROOM_TYPES, RoomType
from .themes import Themes

EMPTY: Final = len(ALL_CLASSES)
SLOTS: Final = max(MAX_OBJECTS.values())
_CHUNK: Final = 20_000
"""Rooms whose relations are computed at once, to save memory."""
_SEED_STRIDE: Final = 1_000_003


@dataclass(frozen=True, eq=False)
class Pairs:
    """P instructions, each for a room turned by some quarter turns.

    Args:
        objs: (P, N) class numbers, EMPTY where there is no object; the objects come first.
        edges: (P, N, N) int8 predicates of the turned room, 10 for none.
        asset: (P, N) rows of the catalogue, −1 where there is no object.
        room: (P,) types, indices of ROOM_TYPES.
        area: (P,) square metres of the floors.
        spoken: (P, N) bool, True at objects that the text names,
        styled: (P, N) and at those that look as it wants the whole room.
        texts: P instructions.
        triplets: for each the relations that it asks for.
    """

    objs: npt.NDArray[np.int8]
    edges: npt.NDArray[np.int8]
    asset: npt.NDArray[np.int16]
    room: npt.NDArray[np.int8]
    area: npt.NDArray[np.float32]
    spoken: npt.NDArray[np.bool_]
    styled: npt.NDArray[np.bool_]
    texts: list[str]
    triplets: list[tuple[Triplet, ...]]

    def __len__(self) -> int:
        return len(self.objs)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(P,) objects of each room."""
        return (self.objs != EMPTY).sum(axis=1)

    @staticmethod
    def joined(parts: "Sequence[Pairs]") -> "Pairs":
        """All pairs of the parts, in their order."""
        names = ("objs", "edges", "asset", "room", "area", "spoken", "styled")
        return Pairs(
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
            texts=[text for part in parts for text in part.texts],
            triplets=[asked for part in parts for asked in part.triplets],
        )


def room_relations(rooms: Rooms) -> npt.NDArray[np.int8]:
    """(R, N, N) predicates of every room as it stands, 10 for none."""
    parts = [slice(i, i + _CHUNK) for i in range(0, rooms.n, _CHUNK)]
    lamps = lamp_flags(CLASSES[rooms.room_type])
    return np.concatenate(
        [relation_matrix(lamps[rooms.objs[p]], rooms.boxes[p], rooms.objs[p] != rooms.empty) for p in parts]
    )


def to_all(room_type: RoomType) -> npt.NDArray[np.int8]:
    """The number in ALL_CLASSES of each class of a room type, and of "empty"."""
    return np.array([*(ALL_CLASSES.index(name) for name in CLASSES[room_type]), EMPTY], dtype=np.int8)


def padded(rows: npt.NDArray[Any], fill: int) -> npt.NDArray[Any]:
    """Arrays (R, n) or (R, n, n) padded to (R, N) or (R, N, N) with ``fill``."""
    square = rows.ndim == 3
    extra = SLOTS - rows.shape[1]
    return np.pad(rows, [(0, 0), (0, extra), *[(0, extra)] * square], constant_values=fill)


def make_pairs(
    rooms: Rooms,
    quarter_turns: npt.NDArray[np.int64],
    looks: Sequence[Look],
    *,
    plain: float,
    official: float,
    seed: int,
    themes: Themes,
    themed: float,
) -> Pairs:
    """One instruction for every room, turned as given; rooms that no instruction can be made of are left out.

    Args:
        rooms: R rooms of one type.
        quarter_turns: (R,) how far each is turned.
        looks: of the catalogue's entries, in their order.
        plain: share of instructions that name objects by class alone, without looks, but for a theme.
        official: share of instructions by the official templates.
        seed: of the wording.
        themes: colours, materials and styles that rooms may be refurnished in.
        themed: share of rooms that are refurnished.

    Returns:
        Up to R pairs, in the rooms' order.
    """
    changed = _refurnished(rooms, themes, themed, seed)
    asset = rooms.asset.copy()
    for row, (_, found) in changed.items():
        asset[row, list(found)] = list(found.values())
    rooms = replace(rooms, asset=asset)
    edges = ROTATED_PREDICATES[quarter_turns[:, None, None], room_relations(rooms)]
    said: list[Instruction] = [Instruction("")] * rooms.n
    plainly = np.random.default_rng(seed).random(rooms.n) < plain
    for turns, class_only in product(range(4), (False, True)):
        rows = np.nonzero((quarter_turns == turns) & (plainly == class_only))[0]
        assets: list[list[int]] = rooms.asset[rows].tolist()
        found = spoken_instructions(
            rooms.objs[rows],
            rotate_boxes(rooms.boxes[rows], turns),
            rooms.room_type,
            None if class_only else [[looks[a] for a in row if a >= 0] for row in assets],
            [(seed * _SEED_STRIDE + room) % 2**32 for room in rooms.seeds[rows].tolist()],
            official=official,
        )
        for row, item in zip(rows.tolist(), found, strict=True):
            said[row] = item
    for row, (word, found) in changed.items():
        random = Random(f"request {seed} {rooms.seeds[row]}")
        said[row] = themes.with_request(random, said[row], word, list(found))
    kept = [row for row, item in enumerate(said) if item.text]
    return _pairs(rooms, edges, kept, said)


def _refurnished(rooms: Rooms, themes: Themes, share: float, seed: int) -> dict[int, tuple[str, dict[int, int]]]:
    """For a share of the rooms a theme, and by slot the catalogue rows of the pieces that then have it."""
    numbers, found = to_all(rooms.room_type), dict[int, tuple[str, dict[int, int]]]()
    for row in np.flatnonzero(np.random.default_rng([seed, 1]).random(rooms.n) < share).tolist():
        real = rooms.objs[row] != rooms.empty
        random = Random(f"theme {seed} {rooms.seeds[row]}")
        objs, assets = numbers[rooms.objs[row, real]].tolist(), rooms.asset[row, real].tolist()
        word, having = themes.refurnish(random, objs, assets)
        if having:
            found[row] = word, having
    return found


def _pairs(rooms: Rooms, edges: npt.NDArray[np.int8], kept: list[int], said: list[Instruction]) -> Pairs:
    numbers = to_all(rooms.room_type)
    objs = rooms.objs[kept]
    spoken, styled = np.zeros((2, len(kept), SLOTS), dtype=np.bool_)
    for row, index in enumerate(kept):
        spoken[row, list(said[index].spoken)] = True
        styled[row, list(said[index].styled)] = True
    return Pairs(
        padded(numbers[objs], EMPTY),
        padded(edges[kept], NO_RELATION),
        padded(rooms.asset[kept], -1),
        np.full(len(kept), ROOM_TYPES.index(rooms.room_type), dtype=np.int8),
        floor_areas(rooms.floor[kept]),
        spoken,
        styled,
        [said[row].text for row in kept],
        [tuple((int(numbers[s]), p, int(numbers[o])) for s, p, o in said[row].triplets) for row in kept],
    )


def floor_areas(floors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Square metres of floors (R, 8, 2), NaN after the last corner."""
    x, z = (np.where(np.isnan(floors[..., i]), floors[:, :1, i], floors[..., i]) for i in (0, 1))
    return np.abs((x * np.roll(z, -1, axis=1) - z * np.roll(x, -1, axis=1)).sum(axis=1)) / 2


def permuted(
    random: np.random.Generator, objs: npt.NDArray[np.int8], *others: npt.NDArray[np.generic], empty: int
) -> tuple[npt.NDArray[Any], ...]:
    """A random order (B, N) of the slots, empty ones last, followed by the other arrays in that order.

    Args:
        random: the source of the order.
        objs: (B, N) class numbers.
        others: (B, N, ...) arrays.
        empty: class number of an empty slot.
    """
    order = np.where(objs == empty, 1.0, random.random(objs.shape)).argsort(axis=1, kind="stable")
    rows = np.arange(len(objs))[:, None]
    return (order, *(other[rows, order] for other in others))


def upper_edges(edges: npt.NDArray[np.int8], order: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Relations (B, N, N), with the objects in the order (B, n), as upper triangles (B, n(n − 1)/2)."""
    first, second = np.triu_indices(order.shape[1], 1)
    rows = np.arange(len(order))[:, None]
    return edges[rows, order[:, first], order[:, second]].astype(np.int64)
