"""The test set of the starter's evaluation: held-out rooms of our own of one type, with instructions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from ..catalogue.entries import Catalogue
from ..datasets.front import rooms_folder
from ..datasets.sources import load_rooms
from ..datasets.starter import TRAINING_SEED, Rooms, build_rooms
from ..datasets.starter_scenes import scenes_of_rooms
from ..instructions.write.official_templates import Triplet
from ..scene import Scene
from ..starter.rooms import CATALOGUE_FILE
from ..vocabulary import RoomType
from .held_out import HashArray, HeldOut, held_out, known_graphs
from .layouts import Layouts, layouts_of_rooms, layouts_of_set

COMPARED: Final[Mapping[RoomType, int]] = {"bedroom": 40_000, "livingroom": 10_000, "diningroom": 10_000}
"""Number of training rooms whose graphs no held-out room may have; two living rooms with the same graph are rare."""


@dataclass(frozen=True, eq=False)
class Asked:
    """Some held-out rooms with an instruction each.

    Args:
        held_out: rooms and instructions.
        scenes: the rooms as scenes, with their floors.
    """

    held_out: HeldOut
    scenes: list[Scene]

    @property
    def triplets(self) -> list[tuple[Triplet, ...]]:
        """What each instruction asks for."""
        return self.held_out.triplets

    @property
    def layouts(self) -> Layouts:
        """The rooms as arrays."""
        return layouts_of_rooms(self.held_out.rooms)


@dataclass(eq=False)
class StarterSet:
    """Rooms of one type, made when first needed and then kept.

    Args:
        room_type: of all of them.
        catalogue: the furniture.
        path: its file, from which the rooms are made.
        compared: number of training rooms to compare with.
        workers: processes that make rooms.
    """

    room_type: RoomType
    catalogue: Catalogue
    path: Path = CATALOGUE_FILE
    compared: int = 10_000
    workers: int = 1
    _kept: dict[tuple[int, int | None], Asked] = field(default_factory=dict[tuple[int, int | None], Asked])

    @cached_property
    def training(self) -> Rooms:
        """The first training rooms."""
        return build_rooms(self.compared, TRAINING_SEED, self.workers, self.path, self.room_type)

    @cached_property
    def known(self) -> HashArray:
        """Hashes of their graphs."""
        return known_graphs(self.training)

    @cached_property
    def real(self) -> Layouts | None:
        """Real rooms of this type, whose variety is compared with; None where there are none."""
        folder = rooms_folder()
        return None if folder is None else layouts_of_set(load_rooms(f"front:{folder}", self.room_type, "train"))

    def asked(self, count: int, triplets: int | None = None) -> Asked:
        """The first ``count`` held-out rooms, with instructions of ``triplets`` relations (None: 1 or 2)."""
        key = count, triplets
        if key not in self._kept:
            captions = [entry.caption for entry in self.catalogue.entries]
            found = held_out(
                count,
                self.known,
                captions,
                room_type=self.room_type,
                triplets=triplets,
                catalogue=self.path,
                workers=self.workers,
            )
            self._kept[key] = Asked(found, scenes_of_rooms(found.rooms, self.catalogue))
        return self._kept[key]

    def random_training(self, count: int, random: np.random.Generator) -> Layouts:
        """Training rooms drawn at random."""
        return layouts_of_rooms(self.training.select(random.choice(self.training.n, count)))
