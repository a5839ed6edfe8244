"""Official training batches from a set of rooms (docs/official-behaviour.md, Batches, normalisation and augmentation).

A batch depends on the seed and the step's number alone. Where several processes train, each draws the whole batch and
takes its share, so that they learn what one process with a batch as large would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..datasets.room_set import RoomSet
from ..geometry.frames import Bounds
from ..geometry.relations import ROTATED_PREDICATES, rotate_boxes
from ..instructions.write.official_templates import Instruction, instruction
from ..vocabulary import CLASSES, N_CODES, NO_RELATION
from .pairs import permuted, upper_edges

TURN_CHANCES: Final = (0.09375, 0.28125, 0.375, 0.25)
"""Of 0, 1, 2 and 3 quarter turns: the official chain of coin flips."""
_MAX_TRIPLETS: Final = 2
"""Most relations of an instruction."""
_PREFETCH: Final = 2
"""Batches that each worker process draws ahead."""


class Pick(NamedTuple):
    """The rooms drawn for a batch: row numbers (B,), quarter turns (B,), the objects' new order (B, N)."""

    rows: npt.NDArray[np.int64]
    turns: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]


class PriorBatch(NamedTuple):
    """A training batch of the graph prior.

    Attributes:
        objs: (B, N) classes, C where there is no object.
        edges: (B, E) relations, upper triangle.
        codes: (B, K·N), object-major, 64 where there is no object.
        triplets: (B, 2, 3) relations that the instructions ask for, −1 where there are fewer.
        drop_hidden: (B,) bool, samples that lose their text's states.
        drop_pooled: (B,) bool, samples that lose their text's vector.
        texts: B instructions, empty where a room offers no relation.
    """

    objs: Tensor
    edges: Tensor
    codes: Tensor
    triplets: Tensor
    drop_hidden: Tensor
    drop_pooled: Tensor
    texts: list[str]


class DecoderBatch(NamedTuple):
    """A training batch of the layout decoder, n the most objects of any of its rooms.

    Attributes:
        objs: (B, n) classes, C where there is no object.
        edges: (B, n, n) relations, 10 for none.
        looks: (B, n) row numbers of the objects' features in a table.
        dropped: (B,) bool, rooms that lose their relations.
        boxes: (B, n, 8) normalised boxes, zeros where there is no object.
    """

    objs: Tensor
    edges: Tensor
    looks: Tensor
    dropped: Tensor
    boxes: Tensor


class RoomBatch(NamedTuple):
    """A training batch of a method that learns whole rooms from their texts.

    Attributes:
        objs: (B, N) classes, C where there is no object; the objects come first, in random order.
        codes: (B, N, K), 64 where there is no object.
        boxes: (B, N, 8) normalised, zeros where there is no object.
        dropped: (B,) bool, rooms that lose their text.
        texts: B instructions, empty where a room offers no relation.
    """

    objs: Tensor
    codes: Tensor
    boxes: Tensor
    dropped: Tensor
    texts: list[str]


def pick_rooms(rooms: RoomSet, random: np.random.Generator, batch: int, *, ordered: bool = False) -> Pick:
    """Random rooms, turned by the official chances, their objects in random order, or in that of the set."""
    rows = random.integers(rooms.n, size=batch)
    turns = random.choice(4, size=batch, p=TURN_CHANCES)
    if ordered:
        return Pick(rows, turns, unaugmented(rooms, rows).order)
    (order,) = permuted(random, rooms.objs[rows], empty=_empty(rooms))
    return Pick(rows, turns, order)


def unaugmented(rooms: RoomSet, rows: npt.NDArray[np.int64]) -> Pick:
    """The rows ``rows`` (B,) of the set, neither turned nor permuted."""
    order = np.tile(np.arange(rooms.objs.shape[1]), (len(rows), 1))
    return Pick(rows, np.zeros(len(rows), dtype=np.int64), order)


def picked(values: npt.NDArray[Any], pick: Pick) -> npt.NDArray[Any]:
    """Values (R, N, …) of all rooms -> (B, N, …) of the picked ones, their objects in the new order."""
    return values[pick.rows[:, None], pick.order]


