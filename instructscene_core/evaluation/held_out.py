"""Rooms that training has not seen, with an instruction each, and training rooms to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..datasets.starter import EVALUATION_SEED, Rooms, build_rooms
from ..geometry.relations import ROTATED_PREDICATES, lamp_flags, relation_matrix
from ..instructions.write.official_templates import Instruction, Triplet, instructions_for_rooms
from ..starter.rooms import CATALOGUE_FILE
from ..vocabulary import CLASSES, RoomType

HashArray = npt.NDArray[np.uint64]

_ROUNDS = 3
"""Of colour refinement."""
_CHUNK = 4_000
"""Rooms that are hashed at once, to save memory."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Held-out rooms and their instructions.

    Args:
        rooms: the rooms that the instructions describe.
        instructions: one for each room, none of them empty.
        examined: number of rooms that were made to find these.
        seen: number of them that were skipped because a training room has the same graph.
        silent: number skipped because they have no relation clear of the rule's borders.
    """

    rooms: Rooms
    instructions: list[Instruction]
    examined: int
    seen: int
    silent: int

    @property
    def triplets(self) -> list[tuple[Triplet, ...]]:
        """What each instruction asks for."""
        return [i.triplets for i in self.instructions]


def held_out(
    count: int,
    known: HashArray,
    captions: list[str],
    *,
    room_type: RoomType = "bedroom",
    triplets: int | None = None,
    catalogue: Path = CATALOGUE_FILE,
    workers: int = 1,
) -> HeldOut:
    """Rooms whose graphs no training room has, in the order of their seeds, each with an official instruction.

    Args:
        count: how many.
        known: hashes of the graphs of the training rooms, from ``known_graphs``.
        captions: of the catalogue's entries.
        room_type: of the rooms.
        triplets: number of relations of each instruction; None: 1 or 2, as officially.
        catalogue: the furniture.
        workers: processes that make rooms.

    Returns:
        ``count`` rooms and instructions, unturned; an instruction has its room's seed.
    """
    examined = count + count // 2
    while True:
        rooms = build_rooms(examined, EVALUATION_SEED, workers, catalogue, room_type)
        seen = np.isin(graph_hashes(rooms), known)
        texts = _instructions(rooms, captions, triplets)
        silent = np.array([not i.text for i in texts])
        chosen = np.nonzero(~seen & ~silent)[0][:count]
        if len(chosen) == count:
            last = int(chosen[-1]) + 1 if count else 0
            picked = [texts[int(i)] for i in chosen]
            new_silent = int((silent & ~seen)[:last].sum())
            return HeldOut(rooms.select(chosen), picked, last, int(seen[:last].sum()), new_silent)
        examined *= 2


def _instructions(rooms: Rooms, captions: list[str], triplets: int | None) -> list[Instruction]:
    """One for every room, empty where the room does not offer as many relations."""
    assets: list[list[int]] = rooms.asset.tolist()
    names = [[captions[a] for a in row if a >= 0] for row in assets]
    seeds = [int(s) % 2**32 for s in rooms.seeds]
    classes = CLASSES[rooms.room_type]
    return instructions_for_rooms(rooms.objs, rooms.boxes, classes, names, count=triplets, seeds=seeds)


def known_graphs(training: Rooms) -> HashArray:
    """The distinct graph hashes of some rooms, ascending."""
    return np.unique(graph_hashes(training))


def graph_hashes(rooms: Rooms) -> HashArray:
    """A hash of each room's graph of classes and relations, invariant to the objects' order and to quarter turns.

    Equal graphs have equal hashes; unequal ones differ unless three rounds of colour refinement (Weisfeiler and
    Lehman, 1968) cannot distinguish them.

    Args:
        rooms: R rooms.

    Returns:
        (R,) uint64.
    """
    parts = [slice(i, i + _CHUNK) for i in range(0, rooms.n, _CHUNK)]
    return np.concatenate([_hashes(rooms.select(p)) for p in parts] or [np.zeros(0, np.uint64)])


def _hashes(rooms: Rooms) -> HashArray:
    objs = rooms.objs
    edges = relation_matrix(lamp_flags(CLASSES[rooms.room_type])[objs], rooms.boxes, objs != rooms.empty)
    turned = [_oriented_hash(objs, ROTATED_PREDICATES[k][edges]) for k in range(4)]
    return np.min(turned, axis=0)


def _oriented_hash(objs: npt.NDArray[np.int8], edges: npt.NDArray[np.int8]) -> HashArray:
    """Hash of each graph in one orientation: the objects' colours, refined by their relations, and summed."""
    colour = _mixed(objs.astype(np.uint64))
    relation = _mixed(edges.astype(np.uint64) + np.uint64(1000))
    for _ in range(_ROUNDS):
        messages = _mixed(colour[:, None, :] ^ relation).sum(axis=2, dtype=np.uint64)
        colour = _mixed(colour * np.uint64(3) + messages)
    return _mixed(colour).sum(axis=1, dtype=np.uint64)


def _mixed(values: HashArray) -> HashArray:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014)."""
    values = (values + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def rooms_with_classes(
    objs: npt.NDArray[np.integer[Any]],
    triplets: Sequence[Sequence[Triplet]],
    n_classes: int,
    random: np.random.Generator,
) -> tuple[npt.NDArray[np.int64], int]:
    """For each instruction a random training room that has the classes that it asks for.

    Args:
        objs: (R, N) class numbers of the training rooms.
        triplets: for each instruction, the relations that it asks for.
        n_classes: C.
        random: the source of the choice.

    Returns:
        The rows of the rooms, and the number of instructions without such a room (any room stands in for it).
    """
    counts = np.ascontiguousarray(class_counts(objs, n_classes).T)  # (C, R)
    rows, missing = np.zeros(len(triplets), dtype=np.int64), 0
    for number, wanted in enumerate(triplets):
        needed = asked_classes(wanted, n_classes)
        named = np.nonzero(needed)[0]
        fitting = np.nonzero((counts[named] >= needed[named, None]).all(axis=0))[0]
        missing += not len(fitting)
        rows[number] = random.choice(fitting if len(fitting) else len(objs))
    return rows, missing


def class_counts(objs: npt.NDArray[np.integer[Any]], n_classes: int) -> npt.NDArray[np.int64]:
    """(R, C) number of objects of each class in each room."""
    return np.stack([(objs == number).sum(axis=1) for number in range(n_classes)], axis=1)


def asked_classes(triplets: Sequence[Triplet], n_classes: int) -> npt.NDArray[np.int64]:
    """(C,) least number of objects of each class that the triplets need; two triplets may share an object."""
    needed = np.zeros((len(triplets), n_classes), dtype=np.int64)
    for row, (subject, _, other) in zip(needed, triplets, strict=True):
        row[subject] += 1
        row[other] += 1
    return needed.max(axis=0, initial=0)
