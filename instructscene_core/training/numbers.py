"""Counts how many objects of each class the starter's rooms have, for the prior (``sampling.numbers``)."""

from pathlib import Path
from typing import Any, Final

import numpy as np

from ..datasets.starter import Rooms, build_rooms
from ..files.checkpoints import load_model, save_model
from ..models.graph_prior import GraphPrior
from ..placement.kinds import DINING, SOFAS
from ..sampling.graph_stage import ClassMap
from ..sampling.numbers import Numbers
from ..vocabulary import ALL_CLASSES, BEDS, ROOM_TYPES

_MOST: Final = 5000
"""Rooms of each type that are counted."""
_GROUPS: Final = (SOFAS, frozenset(BEDS), DINING)
"""What furniture comes with, whichever of these it is."""


def numbers_of_rooms(rooms: int, first_room: int, workers: int) -> dict[str, Any]:
    """The numbers in rooms of each type, as they stand in a prior's metadata.

    Args:
        rooms: of each type, of which ``_MOST`` are counted at most.
        first_room: seed of the first room.
        workers: processes that make rooms.
    """
    parts = (build_rooms(min(rooms, _MOST), first_room, workers, room_type=room) for room in ROOM_TYPES)
    return {made.room_type: _numbers(made).to_json() for made in parts}


def _numbers(rooms: Rooms) -> Numbers:
    total = len(ALL_CLASSES)
    numbers = ClassMap.of(rooms.room_type, total).to_model[rooms.objs]
    groups = np.array([[name in group for name in ALL_CLASSES] for group in _GROUPS])
    return Numbers.of(np.stack([np.bincount(row, minlength=total + 1)[:total] for row in numbers]), groups)


def write_numbers(folder: Path, rooms: int, first_room: int, workers: int) -> None:
    """Counts anew for the prior in a model folder, as :func:`numbers_of_rooms`; its weights stay as they are."""
    prior = load_model(folder / "prior", GraphPrior)
    about = {**prior.metadata, "numbers": numbers_of_rooms(rooms, first_room, workers)}
    save_model(folder / "prior", prior.model, about)