def turned_relations(rooms: RoomSet, pick: Pick) -> npt.NDArray[np.int8]:
    """(B, N, N) relations of the turned rooms, the objects in their old order."""
    return ROTATED_PREDICATES[pick.turns[:, None, None], rooms.relations[pick.rows]]


def turned_boxes(rooms: RoomSet, pick: Pick, bounds: Bounds) -> npt.NDArray[np.float64]:
    """(B, N, 8) normalised boxes of the turned rooms, the objects in their new order."""
    boxes = picked(rooms.boxes, pick)
    result = np.zeros((*boxes.shape[:2], 8))
    for turns in range(len(TURN_CHANCES)):
        chosen = pick.turns == turns
        result[chosen] = bounds.normalise(rotate_boxes(boxes[chosen], turns))
    result[picked(rooms.objs, pick) == _empty(rooms)] = 0.0
    return result


def instruction_seeds(pick: Pick, random: np.random.Generator, seed: int, step: int, text_steps: int) -> list[int]:
    """A number for the wording of each text of a batch.

    Args:
        pick: B rooms.
        random: of the step; drawn from where each text is new.
        seed: of the run.
        step: its number.
        text_steps: steps for which a room in one orientation keeps its instruction.
    """
    if text_steps == 1:
        return random.integers(2**32, size=len(pick.rows)).tolist()
    keys = zip(pick.rows.tolist(), pick.turns.tolist(), strict=True)
    return [int(np.random.SeedSequence([seed, step // text_steps, *key]).generate_state(1)[0]) for key in keys]


def draw_instructions(rooms: RoomSet, pick: Pick, seeds: Sequence[int]) -> list[Instruction]:
    """An instruction for each room as it is turned; they name objects by class or caption, so order does not matter.

    Args:
        rooms: the set.
        pick: B of its rooms.
        seeds: B numbers, one for each text.
    """
    classes = CLASSES[rooms.room_type]
    result: list[Instruction] = []
    for row, turns, seed in zip(pick.rows.tolist(), pick.turns.tolist(), seeds, strict=True):
        table: list[int] = ROTATED_PREDICATES[turns].tolist()
        relations = [(s, table[p], o) for s, p, o in rooms.described[row]]
        ids: list[int] = rooms.objs[row].tolist()
        result.append(instruction(relations, ids, classes, rooms.captions[row], seed=seed))
    return result


def box_bounds(rooms: RoomSet) -> Bounds:
    """The source's own bounds, or those of the rooms in all four orientations."""
    if rooms.bounds is not None:
        return rooms.bounds
    boxes = rooms.boxes[rooms.objs != _empty(rooms)]
    return Bounds.of(np.concatenate([rotate_boxes(boxes, turns) for turns in range(len(TURN_CHANCES))]))


@dataclass(frozen=True, eq=False)
class PriorBatches(Dataset[PriorBatch]):
    """The prior's batch of every step.

    Args:
        rooms: the training set.
        codes: (R, N, K) feature codes, 64 where there is no object.
        batch: samples of all processes together.
        seed: of all draws.
        text_steps: steps for which a room in one orientation keeps its instruction. 1, as officially: drawn anew each
            time; with more, the states of the texts can be cached.
        text_dropout: share of samples that lose their text.
        joint_dropout: whether token states and pooled vector are lost together; officially independently.
        ordered: whether objects keep the order that they have in the set; officially they are permuted.
    """

    rooms: RoomSet
    codes: npt.NDArray[np.int64]
    batch: int
    seed: int
    text_steps: int = 1
    text_dropout: float = 0.2
    joint_dropout: bool = False
    ordered: bool = False

    def __getitem__(self, step: int) -> PriorBatch:
        random = np.random.default_rng([self.seed, step])
        pick = pick_rooms(self.rooms, random, self.batch, ordered=self.ordered)
        drops = random.random((2, self.batch)) < self.text_dropout
        if self.joint_dropout:
            drops[1] = drops[0]
        return self._assembled(pick, instruction_seeds(pick, random, self.seed, step, self.text_steps), drops)

    def shares(self) -> tuple[Tensor, Tensor, Tensor]:
        """How often each class of node (C + 1,), relation (11,) and feature token (65,) comes in training."""
        rooms, objects = self.rooms, self.rooms.objs.shape[1]
        relations = rooms.relations[:, ~np.eye(objects, dtype=np.bool_)]
        turned = [
            chance * np.bincount(ROTATED_PREDICATES[turns][relations].ravel(), minlength=NO_RELATION + 1)
            for turns, chance in enumerate(TURN_CHANCES)
        ]
        classes = np.bincount(rooms.objs.ravel(), minlength=_empty(rooms) + 1)
        counts = classes, np.sum(turned, axis=0), np.bincount(self.codes.ravel(), minlength=N_CODES + 1)
        nodes, edges, tokens = (torch.from_numpy(count / count.sum()) for count in counts)
        return nodes, edges, tokens

    def unaugmented(self, rows: npt.NDArray[np.int64]) -> PriorBatch:
        """Rooms unturned, with the instruction of the official evaluation, none lost."""
        pick = unaugmented(self.rooms, rows)
        return self._assembled(pick, rows.tolist(), np.zeros((2, len(rows)), dtype=np.bool_))

    def _assembled(self, pick: Pick, seeds: Sequence[int], drops: npt.NDArray[np.bool_]) -> PriorBatch:
        items = draw_instructions(self.rooms, pick, seeds)
        asked = np.full((len(items), _MAX_TRIPLETS, 3), -1, dtype=np.int64)
        for row, item in zip(asked, items, strict=True):
            row[: len(item.triplets)] = np.reshape(item.triplets, (-1, 3))
        return PriorBatch(
            torch.from_numpy(picked(self.rooms.objs, pick).astype(np.int64)),
            torch.from_numpy(upper_edges(turned_relations(self.rooms, pick), pick.order)),
            torch.from_numpy(picked(self.codes, pick).reshape(len(items), -1)),
            torch.from_numpy(asked),
            torch.from_numpy(drops[0]),
            torch.from_numpy(drops[1]),
            [item.text for item in items],
        )


@dataclass(frozen=True, eq=False)
class DecoderBatches(Dataset[DecoderBatch]):
    """The layout decoder's batch of every step.

    Args:
        rooms: the training set.
        looks: (R, N) rows in the table of features, −1 where there is no object.
        n_looks: rows of that table.
        bounds: unit of the boxes.
        batch: rooms of all processes together.
        seed: of all draws.
        edge_dropout: share of rooms that lose their relations.
    """

    rooms: RoomSet
    looks: npt.NDArray[np.int64]
    n_looks: int
    bounds: Bounds
    batch: int
    seed: int
    edge_dropout: float = 0.2

    def __getitem__(self, step: int) -> DecoderBatch:
        random = np.random.default_rng([self.seed, step])
        pick = pick_rooms(self.rooms, random, self.batch)
        return self._assembled(pick, random, random.random(self.batch) < self.edge_dropout)

    def unaugmented(self, rows: npt.NDArray[np.int64]) -> DecoderBatch:
        """Rooms unturned, with all relations."""
        pick = unaugmented(self.rooms, rows)
        return self._assembled(pick, np.random.default_rng(self.seed), np.zeros(len(rows), dtype=np.bool_))

    def _assembled(self, pick: Pick, random: np.random.Generator, dropped: npt.NDArray[np.bool_]) -> DecoderBatch:
        longest = int(self.rooms.counts[pick.rows].max())
        edges = turned_relations(self.rooms, pick)
        index = np.arange(len(edges))[:, None, None]
        edges = edges[index, pick.order[:, :, None], pick.order[:, None]][:, :longest, :longest]
        looks = picked(self.looks, pick)[:, :longest]
        # As officially, the padding has random codes; it is masked out.
        looks = np.where(looks < 0, random.integers(self.n_looks, size=looks.shape), looks)
        return DecoderBatch(
            torch.from_numpy(picked(self.rooms.objs, pick)[:, :longest].astype(np.int64)),
            torch.from_numpy(edges.astype(np.int64)),
            torch.from_numpy(looks),
            torch.from_numpy(dropped),
            torch.from_numpy(turned_boxes(self.rooms, pick, self.bounds)[:, :longest]).float(),
        )


@dataclass(frozen=True, eq=False)
class RoomBatches(Dataset[RoomBatch]):
    """The batch of every step for ATISS and DiffuScene, from the same rooms and texts as the prior's.

    Args:
        rooms: the training set.
        codes: (R, N, K) feature codes, 64 where there is no object.
        bounds: unit of the boxes.
        batch: rooms of all processes together.
        seed: of all draws.
        text_steps: see :class:`PriorBatches`.
        text_dropout: share of rooms that lose their text, states and pooled vector together.
    """

    rooms: RoomSet
    codes: npt.NDArray[np.int64]
    bounds: Bounds
    batch: int
    seed: int
    text_steps: int = 1
    text_dropout: float = 0.2

    def __getitem__(self, step: int) -> RoomBatch:
        random = np.random.default_rng([self.seed, step])
        pick = pick_rooms(self.rooms, random, self.batch)
        dropped = random.random(self.batch) < self.text_dropout
        return self._assembled(pick, instruction_seeds(pick, random, self.seed, step, self.text_steps), dropped)

    def unaugmented(self, rows: npt.NDArray[np.int64]) -> RoomBatch:
        """Rooms unturned, with the instruction of the official evaluation, none lost."""
        return self._assembled(unaugmented(self.rooms, rows), rows.tolist(), np.zeros(len(rows), dtype=np.bool_))

    def _assembled(self, pick: Pick, seeds: Sequence[int], dropped: npt.NDArray[np.bool_]) -> RoomBatch:
        return RoomBatch(
            torch.from_numpy(picked(self.rooms.objs, pick).astype(np.int64)),
            torch.from_numpy(picked(self.codes, pick)),
            torch.from_numpy(turned_boxes(self.rooms, pick, self.bounds)).float(),
            torch.from_numpy(dropped),
            [item.text for item in draw_instructions(self.rooms, pick, seeds)],
        )


@dataclass(frozen=True, eq=False)
class FeatureBatches(Dataset[Tensor]):
    """The VQ-VAE's batch of every step, (B, F).

    Args:
        features: (M, F) features of training objects.
        batch: of all processes together.
        seed: of all draws.
    """

    features: npt.NDArray[np.float32]
    batch: int
    seed: int

    def __getitem__(self, step: int) -> Tensor:
        random = np.random.default_rng([self.seed, step])
        return torch.from_numpy(self.features[random.integers(len(self.features), size=self.batch)])


class Feed:
    """Gives the batch of each step; worker processes may draw ahead, so that a GPU need not wait.

    Args:
        batches: of every step.
        workers: processes that draw ahead; 0 draws in this one.
    """

    def __init__(self, batches: Dataset[Any], workers: int = 0) -> None:
        self._batches, self._workers = batches, workers
        self._coming: Iterator[Any] = iter(())
        self._next = -1

    def __call__(self, step: int) -> Any:  # noqa: ANN401 - whatever the set holds
        """The batch of a step."""
        if not self._workers:
            return self._batches[step]
        if step != self._next:
            self._coming, self._next = self._started(step), step
        self._next += 1
        return next(self._coming)

    def _started(self, step: int) -> Iterator[Any]:
        steps = cast("Any", _StepsFrom(step))
        return iter(
            DataLoader(
                self._batches,
                batch_size=None,
                sampler=steps,
                num_workers=self._workers,
                prefetch_factor=_PREFETCH,
                multiprocessing_context="spawn",  # a fork of a process with running threads may hang
            )
        )


class _StepsFrom:
    """A sampler that counts steps from a first one, without end."""

    def __init__(self, step: int) -> None:
        self._step = step

    def __iter__(self) -> Iterator[int]:
        return count(self._step)


def _empty(rooms: RoomSet) -> int:
    return len(CLASSES[rooms.room_type])
