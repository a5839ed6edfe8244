"""The prior's training set, made while training goes on: rounds of fresh rooms, each with a fresh sentence.

Encoding a sentence costs about as much as a step's work on one room where the CPU knows no bfloat16, so a room
stays in use for all later rounds, while a second process makes the next ones.
"""

import json
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import torch

from ..datasets.starter import build_rooms
from ..instructions.words.looks import Look, look_of
from ..starter.rooms import CATALOGUE_FILE
from ..vocabulary import ROOM_TYPES, RoomType
from .pairs import Pairs, make_pairs
from .prior import PairsPart
from .texts import encode_texts
from .themes import Themes

_AHEAD = 2
"""Rounds that are made before they are needed."""


ROOM_SHARES: Final[Mapping[RoomType, float]] = {"bedroom": 0.4, "livingroom": 0.36, "diningroom": 0.24}
"""Of the training rooms; the larger ones are harder, but cost thrice the time."""


@dataclass(frozen=True)
class Wording:
    """Shares of the kinds of instructions.

    Attributes:
        plain: share that names objects by class alone, without looks, but for a theme.
        official: share by the official templates; the others are as people type.
        themed: share of rooms that are refurnished in a colour, a material or a style, which the text then asks for.
    """

    plain: float = 0.4
    official: float = 0.45
    themed: float = 0.2


@dataclass(frozen=True)
class Rounds:
    """Which rooms and sentences each round of training adds, and at which step.

    Attributes:
        rooms: of each round, of all types together.
        first_room: seed of the first round's first room of each type; a round's rooms follow those of the round before.
        steps: of each round; 0: there is one only.
        wording: of the sentences.
        seed: of wording and turns.
        folder: for the text states.
    """

    rooms: int
    first_room: int
    steps: int
    wording: Wording
    seed: int
    folder: Path

    def number(self, step: int) -> int:
        """The round of a step."""
        return step // self.steps if self.steps else 0

    def seen(self, steps: int) -> int:
        """The seed below which rooms may have been trained on after so many steps."""
        return self.first_room + self.rooms * (self.number(max(steps - 1, 0)) + 1)

    def make(self, number: int, workers: int = 1) -> Pairs:
        """The pairs of one round, each room turned at random; also encodes their texts into the cache."""
        parts = [self._of_type(room, number, workers) for room in ROOM_SHARES]
        pairs = Pairs.joined(parts)
        encode_texts(pairs.texts, self.folder)
        return pairs

    def _of_type(self, room: RoomType, number: int, workers: int) -> Pairs:
        count = round(self.rooms * ROOM_SHARES[room])
        rooms = build_rooms(count, self.first_room + number * self.rooms, workers, room_type=room)
        turns = np.random.default_rng([self.seed, number, ROOM_TYPES.index(room)]).integers(4, size=rooms.n)
        return make_pairs(
            rooms,
            turns,
            catalogue_looks(),
            plain=self.wording.plain,
            official=self.wording.official,
            seed=self.seed + number,
            themes=Themes.of(catalogue_entries()),
            themed=self.wording.themed,
        )


class RoundSupply:
    """The rounds made so far, and a process that makes the next ones; use it in a with-statement.

    Args:
        rounds: what to make.
        workers: processes that make the rooms of the first round, for which training waits.
    """

    def __init__(self, rounds: Rounds, workers: int = 1) -> None:
        self.rounds, self.workers = rounds, workers
        self._parts: list[PairsPart] = []
        self._coming: list[Future[Pairs]] = []
        # Spawned, since a fork of a process with running threads may hang.
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __call__(self, step: int) -> list[PairsPart]:
        """The parts of all rounds up to the step's; waits for them if need be."""
        wanted = self.rounds.number(step) + 1
        if not self._parts:
            self._add(self.rounds.make(0, self.workers))
        ahead = wanted + _AHEAD if self.rounds.steps else wanted
        while len(self._parts) + len(self._coming) < ahead:
            self._coming.append(self._pool.submit(self.rounds.make, len(self._parts) + len(self._coming)))
        while len(self._parts) < wanted:
            self._add(self._coming.pop(0).result())
        return self._parts

    def _add(self, pairs: Pairs) -> None:
        """Opens the cache that the other process has written; states are not sent between processes."""
        self._parts.append(PairsPart(pairs, encode_texts(pairs.texts, self.rounds.folder)))


def catalogue_looks() -> list[Look]:
    """How the catalogue's entries look, in its order."""
    return [look_of(e["caption"], e["style"], e.get("tags", ())) for e in catalogue_entries()]


def catalogue_entries() -> list[dict[str, Any]]:
    """The catalogue's entries as plain JSON."""
    return json.loads(CATALOGUE_FILE.read_text("utf-8"))["entries"]
