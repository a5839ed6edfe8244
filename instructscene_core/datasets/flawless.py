"""The starter's rooms made by rule that a person sees nothing wrong with, with a cache of their own."""

import hashlib
import logging
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import numpy as np

from ..catalogue.entries import Catalogue
from ..placement.flaws import flaws_of
from ..starter.rooms import CATALOGUE_FILE
from ..vocabulary import RoomType
from .starter import CHUNK, TRAINING_SEED, Rooms, build_rooms, cached, fingerprint, joined
from .starter_scenes import scenes_of_rooms

_SOURCES: Final = (
    "placement/flaws.py",
    "placement/pieces.py", "datasets/starter_scenes.py", "geometry/solids.py", "geometry/walls.py",
    "placement/kinds.py", "placement/ground.py",
)  # fmt: skip
"""What decides whether a room has a flaw: where it changes, rooms are looked at anew."""
_log = logging.getLogger(__name__)


def flawless_rooms(
    n: int,
    seed0: int = TRAINING_SEED,
    workers: int = 1,
    catalogue: Path = CATALOGUE_FILE,
    room_type: RoomType = "bedroom",
) -> Rooms:
    """The rooms of ``build_rooms`` without those that have a visible flaw, from the cache if they were found before.

    Args:
        n: number of rooms that are made; fewer are returned.
        seed0: first seed.
        workers: processes that make rooms and look at them; 1 does it in this one.
        catalogue: the furniture.
        room_type: which rooms.
    """

    def make() -> Rooms:
        rooms = build_rooms(n, seed0, workers, catalogue, room_type)
        parts = [rooms.select(slice(first, first + CHUNK)) for first in range(0, rooms.n, CHUNK)]
        return joined(list(_flawless(parts, catalogue, workers)))

    digest = hashlib.sha256(fingerprint(catalogue).encode())
    for source in _SOURCES:
        digest.update((Path(__file__).parents[1] / source).read_bytes())
    return cached(f"{room_type}-flawless-{digest.hexdigest()[:16]}-{seed0}-{n}", room_type, make)


def _flawless(parts: list[Rooms], catalogue: Path, workers: int) -> Iterator[Rooms]:
    without_flaws = partial(_without_flaws, catalogue=catalogue)
    if workers <= 1:
        yield from map(without_flaws, parts)
        return
    with ProcessPoolExecutor(workers) as pool:
        for done, rooms in enumerate(pool.map(without_flaws, parts)):
            _log.info("rooms looked at: %d of %d chunks", done + 1, len(parts))
            yield rooms


def _without_flaws(rooms: Rooms, catalogue: Path) -> Rooms:
    furniture = _catalogue(catalogue)
    return rooms.select(np.array([not flaws_of(scene, furniture) for scene in scenes_of_rooms(rooms, furniture)]))


@lru_cache(maxsize=1)
def _catalogue(path: Path) -> Catalogue:
    """The furniture without its features, which tell nothing of flaws, read once in each process."""
    return Catalogue.load(path)
